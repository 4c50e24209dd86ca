"""Several processes that propose and decide at once: one stack, nothing lost, nothing torn."""

import os
from collections.abc import Callable

from tests.test_changes.projects import ORIGIN, Project, swap
from vibe_tui.changes.model import ChangeState
from vibe_tui.changes.store import ChangeStore
from vibe_tui.errors import DeniedError

PROCESSES, EACH = 4, 4


def in_processes(project: Project, work: Callable[[ChangeStore, int], None]) -> None:
    """Do some work in several forked processes at once, each with its own store."""
    children = []
    for number in range(PROCESSES):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(project.store(), number)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * PROCESSES


def propose(store: ChangeStore, number: int) -> None:
    for turn in range(EACH):
        line = f"{number} {turn}\n"
        proposed = store.propose([swap("a", "end\n", line + "end\n")], ORIGIN)
        assert proposed.change is not None


def test_proposals_stack_whoever_makes_them(project: Project) -> None:
    project.write("a", b"end\n")
    in_processes(project, propose)
    store = project.store()
    changes = store.list_changes()[::-1]
    assert len(changes) == PROCESSES * EACH
    for position, change in enumerate(changes):
        assert change.files[0].stands_on == tuple(c.change_id for c in changes[:position])
        assert change.state is ChangeState.PROPOSED
    wanted = store.overlay().read("a") or b""
    assert len(wanted.splitlines()) == PROCESSES * EACH + 1
    for change in changes:
        store.accept(change.change_id, 1)
    assert project.read("a") == wanted


def decide(store: ChangeStore, number: int) -> None:
    """Accept, reject and take back whatever is there, as long as there is something."""
    for turn in range(30):
        changes = store.list_changes()
        change = changes[(7 * number + 3 * turn) % len(changes)]
        try:
            if change.applied and turn % 3 == number % 3:
                store.rollback(change.change_id)
            elif change.is_open and turn % 5 == number:
                store.reject(change.change_id)
            elif change.is_open:
                store.accept(change.change_id, change.revision)
        except DeniedError:
            continue  # somebody else was faster, or it is shown again


def test_decisions_of_many_keep_the_disk_and_the_store_in_step(project: Project) -> None:
    lines = b"".join(b"%d\n" % n for n in range(200))
    project.write("a", lines)
    ids = [
        project.propose(swap("a", f"{number * 15 + 5}\n", f"new {number}\n")).change_id
        for number in range(12)
    ]
    in_processes(project, decide)
    store = project.store()
    text = project.read("a").decode()
    for number, change_id in enumerate(ids):
        stands = store.get(change_id).state is ChangeState.ACCEPTED
        assert (f"new {number}\n" in text) == stands
    assert store.audit.damaged_lines() == ()
    assert store.recover() == ()
