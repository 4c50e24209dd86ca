"""When the disk or other programs get in the way: one clear line, and the project as it was.

Refusals that root never meets run in a child process without root's rights.
"""

import errno
import os
import resource
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.test_changes.projects import ORIGIN, Project, swap
from vibe_tui.changes.errors import (
    ChangeConflictError,
    DamagedStoreError,
    ProjectLockedError,
    WriteFailedError,
)
from vibe_tui.changes.model import ChangeSet, ChangeState, FilePatch, WholeFile
from vibe_tui.changes.writing.lock import project_lock
from vibe_tui.errors import VibeError

NOBODY = 65534


def prepared(project: Project) -> ChangeSet:
    """Two files changed, one created in a new folder, one deleted, one renamed, one linked."""
    for name in ("a", "b", "gone", "old", "hard"):
        project.write(f"dir/{name}", f"{name}\n".encode())
    (project.root / "dir/twin").hardlink_to(project.root / "dir/hard")
    return project.propose(
        swap("dir/a", "a\n", "A\n"),
        swap("dir/b", "b\n", "B\n"),
        WholeFile("dir/new/deep/file", "n\n"),
        FilePatch("dir/gone", None, ()),
        FilePatch("dir/old", "dir/moved", ()),
        swap("dir/hard", "hard\n", "HARD and longer\n"),
    )


def refused(project: Project, change: ChangeSet) -> VibeError:
    """Accept, which must fail, leave the tree alone and the change open."""
    before = project.picture()
    with pytest.raises(VibeError) as caught:
        project.store().accept(change.change_id, change.revision)
    assert project.picture() == before
    after = project.store().get(change.change_id)
    assert after.is_open
    assert after.revision == change.revision
    assert "\n" not in str(caught.value)
    return caught.value


def _replace_by_folder(project: Project) -> None:
    (project.root / "dir/b").unlink()
    (project.root / "dir/b").mkdir()


def _replace_by_link(project: Project) -> None:
    (project.base / "secret").write_bytes(b"b\n")
    (project.root / "dir/b").unlink()
    (project.root / "dir/b").symlink_to(project.base / "secret")


def _replace_folder_by_link(project: Project) -> None:
    (project.root / "dir").rename(project.base / "elsewhere")
    (project.root / "dir").symlink_to(project.base / "elsewhere")


def _replace_folder_by_file(project: Project) -> None:
    (project.root / "dir").rename(project.base / "elsewhere")
    (project.root / "dir").write_bytes(b"")


MEANWHILE: dict[str, tuple[Callable[[Project], object], str]] = {
    "deleted": (lambda p: (p.root / "dir/b").unlink(), "dir/b is gone"),
    "edited": (lambda p: p.write("dir/b", b"mine\n"), "dir/b was changed meanwhile"),
    "created": (lambda p: p.write("dir/new/deep/file", b"n\n"), "exists already"),
    "rename's goal taken": (lambda p: p.write("dir/moved", b""), "dir/moved exists already"),
    "folder instead": (_replace_by_folder, "dir/b is a folder"),
    "link instead": (_replace_by_link, "dir/b is a symbolic link"),
    "its folder is a link": (_replace_folder_by_link, "dir is a symbolic link or no folder now"),
    "its folder is a file": (_replace_folder_by_file, "dir is a symbolic link or no folder now"),
    "file where a folder must be": (
        lambda p: p.write("dir/new", b""),
        "new is a symbolic link or no folder now",
    ),
}


@pytest.mark.parametrize("name", MEANWHILE)
def test_changed_meanwhile(project: Project, name: str) -> None:
    happen, words = MEANWHILE[name]
    change = prepared(project)
    happen(project)
    error = refused(project, change)
    assert isinstance(error, ChangeConflictError)
    assert words in str(error)
    seen = project.store().get(change.change_id)
    assert seen.state is ChangeState.CONFLICT
    assert any(file.conflict and words in file.conflict for file in seen.files)


def test_a_read_only_file_is_left_alone_also_by_root(project: Project) -> None:
    change = prepared(project)
    (project.root / "dir/b").chmod(0o444)
    error = refused(project, change)
    assert isinstance(error, WriteFailedError)
    assert error.message == "dir/b cannot be written: the file is read-only"


def test_rollback_leaves_an_edited_or_read_only_file_alone(project: Project) -> None:
    change = prepared(project)
    store = project.store()
    store.accept(change.change_id, 1)
    (project.root / "dir/a").chmod(0o444)
    before = project.picture()
    with pytest.raises(WriteFailedError, match="read-only"):
        store.rollback(change.change_id)
    (project.root / "dir/a").chmod(0o644)
    project.write("dir/b", b"edited since\n")
    with pytest.raises(ChangeConflictError, match="dir/b was changed meanwhile"):
        store.rollback(change.change_id)
    project.write("dir/b", b"B\n")
    assert project.picture() == before | {"project/dir/a": ("file", 0o644, b"A\n", 1)}
    assert store.rollback(change.change_id).state is ChangeState.ACCEPTED
    assert store.get(change.change_id).state is ChangeState.ROLLED_BACK


CALLS = ("open", "rename", "unlink", "mkdir", "fsync", "write", "ftruncate", "fchmod")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_any_failing_system_call_leaves_all_or_nothing(
    project: Project, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """The n-th call fails, for every n until the accept gets through."""
    change = prepared(project)
    before = project.picture()
    store = project.store()
    real = getattr(os, call)
    after = change
    for fail_at in range(1, 200):
        seen = 0

        def failing(*args: object, fail_at: int = fail_at, **kwargs: object) -> object:
            nonlocal seen
            seen += 1
            if seen == fail_at:
                raise OSError(number, os.strerror(number), "x")
            return real(*args, **kwargs)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, failing)
            try:
                after = store.accept(change.change_id, change.revision)
            except VibeError as error:
                assert not isinstance(error, ProjectLockedError)  # noqa: PT017 - any other is right
            else:
                break
        assert project.store().get(change.change_id) == change
        assert project.picture() == before
    else:
        pytest.fail("it never got through")
    assert project.store().get(change.change_id) == after
    assert after.state is ChangeState.ACCEPTED
    assert project.store().audit.damaged_lines() == ()
    store.rollback(change.change_id)
    assert project.picture() == before


def test_a_file_that_grows_too_large_is_put_back(project: Project) -> None:
    """A real limit of the system, met while the second file is written."""
    project.write("a", b"a\n")
    change = project.propose(swap("a", "a\n", "b\n"), WholeFile("large", "x" * 3_000_000 + "\n"))
    before = project.picture()
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, old[1]))
    try:
        with pytest.raises(WriteFailedError, match="large cannot be written: File too large"):
            project.store().accept(change.change_id, 1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert project.picture() == before
    project.store().accept(change.change_id, 1)


def test_a_change_in_the_last_moment_is_seen(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = prepared(project)
    real = os.rename

    def rename(*args: object, **kwargs: object) -> None:
        if args[1] == "a":
            project.write("dir/b", b"b, just now\n")
        real(*args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(ChangeConflictError, match="dir/b was changed by somebody just now"):
        project.store().accept(change.change_id, 1)
    assert project.read("dir/a") == b"a\n"
    assert project.read("dir/b") == b"b, just now\n"


def accept_as_nobody(project: Project, change: ChangeSet) -> str:
    """Accept in a forked process without root's rights; what went wrong, and the state after."""
    user = NOBODY if os.geteuid() == 0 else os.geteuid()
    for path in [project.data, *project.data.rglob("*"), project.root]:
        os.chown(path, user, -1)
    for folder in project.base.parents:
        if folder.stat().st_uid == os.geteuid() and folder.stat().st_mode & 0o001 == 0:
            folder.chmod(folder.stat().st_mode | 0o711)
    project.base.chmod(0o755)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _child(project, change, user, writer)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0)[1] == 0, said
    return said


def _child(project: Project, change: ChangeSet, user: int, writer: int) -> None:
    status = 1
    try:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        store = project.store()
        try:
            said = store.accept(change.change_id, 1).state.value
        except VibeError as error:
            said = f"{error.code}: {error.message}"
        os.write(writer, said.encode())
        status = 0
    finally:
        os._exit(status)


def test_without_rights_on_the_folder(project: Project) -> None:
    change = prepared(project)
    (project.root / "dir").chmod(0o555)
    before = project.picture()
    if os.geteuid() == 0:
        for path in (project.root / "dir").iterdir():
            path.chmod(0o666)
        before = project.picture()
    said = accept_as_nobody(project, change)
    assert said == "write_failed: dir/gone cannot be written: its folder is not writable"
    assert project.picture() == before


def test_without_rights_to_read_the_file(project: Project) -> None:
    change = prepared(project)
    (project.root / "dir").chmod(0o777)
    (project.root / "dir/b").chmod(0o200)
    for name in ("a", "gone", "old", "hard"):
        (project.root / "dir" / name).chmod(0o666)
    before = {name: state for name, state in project.picture().items() if "dir/" in name}
    said = accept_as_nobody(project, change)
    assert said == "write_failed: dir/b cannot be written: permission denied"
    assert {n: state for n, state in project.picture().items() if "dir/" in n} == before


def test_a_file_of_somebody_else_keeps_its_owner(project: Project) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file that belongs to somebody else")
    target = project.write("f", b"b\n", 0o666)
    change = project.propose(swap("f", "b\n", "c\n"))
    before = target.stat()
    assert accept_as_nobody(project, change) == "accepted"
    assert project.read("f") == b"c\n"
    after = target.stat()
    assert (after.st_uid, after.st_mode, after.st_ino) == (0, before.st_mode, before.st_ino)


def test_another_holder_of_the_lock_is_named(project: Project) -> None:
    change = prepared(project)
    store = project.store()
    lock = project.data / "apply.lock"
    with project_lock(lock), pytest.raises(ProjectLockedError, match=f"process {os.getpid()}"):  # noqa: SIM117 - the lock is the setting
        with project_lock(lock, wait_s=0):
            pass
    assert store.accept(change.change_id, 1).state is ChangeState.ACCEPTED


def test_a_store_that_cannot_be_written_says_so(project: Project) -> None:
    project.data.write_bytes(b"not a folder")
    with pytest.raises(WriteFailedError, match="store of proposals"):
        project.store().propose([WholeFile("a", "x\n")], ORIGIN)


def test_of_many_processes_that_accept_one_wins(project: Project) -> None:
    change = prepared(project)
    reader, writer = os.pipe()
    children = []
    for _ in range(5):
        child = os.fork()
        if child == 0:
            _child(project, change, os.geteuid(), writer)
        children.append(child)
    os.close(writer)
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    assert said.count("accepted") == 1
    assert said.count("stale_revision: ") == 4
    assert project.store().audit.damaged_lines() == ()


def test_threads_of_one_process_are_kept_apart_too(project: Project) -> None:
    store = project.store()

    def propose(number: int) -> bool:
        return store.propose([WholeFile(f"f{number}", "x\n")], ORIGIN).change is not None

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(propose, range(12)))
    assert len({change.change_id for change in store.list_changes()}) == 12
    assert store.audit.damaged_lines() == ()


def test_what_cannot_be_put_back_now_is_put_back_later(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = prepared(project)
    before = project.picture()
    store = project.store()
    real = os.rename
    renamed: list[object] = []

    def rename(*args: object, **kwargs: object) -> None:
        if len(renamed) == 2:
            raise OSError(errno.EIO, "the disk is dying")
        renamed.append(args)
        real(*args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", rename)
        with pytest.raises(WriteFailedError, match="could not be put back: the disk is dying"):
            store.accept(change.change_id, 1)
        with pytest.raises(WriteFailedError, match="vibe-tui changes recover"):
            store.recover()
        assert project.store().get(change.change_id).is_open
    assert project.picture() != before
    assert store.recover() == (change.change_id,)
    assert project.picture() == before


def test_a_damaged_journal_stops_all_writing(project: Project) -> None:
    change = prepared(project)
    (project.data / "journal").mkdir(parents=True)
    (project.data / "journal" / "x.json").write_bytes(b"{}")
    before = project.picture()
    with pytest.raises(DamagedStoreError, match=r"The journal x\.json cannot be read"):
        project.store().accept(change.change_id, 1)
    assert project.picture() == before
