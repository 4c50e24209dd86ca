"""A rollback is a change: written, or previewed and accepted, and taken back itself."""

from dataclasses import replace

import pytest

from tests.test_changes.projects import NUMBERS, ORIGIN, Project, swap
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    ChangeConflictError,
    NotReversibleError,
    ShownAgainError,
)
from vibe_tui.changes.kept.records import RecordStore
from vibe_tui.changes.model import (
    AppliedFile,
    ChangeAction,
    ChangeSet,
    ChangeState,
    FilePatch,
    HunkState,
    WholeFile,
)
from vibe_tui.changes.store import ChangeStore

THREE = NUMBERS.replace(b"\n3\n", b"\nthree\n")


def accepted(project: Project, search: str, text: str, path: str = "a") -> ChangeSet:
    change = project.propose(swap(path, search, text))
    return project.store().accept(change.change_id, change.revision)


def states(project: Project, *changes: ChangeSet) -> list[ChangeState]:
    return [project.store().get(change.change_id).state for change in changes]


ACCEPTED, ROLLED_BACK = ChangeState.ACCEPTED, ChangeState.ROLLED_BACK


def test_it_says_what_it_takes_back(project: Project) -> None:
    project.write("a", NUMBERS)
    change = accepted(project, "3\n4\n", "three\n4\n")
    assert [(part.path, part.before_mode, part.after_mode) for part in change.applied] == [
        ("a", 0o644, 0o644)
    ]
    store = project.store()
    back = store.rollback(change.change_id, by="me")
    assert (back.origin.kind, back.reverts, back.state) == (
        "rollback", (change.change_id,), ACCEPTED,
    )  # fmt: skip
    assert back.origin.session_id == ORIGIN.session_id
    assert store.list_changes()[0] == back
    original = store.get(change.change_id)
    assert (original.state, original.applied, original.rolled_back_by) == (
        ROLLED_BACK, (), back.change_id,
    )  # fmt: skip
    assert original.files[0].hunk_states == (HunkState.ACCEPTED,)
    lines = [(line["event"], line["by"]) for line in store.audit.entries(change.change_id)]
    assert lines[-1] == ("rolled_back", "me")
    assert next(store.audit.entries(back.change_id))["event"] == "accepted"


def test_back_and_forth_as_often_as_one_likes(project: Project) -> None:
    project.write("gone", b"g\n", 0o600)
    project.write("old", NUMBERS, 0o755)
    project.write("run", b"r\n")
    change = project.propose(
        FilePatch("gone", None, ()),
        FilePatch("old", "lib/new", ()),
        swap("lib/new", "3\n4\n", "three\n4\n"),
        FilePatch("run", "run", (), 0o755),
        WholeFile("made/deep/file", "m\n"),
    )
    before = project.picture()
    store = project.store()
    store.accept(change.change_id, 1)
    after = project.picture()
    newest = change
    for number in range(5):
        newest = store.rollback(newest.change_id)
        assert project.picture() == (after if number % 2 else before)
        expected = ACCEPTED if number % 2 else ROLLED_BACK
        assert states(project, change, newest) == [expected, ACCEPTED]
    assert len(store.list_changes()) == 6
    (renamed,) = [file for file in newest.files if file.renamed_from]
    assert (renamed.path, renamed.renamed_from) == ("old", "lib/new")


def test_a_change_that_was_brought_back_is_rolled_back_like_any(project: Project) -> None:
    project.write("a", NUMBERS)
    change = accepted(project, "3\n4\n", "three\n4\n")
    store = project.store()
    store.rollback(store.rollback(change.change_id).change_id)
    again = store.get(change.change_id)
    assert (again.state, again.applied, again.rolled_back_by) == (ACCEPTED, change.applied, "")
    store.rollback(change.change_id)
    assert project.read("a") == NUMBERS


def test_a_redo_whose_work_was_rolled_back_once_more_is_not_undone_twice(project: Project) -> None:
    project.write("a", NUMBERS)
    change = accepted(project, "3\n4\n", "three\n4\n")
    store = project.store()
    redo = store.rollback(store.rollback(change.change_id).change_id)
    back = store.rollback(change.change_id)
    for again in (store.rollback, store.rollback_to):
        with pytest.raises(AlreadyDecidedError, match=f"which {back.change_id} has rolled back"):
            again(redo.change_id)
    store.rollback(back.change_id)
    store.rollback(redo.change_id)
    assert project.read("a") == NUMBERS


def test_any_order_where_the_lines_are_others(project: Project) -> None:
    project.write("a", NUMBERS)
    first = accepted(project, "3\n4\n", "three\n4\n")
    second = accepted(project, "30\n31\n", "thirty\n31\n")
    third = accepted(project, "50\n51\n", "fifty\n51\n")
    store = project.store()
    both = project.read("a")
    preview = store.rollback(first.change_id)
    assert (preview.state, preview.applied) == (ChangeState.PROPOSED, ())
    assert project.read("a") == both
    assert states(project, first) == [ACCEPTED]
    shown = [line.text for line in store.diffs(preview.change_id)[0].hunks[0].lines]
    assert "three" in shown
    assert store.overlay().paths() == {}
    store.accept(preview.change_id, 1)
    assert project.read("a") == both.replace(b"\nthree\n", b"\n3\n")
    assert states(project, first, second, third) == [ROLLED_BACK, ACCEPTED, ACCEPTED]
    store.rollback(preview.change_id)
    assert project.read("a") == both
    assert states(project, first) == [ACCEPTED]


def test_a_preview_is_found_again_and_may_be_turned_down(project: Project) -> None:
    project.write("a", NUMBERS)
    first = accepted(project, "3\n4\n", "three\n4\n")
    project.write("a", THREE + b"mine\n")
    store = project.store()
    preview = store.rollback(first.change_id)
    assert store.rollback(first.change_id) == preview
    rejected = store.reject(preview.change_id)
    assert (rejected.state, rejected.reverts) == (ChangeState.REJECTED, ())
    assert states(project, first) == [ACCEPTED]
    again = store.rollback(first.change_id)
    assert again.change_id != preview.change_id
    store.accept(again.change_id, 1)
    assert project.read("a") == NUMBERS + b"mine\n"
    assert states(project, first) == [ROLLED_BACK]


def test_a_preview_whose_ground_moves_on_is_shown_again(project: Project) -> None:
    project.write("a", NUMBERS)
    first = accepted(project, "3\n4\n", "three\n4\n")
    project.write("a", THREE + b"mine\n")
    store = project.store()
    preview = store.rollback(first.change_id)
    project.write("a", b"more\n" + THREE + b"mine\n")
    with pytest.raises(ShownAgainError):
        store.accept(preview.change_id, 1)
    done = store.accept(preview.change_id, 2)
    assert project.read("a") == b"more\n" + NUMBERS + b"mine\n"
    assert done.reverts == (first.change_id,)
    assert states(project, first) == [ROLLED_BACK]


def test_taking_back_a_part_of_it_leaves_the_change_accepted(project: Project) -> None:
    project.write("a", NUMBERS)
    project.write("b", NUMBERS)
    change = project.propose(swap("a", "3\n4\n", "three\n4\n"), swap("b", "3\n4\n", "three\n4\n"))
    store = project.store()
    store.accept(change.change_id, 1)
    project.write("b", THREE + b"mine\n")
    preview = store.rollback(change.change_id)
    store.reject(preview.change_id, files=["b"])
    store.accept(preview.change_id, 2)
    assert (project.read("a"), project.read("b")) == (NUMBERS, THREE + b"mine\n")
    assert states(project, change, preview) == [ACCEPTED, ACCEPTED]
    rest = store.rollback(change.change_id)
    assert [file.path for file in rest.files] == ["b"]


def test_half_of_a_preview_does_not_count_as_rolled_back(project: Project) -> None:
    project.write("a", NUMBERS)
    change = project.propose(
        swap("a", "3\n4\n", "three\n4\n"), swap("a", "50\n51\n", "fifty\n51\n")
    )
    store = project.store()
    store.accept(change.change_id, 1)
    project.write("a", b"mine\n" + project.read("a"))
    preview = store.rollback(change.change_id)
    half = store.accept(preview.change_id, 1, hunks=[1])
    assert half.state is ChangeState.PARTLY_ACCEPTED
    assert states(project, change) == [ACCEPTED]
    store.accept(preview.change_id, 2)
    assert states(project, change) == [ROLLED_BACK]
    assert project.read("a") == b"mine\n" + NUMBERS


def test_more_of_a_change_is_not_accepted_while_its_rollback_waits(project: Project) -> None:
    project.write("a", NUMBERS)
    change = project.propose(
        swap("a", "3\n4\n", "three\n4\n"), swap("a", "50\n51\n", "fifty\n51\n")
    )
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1])
    project.write("a", b"mine\n" + project.read("a"))
    preview = store.rollback(change.change_id)
    with pytest.raises(AlreadyDecidedError, match=f"{preview.change_id} proposes to roll"):
        store.accept(change.change_id, 2)
    store.accept(preview.change_id, 1)
    assert not store.get(change.change_id).is_open


def test_a_later_change_in_the_way_is_named(project: Project) -> None:
    project.write("a", NUMBERS)
    first = accepted(project, "3\n4\n", "three\n4\n")
    second = accepted(project, "three\n4\n", "THREE\n4\n")
    store = project.store()
    before = project.picture()
    with pytest.raises(ChangeConflictError) as caught:
        store.rollback(first.change_id)
    assert caught.value.hint.startswith(f"roll back {second.change_id} first, or: ")
    assert project.picture() == before
    assert len(store.list_changes()) == 2
    store.rollback(second.change_id)
    store.rollback(first.change_id)
    assert project.read("a") == NUMBERS


def test_what_a_person_restored_is_rolled_back_without_writing(project: Project) -> None:
    project.write("a", NUMBERS)
    change = accepted(project, "3\n4\n", "three\n4\n")
    project.write("a", NUMBERS)
    store = project.store()
    preview = store.rollback(change.change_id)
    assert preview.is_open
    store.accept(preview.change_id, 1)
    assert states(project, change) == [ROLLED_BACK]
    assert project.read("a") == NUMBERS


def test_a_persons_permission_bits_stay(project: Project) -> None:
    project.write("a", NUMBERS, 0o644)
    change = accepted(project, "3\n4\n", "three\n4\n")
    (project.root / "a").chmod(0o600)
    project.store().rollback(change.change_id)
    assert project.picture()["project/a"] == ("file", 0o600, NUMBERS, 1)


def test_edits_between_two_acceptances_survive(project: Project) -> None:
    project.write("a", NUMBERS)
    change = project.propose(
        swap("a", "3\n4\n", "three\n4\n"), swap("a", "50\n51\n", "fifty\n51\n")
    )
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1])
    project.write("a", b"mine\n" + project.read("a"))
    with pytest.raises(ShownAgainError):
        store.accept(change.change_id, 2)
    store.accept(change.change_id, 3)
    preview = store.rollback(change.change_id)
    assert preview.is_open
    store.accept(preview.change_id, 1)
    assert project.read("a") == b"mine\n" + NUMBERS


def test_a_folder_of_two_changes_goes_with_the_last_file(project: Project) -> None:
    before = project.picture()
    store = project.store()
    ids = []
    for name in ("lib/deep/a", "lib/deep/b"):
        change = project.propose(WholeFile(name, "x\n"))
        ids.append(change.change_id)
        store.accept(change.change_id, 1)
    store.rollback(ids[0])
    assert (project.root / "lib/deep/b").exists()
    store.rollback(ids[1])
    assert project.picture() == before


def test_a_created_file_comes_back_as_it_was(project: Project) -> None:
    change = project.propose(WholeFile("lib/run", "x\n"))
    store = project.store()
    store.accept(change.change_id, 1)
    (project.root / "lib/run").chmod(0o750)
    after = project.picture()
    back = store.rollback(change.change_id)
    assert [file.action for file in back.files] == [ChangeAction.DELETE]
    store.rollback(back.change_id)
    assert project.picture() == after


def test_a_change_whose_older_revisions_are_lost_is_brought_back_all_the_same(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    project.write("a", NUMBERS)
    change = accepted(project, "3\n4\n", "three\n4\n")
    store = project.store()
    back = store.rollback(change.change_id)
    (project.data / "proposals" / change.change_id / "r000002.json").write_bytes(b"{}")
    redo = store.rollback(back.change_id)
    assert project.read("a") == THREE
    assert states(project, change) == [ACCEPTED]
    assert f"what {change.change_id} had written is not known" in caplog.text
    with pytest.raises(AlreadyDecidedError):
        store.rollback(change.change_id)
    store.rollback(redo.change_id)
    assert project.read("a") == NUMBERS


# Changes that an older version accepted.


def as_stored_before(project: Project, change: ChangeSet) -> None:
    """Write a change as it was stored before it said what it wrote."""
    RecordStore(project.data / "proposals").save(replace(change, applied=(), applied_order=0))


def test_a_change_of_an_older_version_is_rolled_back_by_its_hunks(project: Project) -> None:
    project.write("old", NUMBERS, 0o700)
    project.write("gone", b"g\n", 0o600)
    project.write("run", b"r\n")
    change = project.propose(
        FilePatch("old", "new/name", ()),
        swap("new/name", "3\n4\n", "three\n4\n"),
        swap("new/name", "50\n51\n", "fifty\n51\n"),
        FilePatch("gone", None, ()),
        FilePatch("run", "run", (), 0o755),
        WholeFile("lib/made", "m\n"),
    )
    before = project.picture()
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1, 3, 4, 5])
    as_stored_before(project, store.get(change.change_id))
    again = ChangeStore(project.root, project.data)
    last = again.last_applied()
    assert last is not None
    assert last.change_id == change.change_id
    back = again.rollback_to(change.change_id)
    assert project.picture() == before
    assert states(project, change, back) == [ROLLED_BACK, ACCEPTED]


def test_a_change_that_an_older_version_rolled_back_is_closed(project: Project) -> None:
    project.write("a", NUMBERS)
    change = project.propose(swap("a", "3\n4\n", "three\n4\n"))
    RecordStore(project.data / "proposals").save(replace(change, revision=2, state=ROLLED_BACK))
    store = project.store()
    for decide in (store.rollback, store.reject):
        with pytest.raises(AlreadyDecidedError, match=r"rolled back( already)?$"):
            decide(change.change_id)
    assert store.overlay().paths() == {}


def test_what_is_no_longer_kept_is_not_rolled_back(project: Project) -> None:
    project.write("a", NUMBERS)
    change = accepted(project, "3\n4\n", "three\n4\n")
    files = tuple(replace(file, reversible=False) for file in change.files)
    RecordStore(project.data / "proposals").save(replace(change, files=files))
    with pytest.raises(NotReversibleError):
        project.store().rollback(change.change_id)
    assert project.read("a") == THREE


def test_a_missing_content_is_said_and_nothing_is_written(project: Project) -> None:
    project.write("a", NUMBERS)
    change = accepted(project, "3\n4\n", "three\n4\n")
    part: AppliedFile = change.applied[0]
    lost = part.before_sha256 or ""
    (project.data / "blobs" / lost[:2] / lost[2:]).unlink()
    project.write("a", THREE + b"mine\n")
    with pytest.raises(ChangeConflictError, match="cannot be read"):
        project.store().rollback(change.change_id)
    assert project.read("a") == THREE + b"mine\n"
