"""Real disks that are full or read-only: refused in one line, and the project as it was.

The disks are small file systems in memory, mounted in a forked process of its own.
"""

from collections.abc import Callable
from functools import partial

import pytest

from tests.test_changes.own_mounts import Mounts, fill, with_own_mounts
from tests.test_changes.projects import ORIGIN, Project, swap
from vibe_tui.changes.errors import WriteFailedError
from vibe_tui.changes.model import ChangeSet, ChangeState, FilePatch, WholeFile

SIZE_BYTES = 2_000_000
LARGE = b"".join(b"%d\n" % n for n in range(20_000))
HARDLY_COMPRESSIBLE = "".join(f"{n * n * 2654435761 % 4294967291:x}\n" for n in range(20_000))


def _large_change(project: Project) -> ChangeSet:
    """Two files changed, one of them hard-linked, two made, one deleted, one moved."""
    for name in ("a", "linked", "gone", "old"):
        project.write(name, LARGE)
    (project.root / "twin").hardlink_to(project.root / "linked")
    return project.propose(
        WholeFile("a", HARDLY_COMPRESSIBLE),
        WholeFile("linked", "0\n" + HARDLY_COMPRESSIBLE * 2),
        WholeFile("new/x", HARDLY_COMPRESSIBLE),
        WholeFile("new/y", HARDLY_COMPRESSIBLE + "y\n"),
        FilePatch("gone", None, ()),
        FilePatch("old", "moved", ()),
    )


def _refused(project: Project, work: Callable[[], object]) -> str:
    before = project.picture()
    with pytest.raises(WriteFailedError) as caught:
        work()
    assert project.picture() == before
    assert "\n" not in str(caught.value)
    return caught.value.message


@pytest.mark.parametrize("room_bytes", [0, 8192, 200_000, 500_000])
def test_a_full_project_disk(project: Project, room_bytes: int) -> None:
    def work(mounts: Mounts) -> None:
        mounts.small_disk(project.root, SIZE_BYTES)
        change = _large_change(project)
        filler = fill(project.root, room_bytes)
        store = project.store()
        said = _refused(project, lambda: store.accept(change.change_id, 1))
        assert said.endswith("cannot be written: the disk is full")
        assert store.get(change.change_id).state is ChangeState.PROPOSED
        filler.unlink()
        before = project.picture()
        store.accept(change.change_id, 1)
        filler = fill(project.root)
        said = _refused(project, lambda: store.rollback(change.change_id))
        assert said.endswith("cannot be written: the disk is full")
        assert store.get(change.change_id).state is ChangeState.ACCEPTED
        filler.unlink()
        store.rollback(change.change_id)
        assert project.picture() == before

    with_own_mounts(work)


@pytest.mark.parametrize("room_bytes", [0, 4096])
def test_a_full_disk_of_the_store(project: Project, room_bytes: int) -> None:
    def work(mounts: Mounts) -> None:
        mounts.small_disk(project.data, SIZE_BYTES)
        change = _large_change(project)
        filler = fill(project.data, room_bytes)
        before = project.picture()
        store = project.store()
        with pytest.raises(WriteFailedError, match="the disk is full"):
            store.accept(change.change_id, 1)
        assert project.picture() == before
        assert store.get(change.change_id).state is ChangeState.PROPOSED
        filler.unlink()
        store.accept(change.change_id, 1)
        assert project.picture() != before

    with_own_mounts(work)


def test_a_store_without_room_for_a_proposal(project: Project) -> None:
    def work(mounts: Mounts) -> None:
        mounts.small_disk(project.data, SIZE_BYTES)
        filler = fill(project.data)
        project.write("f", b"b\n")
        edit = swap("f", "b\n", "c\n")
        said = _refused(project, lambda: project.store().propose([edit], ORIGIN))
        assert said == "The store of proposals cannot be written: the disk is full"
        filler.unlink()
        assert project.store().propose([edit], ORIGIN).change is not None

    with_own_mounts(work)


def test_a_read_only_file_system(project: Project) -> None:
    def work(mounts: Mounts) -> None:
        mounts.small_disk(project.root, SIZE_BYTES)
        project.write("d/f", b"b\n")
        changes = [
            project.propose(edit)
            for edit in (
                swap("d/f", "b\n", "c\n"),
                WholeFile("new/x", "x\n"),
                WholeFile("d/x", "x\n"),
            )
        ]
        mounts.make_read_only(project.root)
        for change, path in zip(changes, ("d/f", "new/x", "d/x"), strict=True):
            said = _refused(project, partial(project.store().accept, change.change_id, 1))
            assert said == f"{path} cannot be written: the file system is read-only"
            assert project.store().get(change.change_id).state is ChangeState.PROPOSED

    with_own_mounts(work)
