"""Files of somebody else, and what a file has besides bytes and mode, there and back."""

import os
from pathlib import Path

import pytest

from tests.test_changes.case_kinds import FOREIGN
from tests.test_changes.projects import ORIGIN, Project, swap
from tests.test_changes.test_disk_trouble import accept_as_nobody
from vibe_tui.changes.errors import DamagedStoreError
from vibe_tui.changes.model import FilePatch, WholeFile
from vibe_tui.changes.store import ChangeStore
from vibe_tui.changes.writing.facts import read_facts

needs_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can make a file that belongs to somebody else"
)


def facts(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_uid, status.st_gid, status.st_mode


@needs_root
def test_a_deleted_file_comes_back_as_it_was_its_owner_too(project: Project) -> None:
    target = project.write("f", b"b\n", 0o640)
    os.chown(target, *FOREIGN)
    os.setxattr(target, "user.note", b"kept")
    before = facts(target)
    change = project.propose(FilePatch("f", None, ()))
    store = project.store()
    store.accept(change.change_id, 1)
    undo = store.rollback(change.change_id)
    assert facts(target) == before
    assert os.getxattr(target, "user.note") == b"kept"
    redo = store.rollback(undo.change_id)
    assert not target.exists()
    store.rollback(redo.change_id)
    assert facts(target) == before
    assert os.getxattr(target, "user.note") == b"kept"


@needs_root
@pytest.mark.parametrize(("mode", "said"), [(0o666, "accepted"), (0o2777, "write_failed")])
def test_a_foreign_file_is_written_in_place_if_its_mode_stays(
    project: Project, mode: int, said: str
) -> None:
    target = project.write("f", b"b\n", mode)
    before = facts(target)
    change = project.propose(swap("f", "b\n", "c\n"))
    outcome = accept_as_nobody(project, change)
    assert outcome.startswith(said)
    assert facts(target) == before
    assert project.read("f") == (b"c\n" if said == "accepted" else b"b\n")
    if said == "write_failed":
        assert outcome.endswith(
            "f cannot be written: its permission bits, which only its owner may set, would change"
        )


@needs_root
def test_a_foreign_file_keeps_its_owner_when_renamed(project: Project) -> None:
    target = project.write("f", b"b\n", 0o666)
    before = facts(target)
    change = project.propose(FilePatch("f", "g", ()))
    assert accept_as_nobody(project, change) == "accepted"
    assert facts(project.root / "g") == before


@needs_root
def test_a_foreign_file_gets_no_other_mode(project: Project) -> None:
    project.write("f", b"b\n", 0o666)
    change = project.propose(FilePatch("f", "f", (), 0o755))
    assert "only its owner may set" in accept_as_nobody(project, change)


def test_a_renamed_file_stays_the_same_file(project: Project) -> None:
    target = project.write("f", b"b\n")
    before = target.stat()
    change = project.propose(FilePatch("f", "d/g", ()))
    store = project.store()
    store.accept(change.change_id, 1)
    after = (project.root / "d/g").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    store.rollback(change.change_id)
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_is_kept_of_a_deleted_file_is_checked() -> None:
    with pytest.raises(DamagedStoreError, match="deleted file"):
        read_facts(b"{}")


def test_remarks_are_kept_with_the_files(project: Project) -> None:
    project.write("f", b"b\n")
    asked: list[list[str]] = []

    def remarks_of(paths: object) -> dict[str, tuple[str, ...]]:
        assert isinstance(paths, list)
        asked.append(paths)
        return {"f": ("ignored by git",)}

    store = ChangeStore(project.root, project.data, remarks_of=remarks_of)
    change = store.propose([swap("f", "b\n", "c\n"), WholeFile("g", "x\n")], ORIGIN).change
    assert change is not None
    assert asked == [["f", "g"]]
    assert [file.remarks for file in change.files] == [("ignored by git",), ()]
    assert [f.remarks for f in project.store().get(change.change_id).files] == [
        ("ignored by git",),
        (),
    ]
