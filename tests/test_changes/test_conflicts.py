"""Both sides of a conflict are shown as they are, and settling one never writes to the project."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_changes.projects import NUMBERS, Project, swap
from vibe_tui.changes.content.text import read_text
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    ChangeConflictError,
    EditRefusedError,
    StaleRevisionError,
)
from vibe_tui.changes.hunks.conflict_sides import regions_of, taken
from vibe_tui.changes.model import (
    ChangeAction,
    ChangeSet,
    ChangeState,
    ConflictChoice,
    FilePatch,
    HunkState,
    PatchHunk,
    WholeFile,
)
from vibe_tui.changes.stack.layers import Sides

OURS, THEIRS, BOTH = ConflictChoice.OURS, ConflictChoice.THEIRS, ConflictChoice.BOTH
LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "d\n", "é\n"]), max_size=8)


@st.composite
def sides(draw: st.DrawFn) -> Sides:
    """Three states of one file, in one encoding; each may lack its last line end."""
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    texts = ["".join(draw(LINES)) + draw(st.sampled_from(["", "end"])) for _ in range(3)]
    base, ours, theirs = ((text or "x").encode(encoding) for text in texts)
    return Sides(base, ours, theirs, "f", "f")


@given(sides(), st.data())
def test_choices_make_the_file(case: Sides, data: st.DataObject) -> None:
    regions = regions_of(case)
    open_regions = [index for index, region in enumerate(regions) if region.is_conflict]
    if not regions:
        return
    everything = dict.fromkeys(open_regions, THEIRS)
    mine = [line for region in regions for line in region.merged]
    assert taken(case, {}) == b"".join(mine)
    theirs = [line for r in regions for line in (r.theirs if r.is_conflict else r.merged)]
    assert taken(case, everything) == b"".join(theirs)
    choices = {index: data.draw(st.sampled_from([OURS, THEIRS, BOTH])) for index in open_regions}
    content = taken(case, choices, marks_open=data.draw(st.booleans()))
    assert content is not None
    text, form = read_text(content)
    assert form.is_known
    expected: list[str] = []
    for index, region in enumerate(regions):
        if not region.is_conflict:
            expected += _texts(region.merged, form.encoding)
            continue
        choice = choices[index]
        expected += _texts(region.ours, form.encoding) if choice in (OURS, BOTH) else []
        expected += _texts(region.theirs, form.encoding) if choice in (THEIRS, BOTH) else []
    assert [line.rstrip("\r\n") for line in form.split(text)] == expected


def _texts(lines: tuple[bytes, ...], encoding: str) -> list[str]:
    return [line.decode(encoding).removeprefix("\ufeff").rstrip("\r\n") for line in lines]


@given(sides())
def test_open_conflicts_stand_between_marks(case: Sides) -> None:
    conflicts = sum(region.is_conflict for region in regions_of(case))
    content = taken(case, {}, marks_open=True)
    assert content is not None
    text, form = read_text(content)
    assert form.is_known
    lines = [line.rstrip("\r\n") for line in form.split(text)]
    for mark in ("<<<<<<< ", "======= ", ">>>>>>> "):
        assert sum(line.startswith(mark) for line in lines) == conflicts


def _conflict(project: Project) -> ChangeSet:
    """The person and the proposal change the same line, and each another one."""
    project.write("a.txt", NUMBERS)
    change = project.propose(
        swap("a.txt", "3\n4\n", "three\n4\n"), swap("a.txt", "50\n51\n", "fifty\n51\n")
    )
    project.write("a.txt", NUMBERS.replace(b"\n3\n", b"\nmine\n").replace(b"\n30\n", b"\n"))
    return project.store().get(change.change_id)


def test_both_sides_are_shown(project: Project) -> None:
    change = _conflict(project)
    before = project.picture()
    view = project.store().conflicts.view(change.change_id, "a.txt")
    assert (view.change_id, view.revision, view.path) == (change.change_id, 1, "a.txt")
    assert view.reason.startswith("a.txt was changed meanwhile, in one place")
    assert (view.ours, view.theirs) == ("changed, 59 lines", "changed, 60 lines")
    assert len(view.conflicts) == 1
    region = view.regions[view.conflicts[0]]
    assert (region.base, region.ours, region.theirs) == (("3",), ("mine",), ("three",))
    assert (region.ours_line, region.theirs_line) == (4, 4)
    changed = [r for r in view.regions if r.is_changed and not r.is_conflict]
    assert [(r.ours, r.theirs) for r in changed] == [((), ("30",)), (("50",), ("fifty",))]
    same = [r for r in view.regions if not r.is_changed]
    assert [len(r.base) for r in same] == [3, 6, 6, 6]
    assert [r.left_out for r in same] == [0, 20, 13, 3]
    assert same[1].base == ("4", "5", "6", "27", "28", "29")
    assert project.picture() == before


@pytest.mark.parametrize(
    ("choice", "lines"), [(OURS, b"mine\n"), (THEIRS, b"three\n"), (BOTH, b"mine\nthree\n")]
)
def test_a_settled_conflict_is_looked_at_and_accepted(
    project: Project, choice: ConflictChoice, lines: bytes
) -> None:
    change = _conflict(project)
    store = project.store()
    view = store.conflicts.view(change.change_id, "a.txt")
    content = store.conflicts.take(view, {view.conflicts[0]: choice})
    before = project.picture()
    after = store.conflicts.resolve(change.change_id, 1, "a.txt", content, view=view)
    assert project.picture() == before
    assert (after.revision, after.state) == (2, ChangeState.PROPOSED)
    assert set(after.files[0].hunk_states) == {HunkState.OPEN}
    assert store.proposed_bytes(change.change_id, "a.txt") == content
    done = store.accept(change.change_id, 2)
    assert done.state is ChangeState.ACCEPTED
    wanted = NUMBERS.replace(b"\n3\n", b"\n" + lines).replace(b"\n30\n", b"\n")
    assert project.read("a.txt") == wanted.replace(b"\n50\n", b"\nfifty\n") == content


def test_what_moved_on_since_it_was_shown_is_shown_again(project: Project) -> None:
    change = _conflict(project)
    conflicts = project.store().conflicts
    view = conflicts.view(change.change_id, "a.txt")
    project.write("a.txt", b"again something else\n")
    with pytest.raises(StaleRevisionError, match=r"a\.txt was changed again"):
        conflicts.take(view, {})
    with pytest.raises(StaleRevisionError, match="look at both sides again"):
        conflicts.resolve(change.change_id, 1, "a.txt", b"x\n", view=view)
    with pytest.raises(StaleRevisionError, match="now 1"):
        conflicts.resolve(change.change_id, 2, "a.txt", b"x\n")
    after = conflicts.resolve(change.change_id, 1, "a.txt", b"x\n")
    assert after.files[0].conflict is None


def test_what_was_accepted_before_stays_where_it_is(project: Project) -> None:
    project.write("a.txt", NUMBERS)
    change = project.propose(
        swap("a.txt", "3\n4\n", "three\n4\n"), swap("a.txt", "50\n51\n", "fifty\n51\n")
    )
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1])
    mine = project.read("a.txt").replace(b"\n50\n", b"\nmine\n")
    project.write("a.txt", mine)
    view = store.conflicts.view(change.change_id, "a.txt")
    assert [view.regions[index].theirs for index in view.conflicts] == [("fifty",)]
    content = store.conflicts.take(view, {view.conflicts[0]: THEIRS})
    after = store.conflicts.resolve(change.change_id, 2, "a.txt", content, view=view)
    assert after.files[0].hunk_states == (HunkState.OPEN,)
    store.accept(change.change_id, after.revision)
    assert project.read("a.txt") == mine.replace(b"\nmine\n", b"\nfifty\n")


def test_keeping_the_file_rejects_what_is_open_of_it(project: Project) -> None:
    change = _conflict(project)
    store = project.store()
    before = project.picture()
    after = store.conflicts.keep_ours(change.change_id, "a.txt", 1)
    assert after.state is ChangeState.REJECTED
    assert project.picture() == before
    with pytest.raises(AlreadyDecidedError, match="left to decide"):
        store.conflicts.view(change.change_id, "a.txt")
    with pytest.raises(AlreadyDecidedError, match="left to decide"):
        store.conflicts.keep_ours(change.change_id, "a.txt")


def test_a_result_that_is_there_already_is_a_rejection(project: Project) -> None:
    change = _conflict(project)
    store = project.store()
    after = store.conflicts.resolve(change.change_id, 1, "a.txt", project.read("a.txt"))
    assert after.state is ChangeState.REJECTED


def test_marks_that_are_left_are_refused(project: Project) -> None:
    change = _conflict(project)
    conflicts = project.store().conflicts
    view = conflicts.view(change.change_id, "a.txt")
    draft = conflicts.take(view, {}, marks_open=True)
    assert draft is not None
    assert b"<<<<<<< what stands there now\nmine\n======= what is proposed\nthree\n" in draft
    with pytest.raises(EditRefusedError, match="still holds a mark"):
        conflicts.resolve(change.change_id, 1, "a.txt", draft, view=view)


def test_deleted_meanwhile(project: Project) -> None:
    project.write("a.txt", b"one\n")
    change = project.propose(swap("a.txt", "one\n", "two\n"))
    (project.root / "a.txt").unlink()
    store = project.store()
    view = store.conflicts.view(change.change_id, "a.txt")
    assert (view.reason, view.ours, view.theirs) == ("a.txt is gone", "deleted", "changed, 1 line")
    assert (view.regions, view.ours_sha256) == ((), None)
    assert store.conflicts.take(view, {}) is None
    content = store.conflicts.take(view, {0: THEIRS})
    assert content == store.conflicts.take(view, {}, marks_open=True) == b"two\n"
    after = store.conflicts.resolve(change.change_id, 1, "a.txt", content, view=view)
    assert after.files[0].action is ChangeAction.CREATE
    store.accept(change.change_id, 2)
    assert project.read("a.txt") == b"two\n"


def test_a_deletion_of_a_file_that_changed(project: Project) -> None:
    project.write("a.txt", b"one\n")
    change = project.propose(FilePatch("a.txt", None, (PatchHunk(1, ("-one",)),)))
    project.write("a.txt", b"one\nmore\n")
    store = project.store()
    view = store.conflicts.view(change.change_id, "a.txt")
    assert (view.ours, view.theirs) == ("changed, 2 lines", "deleted")
    assert view.regions == ()
    content = store.conflicts.take(view, {0: THEIRS})
    assert content is None
    after = store.conflicts.resolve(change.change_id, 1, "a.txt", content, view=view)
    assert after.files[0].action is ChangeAction.DELETE
    store.accept(change.change_id, 2)
    assert not (project.root / "a.txt").exists()


def test_two_new_files_of_one_name_are_compared(project: Project) -> None:
    change = project.propose(WholeFile("new.txt", "theirs\nsame\n"))
    project.write("new.txt", b"ours\nsame")
    store = project.store()
    view = store.conflicts.view(change.change_id, "new.txt")
    assert view.reason.startswith("new.txt exists already")
    assert (view.ours, view.theirs) == ("a new file, 2 lines", "a new file, 2 lines")
    content = store.conflicts.take(view, {view.conflicts[0]: BOTH})
    assert content == b"ours\nsame\ntheirs\nsame\n"
    store.conflicts.resolve(change.change_id, 1, "new.txt", content, view=view)
    store.accept(change.change_id, 2)
    assert project.read("new.txt") == content


def test_a_folder_or_a_link_in_its_place(project: Project) -> None:
    project.write("a.txt", b"one\n")
    change = project.propose(swap("a.txt", "one\n", "two\n"))
    (project.root / "a.txt").unlink()
    (project.root / "a.txt").mkdir()
    store = project.store()
    view = store.conflicts.view(change.change_id, "a.txt")
    assert "folder" in view.ours
    assert (view.theirs, view.regions) == ("changed, 1 line", ())
    with pytest.raises(ChangeConflictError, match="folder"):
        store.conflicts.resolve(change.change_id, 1, "a.txt", b"x\n")
    (project.root / "a.txt").rmdir()
    (project.root / "a.txt").symlink_to("elsewhere/outside")
    assert store.conflicts.view(change.change_id, "a.txt").regions == ()


def test_binary_and_renamed_files_in_words(project: Project) -> None:
    project.write("p.bin", b"one\n")
    change = project.propose(WholeFile("p.bin", "two\n"))
    project.write("p.bin", b"\0other")
    view = project.store().conflicts.view(change.change_id, "p.bin")
    assert (view.ours, view.regions) == ("changed, 6 bytes, binary", ())
    project.write("old.txt", b"1\n")
    move = FilePatch("old.txt", "new.txt", (PatchHunk(1, ("-1", "+2")),))
    change = project.propose(move)
    project.write("old.txt", b"3\n")
    view = project.store().conflicts.view(change.change_id, "new.txt")
    assert (view.ours, view.theirs) == ("changed, 1 line", "renamed to new.txt, 1 line")
    assert [view.regions[index].theirs for index in view.conflicts] == [("2",)]


def test_encodings_that_differ_are_not_mixed(project: Project) -> None:
    project.write("a.txt", "é\n".encode())
    change = project.propose(swap("a.txt", "é\n", "ö\n"))
    project.write("a.txt", "è\n".encode("utf-16"))
    conflicts = project.store().conflicts
    view = conflicts.view(change.change_id, "a.txt")
    region = view.regions[view.conflicts[0]]
    assert (region.ours, region.theirs) == (("è",), ("ö",))
    with pytest.raises(EditRefusedError, match="their encodings differ"):
        conflicts.take(view, {view.conflicts[0]: BOTH})
    assert conflicts.take(view, {view.conflicts[0]: THEIRS}) == "ö\n".encode()


def test_no_conflict_says_so(project: Project) -> None:
    project.write("a.txt", b"one\n")
    change = project.propose(swap("a.txt", "one\n", "two\n"))
    view = project.store().conflicts.view(change.change_id, "a.txt")
    assert view.reason == "a.txt is not in conflict"
    assert (view.ours, view.conflicts) == ("unchanged, 1 line", ())


def test_what_cannot_be_read_is_said(project: Project) -> None:
    deep = "d/" + "n" * 200 + "/f.txt"
    project.write(deep, b"one\n")
    change = project.propose(swap(deep, "one\n", "two\n"))
    folder = project.root / "d"
    (folder / ("n" * 200) / "f.txt").unlink()
    (folder / ("n" * 200)).rmdir()
    (folder / ("n" * 200)).write_bytes(b"a file in the folder's place")
    view = project.store().conflicts.view(change.change_id, deep)
    assert "cannot be reached" in view.ours
