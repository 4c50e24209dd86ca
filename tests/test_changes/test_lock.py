"""One process at a time: others wait until it is done, and say who holds the lock if it is not."""

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.test_changes.projects import Project, swap
from vibe_tui.changes.errors import ProjectLockedError
from vibe_tui.changes.model import ChangeState
from vibe_tui.changes.writing.lock import project_lock


class Holder:
    """A process that holds a lock until it is told to let go, or killed."""

    def __init__(self, lock: Path) -> None:
        ready, tell_ready = os.pipe()
        wait, self._let_go = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._let_go)
            try:
                with project_lock(lock):
                    os.write(tell_ready, b"!")
                    os.read(wait, 1)
            finally:
                os._exit(0)
        assert os.read(ready, 1) == b"!"
        for descriptor in (ready, tell_ready, wait):
            os.close(descriptor)

    def let_go(self) -> None:
        os.write(self._let_go, b"!")
        os.close(self._let_go)
        os.waitpid(self.pid, 0)


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Holder]:
    made = Holder(tmp_path / "data" / "apply.lock")
    yield made
    made.let_go()


def test_who_holds_it_and_since_when(project: Project, holder: Holder) -> None:
    before = time.localtime()
    with pytest.raises(ProjectLockedError) as caught, project_lock(project.data / "apply.lock", 0):
        pass
    match = re.fullmatch(
        rf"Another vibe-tui \(process {holder.pid}, since (\d\d):(\d\d):\d\d\) is writing to this "
        r"project: wait until it is done and try again",
        str(caught.value),
    )
    assert match
    minutes = int(match[1]) * 60 + int(match[2])
    assert (before.tm_hour * 60 + before.tm_min - minutes) % (24 * 60) <= 2


def test_recovery_does_not_wait_in_vain(project: Project, holder: Holder) -> None:
    with pytest.raises(ProjectLockedError, match=f"process {holder.pid}"):
        project.store().recover(wait_s=0)


def test_an_unsigned_lock_has_an_unknown_holder(project: Project, holder: Holder) -> None:
    lock = project.data / "apply.lock"
    lock.write_bytes(b"")
    with pytest.raises(ProjectLockedError, match="process unknown"), project_lock(lock, 0):
        pass


def test_who_waits_goes_on_as_soon_as_it_is_free(project: Project) -> None:
    project.write("f", b"b\n")
    change = project.propose(swap("f", "b\n", "c\n"))
    holder = Holder(project.data / "apply.lock")
    asked, states = Event(), list[ChangeState]()

    def accept() -> None:
        store = project.store()
        asked.set()
        states.append(store.accept(change.change_id, 1).state)

    waiter = Thread(target=accept)
    waiter.start()
    assert asked.wait(10)
    assert project.read("f") == b"b\n"
    holder.let_go()
    waiter.join(20)
    assert states == [ChangeState.ACCEPTED]
    assert project.read("f") == b"c\n"


def test_a_dead_holder_holds_nothing(project: Project) -> None:
    lock = project.data / "apply.lock"
    holder = Holder(lock)
    os.kill(holder.pid, 9)
    os.waitpid(holder.pid, 0)
    with project_lock(lock, 0):
        assert lock.read_bytes().startswith(b"%d " % os.getpid())
