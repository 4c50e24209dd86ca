"""What becomes of the edits of one answer before anything is written."""

import codecs

import pytest

from tests.test_changes.projects import ORIGIN, Project, swap
from vibe_tui.changes.model import (
    ChangeAction,
    Edit,
    FilePatch,
    PatchHunk,
    RefusedEdit,
    WholeFile,
    drops_over_half,
)


def patch(old: str | None, new: str | None, *lines: str, mode: int | None = None) -> FilePatch:
    hunks = (PatchHunk(1, lines),) if lines else ()
    return FilePatch(old, new, hunks, mode)


def test_edits_of_one_file_build_on_each_other(project: Project) -> None:
    project.write("a.py", b"1\n2\n3\n")
    change = project.propose(
        swap("a.py", "1\n", "one\n"),
        swap("./a.py", "one\n2\n", "one\ntwo\n"),
        patch("a.py", "a.py", "-3", "+three"),
    )
    (file,) = change.files
    assert (file.action, file.added, file.removed) == (ChangeAction.MODIFY, 3, 3)
    assert project.store().proposed_bytes(change.change_id, "a.py") == b"one\ntwo\nthree\n"


def test_one_refused_edit_leaves_the_others(project: Project) -> None:
    project.write("a.py", b"1\n2\n")
    edits: list[Edit] = [
        swap("a.py", "9\n", "x\n"),
        swap("a.py", "2\n", "two\n"),
        swap("b.py", "1", "2"),
    ]
    proposed = project.store().propose(edits, ORIGIN)
    assert proposed.change is not None
    assert [file.path for file in proposed.change.files] == ["a.py"]
    assert [edit.path for edit in proposed.refused] == ["a.py", "b.py"]
    assert "no such file" in proposed.refused[1].reason


def test_proposing_touches_nothing(project: Project) -> None:
    project.write("a.py", b"1\n", 0o755)
    before = project.picture()
    project.propose(
        swap("a.py", "1\n", "2\n"), WholeFile("new/deep/b.py", "x\n"), patch("a.py", None)
    )
    assert project.picture() == before


@pytest.mark.parametrize(
    "edit",
    [
        swap("a.py", "1\n", "1\n"),
        WholeFile("a.py", "1\n"),
        patch("a.py", "a.py", " 1"),
        patch("a.py", "a.py", mode=0o644),
        patch(None, "empty"),
    ],
)
def test_edits_that_change_nothing_say_so(project: Project, edit: Edit) -> None:
    project.write("a.py", b"1\n")
    project.write("empty", b"")
    assert project.reasons(edit) == ["The edit changes nothing: the file is already so"]


def test_edits_that_cancel_each_other_leave_nothing(project: Project) -> None:
    project.write("a.py", b"1\n")
    reasons = project.reasons(swap("a.py", "1\n", "2\n"), swap("a.py", "2\n", "1\n"))
    assert reasons == ["The edit changes nothing: the file is already so"]


def test_an_empty_search_makes_or_fills_a_file(project: Project) -> None:
    project.write("empty.py", b"")
    change = project.propose(swap("new.py", "", "é\n"), swap("empty.py", "\n", "x\n"))
    assert [file.action for file in change.files] == [ChangeAction.CREATE, ChangeAction.MODIFY]
    assert project.store().proposed_bytes(change.change_id, "new.py") == "é\n".encode()


def test_an_empty_search_overwrites_nothing(project: Project) -> None:
    project.write("a.py", b"1\n")
    assert "exists already" in project.reasons(swap("a.py", "", "x\n"))[0]


def test_an_empty_new_file_is_a_proposal(project: Project) -> None:
    change = project.propose(WholeFile("pkg/__init__.py", ""))
    (diff,) = project.store().diffs(change.change_id)
    assert (diff.note, [hunk.k for hunk in diff.hunks]) == ("new file", [1])


WHOLE = {
    "crlf": (b"a\r\nb\r\n", "a\nB\n", b"a\r\nB\r\n"),
    "mixed ends of unchanged lines": (b"a\r\nb\nc\n", "a\nb\nC\n", b"a\r\nb\nC\n"),
    "no final newline": (b"a\nb", "a\nB\n", b"a\nB"),
    "bom": (codecs.BOM_UTF8 + b"a\n", "b\n", codecs.BOM_UTF8 + b"b\n"),
    "utf-16": ("a\n".encode("utf-16"), "é\n", "é\n".encode("utf-16")),
    "unknown bytes give way to ASCII": (b"caf\xe9\nb\n", "b\nc\n", b"b\nc\n"),
    "emptied": (b"a\n", "", b""),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_keeps_the_files_form(project: Project, name: str) -> None:
    content, text, expected = WHOLE[name]
    project.write("f", content)
    change = project.propose(WholeFile("f", text))
    assert change.files[0].whole_file
    assert project.store().proposed_bytes(change.change_id, "f") == expected


def test_a_whole_file_that_drops_over_half_is_known(project: Project) -> None:
    lines = "".join(f"line {n}\n" for n in range(10))
    project.write("f", lines.encode())
    project.write("g", lines.encode())
    change = project.propose(
        WholeFile("f", "line 0\n# the rest stays\n"), WholeFile("g", lines.replace("line", "LINE"))
    )
    assert drops_over_half(change, "f")
    assert not drops_over_half(change, "g")
    assert not drops_over_half(change, "other")
    notes = [diff.note for diff in project.store().diffs(change.change_id)]
    assert notes == ["whole file, −8 lines", "whole file, +0 lines"]


def test_renames(project: Project) -> None:
    project.write("a.py", b"1\n2\n", 0o755)
    change = project.propose(
        patch("a.py", "lib/b.py", "-1", "+one"), swap("lib/b.py", "2\n", "two\n")
    )
    (file,) = change.files
    assert (file.action, file.path, file.renamed_from) == (ChangeAction.RENAME, "lib/b.py", "a.py")
    assert project.store().proposed_bytes(change.change_id, "lib/b.py") == b"one\ntwo\n"
    assert project.store().proposed_bytes(change.change_id, "a.py") is None
    assert project.store().diffs(change.change_id)[0].note == "renamed from a.py"


def test_a_file_made_and_renamed_in_one_answer_is_made(project: Project) -> None:
    change = project.propose(WholeFile("a.py", "x\n"), patch("a.py", "b.py"))
    assert [(f.path, f.action) for f in change.files] == [("b.py", ChangeAction.CREATE)]


def test_delete_then_create_is_a_change(project: Project) -> None:
    project.write("a.py", b"1\n")
    change = project.propose(patch("a.py", None, "-1"), patch(None, "a.py", "+2"))
    assert [(f.path, f.action) for f in change.files] == [("a.py", ChangeAction.MODIFY)]


@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        ([patch("no.py", None)], "no such file"),
        ([patch("no.py", "no.py", "-a", "+b")], "no such file"),
        ([patch("no.py", "x.py")], "no such file"),
        ([patch(None, "a.py", "+x")], "exists already"),
        ([patch(None, "n.py", " x")], "lines of an old one"),
        ([patch("a.py", "b.py")], "new name is taken"),
        ([patch("a.py", None, "-other")], "other lines"),
        ([swap("a.py/x.py", "", "x")], "cannot be reached"),
        ([swap("folder", "", "x")], "is a folder"),
    ],
)
def test_refusals(project: Project, edits: list[Edit], reason: str) -> None:
    project.write("a.py", b"1\n")
    project.write("b.py", b"2\n")
    project.write("folder/x", b"")
    assert reason in project.reasons(*edits)[0]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (swap("a.py", "1\n", "2\n"), "by its new name"),
        (patch("new.py", "newer.py"), "twice"),
        (patch("new.py", None), "do one"),
    ],
)
def test_a_renamed_file_is_edited_by_its_new_name(
    project: Project, second: Edit, reason: str
) -> None:
    project.write("a.py", b"1\n")
    proposed = project.store().propose([patch("a.py", "new.py"), second], ORIGIN)
    assert proposed.change is not None
    assert [reason in edit.reason for edit in proposed.refused] == [True]


def test_new_text_that_is_no_unicode_is_refused(project: Project) -> None:
    assert "cannot be written" in project.reasons(WholeFile("a.py", "\ud800\n"))[0]


def test_what_is_refused_is_in_the_audit(project: Project) -> None:
    project.write("a.py", b"1\n")
    store = project.store()
    proposed = store.propose([swap("a.py", "1\n", "2\n"), swap("a.py", "zz\n", "2\n")], ORIGIN)
    assert isinstance(proposed.refused[0], RefusedEdit)
    (line,) = store.audit.entries()
    assert line["refused"][0]["path"] == "a.py"
    assert line["by"] == "model test/model"
