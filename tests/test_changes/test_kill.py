"""kill -9 at every system call of an accept and of a rollback: afterwards all of it, or nothing.

A forked process does the work and kills itself at its n-th call; the next opened store puts the
project right. A sample takes every third call, ``make prove`` all of them.
"""

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import PROVE
from tests.test_changes.projects import Project, swap
from tests.test_changes.test_disk_trouble import prepared
from vibe_tui.changes.model import ChangeSet, ChangeState
from vibe_tui.changes.store import ChangeStore

CALLS = [
    *("open", "write", "fsync", "ftruncate", "fchmod"),
    *("rename", "replace", "unlink", "mkdir", "rmdir"),
]
STRIDE = 1 if PROVE else 3
WRITING = os.O_WRONLY | os.O_RDWR
Work = Callable[[ChangeStore], object]


def killed(project: Project, work: Work, at: int = 0, *, late: bool = False) -> bool:
    """Work in a forked process that dies at its ``at``-th call; False when it never came so far.

    Args:
        project: Where.
        work: What.
        at: From 1; 0 leaves dying to the work itself.
        late: Die after the call instead of before it.
    """
    store = project.store()
    child = os.fork()
    if child == 0:
        try:
            _die_at(at, late=late)
            work(store)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _die_at(at: int, *, late: bool) -> None:
    count = 0

    def counted(real: Callable[..., object], *, is_open: bool) -> Callable[..., object]:
        def call(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - any system call's
            nonlocal count
            count += not is_open or bool(args[1] & WRITING)
            if count == at and not late:
                os.kill(os.getpid(), signal.SIGKILL)
            result = real(*args, **kwargs)
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    for name in CALLS:
        instead(name, counted(getattr(os, name), is_open=name == "open"))


def instead(name: str, function: Callable[..., object]) -> None:
    """Put something in a system call's place; only ever in a forked process."""
    setattr(os, name, function)


def accept(store: ChangeStore) -> object:
    change = proposal(store)
    return store.accept(change.change_id, change.revision)


def roll_back(store: ChangeStore) -> object:
    """Take back what was written last: the proposal, or its rollback."""
    change = proposal(store)
    return store.rollback(change.rolled_back_by or change.change_id)


def proposal(store: ChangeStore) -> ChangeSet:
    """The oldest change; those after it take it back, or that back."""
    return store.list_changes()[-1]


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("work", [accept, roll_back])
def test_all_or_nothing(tmp_path_factory: pytest.TempPathFactory, work: Work, late: bool) -> None:
    reference = fresh(tmp_path_factory)
    base = reference.picture()
    accept(reference.store())
    written = reference.picture()
    outcomes: set[ChangeState] = set()
    for at in range(1, 1000, STRIDE):
        project = fresh(tmp_path_factory)
        if work is roll_back:
            accept(project.store())
        was_killed = killed(project, work, at, late=late)
        store = project.store()
        change = proposal(store)
        outcomes.add(change.state)
        assert project.picture() == (written if change.state is ChangeState.ACCEPTED else base)
        assert not list((project.data / "journal").glob("*.json"))
        if not was_killed:
            break
        (accept if change.is_open else roll_back)(store)
        assert project.picture() == (base if change.state is ChangeState.ACCEPTED else written)
    else:
        pytest.fail("it never finished")
    other = ChangeState.PROPOSED if work is accept else ChangeState.ROLLED_BACK
    assert outcomes == {ChangeState.ACCEPTED, other}


def fresh(factory: pytest.TempPathFactory) -> Project:
    project = Project(factory.mktemp("k"))
    project.root.mkdir()
    prepared(project)
    return project


def test_a_file_torn_while_written_in_place_is_mended(project: Project) -> None:
    old, new = b"old line\n" * 1000, "new and longer\n" * 1000
    project.write("f", old)
    (project.root / "twin").hardlink_to(project.root / "f")
    change = project.propose(swap("f", old.decode(), new))
    before = project.picture()
    for length in (0, 1, 500, len(old), len(new) - 1, len(new)):

        def tear(store: ChangeStore, length: int = length) -> None:
            real = os.write

            def write(descriptor: int, content: bytes) -> int:
                real(descriptor, content[:length])
                os.kill(os.getpid(), signal.SIGKILL)
                return 0

            instead("write", write)
            store.accept(change.change_id, 1)

        assert killed(project, tear)
        if length:
            assert project.read("f") == new.encode()[:length] + old[length:]
        assert project.store().get(change.change_id).state is ChangeState.PROPOSED
        assert project.picture() == before


def test_what_somebody_wrote_after_the_crash_stays(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    change = prepared(project)
    before = project.picture()

    def die_late(store: ChangeStore) -> None:
        real: Callable[..., object] = os.rename
        seen: list[object] = []

        def rename(*args: object, **kwargs: object) -> None:
            real(*args, **kwargs)
            seen.append(args)
            if len(seen) == 2:
                os.kill(os.getpid(), signal.SIGKILL)

        instead("rename", rename)
        store.accept(change.change_id, 1)

    assert killed(project, die_late)
    assert not (project.root / "dir/gone").exists()
    project.write("dir/gone", b"saved by an editor meanwhile\n")
    assert project.store().recover() == ()
    now = project.picture()
    changed = {name for name in now | before if now.get(name) != before.get(name)}
    assert changed == {"project/dir/gone"}
    assert "dir/gone was changed after a crash and is left as it is" in caplog.text
    conflicts = [file.conflict for file in project.store().get(change.change_id).files]
    assert conflicts == [None, None, None, "dir/gone was changed meanwhile", None, None]


def test_recover_names_the_changes(project: Project) -> None:
    change = prepared(project)
    store = project.store()

    def die(store: ChangeStore) -> None:
        instead("rename", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
        store.accept(change.change_id, 1)

    assert killed(project, die)
    assert store.recover() == (change.change_id,)
    assert store.recover() == ()
    assert [line["event"] for line in store.audit.entries(change.change_id)] == [
        "proposed",
        "recovered",
    ]
