"""A proposal's life: decided in parts, applied, in conflict, taken back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_changes.projects import NUMBERS, ORIGIN, Project, swap, three_hunks
from vibe_tui.changes.content.diff import apply_hunks
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    ChangeConflictError,
    StaleRevisionError,
    UnknownPartError,
)
from vibe_tui.changes.model import (
    ChangeState,
    FilePatch,
    HunkState,
    WholeFile,
)
from vibe_tui.changes.store import ChangeStore


def test_hunks_are_numbered_over_the_whole_change(project: Project) -> None:
    change = three_hunks(project)
    diffs = project.store().diffs(change.change_id)
    assert [[hunk.k for hunk in diff.hunks] for diff in diffs] == [[1, 2], [3]]
    assert diffs[0].hunks[0].header == "@@ -1,7 +1,7 @@"
    assert [(h.added, h.removed) for diff in diffs for h in diff.hunks] == [(1, 1)] * 3


def test_one_hunk_after_the_other(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    second = store.accept(change.change_id, 1, hunks=[2])
    assert (second.revision, second.state) == (2, ChangeState.PARTLY_ACCEPTED)
    assert project.read("a.txt") == NUMBERS.replace(b"\n50\n", b"\nfifty\n")
    third = store.reject(change.change_id, hunks=[3])
    assert third.state is ChangeState.PARTLY_ACCEPTED
    fourth = store.accept(change.change_id, 3)
    assert (fourth.state, fourth.is_open) == (ChangeState.ACCEPTED, False)
    assert project.read("b.txt") == b"x\n"
    assert b"three" in project.read("a.txt")
    back = store.rollback(change.change_id)
    assert (back.state, back.reverts) == (ChangeState.ACCEPTED, (change.change_id,))
    assert project.read("a.txt") == NUMBERS


def test_one_file(project: Project) -> None:
    change = three_hunks(project)
    after = project.store().accept(change.change_id, 1, files=["./b.txt"])
    assert [file.hunk_states for file in after.files] == [
        (HunkState.OPEN, HunkState.OPEN),
        (HunkState.ACCEPTED,),
    ]
    assert project.read("a.txt") == NUMBERS


def test_hunks_and_files_together_mean_either(project: Project) -> None:
    change = three_hunks(project)
    after = project.store().accept(change.change_id, 1, hunks=[1], files=["b.txt"])
    assert after.files[0].hunk_states == (HunkState.ACCEPTED, HunkState.OPEN)
    assert after.files[1].hunk_states == (HunkState.ACCEPTED,)


def test_rejecting_everything(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    before = project.picture()
    assert store.reject(change.change_id, files=["b.txt"]).state is ChangeState.PROPOSED
    assert store.reject(change.change_id).state is ChangeState.REJECTED
    assert project.picture() == before
    assert store.proposed_bytes(change.change_id, "b.txt") == b"x\n"


def test_a_stale_revision_is_not_applied(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    store.reject(change.change_id, hunks=[3])
    before = project.picture()
    with pytest.raises(StaleRevisionError, match="revision 1, now 2"):
        store.accept(change.change_id, 1)
    assert project.picture() == before


def test_decided_and_unknown_parts(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1])
    with pytest.raises(AlreadyDecidedError, match=r"Hunk 1 of .* is accepted already"):
        store.reject(change.change_id, hunks=[1])
    for hunk in (0, 4, -1):
        with pytest.raises(UnknownPartError, match="its hunks are 1 to 3"):
            store.accept(change.change_id, 2, hunks=[hunk])
    with pytest.raises(UnknownPartError, match="has no file"):
        store.accept(change.change_id, 2, files=["c.txt"])
    with pytest.raises(UnknownPartError):
        store.proposed_bytes(change.change_id, "c.txt")
    with pytest.raises(AlreadyDecidedError, match="Nothing that was named"):
        store.accept(change.change_id, 2, hunks=[])
    store.accept(change.change_id, 2)
    with pytest.raises(AlreadyDecidedError, match="it is accepted"):
        store.accept(change.change_id, 3)


def test_rollback_needs_something_accepted(project: Project) -> None:
    change = three_hunks(project)
    with pytest.raises(AlreadyDecidedError, match="Nothing of"):
        project.store().rollback(change.change_id)


def test_a_rolled_back_change_is_closed_and_says_how_to_have_it_again(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    store.accept(change.change_id, 1, hunks=[2])
    wanted = project.picture()
    back = store.rollback(change.change_id)
    assert project.read("a.txt") == NUMBERS
    closed = store.get(change.change_id)
    assert (closed.state, closed.rolled_back_by) == (ChangeState.ROLLED_BACK, back.change_id)
    assert (closed.is_open, closed.applied) == (False, ())
    assert closed.files[0].hunk_states == (HunkState.OPEN, HunkState.ACCEPTED)
    with pytest.raises(AlreadyDecidedError, match=f"rollback {back.change_id} brings it back"):
        store.accept(change.change_id, closed.revision)
    with pytest.raises(AlreadyDecidedError, match=f"rollback {back.change_id} brings it back"):
        store.rollback(change.change_id)
    store.rollback(back.change_id)
    assert project.picture() == wanted
    assert store.get(change.change_id).state is ChangeState.PARTLY_ACCEPTED


def test_an_edited_file_is_a_conflict_until_it_is_as_before(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    project.write("b.txt", b"mine\n")
    before = project.picture()
    seen = store.get(change.change_id)
    assert (seen.state, seen.is_open) == (ChangeState.CONFLICT, True)
    assert seen.files[1].conflict == "b.txt was changed meanwhile"
    assert store.list_changes()[0].state is ChangeState.CONFLICT
    with pytest.raises(ChangeConflictError, match=r"b\.txt was changed meanwhile"):
        store.accept(change.change_id, 1)
    assert project.picture() == before
    partly = store.accept(change.change_id, 1, files=["a.txt"])
    assert partly.state is ChangeState.CONFLICT
    project.write("b.txt", b"x\n")
    assert store.get(change.change_id).state is ChangeState.PARTLY_ACCEPTED
    assert store.accept(change.change_id, 2).state is ChangeState.ACCEPTED


def test_a_half_accepted_file_that_was_edited_where_it_matters_is_a_conflict(
    project: Project,
) -> None:
    change = three_hunks(project)
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1])
    edited = project.read("a.txt").replace(b"\nthree\n", b"\nmine\n")
    project.write("a.txt", edited.replace(b"\n50\n", b"\nmine\n"))
    assert store.get(change.change_id).files[0].conflict == "a.txt was changed meanwhile"
    before = project.picture()
    with pytest.raises(ChangeConflictError):
        store.accept(change.change_id, 2)
    with pytest.raises(ChangeConflictError, match=r"a\.txt was changed meanwhile"):
        store.rollback(change.change_id)
    assert project.picture() == before
    assert len(store.list_changes()) == 1


def test_a_rename_goes_with_its_first_hunk(project: Project) -> None:
    project.write("old.txt", NUMBERS, 0o700)
    change = project.propose(
        FilePatch("old.txt", "lib/new.txt", ()),
        swap("lib/new.txt", "3\n4\n", "three\n4\n"),
        swap("lib/new.txt", "50\n51\n", "fifty\n51\n"),
    )
    before = project.picture()
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1])
    assert not (project.root / "old.txt").exists()
    assert project.read("lib/new.txt") == NUMBERS.replace(b"\n3\n", b"\nthree\n")
    assert (project.root / "lib/new.txt").stat().st_mode & 0o777 == 0o700
    store.accept(change.change_id, 2)
    assert b"fifty" in project.read("lib/new.txt")
    store.rollback(change.change_id)
    assert project.picture() == before


TEXT_LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "d\r\n"]), max_size=50)


@given(TEXT_LINES, TEXT_LINES, st.sampled_from(["", "z"]), st.data())
def test_accepted_bytes_are_the_shown_ones_and_rollback_is_identity(
    tmp_path_factory: pytest.TempPathFactory,
    base: list[str],
    wanted: list[str],
    end: str,
    data: st.DataObject,
) -> None:
    project = Project(tmp_path_factory.mktemp("p"))
    project.root.mkdir()
    project.write("f", ("".join(base) + end).encode(), 0o640)
    before = project.picture()
    change = ChangeStore(project.root, project.data).propose([WholeFile("f", "first\n")], ORIGIN)
    assert change.change is not None
    change_id = change.change.change_id
    store = project.store()
    proposed = "".join(wanted).encode() + b"other\n"
    revision = store.revise(change_id, "f", proposed, "drawn")
    count = len(revision.files[0].hunk_states)
    first = data.draw(st.sets(st.integers(1, count), min_size=1))
    store.accept(change_id, 2, hunks=first)
    content = before["project/f"][2]
    assert isinstance(content, bytes)
    assert project.read("f") == apply_hunks(content, proposed, {k - 1 for k in first})
    rest = set(range(1, count + 1)) - first
    if rest:
        store.accept(change_id, 3, hunks=rest)
        assert project.read("f") == proposed
    store.rollback(change_id)
    assert project.picture() == before
