"""A profile is a file that a trace viewer opens, whatever happened inside."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.monitoring.errors import ProfileNotWrittenError, ProfileTargetError
from vibe_tui.monitoring.profile import SpanSummary, profile_to, summarise, summary_table
from vibe_tui.monitoring.quantiles import quantile
from vibe_tui.monitoring.spans import FinishedSpan, span


def finished(name: str, duration_ns: int) -> FinishedSpan:
    return FinishedSpan(1, None, name, 0, duration_ns, 1, {})


def complete_events(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {event["name"]: event for event in document["traceEvents"] if event["ph"] == "X"}


def test_the_file_is_chromes_trace_format(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    with profile_to(path), span("map.scan", root=tmp_path), span("map.parse", files=3):
        pass
    document = json.loads(path.read_text(encoding="utf-8"))
    events = complete_events(document)
    scan, parse = events["map.scan"], events["map.parse"]
    assert scan["cat"] == "map"
    assert scan["args"] == {"root": str(tmp_path), "span": 1, "parent": None}
    assert parse["args"] == {"files": 3, "span": 2, "parent": 1}
    assert scan["ts"] <= parse["ts"]
    assert parse["ts"] + parse["dur"] <= scan["ts"] + scan["dur"]
    (lane,) = [event for event in document["traceEvents"] if event["ph"] == "M"]
    assert (lane["tid"], lane["args"]) == (scan["tid"], {"name": "MainThread"})
    other = document["otherData"]
    assert other["schema_version"] == 1
    assert other["dropped_spans"] == 0
    assert other["peak_bytes"] > 1_000_000
    assert other["started_at"].endswith("+00:00")
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_inside_is_raised_and_the_file_is_written(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    with pytest.raises(KeyError), profile_to(path), span("work"):
        raise KeyError
    events = complete_events(json.loads(path.read_text(encoding="utf-8")))
    assert events["work"]["args"]["failed"] == "KeyError"


def test_attributes_of_any_kind_become_json_without_secrets(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    odd = {"nan": float("nan"), "path": tmp_path, "flag": True, "none": None, "half": 0.5}
    with profile_to(path), span("work", **odd, key="sk-abcdefghijkl", text="a\x1b[0m\nb"):
        pass
    events = complete_events(json.loads(path.read_text(encoding="utf-8")))
    args = events["work"]["args"]
    assert args["nan"] == "nan"
    assert args["path"] == str(tmp_path)
    assert (args["flag"], args["none"], args["half"]) == (True, None, 0.5)
    assert args["key"] == "<redacted>"
    assert args["text"] == "a b"


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "real.json").touch()
    (tmp_path / "link.json").symlink_to("real.json")
    with profile_to(tmp_path / "link.json"):
        pass
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text(encoding="utf-8"))["displayTimeUnit"]


@pytest.mark.parametrize("name", [".", "missing/profile.json", "/dev/null"])
def test_a_bad_target_is_refused_before_the_work(tmp_path: Path, name: str) -> None:
    worked = False
    with pytest.raises(ProfileTargetError), profile_to(tmp_path / name):
        worked = True
    assert not worked
    assert Path("/dev/null").is_char_device()


def test_a_target_that_goes_away_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with (
        pytest.raises(ProfileNotWrittenError, match="could not be written"),
        profile_to(folder / "profile.json"),
    ):
        folder.rmdir()


def test_a_target_that_goes_away_does_not_cover_the_failure(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def lose_the_folder_and_fail() -> None:
        folder.rmdir()
        raise KeyError

    with pytest.raises(KeyError) as failure, profile_to(folder / "profile.json"):
        lose_the_folder_and_fail()
    assert "could not be written" in failure.value.__notes__[0]


def test_the_summary_counts_by_name_the_largest_total_first() -> None:
    durations = [finished("small", 1_000_000)]
    durations += [finished("large", each * 1_000_000) for each in range(1, 101)]
    assert summarise(durations) == (
        SpanSummary("large", 100, 5.05, 0.05, 0.095, 0.1),
        SpanSummary("small", 1, 0.001, 0.001, 0.001, 0.001),
    )


def test_the_table_is_aligned() -> None:
    rows = [SpanSummary("map.parse", 12, 1.5, 0.1, 0.2, 0.25)]
    assert summary_table(rows).splitlines() == [
        "span       count  total ms  p50 ms  p95 ms  max ms",
        "map.parse     12   1500.00  100.00  200.00  250.00",
    ]


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0, 1))
def test_a_quantile_is_the_smallest_sample_that_covers_its_share(
    samples: list[float], share: float
) -> None:
    ascending = sorted(samples)
    found = quantile(ascending, share)
    covered = sum(each <= found for each in ascending)
    below = sum(each < found for each in ascending)
    assert found in ascending
    assert covered >= share * len(ascending) > below - 1e-9 or found == ascending[0]
