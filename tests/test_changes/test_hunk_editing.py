"""What a person does to a hunk: divided, edited, commented on; what was decided stays decided."""

import pytest

from tests.test_changes.projects import NUMBERS, ORIGIN, Project, swap, three_hunks
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    EditRefusedError,
    StaleRevisionError,
    UnknownPartError,
)
from vibe_tui.changes.hunks.hunk_editing import LONGEST_COMMENT
from vibe_tui.changes.model import (
    ChangeAction,
    ChangeSet,
    ChangeState,
    CheckRecord,
    Edit,
    FilePatch,
    Hunk,
    HunkState,
    PatchHunk,
    WholeFile,
)


def _hunk(project: Project, change: ChangeSet, k: int) -> Hunk:
    diffs = project.store().diffs(change.change_id)
    return next(hunk for file in diffs for hunk in file.hunks if hunk.k == k)


def _rows(hunk: Hunk, *wanted: str) -> list[int]:
    shown = [f"{line.kind}{line.text}" for line in hunk.lines]
    return [shown.index(row) for row in wanted]


def _three_lines(project: Project) -> ChangeSet:
    project.write("a.txt", b"start\none\ntwo\nthree\nend\n")
    return project.propose(swap("a.txt", "one\ntwo\nthree\n", "eins\nzwei\ndrei\n"))


def test_single_lines_are_accepted_and_the_rest_afterwards(project: Project) -> None:
    change = _three_lines(project)
    rows = _rows(_hunk(project, change, 1), "-two", "+zwei")
    store = project.store()
    after = store.hunks.split(change.change_id, 1, 1, rows)
    assert (after.revision, after.state) == (2, ChangeState.PROPOSED)
    assert after.files[0].hunk_states == (HunkState.OPEN, HunkState.OPEN)
    assert [len(_hunk(project, after, k).lines) for k in (1, 2)] == [6, 2]
    after = store.accept(change.change_id, 2, hunks=[2])
    assert project.read("a.txt") == b"start\none\nzwei\nthree\nend\n"
    after = store.accept(change.change_id, after.revision)
    assert project.read("a.txt") == b"start\neins\nzwei\ndrei\nend\n"
    assert after.state is ChangeState.ACCEPTED
    store.rollback(change.change_id)
    assert project.read("a.txt") == b"start\none\ntwo\nthree\nend\n"


def test_a_divided_file_survives_a_restart_and_exports_as_one_patch(project: Project) -> None:
    change = _three_lines(project)
    store = project.store()
    before = store.unified(change.change_id)
    store.hunks.split(change.change_id, 1, 1, _rows(_hunk(project, change, 1), "+zwei"))
    again = project.store()
    assert again.unified(change.change_id) == before
    assert again.get(change.change_id).files[0].groups is not None
    assert again.proposed_bytes(change.change_id, "a.txt") == b"start\neins\nzwei\ndrei\nend\n"


def test_splitting_without_rows_goes_by_unchanged_lines(project: Project) -> None:
    project.write("a.txt", b"1\n2\n3\n4\n5\n")
    change = project.propose(WholeFile("a.txt", "one\n2\nthree\n4\nfive\n"))
    store = project.store()
    after = store.hunks.split(change.change_id, 1, 1)
    assert len(after.files[0].hunk_states) == 3
    after = store.accept(change.change_id, after.revision, hunks=[2])
    assert project.read("a.txt") == b"1\n2\nthree\n4\n5\n"
    with pytest.raises(EditRefusedError, match="Nothing can be divided here"):
        store.hunks.split(change.change_id, after.revision, 1)


@pytest.mark.parametrize("is_split", [False, True])
@pytest.mark.parametrize("is_accepted", [False, True])
@pytest.mark.parametrize("first", [1, 2])
def test_what_was_decided_stays_decided(
    project: Project, first: int, is_accepted: bool, is_split: bool
) -> None:
    change = three_hunks(project)
    store = project.store()
    if is_accepted:
        change = store.accept(change.change_id, 1, hunks=[first])
    else:
        change = store.reject(change.change_id, hunks=[first])
    on_disk = project.read("a.txt")
    if is_split:
        removed = _rows(_hunk(project, change, 3 - first), "-50" if first == 1 else "-3")
        change = store.hunks.split(change.change_id, change.revision, 3 - first, removed)
    k = 2 if first == 1 else 1
    change = store.hunks.edit(change.change_id, change.revision, k, "edited\n")
    assert project.read("a.txt") == on_disk
    states = change.files[0].hunk_states
    decided = HunkState.ACCEPTED if is_accepted else HunkState.REJECTED
    assert states.count(decided) == 1
    assert states[0 if first == 1 else -1] is decided
    change = store.accept(change.change_id, change.revision)
    assert change.state is ChangeState.ACCEPTED
    assert b"edited\n" in project.read("a.txt")
    store.rollback(change.change_id)
    assert project.read("a.txt") == NUMBERS


def test_an_edited_hunk_is_what_is_written(project: Project) -> None:
    project.write("w.txt", b"\xef\xbb\xbfone\r\ntwo\r\n")
    change = project.propose(swap("w.txt", "two\n", "zwei\n"))
    store = project.store()
    store.record_checks(change.change_id, [CheckRecord("w.txt", "syntax", True)])
    assert _hunk(project, change, 1).new_side == "zwei\n"
    after = store.hunks.edit(change.change_id, 1, 1, "2\nand ½\n")
    assert (after.revision, after.checks) == (2, ())
    assert (after.files[0].added, after.files[0].removed) == (2, 1)
    assert store.get(change.change_id, 1).files[0].added == 1
    store.accept(change.change_id, 2)
    assert project.read("w.txt") == b"\xef\xbb\xbfone\r\n2\r\nand \xc2\xbd\r\n"


def test_text_as_it_is_makes_no_revision(project: Project) -> None:
    change = _three_lines(project)
    side = _hunk(project, change, 1).new_side
    assert project.store().hunks.edit(change.change_id, 1, 1, side).revision == 1


def test_only_the_edited_files_checks_are_void(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    records = [CheckRecord("a.txt", "syntax", True), CheckRecord("b.txt", "syntax", True)]
    store.record_checks(change.change_id, records)
    after = store.hunks.split(change.change_id, 1, 1, [3])
    assert len(after.checks) == 2
    after = store.hunks.edit(change.change_id, 2, 1, "other\n")
    assert [check.path for check in after.checks] == ["b.txt"]


def test_a_hunk_that_changes_nothing_is_gone_unless_it_is_the_last(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    after = store.hunks.edit(change.change_id, 1, 1, "3\n")
    assert [len(file.hunk_states) for file in after.files] == [1, 1]
    with pytest.raises(EditRefusedError, match="reject it instead"):
        store.hunks.edit(change.change_id, 2, 1, "50\n")
    assert store.get(change.change_id).revision == 2


def test_a_deletion_that_is_edited_leaves_a_file_and_is_not_split(project: Project) -> None:
    project.write("a.txt", b"one\ntwo\n")
    removal = PatchHunk(1, ("-one", "-two"))
    change = project.propose(FilePatch("a.txt", None, (removal,)))
    store = project.store()
    with pytest.raises(EditRefusedError, match="deleted as a whole"):
        store.hunks.split(change.change_id, 1, 1, [0])
    after = store.hunks.edit(change.change_id, 1, 1, "two\n")
    assert after.files[0].action is ChangeAction.MODIFY
    store.accept(change.change_id, 2)
    assert project.read("a.txt") == b"two\n"


def test_a_new_file_and_a_renamed_one_may_lose_their_lines(project: Project) -> None:
    project.write("old.txt", b"1\n2\n3\n")
    move = FilePatch("old.txt", "new.txt", (PatchHunk(1, (" 1", "-2", "+two", " 3")),))
    change = project.propose(WholeFile("made.txt", "line\n"), move)
    store = project.store()
    store.hunks.edit(change.change_id, 1, 1, "")
    after = store.hunks.edit(change.change_id, 2, 2, "2\n")
    assert [(file.added, file.removed) for file in after.files] == [(0, 0), (0, 0)]
    store.accept(change.change_id, 3)
    assert project.read("made.txt") == b""
    assert project.read("new.txt") == b"1\n2\n3\n"
    assert not (project.root / "old.txt").exists()


def test_part_of_a_new_file_is_accepted(project: Project) -> None:
    change = project.propose(WholeFile("made.txt", "one\ntwo\nthree\n"))
    store = project.store()
    store.hunks.split(change.change_id, 1, 1, [1])
    store.accept(change.change_id, 2, hunks=[2])
    assert project.read("made.txt") == b"two\n"
    store.accept(change.change_id, 3)
    assert project.read("made.txt") == b"one\ntwo\nthree\n"


def test_what_was_seen_and_decided_is_compared(project: Project) -> None:
    change = three_hunks(project)
    hunks = project.store().hunks
    with pytest.raises(StaleRevisionError):
        hunks.split(change.change_id, 2, 1, [3])
    with pytest.raises(StaleRevisionError):
        hunks.edit(change.change_id, 7, 1, "x\n")
    with pytest.raises(UnknownPartError, match="its hunks are 1 to 3"):
        hunks.edit(change.change_id, 1, 4, "x\n")
    project.store().reject(change.change_id, hunks=[1])
    with pytest.raises(AlreadyDecidedError, match="is rejected already"):
        hunks.split(change.change_id, 2, 1)
    project.store().accept(change.change_id, 2)
    with pytest.raises(AlreadyDecidedError):
        hunks.edit(change.change_id, 3, 2, "x\n")


def test_other_bytes_for_a_divided_file_are_divided_anew(project: Project) -> None:
    change = _three_lines(project)
    store = project.store()
    store.hunks.split(change.change_id, 1, 1, [1])
    after = store.revise(change.change_id, "a.txt", b"start\n1\ntwo\nthree\nend\n", "healed")
    assert (after.files[0].groups, len(after.files[0].hunk_states)) == (None, 1)
    store.accept(change.change_id, 3)
    assert project.read("a.txt") == b"start\n1\ntwo\nthree\nend\n"


def test_what_stands_on_an_edited_hunk_is_merged_with_it(project: Project) -> None:
    project.write("a.txt", NUMBERS)
    lower = project.propose(swap("a.txt", "3\n4\n", "three\n4\n"))
    upper = project.propose(swap("a.txt", "50\n51\n", "fifty\n51\n"))
    store = project.store()
    store.hunks.edit(lower.change_id, 1, 1, "drei\n")
    wanted = NUMBERS.replace(b"\n3\n", b"\ndrei\n").replace(b"\n50\n", b"\nfifty\n")
    assert store.overlay().read("a.txt") == wanted
    assert store.get(upper.change_id).files[0].conflict is None


def test_a_comment_is_kept_with_the_lines_it_is_about(project: Project) -> None:
    change = _three_lines(project)
    store = project.store()
    after = store.hunks.comment(change.change_id, 1, "  why \x1b[31mnot\x1b[0m\nshorter?\n")
    assert (after.revision, len(after.comments)) == (1, 1)
    said = project.store().get(change.change_id).comments[0]
    assert (said.path, said.text) == ("a.txt", "why not\nshorter?")
    assert said.quoted.split("\n") == [
        " start",
        "-one",
        "-two",
        "-three",
        "+eins",
        "+zwei",
        "+drei",
        " end",
    ]
    assert said.created_at.endswith("+00:00")
    store.reject(change.change_id)
    after = store.hunks.comment(change.change_id, 1, "no")
    assert [comment.text for comment in after.comments] == ["why not\nshorter?", "no"]
    events = [entry["event"] for entry in store.audit.entries(change.change_id)]
    assert events == ["proposed", "commented", "rejected", "commented"]


def test_a_long_hunk_is_quoted_in_part(project: Project) -> None:
    change = project.propose(WholeFile("long.txt", "line\n" * 500))
    after = project.store().hunks.comment(change.change_id, 1, "too long")
    quoted = after.comments[0].quoted.split("\n")
    assert (len(quoted), quoted[-1]) == (201, "… 300 more lines")


@pytest.mark.parametrize(
    ("text", "words"),
    [(" \n\x1b[1m\t", "needs words"), ("x" * (LONGEST_COMMENT + 1), "at most 4,000 characters")],
)
def test_comments_that_are_refused(project: Project, text: str, words: str) -> None:
    change = _three_lines(project)
    with pytest.raises(EditRefusedError, match=words):
        project.store().hunks.comment(change.change_id, 1, text)
    with pytest.raises(UnknownPartError):
        project.store().hunks.comment(change.change_id, 2, "hello")


def test_the_audit_names_what_was_divided_and_edited(project: Project) -> None:
    change = _three_lines(project)
    store = project.store()
    store.hunks.split(change.change_id, 1, 1, [1])
    store.hunks.edit(change.change_id, 2, 2, "anders\n")
    entries = list(store.audit.entries(change.change_id))[1:]
    assert [(entry["event"], entry["by"], entry["hunks"]) for entry in entries] == [
        ("divided", "person", [1]),
        ("edited", "person", [2]),
    ]
    after = store.get(change.change_id).files[0].proposed_sha256
    assert entries[1]["files"][0]["after"] == after
    assert store.audit.damaged_lines() == ()


def test_nothing_touches_the_project(project: Project) -> None:
    change = three_hunks(project)
    before = project.picture()
    hunks = project.store().hunks
    hunks.split(change.change_id, 1, 1, [3])
    hunks.edit(change.change_id, 2, 1, "x\n")
    hunks.comment(change.change_id, 1, "well")
    assert project.picture() == before


def test_marks_and_moves_are_part_of_what_is_shown(project: Project) -> None:
    body = "def total(prices):\n    result = sum(prices)\n    return result\n"
    project.write("a.py", f"import os\n\n{body}\nprint(1)\n".encode())
    project.write("b.py", b"x = first(1)\n")
    edits: list[Edit] = [
        swap("a.py", f"\n{body}\n", "\n"),
        WholeFile("b.py", f"x = first(2)\n\n\n{body}"),
    ]
    change = project.store().propose(edits, ORIGIN).change
    assert change is not None
    lines = [
        line
        for file in project.store().diffs(change.change_id)
        for hunk in file.hunks
        for line in hunk.lines
    ]
    marked = {line.text: [line.text[a:b] for a, b in line.marks] for line in lines if line.marks}
    assert marked == {"x = first(1)": ["1"], "x = first(2)": ["2"]}
    moved = {(line.kind, line.text.strip()): line.moved for line in lines if line.moved}
    assert moved["-", "return result"] == "moved to b.py:4"
    assert moved["+", "return result"] == "moved from a.py:3"
