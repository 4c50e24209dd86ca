"""Unified diffs: git's own are read exactly, models' sloppy ones where they are clear."""

import difflib
import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vibe_tui.changes.content.text import read_text
from vibe_tui.changes.edits.patching import check_deletion, new_text, patched
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.formats.diff_paths import quoted, unquoted
from vibe_tui.changes.formats.stream import parse_edits
from vibe_tui.changes.formats.unified import parse_patch
from vibe_tui.changes.model import FilePatch, PatchHunk, RefusedEdit

LINES = st.lists(
    st.sampled_from(["a\n", "b\n", "c\n", "\n", "  d\n", "-- q\n", "++ q\n", "@@ x\n", "e\n"]),
    max_size=30,
)


def one(text: str, default_path: str | None = None) -> FilePatch:
    (patch,) = parse_patch(text, default_path)
    assert isinstance(patch, FilePatch)
    return patch


def trouble(text: str) -> str:
    (patch,) = parse_patch(text)
    assert isinstance(patch, RefusedEdit)
    return patch.reason


def applied(content: bytes, patch: FilePatch) -> bytes:
    text, form = read_text(content)
    return form.encode(patched(text, form, patch))


@given(LINES, LINES, st.sampled_from(["", "end"]), st.integers(1, 4))
def test_difflib_diffs_apply(old: list[str], new: list[str], end: str, context: int) -> None:
    old, new = [*old, "-- keep\n", end], [*new, "-- keep\n", end]
    old, new = [line for line in old if line], [line for line in new if line]
    assume(old != new)
    diff = difflib.unified_diff(old, new, "a/f", "b/f", n=context)
    text = "".join(
        line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in diff
    )
    try:
        result = applied("".join(old).encode(), one(text))
    except EditRefusedError as error:
        assert "places" in str(error)  # noqa: PT017 - ambiguity may be refused, never guessed
        return
    assert result == "".join(new).encode()


def test_gits_own_diff_of_many_kinds(tmp_path: Path) -> None:
    def git(*words: str) -> str:
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@y", *words]
        return subprocess.run(
            command, cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout

    git("init", "-q")
    for name, text in {
        "keep.py": "a\nb\nc\n",
        "gone.py": "x\ny\n",
        "old name.py": "1\n2\n3\n4\n",
        "empty": "",
        "café.py": "é\n",
        "run.sh": "ls\n",
    }.items():
        (tmp_path / name).write_text(text)
    git("add", "-A")
    git("commit", "-qm", "one\n\n- a list\n    ```\n    --- a\n    +++ b\n")
    (tmp_path / "keep.py").write_text("a\nB\nc")
    (tmp_path / "gone.py").unlink()
    (tmp_path / "old name.py").rename(tmp_path / "new name.py")
    (tmp_path / "new name.py").write_text("1\n2\n3\n5\n")
    (tmp_path / "empty").unlink()
    (tmp_path / "café.py").write_text("é\nè\n")
    (tmp_path / "run.sh").chmod(0o755)
    (tmp_path / "made").write_text("")
    git("add", "-A")
    git("commit", "-qm", "two")
    text = git("show", "--find-renames=50%")
    assert text.startswith("commit ")
    assert parse_edits(text, is_path=lambda _: False) == [
        FilePatch("café.py", "café.py", (PatchHunk(1, (" é", "+è")),)),
        FilePatch("gone.py", None, (PatchHunk(1, ("-x", "-y")),)),
        FilePatch(
            "keep.py",
            "keep.py",
            (PatchHunk(1, (" a", "-b", "-c", "+B", "+c"), no_newline_new=True),),
        ),
        FilePatch("empty", "made", ()),
        FilePatch("old name.py", "new name.py", (PatchHunk(1, (" 1", " 2", " 3", "-4", "+5")),)),
        FilePatch("run.sh", "run.sh", (), 0o755),
    ]


def test_format_patch_ends_at_its_signature() -> None:
    text = (
        "From 1234 Mon Sep 17 00:00:00 2001\nSubject: x\n---\n f | 2 +-\n\n"
        "diff --git a/f b/f\nindex 1..2 100644\n"
        "--- a/f\n+++ b/f\n@@ -1 +1 @@\n-a\n+b\n-- \n2.39.5\n\n"
    )
    (patch,) = parse_edits(text, is_path=lambda _: False)
    assert patch == FilePatch("f", "f", (PatchHunk(1, ("-a", "+b")),))


@pytest.mark.parametrize(
    ("header", "old", "new"),
    [
        ("--- a/f.py\n+++ b/f.py\n", "f.py", "f.py"),
        ("--- f.py\n+++ f.py\n", "f.py", "f.py"),
        ("--- a/f.py\n+++ a/f.py\n", "a/f.py", "a/f.py"),
        ("--- f.py.orig\t2020-01-01\n+++ f.py\t2020-01-02\n", "f.py", "f.py"),
        ("--- /dev/null\n+++ b/f.py\n", None, "f.py"),
        ("--- a/f.py\n+++ /dev/null\n", "f.py", None),
        ("--- a/f.py\n+++ b/g.py\n", "f.py", "g.py"),
        ('--- "a/caf\\303\\251.py"\n+++ "b/caf\\303\\251.py"\n', "café.py", "café.py"),
        ("+++ b/f.py\n", "f.py", "f.py"),
        ("--- a/f.py\n", "f.py", "f.py"),
        ("diff --git a/f.py b/f.py\n", "f.py", "f.py"),
        ("diff --git a/x y b/z w\n", "x y", "z w"),
        ('diff --git "a/\\t" "b/\\t"\n', "\t", "\t"),
        ("diff --git x y\n", "x", "y"),
    ],
)
def test_headers(header: str, old: str | None, new: str | None) -> None:
    sign = "+" if old is None else "-"
    patch = one(f"{header}@@ -1 +1 @@\n{sign}x\n")
    assert (patch.old_path, patch.new_path) == (old, new)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1))
def test_quoted_names_are_read_back(name: str) -> None:
    assert unquoted(quoted(name)) == name or '"' in (name[0], name[-1])


SLOPPY = {
    "wrong numbers": "--- a/f\n+++ b/f\n@@ -40,9 +41,7 @@ def x\n b\n-c\n+C\n",
    "no numbers": "--- a/f\n+++ b/f\n@@ ... @@\n b\n-c\n+C\n",
    "bare marks": "--- a/f\n+++ b/f\n@@\n b\n-c\n+C\n",
    "no marks": "--- a/f\n+++ b/f\n b\n-c\n+C\n",
    "counts too small": "--- a/f\n+++ b/f\n@@ -2 +2 @@\n b\n-c\n+C\n",
    "counts too large, then a file": (
        "--- a/f\n+++ b/f\n@@ -2,9 +2,9 @@\n b\n-c\n+C\n--- a/g\n+++ b/g\n@@ -1 +1 @@\n-x\n+y\n"
    ),
    "context without its space on blank lines": (
        "--- a/f\n+++ b/f\n@@ -2,3 +2,3 @@\n b\n-c\n+C\n\n d\n"
    ),
    "blank lines behind": "--- a/f\n+++ b/f\n@@ -2,2 +2,2 @@\n b\n-c\n+C\n\n\n",
    "blank lines behind, no numbers": "--- a/f\n+++ b/f\n@@\n b\n-c\n+C\n\n\n",
    "prose behind": "--- a/f\n+++ b/f\n@@ -2,2 +2,2 @@\n b\n-c\n+C\n\nThat is all.\n- really\n",
    "crlf": "--- a/f\r\n+++ b/f\r\n@@ -2,2 +2,2 @@\r\n b\r\n-c\r\n+C\r\n",
    "trailing space lost": "--- a/f\n+++ b/f\n@@ -2,2 +2,2 @@\n b  \n-c\n+C\n",
}


@pytest.mark.parametrize("name", SLOPPY)
def test_sloppy_diffs_apply_where_they_are_clear(name: str) -> None:
    patch = parse_patch(SLOPPY[name])[0]
    assert isinstance(patch, FilePatch)
    assert applied(b"a\nb\nc\n\nd\n", patch) == b"a\nb\nC\n\nd\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("--- a/f\n+++ b/f\n@@ -1,3 +1,3 @@\n a\n-b\nc\n+d\n", "Line 6 of the diff"),
        ("diff --git a/f b/g\ncopy from f\ncopy to g\n", "Copies"),
        ("diff --git a/f b/f\nBinary files a/f and b/f differ\n", "Binary"),
        ("diff --git a/f b/f\nindex 1..2\nGIT binary patch\nliteral 3\n", "Binary"),
        (
            "diff --git a/f b/f\nnew file mode 120000\n--- /dev/null\n+++ b/f\n@@ -0,0 +1 @@\n+x\n",
            "links",
        ),
        ("diff --git a/f b/f\nindex 1..1\n", "changes nothing"),
        ("@@ -1 +1 @@\n-a\n+b\n", "names no file"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, words: str) -> None:
    assert words in trouble(text)


def hunk(*lines: str, start: int | None = None, old: bool = False, new: bool = False) -> FilePatch:
    return FilePatch("f", "f", (PatchHunk(start, lines, old, new),))


APPLIED = {
    "the numbered one of two": (b"x\na\nx\na\n", hunk(" x", "-a", "+b", start=3), b"x\na\nx\nb\n"),
    "crlf stays": (b"a\r\nb\r\n", hunk(" a", "-b", "+B", start=1), b"a\r\nB\r\n"),
    "insert by number": (b"a\nb\n", hunk("+x", start=1), b"a\nx\nb\n"),
    "insert on top": (b"a\n", hunk("+x", start=0), b"x\na\n"),
    "append behind an open end": (b"a", hunk("+x", start=1), b"a\nx\n"),
    "fill an empty file": (b"", hunk("+x", start=0), b"x\n"),
    "final newline added": (b"a\nb", hunk(" a", "-b", "+b", start=1, old=True), b"a\nb\n"),
    "final newline removed": (b"a\nb\n", hunk(" a", "-b", "+b", start=1, new=True), b"a\nb"),
    "open end unmentioned stays": (b"a\nb", hunk(" a", "-b", "+B", start=1), b"a\nB"),
    "everything removed": (b"a\n", hunk("-a", start=1), b""),
    "indented": (b"  a\n  b\n", hunk(" a", "-b", "+c", start=1), b"  a\n  c\n"),
}


@pytest.mark.parametrize("name", APPLIED)
def test_hunks_apply(name: str) -> None:
    content, patch, expected = APPLIED[name]
    assert applied(content, patch) == expected


def test_the_next_place_counts_when_one_is_left() -> None:
    patch = FilePatch("f", "f", (PatchHunk(None, ("-k", "+K")), PatchHunk(None, ("-x", "+y"))))
    assert applied(b"x\nk\nx\n", patch) == b"x\nK\ny\n"


@pytest.mark.parametrize(
    ("content", "patch", "words"),
    [
        (b"a\na\n", hunk("-a", "+b"), "fits in 2 places (from lines 1, 2)"),
        (b"a\n", hunk("-z", "+b", start=1), "is not in the file"),
        (b"a\n", hunk("+b"), "does not say where"),
        (b"a\n", hunk("+b", start=9), "does not say where"),
        (b"caf\xe9\n", hunk("+\u4e2d", start=1), "cannot be written"),
    ],
)
def test_unclear_hunks_are_refused(content: bytes, patch: FilePatch, words: str) -> None:
    with pytest.raises(EditRefusedError, match=words.replace("(", r"\(").replace(")", r"\)")):
        applied(content, patch)


def test_a_new_file_has_no_old_lines() -> None:
    assert new_text(hunk("+a", "+b", new=True)) == "a\nb"
    assert new_text(FilePatch(None, "f", ())) == ""
    with pytest.raises(EditRefusedError, match="lines of an old one"):
        new_text(hunk(" a", "+b"))


def test_a_deletion_quotes_the_whole_file() -> None:
    text, form = read_text(b"a\r\nb")
    check_deletion(text, form, hunk("-a", "-b"))
    check_deletion(text, form, FilePatch("f", None, ()))
    for other in (hunk("-a"), hunk("-a", "-c"), hunk("-a", "-b", "+c")):
        with pytest.raises(EditRefusedError, match="other lines"):
            check_deletion(text, form, other)
