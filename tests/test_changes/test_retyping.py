"""A hunk written anew: its lines are the text, in the file's form; nothing else of it changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_changes.divided_diffs import TEXTS, divisions
from vibe_tui.changes.content.diff import LineDiff, diff_lines, display_lines, divided, merge_hunks
from vibe_tui.changes.content.text import read_text
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.hunks.dividing import picked
from vibe_tui.changes.hunks.retyping import Retyped, retyped
from vibe_tui.changes.model import Hunk, HunkState
from vibe_tui.foreign import clean, reveal


def _new_side(diff: LineDiff, index: int) -> str:
    lines = display_lines(diff, diff.hunks[index])
    return Hunk(1, "f", "", HunkState.OPEN, lines).new_side


def _unless_refused(diff: LineDiff, index: int, text: str) -> Retyped | str | None:
    try:
        return retyped(diff, index, text)
    except EditRefusedError as error:
        return str(error)


def _after(base: bytes, found: Retyped) -> LineDiff:
    return divided(diff_lines(base, found.content), found.division.groups)


@given(divisions(least=0), st.lists(TEXTS, max_size=5), st.data())
def test_only_the_hunk_changes(
    case: tuple[bytes, bytes, LineDiff], lines: list[str], data: st.DataObject
) -> None:
    base, proposed, diff = case
    index = data.draw(st.integers(0, len(diff.hunks) - 1))
    text = "".join(line + "\n" for line in lines)
    found = _unless_refused(diff, index, text)
    if isinstance(found, str):
        assert "split it" in found or "belongs to another hunk" in found
        return
    if found is None:
        assert _new_side(diff, index) == text
        return
    after = _after(base, found)
    origins = found.division.origins
    assert merge_hunks(after, range(len(after.hunks))) == found.content
    assert merge_hunks(after, ()) == base
    others = set(data.draw(st.sets(st.sampled_from(range(len(diff.hunks)))))) - {index}
    kept = {at for at, origin in enumerate(origins) if origin in others}
    assert merge_hunks(after, kept) == merge_hunks(diff, others)
    assert set(range(len(diff.hunks))) - set(origins) in (set(), {index})
    assert found.content != proposed
    if base and proposed and found.content:
        assert read_text(found.content)[1].bom == read_text(base)[1].bom


@given(divisions(least=0), st.data())
def test_text_that_is_there_changes_nothing(
    case: tuple[bytes, bytes, LineDiff], data: st.DataObject
) -> None:
    _, _, diff = case
    index = data.draw(st.integers(0, len(diff.hunks) - 1))
    found = _unless_refused(diff, index, _new_side(diff, index))
    assert found is None or "split it" in str(found)


def _edited(base: bytes, proposed: bytes, text: str, index: int = 0) -> bytes:
    found = retyped(diff_lines(base, proposed), index, text)
    assert found is not None
    return found.content


@pytest.mark.parametrize(
    ("base", "proposed", "text", "expected"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", "x\ny\n", b"a\nx\ny\nc\n"),
        (b"a\nb\nc\n", b"a\nB\nc\n", "x\ny", b"a\nx\ny\nc\n"),
        (b"a\nb\nc\n", b"a\nB\nc\n", "", b"a\nc\n"),
        (b"a\nb\nc\n", b"a\nB\nc\n", "\n", b"a\n\nc\n"),
        (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n", "x\r\ny\n", b"a\r\nx\r\ny\r\nc\r\n"),
        (b"a\nb\r\nc\n", b"a\nB\r\nc\n", "B\nx\n", b"a\nB\r\nx\r\nc\n"),
        (b"a\nb", b"a\nB", "x\ny\n", b"a\nx\ny"),
        (b"a\nb", b"a\nB\n", "x\n", b"a\nx\n"),
        (b"a\nb\n", b"a\n", "x\n", b"a\nx\n"),
        (b"a\rb\r", b"a\rB\r", "a\nx\ny\n", b"a\rx\ry\r"),
        (b"", b"new\n", "other", b"other\n"),
        (b"gone\n", b"", "stays after all\n", b"stays after all\n"),
        ("\ufeffa\nb\n".encode(), "\ufeffA\nb\n".encode(), "ä\n", "\ufeffä\nb\n".encode()),
        ("\ufeffa\nb\n".encode(), "\ufeffA\nb\n".encode(), "", "\ufeffb\n".encode()),
        ("é\nb\n".encode("utf-16"), "é\nc\n".encode("utf-16"), "ß\n", "é\nß\n".encode("utf-16")),
        (
            b"# coding: latin-1\n# \xe9\nb\n",
            b"# coding: latin-1\n# \xe9\nc\n",
            "ß\n",
            b"# coding: latin-1\n# \xe9\n\xdf\n",
        ),
    ],
)
def test_the_text_is_written_as_the_file_writes(
    base: bytes, proposed: bytes, text: str, expected: bytes
) -> None:
    assert _edited(base, proposed, text) == expected


@pytest.mark.parametrize("shown", [str, clean, reveal])
def test_lines_that_are_left_as_shown_keep_their_bytes(shown: type[str]) -> None:
    base = b"one\ntwo\n"
    proposed = b"one\n\xff\xe9 bytes\nsome \x1b[1m\nlast\n"
    diff = diff_lines(base, proposed)
    text = shown(_new_side(diff, 0))
    lines = text.split("\n")
    edited = "\n".join([lines[0], "fresh", lines[1] if shown is not clean else "plain", "last"])
    found = retyped(diff, 0, edited)
    assert found is not None
    rest = b"some \x1b[1m\n" if shown is not clean else b"plain\n"
    assert found.content == b"one\n\xff\xe9 bytes\nfresh\n" + rest + b"last\n"


def test_what_the_encoding_does_not_have_is_refused() -> None:
    base = b"# coding: latin-1\n# \xe9\nb\n"
    diff = diff_lines(base, base.replace(b"b\n", b"c\n"))
    with pytest.raises(EditRefusedError, match="use ASCII there"):
        retyped(diff, 0, "€\n")
    diff = diff_lines(b"\xff\nb\n", b"\xff\nc\n")
    with pytest.raises(EditRefusedError, match="its encoding is unknown"):
        retyped(diff, 0, "é\n")


def test_a_hunk_that_gives_the_old_lines_back_is_gone() -> None:
    base = b"".join(b"%d\n" % n for n in range(30))
    proposed = base.replace(b"\n5\n", b"\nfive\n").replace(b"\n20\n", b"\ntwenty\n")
    found = retyped(diff_lines(base, proposed), 0, "5\n")
    assert found is not None
    assert found.division.origins == (1,)
    assert found.content == base.replace(b"\n20\n", b"\ntwenty\n")


def test_a_hunk_around_another_is_not_edited() -> None:
    diff = diff_lines(b"1\n2\n3\n", b"a\nb\nc\n")
    diff = divided(diff, picked(diff, 0, {1, 4}).groups)
    with pytest.raises(EditRefusedError, match="split it, then edit the parts"):
        retyped(diff, 0, "x\n")
    found = retyped(diff, 1, "x\ny\n")
    assert found is not None
    assert found.content == b"a\nx\ny\nc\n"


def test_binary_files_and_hunks_without_lines_are_not_edited() -> None:
    with pytest.raises(EditRefusedError, match="binary"):
        retyped(diff_lines(b"\0a", b"\0b"), 0, "x\n")
    with pytest.raises(EditRefusedError, match="no lines to edit"):
        retyped(diff_lines(b"a\n", b"a\n"), 0, "x\n")


def test_below_a_line_without_end_that_another_hunk_adds_nothing_is_written() -> None:
    diff = diff_lines(b"1\n2", b"v")
    diff = divided(diff, picked(diff, 0, {1}).groups)
    with pytest.raises(EditRefusedError, match="belongs to another hunk"):
        retyped(diff, 1, "x\n")


def test_lines_that_cannot_be_read_alone_are_not_edited() -> None:
    base = "# coding: iso2022_kr\n가\nb\n나\n".encode("iso2022_kr")
    proposed = "# coding: iso2022_kr\n가\nb\n다\n".encode("iso2022_kr")
    with pytest.raises(EditRefusedError, match="edit the whole file"):
        retyped(diff_lines(base, proposed), 0, "x\n")
