"""The audit: who decided what, and that edited, missing, cut-off or torn lines are found."""

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_changes.projects import ORIGIN, Project, swap
from vibe_tui.changes.kept.audit import DAMAGED, AuditLog
from vibe_tui.changes.model import ChangeSet, ChangeState, CheckRecord, HunkState, Origin, WholeFile

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    made = AuditLog(tmp_path / "deep" / "audit.jsonl")
    for number in range(5):
        made.append("accepted", NOW, {"change_id": f"c-{number % 2}", "transaction": f"t{number}"})
    return made


def lines_of(tmp_path: Path) -> list[bytes]:
    return (tmp_path / "deep" / "audit.jsonl").read_bytes().splitlines(keepends=True)


def put(tmp_path: Path, lines: list[bytes]) -> None:
    (tmp_path / "deep" / "audit.jsonl").write_bytes(b"".join(lines))


def test_lines_can_be_read_back(log: AuditLog) -> None:
    assert [line["transaction"] for line in log.entries()] == ["t0", "t1", "t2", "t3", "t4"]
    assert [line["transaction"] for line in log.entries("c-1")] == ["t1", "t3"]
    assert log.damaged_lines() == ()
    report = log.examine()
    assert (report.lines, report.problems, report.remarks) == (5, (), ())


def test_a_line_about_several_changes_is_found_by_each(log: AuditLog) -> None:
    log.append("rolled_back", NOW, {"change_id": "c-7", "reverts": ["c-1", "c-0"]})
    assert [line["event"] for line in log.entries("c-0")][-1] == "rolled_back"
    assert [line["event"] for line in log.entries("c-7")] == ["rolled_back"]
    assert list(log.entries("c-")) == []


def test_no_file_is_no_lines(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "none")
    assert (list(log.entries()), log.damaged_lines(), log.holds("t")) == ([], (), False)
    assert log.examine().problems == ()


# What was tampered with.


def test_an_edited_line_is_found(log: AuditLog, tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    lines[2] = lines[2].replace(b'"t2"', b'"tX"')
    put(tmp_path, lines)
    assert log.damaged_lines() == (3, 4)
    assert log.examine().problems == ("line 3: edited", "line 4: after missing or changed ones")


def test_an_edited_line_that_is_no_json_any_more_is_found(log: AuditLog, tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    lines[2] = lines[2].replace(b'"t2"', b'"t2')
    put(tmp_path, lines)
    assert log.examine().edited == [3]


def test_a_line_overwritten_with_rubbish_is_damage_and_not_a_crash(
    log: AuditLog, tmp_path: Path
) -> None:
    lines = lines_of(tmp_path)
    lines[2] = b"\0" * 20 + b"\n"
    put(tmp_path, lines)
    report = log.examine()
    assert (report.damaged, report.gaps, report.torn) == ([3], [4], [])


def test_a_removed_line_is_found(log: AuditLog, tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    put(tmp_path, lines[:1] + lines[2:])
    assert log.damaged_lines() == (2,)


def test_a_forged_line_breaks_the_chain_behind_it(log: AuditLog, tmp_path: Path) -> None:
    other = AuditLog(tmp_path / "deep" / "other.jsonl")
    other.append("accepted", NOW, {"change_id": "forged"})
    lines = lines_of(tmp_path)
    lines[3] = (tmp_path / "deep" / "other.jsonl").read_bytes()
    put(tmp_path, lines)
    assert log.damaged_lines() == (4, 5)


@pytest.mark.parametrize("kept", [0, 1, 4])
def test_lines_cut_off_at_the_end_are_missed(log: AuditLog, tmp_path: Path, kept: int) -> None:
    put(tmp_path, lines_of(tmp_path)[:kept])
    report = log.examine()
    assert report.broken_lines == ()
    assert report.problems == ("its last lines were cut off or changed",)


def test_an_edited_last_line_is_missed(log: AuditLog, tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    lines[-1] = b"x" * (len(lines[-1]) - 1) + b"\n"
    put(tmp_path, lines)
    report = log.examine()
    assert (report.is_cut, report.damaged) == (True, [5])


def test_a_whole_file_that_is_gone_is_missed(log: AuditLog, tmp_path: Path) -> None:
    (tmp_path / "deep" / "audit.jsonl").unlink()
    assert log.examine().is_cut


def test_a_cut_is_noted_for_good_before_the_next_line_is_written(
    log: AuditLog, tmp_path: Path
) -> None:
    put(tmp_path, lines_of(tmp_path)[:3])
    log.append("accepted", NOW, {"change_id": "c-9"})
    events = [line["event"] for line in log.entries()]
    assert events == ["accepted"] * 3 + [DAMAGED, "accepted"]
    report = log.examine()
    assert (report.is_cut, report.broken_lines) == (False, ())
    assert report.problems == ("line 4: noted that earlier ones were gone",)
    log.append("accepted", NOW, {"change_id": "c-10"})
    assert log.examine().admitted == [4]


@given(cut=st.integers(1, 1500), more=st.integers(0, 3))
def test_whatever_is_cut_off_is_found_for_good(
    tmp_path_factory: pytest.TempPathFactory, cut: int, more: int
) -> None:
    log = AuditLog(tmp_path_factory.mktemp("audit") / "audit.jsonl")
    for number in range(4):
        log.append("accepted", NOW, {"change_id": f"c-{number}"})
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[: max(0, len(whole) - cut)])
    for number in range(more):
        log.append("accepted", NOW, {"change_id": f"d-{number}"})
    assert log.examine().problems


# What a crash leaves is no damage.


def test_a_torn_line_is_told_and_harms_nothing(log: AuditLog, tmp_path: Path) -> None:
    put(tmp_path, [*lines_of(tmp_path), b'{"schema_version":1,"at":"20'])
    assert log.examine().torn == [6]
    log.append("accepted", NOW, {"change_id": "c-9"})
    assert [line["change_id"] for line in log.entries()][-1] == "c-9"
    log.append("accepted", NOW, {"change_id": "c-10"})
    report = log.examine()
    assert (report.broken_lines, report.problems, report.torn) == ((), (), [6])
    assert report.remarks == ("line 6: torn by a crash, nothing is lost",)


def test_a_head_that_lags_behind_is_no_damage(log: AuditLog) -> None:
    head = log.head.read()
    assert head is not None
    log.append("accepted", NOW, {"change_id": "c-9", "long": "x" * 100_000})
    log.append("accepted", NOW, {"change_id": "c-9"})
    log.head.write(head)
    assert log.examine().problems == ()
    log.append("accepted", NOW, {"change_id": "c-9"})
    assert log.examine().problems == ()
    assert DAMAGED not in [line["event"] for line in log.entries()]


def test_a_lagging_head_still_guards_the_lines_it_knows(log: AuditLog, tmp_path: Path) -> None:
    head = log.head.read()
    assert head is not None
    lines = lines_of(tmp_path)
    put(tmp_path, lines[:4])
    log.head.path.unlink()
    log.append("accepted", NOW, {"change_id": "another", "transaction": "t-other, longer"})
    log.append("accepted", NOW, {"change_id": "another"})
    log.head.write(head)
    assert log.examine().is_cut


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"lines": 9, "check": "x"}'])
def test_without_a_head_it_says_what_it_cannot_tell(log: AuditLog, content: bytes) -> None:
    log.head.path.write_bytes(content)
    report = log.examine()
    assert report.problems == ()
    assert report.remarks == ("whether last lines are missing cannot be told until the next one",)
    log.append("accepted", NOW, {"change_id": "c-9"})
    head = log.head.read()
    assert head is not None
    assert head.lines == 6
    assert log.examine().remarks == ()


def test_a_head_that_cannot_be_written_stops_nothing(
    log: AuditLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", refuse)
    log.append("accepted", NOW, {"change_id": "c-9"})
    assert log.examine().problems == ()
    assert [line["change_id"] for line in log.entries()][-1] == "c-9"


def test_a_file_of_rubbish_only_starts_a_chain(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    (tmp_path / "audit.jsonl").write_bytes(b"rubbish\n[1]\n")
    log.append("accepted", NOW, {"change_id": "c-1"})
    assert log.examine().torn == [1, 2]


def test_a_line_longer_than_the_tail_keeps_the_chain(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    log.append("accepted", NOW, {"change_id": "c-1", "files": ["x" * 1000] * 3000})
    head = log.head.read()
    log.append("accepted", NOW, {"change_id": "c-2"})
    assert log.damaged_lines() == ()
    assert head is not None
    log.head.write(head)
    assert log.damaged_lines() == ()


# Large audits.


def test_a_transaction_is_found_wherever_its_line_is(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    for number in range(300):
        details = {"transaction": f"t{number}", "long": "x" * (number % 7) * 1000}
        log.append("accepted", NOW, details)
    assert all(log.holds(f"t{number}") for number in range(300))
    assert not any(log.holds(name) for name in ("t300", "t", "x", ""))


def test_a_name_inside_other_words_is_no_transaction(log: AuditLog) -> None:
    log.append("accepted", NOW, {"transaction": "t6", "why": "t7"})
    assert not log.holds("t7")


def test_an_append_reads_the_end_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    log.append("accepted", NOW, {"transaction": "t0", "long": "x" * 5_000_000})
    for number in range(1, 20):
        log.append("accepted", NOW, {"transaction": f"t{number}", "long": "x" * 5_000})
    read: list[int] = []
    real_open = Path.open

    def counted(self: Path, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - Path.open's own
        file = real_open(self, *args, **kwargs)
        real_read = file.read

        class Counting:
            def __enter__(self) -> "Counting":
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def seek(self, *place: int) -> int:
                return int(file.seek(*place))

            def read(self, size: int = -1) -> Any:  # noqa: ANN401 - bytes here
                found = real_read(size)
                read.append(len(found))
                return found

        return Counting()

    monkeypatch.setattr(Path, "open", counted)
    log.append("accepted", NOW, {"transaction": "t20"})
    assert log.holds("t20")
    assert log.holds("t15")
    assert sum(read) < 500_000


# What the lines say.


def test_what_the_store_writes(project: Project) -> None:
    project.write("a", b"1\n")
    change = project.propose(swap("a", "1\n", "2\n"), WholeFile("b", "x\n"))
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1], by="--yes")
    store.reject(change.change_id)
    store.rollback(change.change_id)
    lines = list(store.audit.entries(change.change_id))
    assert [(line["event"], line["by"]) for line in lines[:3]] == [
        ("proposed", "model test/model"),
        ("accepted", "--yes"),
        ("rejected", "person"),
    ]
    assert lines[-1]["event"] == "rolled_back"
    assert lines[-1]["by"] == "person"
    (before, after) = (lines[1]["files"][0][key] for key in ("before", "after"))
    assert lines[-1]["files"] == [{"path": "a", "before": after, "after": before}]
    assert store.audit.examine(store.list_changes()).problems == ()
    assert json.dumps(lines)


ASKED = Origin("model", "test/model", "s-1", "make it so", "p-1", 8_700_000, "exact")


def test_each_decision_says_who_proposed_where_at_what_cost_and_what_checks_say(
    project: Project,
) -> None:
    project.write("a", b"1\n")
    store = project.store()
    change = store.propose([swap("a", "1\n", "2\n"), WholeFile("b", "x\n")], ASKED).change
    assert change is not None
    checks = [
        CheckRecord("a", "syntax", True),
        CheckRecord("b", "syntax", False, ("line 1: no",)),
        CheckRecord("a", "lint", None, skipped="no linter"),
        CheckRecord("a", "types", True),
    ]
    store.record_checks(change.change_id, checks)
    store.accept(change.change_id, 1, hunks=[2])
    store.reject(change.change_id)
    for line in store.audit.entries(change.change_id):
        assert line["proposer"] == {"kind": "model", "name": "test/model"}
        assert (line["session_id"], line["prompt_id"]) == ("s-1", "p-1")
        assert line["cost"] == {"nano_usd": 8_700_000, "certainty": "exact"}
    proposed, accepted, rejected = store.audit.entries(change.change_id)
    assert proposed["checks"] == {}
    assert accepted["checks"] == {"syntax": "invalid", "lint": "skipped", "types": "valid"}
    assert accepted["decisions"] == {"2": "accepted"}
    assert rejected["decisions"] == {"1": "rejected"}


@pytest.mark.parametrize(
    ("origin", "cost"),
    [
        (Origin("patch"), {"nano_usd": None, "certainty": "none asked"}),
        (ORIGIN, {"nano_usd": None, "certainty": "unknown"}),
        (
            Origin("heal", "T2", cost_nano_usd=5, cost_certainty="estimated"),
            {"nano_usd": 5, "certainty": "estimated"},
        ),
        (
            Origin("model", "m", cost_certainty="unpriced"),
            {"nano_usd": None, "certainty": "unpriced"},
        ),
    ],
)
def test_an_unknown_cost_is_null_and_never_0(
    project: Project, origin: Origin, cost: dict[str, object]
) -> None:
    store = project.store()
    store.propose([WholeFile("b", "x\n")], origin)
    (line,) = store.audit.entries()
    assert line["cost"] == cost


def test_an_acceptance_without_a_line_is_named(project: Project) -> None:
    store = project.store()
    first = project.propose(WholeFile("a", "x\n"))
    second = project.propose(WholeFile("b", "x\n"))
    for change in (first, second):
        store.accept(change.change_id, 1)
    assert store.audit.examine(store.list_changes()).problems == ()
    project.data.joinpath("audit.jsonl").unlink()
    project.data.joinpath("audit.head").unlink()
    report = store.audit.examine(store.list_changes())
    assert report.problems == (
        f"no line says that {second.change_id}, {first.change_id} was accepted",
    )


def test_many_numbers_and_names_are_shortened() -> None:
    from vibe_tui.changes.kept.audit_report import AuditReport

    report = AuditReport(edited=list(range(1, 9)), unrecorded=[f"c-{n}" for n in range(7)])
    assert report.problems == (
        "lines 1, 2, 3, 4, 5 and 3 more: edited",
        "no line says that c-0, c-1, c-2, c-3, c-4 and 2 more was accepted",
    )


def test_states_and_hunks_are_told_by_their_words() -> None:
    from vibe_tui.changes.kept.audit_lines import decisions, facts

    assert decisions([3, 1], HunkState.REJECTED) == {"1": "rejected", "3": "rejected"}
    change = ChangeSet(
        "c-2", 1, "2026-01-01T00:00:00Z", ChangeState.ACCEPTED, Origin("rollback"), (),
        reverts=("c-1",),
    )  # fmt: skip
    assert facts(change)["reverts"] == ["c-1"]
