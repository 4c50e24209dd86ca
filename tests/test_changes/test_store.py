"""A proposal's life: stored, decided in parts, applied, taken back, found again."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_changes.projects import ORIGIN, Project, swap
from vibe_tui.changes.diff import apply_hunks
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    ChangeConflictError,
    DamagedStoreError,
    StaleRevisionError,
    UnknownChangeError,
    UnknownPartError,
)
from vibe_tui.changes.model import (
    ChangeSet,
    ChangeState,
    CheckRecord,
    FilePatch,
    HunkState,
    Origin,
    WholeFile,
)
from vibe_tui.changes.store import ChangeStore

NUMBERS = b"".join(b"%d\n" % n for n in range(60))


def three_hunks(project: Project) -> ChangeSet:
    """A change of two hunks in one file and one in another."""
    project.write("a.txt", NUMBERS)
    project.write("b.txt", b"x\n")
    return project.propose(
        swap("a.txt", "3\n4\n", "three\n4\n"),
        swap("a.txt", "50\n51\n", "fifty\n51\n"),
        swap("b.txt", "x\n", "y\n"),
    )


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
    assert store.rollback(change.change_id).state is ChangeState.ROLLED_BACK
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


def test_a_rolled_back_change_can_be_accepted_again(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    store.accept(change.change_id, 1)
    wanted = project.picture()
    back = store.rollback(change.change_id)
    assert not back.is_open
    again = store.accept(change.change_id, back.revision)
    assert again.state is ChangeState.ACCEPTED
    assert project.picture() == wanted


def test_rollback_of_a_part_closes_the_change(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    store.accept(change.change_id, 1, hunks=[2])
    assert store.rollback(change.change_id).state is ChangeState.ROLLED_BACK
    assert project.read("a.txt") == NUMBERS


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


def test_a_half_accepted_file_that_was_edited_is_a_conflict(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1])
    project.write("a.txt", project.read("a.txt") + b"mine\n")
    assert store.get(change.change_id).files[0].conflict == "a.txt was changed meanwhile"
    before = project.picture()
    with pytest.raises(ChangeConflictError):
        store.accept(change.change_id, 2)
    with pytest.raises(ChangeConflictError):
        store.rollback(change.change_id)
    assert project.picture() == before


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


def test_proposals_survive_a_restart_newest_first(project: Project) -> None:
    first = three_hunks(project)
    second = project.propose(WholeFile("c.txt", "c\n"))
    assert [c.change_id for c in project.store().list_changes()] == [
        second.change_id,
        first.change_id,
    ]
    assert project.store().get(first.change_id) == first
    assert first.origin == ORIGIN


def test_older_revisions_stay_readable(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    store.accept(change.change_id, 1)
    assert store.get(change.change_id, 1) == change
    with pytest.raises(UnknownChangeError, match="has no revision 3"):
        store.get(change.change_id, 3)


@pytest.mark.parametrize("change_id", ["c-20200101-000000", "../x", "", ".", "a/b", "-x"])
def test_unknown_ids(project: Project, change_id: str) -> None:
    three_hunks(project)
    with pytest.raises(UnknownChangeError, match="No change is called"):
        project.store().get(change_id)


def _same(moment: datetime) -> datetime:
    return moment


def test_ids_sort_by_time_and_never_repeat(project: Project) -> None:
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    moments = [noon, noon, noon, noon + timedelta(seconds=1)]
    ids = []
    for number, moment in enumerate(moments):
        store = ChangeStore(project.root, project.data, clock=partial(_same, moment))
        proposed = store.propose([WholeFile(f"f{number}", "x\n")], ORIGIN)
        assert proposed.change is not None
        ids.append(proposed.change.change_id)
    assert ids == sorted(set(ids))
    assert ids[0] == "c-20261123-800000"


def test_no_free_id_is_an_error(project: Project) -> None:
    store = ChangeStore(project.root, project.data, new_id=lambda _: "same")
    assert store.propose([WholeFile("a", "x\n")], ORIGIN).change is not None
    with pytest.raises(DamagedStoreError, match="No free id"):
        store.propose([WholeFile("b", "x\n")], ORIGIN)


def test_a_damaged_proposal_hides_no_other(project: Project) -> None:
    change = three_hunks(project)
    other = project.propose(WholeFile("c.txt", "c\n"))
    path = project.data / "proposals" / change.change_id / "r000001.json"
    path.write_bytes(path.read_bytes().replace(b'"schema_version":', b'"schema_version":9'))
    store = project.store()
    assert [c.change_id for c in store.list_changes()] == [other.change_id]
    assert store.unreadable() == (change.change_id,)
    with pytest.raises(DamagedStoreError, match="cannot be read"):
        store.get(change.change_id)


def test_a_damaged_content_is_noticed_before_writing(project: Project) -> None:
    change = three_hunks(project)
    sha256 = change.files[1].proposed_sha256 or ""
    blob = project.data / "blobs" / sha256[:2] / sha256[2:]
    other = change.files[0].proposed_sha256 or ""
    blob.write_bytes((project.data / "blobs" / other[:2] / other[2:]).read_bytes())
    before = project.picture()
    with pytest.raises(DamagedStoreError, match="is damaged"):
        project.store().accept(change.change_id, 1)
    blob.write_bytes(b"no zlib")
    with pytest.raises(DamagedStoreError, match="cannot be read"):
        project.store().accept(change.change_id, 1)
    assert project.picture() == before


def test_checks_keep_the_revision_and_replace_older_words(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    first = CheckRecord("a.txt", "syntax", is_valid=False, messages=("bad \x1b[31mline",))
    store.record_checks(change.change_id, [first, CheckRecord("b.txt", "syntax", is_valid=None)])
    again = CheckRecord("a.txt", "syntax", is_valid=True)
    after = store.record_checks(change.change_id, [again], revision=1)
    assert after.revision == 1
    assert {check.path: check.is_valid for check in store.get(change.change_id).checks} == {
        "a.txt": True,
        "b.txt": None,
    }
    with pytest.raises(StaleRevisionError):
        store.record_checks(change.change_id, [again], revision=2)


def test_messages_of_checks_are_cleaned(project: Project) -> None:
    change = three_hunks(project)
    bad = CheckRecord("a.txt", "lint", is_valid=False, messages=("a\x1b[31mb \udce9",))
    after = project.store().record_checks(change.change_id, [bad])
    assert after.checks[0].messages == ("ab \ufffd",)


def test_a_revision_replaces_the_proposed_bytes(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    store.record_checks(change.change_id, [CheckRecord("b.txt", "syntax", is_valid=False)])
    revised = store.revise(change.change_id, "b.txt", b"z\nzz\n", "syntax")
    assert (revised.revision, revised.checks) == (2, ())
    assert (revised.files[1].added, revised.files[1].removed) == (2, 1)
    with pytest.raises(StaleRevisionError):
        store.accept(change.change_id, 1)
    store.accept(change.change_id, 2)
    assert project.read("b.txt") == b"z\nzz\n"


def test_a_deletion_may_become_a_change(project: Project) -> None:
    project.write("a.py", b"1\n")
    change = project.propose(FilePatch("a.py", None, ()))
    store = project.store()
    store.revise(change.change_id, "a.py", b"2\n", "kept after all")
    store.accept(change.change_id, 2)
    assert project.read("a.py") == b"2\n"


def test_what_is_decided_or_the_same_is_not_revised(project: Project) -> None:
    change = three_hunks(project)
    store = project.store()
    with pytest.raises(AlreadyDecidedError, match="would not change"):
        store.revise(change.change_id, "b.txt", b"x\n", "")
    store.accept(change.change_id, 1, hunks=[1])
    with pytest.raises(AlreadyDecidedError, match="decided in part"):
        store.revise(change.change_id, "a.txt", b"q\n", "")


def test_headers_name_what_encloses_a_hunk(project: Project) -> None:
    project.write("a.txt", NUMBERS)
    change = project.propose(swap("a.txt", "50\n", "fifty\n"), WholeFile("new.txt", "x\n"))
    asked: list[tuple[str, int]] = []

    def enclosing(path: str, line: int) -> str | None:
        asked.append((path, line))
        return "Router.register"

    store = ChangeStore(project.root, project.data, enclosing_symbol=enclosing)
    headers = [hunk.header for diff in store.diffs(change.change_id) for hunk in diff.hunks]
    assert headers == ["@@ -48,7 +48,7 @@ Router.register", "@@ -0,0 +1 @@"]
    assert asked == [("a.txt", 51)]


def test_notes_tell_what_lines_do_not_show(project: Project) -> None:
    project.write("ends.txt", b"a\n")
    project.write("final.txt", b"a")
    project.write("mode.sh", b"a\n")
    project.write("bin", b"\0a\n")
    project.write("gone", b"")
    change = project.propose(
        FilePatch("mode.sh", "mode.sh", (), 0o755),
        swap("bin", "a", "b"),
        FilePatch("gone", None, ()),
        WholeFile("ends.txt", "b\n"),
        WholeFile("final.txt", "b\n"),
    )
    store = project.store()
    store.revise(change.change_id, "ends.txt", b"a\r\n", "")
    store.revise(change.change_id, "final.txt", b"a\n", "")
    notes = {diff.change.path: diff.note for diff in store.diffs(change.change_id)}
    assert notes == {
        "mode.sh": "mode 755",
        "bin": "binary file",
        "gone": "deleted",
        "ends.txt": "whole file, +0 lines, line ends change to CRLF",
        "final.txt": "whole file, +0 lines, final newline added",
    }
    text = store.unified(change.change_id)
    assert "Binary files a/bin and b/bin differ\n" in text
    assert "old mode 100644\nnew mode 100755\n" in text


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


def test_text_of_an_origin_is_cleaned(project: Project) -> None:
    origin = Origin("model", "m\x1b[31m", "s", "evil \udce9\nsecond line")
    proposed = project.store().propose([WholeFile("a", "x\n")], origin)
    assert proposed.change is not None
    assert project.store().get(proposed.change.change_id).origin == Origin(
        "model", "m", "s", "evil \ufffd second line"
    )


def test_the_data_folder_is_private(project: Project) -> None:
    three_hunks(project)
    modes = {path.stat().st_mode & 0o077 for path in Path(project.data).rglob("*")}
    assert modes == {0}
