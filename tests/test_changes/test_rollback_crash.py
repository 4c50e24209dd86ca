"""Rollbacks that a crash broke off: what was decided ends in step with what is on the disk."""

import os
import signal

import pytest

from tests.test_changes.projects import NUMBERS, Project
from tests.test_changes.test_disk_trouble import prepared
from tests.test_changes.test_kill import instead, killed
from tests.test_changes.test_rollback import ACCEPTED, ROLLED_BACK, THREE, accepted, states
from vibe_tui.changes.kept.records import RecordStore
from vibe_tui.changes.model import ChangeSet
from vibe_tui.changes.store import ChangeStore


def test_a_crash_behind_the_point_of_no_return_finishes_the_originals(project: Project) -> None:
    change = prepared(project)
    before = project.picture()
    store = project.store()
    store.accept(change.change_id, 1)

    def die(store: ChangeStore) -> None:
        real = RecordStore.save

        def save(self: RecordStore, saved: ChangeSet) -> None:
            if not saved.reverts:
                os.kill(os.getpid(), signal.SIGKILL)
            real(self, saved)

        RecordStore.save = save  # type: ignore[method-assign,assignment]  # in a forked process only
        store.rollback(change.change_id)

    assert killed(project, die)
    left = RecordStore(project.data / "proposals").load(change.change_id)
    assert left.state is ACCEPTED
    opened = project.store()
    assert project.picture() == before
    rollback, original = opened.list_changes()
    assert (rollback.state, original.state) == (ACCEPTED, ROLLED_BACK)
    assert original.rolled_back_by == rollback.change_id
    events = [line["event"] for line in opened.audit.entries(original.change_id)]
    assert events.count("rolled_back") == 1
    assert opened.audit.damaged_lines() == ()


def test_a_crash_while_much_is_brought_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A rollback to a point that takes back a rollback: every original ends in its right state."""
    for at in range(1, 100):
        project = Project(tmp_path_factory.mktemp("crash"))
        project.root.mkdir()
        if not crashed_on_the_way_back(project, at):
            break
    assert at > 6


def crashed_on_the_way_back(project: Project, at: int) -> bool:
    """Die at the n-th renaming; False when it never came so far."""
    project.write("a", NUMBERS)
    project.write("b", NUMBERS)
    older = accepted(project, "3\n4\n", "three\n4\n", "b")
    point = accepted(project, "3\n4\n", "three\n4\n")
    later = accepted(project, "30\n31\n", "thirty\n31\n")
    rollback = project.store().rollback(older.change_id)

    def die(store: ChangeStore) -> None:
        count = 0
        real = os.replace

        def rename(*args: object, **kwargs: object) -> None:
            nonlocal count
            count += 1
            if count == at:
                os.kill(os.getpid(), signal.SIGKILL)
            real(*args, **kwargs)  # type: ignore[arg-type]  # passes on what it was given

        instead("replace", rename)
        instead("rename", rename)
        store.rollback_to(point.change_id)

    was_killed = killed(project, die)
    store = project.store()
    is_back = project.read("a") == NUMBERS
    assert project.read("b") == (THREE if is_back else NUMBERS)
    expected = [ROLLED_BACK, ROLLED_BACK, ROLLED_BACK, ACCEPTED]
    if not is_back:
        expected = [ACCEPTED, ACCEPTED, ACCEPTED, ROLLED_BACK]
    assert states(project, point, later, rollback, older) == expected
    assert store.recover() == ()
    if not is_back:
        store.rollback_to(point.change_id)
        assert (project.read("a"), project.read("b")) == (NUMBERS, THREE)
    return was_killed


def test_an_original_that_is_lost_stops_nothing(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write("a", NUMBERS)
    change = accepted(project, "3\n4\n", "three\n4\n")
    project.write("a", THREE + b"mine\n")
    store = project.store()
    preview = store.rollback(change.change_id)
    path = project.data / "proposals" / change.change_id / f"r{change.revision:06d}.json"
    path.write_bytes(b"{}")
    assert store.accept(preview.change_id, 1).state is ACCEPTED
    assert project.read("a") == NUMBERS + b"mine\n"
    assert f"the state of {change.change_id} is not kept" in caplog.text
    assert store.recover() == ()
