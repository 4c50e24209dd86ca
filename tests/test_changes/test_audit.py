"""The audit: who decided what, and that edited, missing or torn lines are found."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.test_changes.projects import Project, swap
from vibe_tui.changes.audit import AuditLog
from vibe_tui.changes.model import WholeFile

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
    assert log.holds("t3")
    assert not log.holds("t9")
    assert log.damaged_lines() == ()


def test_no_file_is_no_lines(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "none")
    assert (list(log.entries()), log.damaged_lines()) == ([], ())


def test_an_edited_line_is_found(log: AuditLog, tmp_path: Path) -> None:
    lines = lines_of(tmp_path)
    lines[2] = lines[2].replace(b'"t2"', b'"tX"')
    put(tmp_path, lines)
    assert log.damaged_lines() == (3, 4)


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


def test_a_torn_line_is_found_and_harms_no_later_one(log: AuditLog, tmp_path: Path) -> None:
    put(tmp_path, [*lines_of(tmp_path), b'{"schema_version":1,"at":"20'])
    log.append("accepted", NOW, {"change_id": "c-9"})
    assert log.damaged_lines() == (6,)
    assert [line["change_id"] for line in log.entries()][-1] == "c-9"
    log.append("accepted", NOW, {"change_id": "c-10"})
    assert log.damaged_lines() == (6,)


def test_a_file_of_rubbish_only_starts_a_chain(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    (tmp_path / "audit.jsonl").write_bytes(b"rubbish\n[1]\n")
    log.append("accepted", NOW, {"change_id": "c-1"})
    assert log.damaged_lines() == (1, 2)


def test_a_line_longer_than_the_tail_keeps_the_chain(tmp_path: Path) -> None:
    log = AuditLog(tmp_path / "audit.jsonl")
    log.append("accepted", NOW, {"change_id": "c-1", "files": ["x" * 1000] * 3000})
    log.append("accepted", NOW, {"change_id": "c-2"})
    assert log.damaged_lines() == ()


def test_what_the_store_writes(project: Project) -> None:
    project.write("a", b"1\n")
    change = project.propose(swap("a", "1\n", "2\n"), WholeFile("b", "x\n"))
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1], by="--yes")
    store.reject(change.change_id)
    store.rollback(change.change_id)
    lines = list(store.audit.entries(change.change_id))
    assert [(line["event"], line["revision"], line["by"]) for line in lines] == [
        ("proposed", 1, "model test/model"),
        ("accepted", 2, "--yes"),
        ("rejected", 3, "person"),
        ("rolled_back", 4, "person"),
    ]
    assert [line.get("hunks") for line in lines] == [None, [1], [2], []]
    (before, after) = (lines[1]["files"][0][key] for key in ("before", "after"))
    assert lines[3]["files"] == [{"path": "a", "before": after, "after": before}]
    assert json.dumps(lines)
