"""SEARCH/REPLACE on real files' bytes: exact, line ends, trailing space, indentation, no more."""

import pytest

from tests.test_changes.projects import Project, swap
from vibe_tui.changes.content.text import read_text
from vibe_tui.changes.edits.matching import replace_once
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.model import SearchReplace


def applied(content: bytes, edit: SearchReplace) -> bytes:
    text, form = read_text(content)
    return form.encode(replace_once(text, form, edit))


def refusal(content: bytes, edit: SearchReplace) -> str:
    with pytest.raises(EditRefusedError) as caught:
        applied(content, edit)
    return str(caught.value)


CASES = {
    "exact": (b"a\nb\nc\n", "b\n", "B\n", b"a\nB\nc\n"),
    "deletes lines": (b"a\nb\nc\n", "b\n", "", b"a\nc\n"),
    "deletes the last line": (b"a\nb", "b\n", "", b"a\n"),
    "crlf stays": (b"a\r\nb\r\nc\r\n", "a\nb\n", "a\nB\nB2\n", b"a\r\nB\r\nB2\r\nc\r\n"),
    "mixed ends stay": (b"a\nb\r\nc\n", "b\nc\n", "b\nC\n", b"a\nb\r\nC\r\n"),
    "lone cr stays": (b"a\rb\rc", "b\n", "B\n", b"a\rB\rc"),
    "no final newline stays": (b"a\nlast", "last\n", "LAST\n", b"a\nLAST"),
    "grows at an open end": (b"a\nlast", "last\n", "last\nmore\n", b"a\nlast\nmore"),
    "bom stays": (b"\xef\xbb\xbfa\nb\n", "a\n", "A\n", b"\xef\xbb\xbfA\nb\n"),
    "utf-16 stays": (
        "ä\nb\n".encode("utf-16"),
        "b\n",
        "ö\n",
        "ä\nö\n".encode("utf-16"),
    ),
    "declared latin-1": (
        "# coding: latin-1\nx = 'é'\n".encode("latin-1"),
        "x = 'é'\n",
        "x = 'è'\n",
        "# coding: latin-1\nx = 'è'\n".encode("latin-1"),
    ),
    "ascii beside unknown bytes": (b"caf\xe9\nb\n", "b\n", "B\n", b"caf\xe9\nB\n"),
    "nul": (b"a\0\nb\n", "b\n", "B\n", b"a\0\nB\n"),
    "trailing space in the file": (b"a  \nb\n", "a\nb\n", "a\nB\n", b"a  \nB\n"),
    "trailing space in the search": (b"a\nb\n", "a \nb\t\n", "A\nb\t\n", b"A\nb\n"),
    "blank lines with spaces": (b"a\n   \nb\n", "a\n\nb\n", "a\n\nB\n", b"a\n   \nB\n"),
    "deeper in the file": (
        b"class A:\n    def f():\n        return 1\n",
        "def f():\n    return 1\n",
        "def f():\n    x = 2\n\n    return x\n",
        b"class A:\n    def f():\n        x = 2\n\n        return x\n",
    ),
    "less deep in the file": (
        b"def f():\n    1\n",
        "  def f():\n      1\n",
        "  def g():\n",
        b"def g():\n",
    ),
    "tabs": (
        b"\t\tif x:\n\t\t\ty\n",
        "\tif x:\n\t\ty\n",
        "\tif z:\n\t\ty\n",
        b"\t\tif z:\n\t\t\ty\n",
    ),
    "exact beats indented": (b"  x\nx\n", "x\n", "y\n", b"  x\ny\n"),
    "one of two by its line end": (b"a\r\nb\na\n", "a\n", "A\n", b"a\r\nb\nA\n"),
    "piece of a line": (b"x = foo(1) + 2\n", "foo(1)", "bar(1)", b"x = bar(1) + 2\n"),
    "piece over lines": (b"x = (1,\r\n2)\r\n", "(1,\n2", "(3,\n4", b"x = (3,\r\n4)\r\n"),
    "form feed is no line end": (b"a\x0cb\nc\n", "c\n", "C\n", b"a\x0cb\nC\n"),
}


@pytest.mark.parametrize("name", CASES)
def test_applies(name: str) -> None:
    content, search, replace, expected = CASES[name]
    assert applied(content, swap("f", search, replace)) == expected


def test_uneven_indentation_is_not_guessed() -> None:
    assert "not in the file" in refusal(b"  a\n   b\n", swap("f", "a\nb\n", "c\n"))


def test_tabs_are_not_taken_for_spaces() -> None:
    assert "not in the file" in refusal(
        b"\tif x:\n\t\ty\n", swap("f", "    if x:\n        y\n", "z\n")
    )


def test_a_replacement_that_cannot_be_moved_left_is_refused() -> None:
    reason = refusal(b"a\nb\n", swap("f", "    a\n    b\n", "    a\n  c\n"))
    assert "cannot be indented" in reason


def test_several_places_are_named() -> None:
    reason = refusal(b"x\ny\nx\n", swap("f", "x\n", "z\n"))
    assert "2 times (from lines 1, 3)" in reason


def test_many_places_are_cut_short() -> None:
    assert ", …" in refusal(b"x\n" * 30, swap("f", "x\n", "z\n"))


def test_the_likely_place_is_named() -> None:
    content = b"import os\n\ndef total(prices):\n    return sum(prices)\n\nprint(1)\n"
    reason = refusal(content, swap("f", "def total(price):\n    return sum(price)\n", "x\n"))
    assert "lines 3 to 4" in reason


def test_nothing_alike_names_no_place() -> None:
    reason = refusal(b"a\nb\n", swap("f", "completely other words\n", "x\n"))
    assert reason == "SEARCH is not in the file: quote its lines exactly as they are now"


def test_an_edit_done_before_is_recognised() -> None:
    assert "done already" in refusal(b"new line\n", swap("f", "old line\n", "new line\n"))


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"caf\xe9\nb\n", "é"),
        ("# coding: latin-1\né\nb\n".encode("latin-1"), "中"),
        (b"a\nb\n", "\udce9"),
    ],
)
def test_what_the_file_cannot_hold_is_refused(content: bytes, text: str) -> None:
    assert "cannot be written into the file" in refusal(content, swap("f", "b\n", f"{text}\n"))


def test_a_divider_inside_is_settled_by_the_file() -> None:
    conflict = b"x\n<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n"
    edit = SearchReplace(
        "f",
        "<<<<<<< HEAD\n1\n",
        "2\n>>>>>>> other\n=======\n2\n",
        (("<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other\n", "2\n"),),
    )
    assert applied(conflict, edit) == b"x\n2\n"


def test_a_divider_in_the_replacement_is_kept() -> None:
    edit = SearchReplace(
        "f", "Title\n", "Title\n=======\nText\n", (("Title\n=======\nTitle\n", "T\n"),)
    )
    assert applied(b"Title\n", edit) == b"Title\n=======\nText\n"


def test_five_megabytes_in_one_line(project: Project) -> None:
    project.write("one.js", b"a" * 5_000_000 + b"\nb\n")
    change = project.propose(swap("one.js", "b\n", "c\n"))
    project.store().accept(change.change_id, 1)
    assert project.read("one.js") == b"a" * 5_000_000 + b"\nc\n"
