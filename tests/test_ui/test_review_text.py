"""Every character of a changed line is on screen, or said to be missing; none drives a terminal."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from vibe_tui.changes.model import DiffLine, Hunk, HunkState
from vibe_tui.ui.widgets.hunk_rows import HunkRows, fold
from vibe_tui.ui.widgets.hunk_text import LONGEST_LINE, only_line_ends_differ, show_lines
from vibe_tui.ui.widgets.review_state import Badge

LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")), max_size=200
)


def line(text: str, kind: str = "+") -> DiffLine:
    return DiffLine(kind, None if kind == "+" else 1, None if kind == "-" else 1, text)


def shown(text: str) -> str:
    (only,) = show_lines([line(text)])
    return only.text + only.remark


@example(text="00 ", width=2)
@given(text=LINES, width=st.integers(2, 60))
def test_folding_keeps_every_character_in_order_and_within_the_width(text: str, width: int) -> None:
    starts = fold(text, width)
    pieces = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    assert "".join(pieces) == text
    assert all(pieces) or text == ""
    for piece in pieces:
        assert cell_len(piece) <= width or (piece[-1] == " " and cell_len(piece) == width + 1)


@given(texts=st.lists(LINES, min_size=1, max_size=8), width=st.integers(8, 40))
def test_the_rows_of_a_hunk_are_its_lines_one_after_the_other(texts: list[str], width: int) -> None:
    lines = show_lines([line(text) for text in texts])
    rows = HunkRows(lines, width)
    pieces = [piece for row in range(rows.count) for piece in rows.pieces(row) if piece]
    seen = ["" for _ in lines]
    for piece in pieces:
        seen[piece.index] += (piece.line.text + piece.line.tail)[piece.start : piece.end]
    assert seen == [each.text + each.remark for each in lines]
    assert [piece.index for piece in pieces] == sorted(piece.index for piece in pieces)
    assert sum(piece.is_first for piece in pieces) == len(lines)


def test_a_fold_prefers_the_end_of_a_word() -> None:
    text = "def register(self, name, view, *, strict):"
    first = fold(text, 30)[1]
    assert text[:first] == "def register(self, name, view, "
    quoted = '"""Attach a view to the routing table."""'
    assert quoted[: fold(quoted, 40)[1]] == '"""Attach a view to the routing '


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1", "a = 1"),
        ("\tif x:", "    if x:"),
        ("a\tb", "a   b"),
        ("[@click=app.bell]x[/]", "[@click=app.bell]x[/]"),
        ("end\r", "end␍"),
        ("bell\x07", "bell‹U+0007›"),
        ("a\x1b[31mred", "a‹U+001B›[31mred"),
        ("safe\u202edesrever", "safe‹U+202E›desrever"),
        ("zero\u200bwidth", "zero‹U+200B›width"),
    ],
)
def test_what_a_line_hides_is_said(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_a_huge_line_says_how_much_is_left_out() -> None:
    (only,) = show_lines([line("x" * (LONGEST_LINE + 1234))])
    assert len(only.text) == LONGEST_LINE
    assert only.remark == "  … 1,234 more characters"


def test_white_space_is_drawn_where_it_alone_changed() -> None:
    removed, added, other = show_lines([line("\tcall( )  ", "-"), line("  call( )"), line("\tnew")])
    assert removed.text == "→   call( )··"
    assert added.text == "··call( )"
    assert other.text == "    new"
    assert len(removed.text) == len(removed.code)


def test_a_change_of_line_ends_alone_is_noticed() -> None:
    same = (line("a", "-"), line("b", "-"), line("a"), line("b"))
    assert only_line_ends_differ(same)
    assert not only_line_ends_differ((*same, line("c")))


def test_a_hunk_without_lines_has_no_rows() -> None:
    hunk = Hunk(1, "logo.png", "@@ @@", HunkState.OPEN, ())
    assert HunkRows(show_lines(hunk.lines), 20).count == 0


def test_a_badge_reads_as_sign_and_word() -> None:
    assert Badge("✓", "valid", "good").text == "✓ valid"
