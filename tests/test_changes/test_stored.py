"""What is stored of proposals: found again, dated, checked, revised, described."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.test_changes.projects import NUMBERS, ORIGIN, Project, swap, three_hunks
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    DamagedStoreError,
    StaleRevisionError,
    UnknownChangeError,
)
from vibe_tui.changes.model import (
    CheckRecord,
    FilePatch,
    Origin,
    WholeFile,
)
from vibe_tui.changes.store import ChangeStore


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
    before = (project.root / "a.txt").read_bytes()
    change = project.propose(swap("a.txt", "50\n", "fifty\n"), WholeFile("new.txt", "x\n"))
    project.write("a.txt", b"the project moved on\n")
    asked: list[tuple[str, bytes, int]] = []

    def symbols_of(path: str, content: bytes) -> Callable[[int], str | None]:
        def symbol_at(line: int) -> str | None:
            asked.append((path, content, line))
            return "Router.register"

        return symbol_at

    store = ChangeStore(project.root, project.data, symbols_of=symbols_of)
    headers = [hunk.header for diff in store.diffs(change.change_id) for hunk in diff.hunks]
    assert headers == ["@@ -48,7 +48,7 @@ Router.register", "@@ -0,0 +1 @@"]
    assert asked == [("a.txt", before, 51)]


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
