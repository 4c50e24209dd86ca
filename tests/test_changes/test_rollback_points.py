"""Back to a point: a change and all that was written after it, taken back as one change."""

import pytest

from tests.test_changes.projects import NUMBERS, Project
from tests.test_changes.test_rollback import ACCEPTED, ROLLED_BACK, THREE, accepted, states
from vibe_tui.changes.errors import AlreadyDecidedError
from vibe_tui.changes.model import WholeFile


def test_back_to_a_point_takes_back_all_since_as_one_change(project: Project) -> None:
    project.write("a", NUMBERS)
    first = accepted(project, "3\n4\n", "three\n4\n")
    before = project.picture()
    second = accepted(project, "three\n4\n", "THREE\n4\n")
    third = project.propose(WholeFile("new/file", "n\n"))
    store = project.store()
    store.accept(third.change_id, 1)
    fourth = accepted(project, "THREE\n4\n", "tres\n4\n")
    after = project.picture()
    back = store.rollback_to(second.change_id)
    assert back.reverts == (fourth.change_id, third.change_id, second.change_id)
    assert project.picture() == before
    assert states(project, first, second, third, fourth) == [ACCEPTED, *[ROLLED_BACK] * 3]
    store.rollback(back.change_id)
    assert project.picture() == after
    assert states(project, first, second, third, fourth) == [ACCEPTED] * 4
    store.rollback_to(first.change_id)
    assert project.read("a") == NUMBERS


def test_rollbacks_since_cancel_with_what_they_took_back(project: Project) -> None:
    project.write("a", NUMBERS)
    first = accepted(project, "3\n4\n", "three\n4\n")
    second = accepted(project, "30\n31\n", "thirty\n31\n")
    third = accepted(project, "50\n51\n", "fifty\n51\n")
    store = project.store()
    store.rollback(third.change_id)
    back = store.rollback_to(second.change_id)
    assert back.reverts == (second.change_id,)
    assert project.read("a") == THREE
    with pytest.raises(AlreadyDecidedError, match="rolled back already"):
        store.rollback_to(second.change_id)
    assert states(project, first, second, third) == [ACCEPTED, ROLLED_BACK, ROLLED_BACK]


def test_a_rollback_since_of_something_older_is_taken_back_too(project: Project) -> None:
    project.write("a", NUMBERS)
    project.write("b", NUMBERS)
    older = accepted(project, "3\n4\n", "three\n4\n", "b")
    point = accepted(project, "3\n4\n", "three\n4\n")
    later = accepted(project, "30\n31\n", "thirty\n31\n")
    store = project.store()
    rollback = store.rollback(older.change_id)
    back = store.rollback_to(point.change_id)
    assert back.reverts == (rollback.change_id, later.change_id, point.change_id)
    assert (project.read("a"), project.read("b")) == (NUMBERS, THREE)
    assert states(project, older, rollback, later) == [ACCEPTED, ROLLED_BACK, ROLLED_BACK]
    store.rollback(back.change_id)
    assert project.read("b") == NUMBERS
    assert states(project, older, rollback, point) == [ROLLED_BACK, ACCEPTED, ACCEPTED]


def test_a_rollback_of_older_and_newer_ones_is_taken_apart(project: Project) -> None:
    project.write("a", NUMBERS)
    first = accepted(project, "3\n4\n", "three\n4\n")
    project.write("b", NUMBERS)
    point = accepted(project, "3\n4\n", "three\n4\n", "b")
    second = accepted(project, "30\n31\n", "thirty\n31\n")
    store = project.store()
    store.rollback(point.change_id)
    mixed = store.rollback_to(first.change_id)
    assert mixed.reverts == (second.change_id, first.change_id)
    brought = store.rollback(store.get(point.change_id).rolled_back_by)
    assert states(project, point) == [ACCEPTED]
    back = store.rollback_to(point.change_id)
    assert brought.change_id not in back.reverts
    assert back.reverts == (mixed.change_id, second.change_id, point.change_id)
    assert (project.read("a"), project.read("b")) == (THREE, NUMBERS)
    assert states(project, first, second, point) == [ACCEPTED, ROLLED_BACK, ROLLED_BACK]
    store.rollback(back.change_id)
    assert (project.read("a"), project.read("b")) == (NUMBERS, THREE)
    assert states(project, first, second, point) == [ROLLED_BACK, ROLLED_BACK, ACCEPTED]


def test_the_last_one_that_stands(project: Project) -> None:
    project.write("a", NUMBERS)
    store = project.store()
    assert store.last_applied() is None
    first = accepted(project, "3\n4\n", "three\n4\n")
    second = accepted(project, "30\n31\n", "thirty\n31\n")
    third = accepted(project, "50\n51\n", "fifty\n51\n")

    def last() -> str:
        found = store.last_applied()
        return "" if found is None else found.change_id

    assert last() == third.change_id
    store.rollback(third.change_id)
    assert last() == second.change_id
    back = store.rollback(second.change_id)
    assert last() == first.change_id
    store.rollback(back.change_id)
    assert last() == second.change_id
    store.rollback(second.change_id)
    store.rollback(first.change_id)
    assert last() == ""
