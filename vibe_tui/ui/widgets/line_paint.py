"""The lines of a hunk drawn into segments: numbers, signs, and words in their colours."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.segment import Segment
from rich.style import Style

from vibe_tui.ui.widgets.hunk_block import HunkBlock, Span
from vibe_tui.ui.widgets.hunk_rows import Piece
from vibe_tui.ui.widgets.hunk_syntax import spans_of
from vibe_tui.ui.widgets.hunk_text import QUIET
from vibe_tui.ui.widgets.paper import Attention, Paper

BAR = "▌"
"""Stands left of what the keys act on: the current hunk, or its selected lines."""
_CURSOR = ">"
_UNSELECTED = "▏"
_CONTINUES = "↳"
_MOVED = "⇄"
_DIVIDER = "│"
_ROW_LOOKS = {"+": "added", "-": "removed", " ": "context", QUIET: "context"}


def unified_row(
    block: HunkBlock, piece: Piece, paper: Paper, attention: Attention
) -> list[Segment]:
    """A row of one column.

    Args:
        block: The hunk.
        piece: What stands on the row.
        paper: Size and colours.
        attention: What the reader is at.
    """
    edge = _edge(piece, paper, attention, " ", has_bar=attention.is_current)
    old, new = piece.line.old_number, piece.line.new_number
    numbers = (old, new) if paper.has_two_numbers else (old if new is None else new,)
    return [edge, *_column(block, piece, numbers, paper, attention)]


def split_row(
    block: HunkBlock,
    left: Piece | None,
    right: Piece | None,
    paper: Paper,
    attention: Attention,
) -> list[Segment]:
    """A row of two columns, before and after.

    Args:
        block: The hunk.
        left: What stands on the row before the change.
        right: What stands there after it.
        paper: Size and colours.
        attention: What the reader is at.
    """
    segments = [_edge(left, paper, attention, " ", has_bar=attention.is_current)]
    segments += _side(block, left, left.line.old_number if left else None, paper, attention)
    both_same = left is not None and right is not None and left.line is right.line
    segments.append(_edge(None if both_same else right, paper, attention, _DIVIDER, has_bar=False))
    return segments + _side(
        block, right, right.line.new_number if right else None, paper, attention
    )


def _edge(
    piece: Piece | None, paper: Paper, attention: Attention, otherwise: str, *, has_bar: bool
) -> Segment:
    """The cell left of a column: the bar of the current hunk, or the sign of a selected line."""
    quiet = paper.look("context", "rule")
    if attention.selected is None and has_bar:
        return Segment(BAR, paper.look("context", "current"))
    if attention.selected is None:
        return Segment(otherwise, quiet)
    row = piece.line.row if piece is not None else -1
    if row == attention.cursor and row >= 0:
        return Segment(_CURSOR, paper.look("selected"))
    if row in attention.selected:
        return Segment(BAR, paper.look("selected"))
    return Segment(_UNSELECTED if has_bar else otherwise, quiet)


def _side(
    block: HunkBlock,
    piece: Piece | None,
    number: int | None,
    paper: Paper,
    attention: Attention,
) -> list[Segment]:
    """One of two columns."""
    if piece is None:
        return [Segment(" " * paper.column_width, paper.look("absent"))]
    return _column(block, piece, (number,), paper, attention)


def _column(
    block: HunkBlock,
    piece: Piece,
    numbers: Sequence[int | None],
    paper: Paper,
    attention: Attention,
) -> list[Segment]:
    """Numbers, sign and text, filled up to the column's width."""
    row = _ROW_LOOKS[piece.line.kind]
    segments = [
        _number_cells(piece, numbers, paper, attention),
        *_sign_cells(piece, paper),
        *_text(block, piece, row, paper, is_quiet=attention.is_reviewed),
    ]
    room = paper.column_width - sum(segment.cell_length for segment in segments)
    return [*segments, Segment(" " * room, paper.look(row))] if room > 0 else segments


def _number_cells(
    piece: Piece, numbers: Sequence[int | None], paper: Paper, attention: Attention
) -> Segment:
    shown = numbers if piece.is_first else [None] * len(numbers)
    text = " ".join(("" if n is None else str(n)).rjust(paper.digits) for n in shown)
    if attention.selected is not None and piece.line.row in attention.selected:
        return Segment(text, paper.look("selected"))
    return Segment(text, paper.look(_ROW_LOOKS[piece.line.kind], "number"))


def _sign_cells(piece: Piece, paper: Paper) -> list[Segment]:
    line = piece.line
    row = _ROW_LOOKS[line.kind]
    quiet = paper.look(row, "number")
    if not piece.is_first:
        return [Segment(f" {' ' if piece.is_below else _CONTINUES} ", quiet)]
    sign = paper.look(row) + Style(bold=True) if line.is_change else quiet
    return [Segment(_MOVED if line.is_moved else " ", quiet), Segment(f"{line.kind} ", sign)]


# The text.


def _text(
    block: HunkBlock, piece: Piece, row: str, paper: Paper, *, is_quiet: bool
) -> Iterator[Segment]:
    """The characters of a piece, cut where colours change; words of ours come last."""
    line = piece.line
    text = line.text + line.tail
    end_of_text = len(line.text)
    own: Sequence[Span] = ()
    if is_quiet or line.kind == QUIET:
        own = ((0, end_of_text, "remark"),)
    elif not (paper.is_plain and line.is_change):
        own = spans_of(block, piece.index)
    end_of_remark = end_of_text + len(line.remark)
    ours = ((end_of_text, end_of_remark, "warning"), (end_of_remark, len(text), "remark"))
    spans = _within(piece, (*own, *ours))
    alerts = _within(piece, [(start, end, "warning") for start, end in line.alerts])
    marks = () if is_quiet else _within(piece, [(start, end, "") for start, end in line.marks])
    edges = {edge for start, end, _ in (*spans, *alerts, *marks) for edge in (start, end)}
    for start, end in pairwise(sorted({piece.start, piece.end, *edges})):
        ink = _role_at(alerts, start) or _role_at(spans, start) or ""
        is_marked = _role_at(marks, start) is not None
        yield Segment(text[start:end], paper.look(f"{row}-word" if is_marked else row, ink))


def _within(piece: Piece, spans: Sequence[Span]) -> list[Span]:
    """The spans, or parts of spans, that a piece shows."""
    return [
        (max(start, piece.start), min(end, piece.end), role)
        for start, end, role in spans
        if start < piece.end and end > piece.start and start < end
    ]


def _role_at(spans: Sequence[Span], at: int) -> str | None:
    """The name of the span that covers a character; None when none does."""
    return next((role for start, end, role in spans if start <= at < end), None)
