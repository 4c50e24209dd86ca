"""Blocks of a diff drawn into strips, row by row, so that only what is seen is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from vibe_tui.changes.model import HunkState
from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.hunk_block import (
    Block,
    FileBlock,
    HunkBlock,
    HunkRows,
    Piece,
    Span,
    is_open,
)

NARROW = 44
"""Below this many cells one column of line numbers is drawn, not two."""
_CONTINUES = "↳"
_BAR = "▌"
_ROW_LOOKS = {"+": "added", "-": "removed", " ": "context"}


class Look(Protocol):
    """Gives the style of a kind of row (context, added, removed), or of an ink on it."""

    def __call__(self, row: str, ink: str = "") -> Style:
        """The style."""
        ...


@dataclass(frozen=True, slots=True)
class Paper:
    """What blocks are drawn on.

    Changed lines keep one colour when ``is_plain``, because a terminal's own palette has no tints
    to lay behind syntax colours.
    """

    width: int
    digits: int
    look: Look
    is_plain: bool = False
    is_rolled_back: bool = False
    """Whether the proposal was taken back; its open hunks then offer no decision."""

    @property
    def has_two_columns(self) -> bool:
        """Whether old and new line numbers have a column each."""
        return self.width >= NARROW

    @property
    def gutter(self) -> int:
        """Cells left of the text: bar, line numbers, sign and the gaps between them."""
        return self.digits * (2 if self.has_two_columns else 1) + self.has_two_columns + 4

    @property
    def text_width(self) -> int:
        """Cells of a row's text, one being left free at the right."""
        return max(8, self.width - self.gutter - 1)

    def with_palette(self, *, is_plain: bool) -> "Paper":
        """The same sheet in another theme."""
        return replace(self, is_plain=is_plain)


def paint(
    block: Block, rows: HunkRows | None, row: int, paper: Paper, *, is_current: bool
) -> Strip:
    """Draw one row of a block.

    Args:
        block: A heading or a hunk.
        rows: The hunk's lines at the paper's width.
        row: Counted from 0 at the block's top.
        paper: Size and colours.
        is_current: Whether it is what the keys act on.

    Returns:
        A strip of exactly ``paper.width`` cells.
    """
    if isinstance(block, FileBlock):
        if row >= block.heading_rows:
            return Strip.blank(paper.width, paper.look("context"))
        segments = _heading(block, row, paper, is_current=is_current)
    elif row == 0:
        segments = _hunk_header(block, paper, is_current=is_current)
    elif rows is not None and row <= rows.count:
        segments = _line(block, rows.piece(row - 1), paper, is_current=is_current)
    else:
        return Strip.blank(paper.width, paper.look("context"))
    return Strip(segments).adjust_cell_length(paper.width, segments[-1].style)


def _bar(paper: Paper, *, is_current: bool) -> Segment:
    if is_current:
        return Segment(_BAR, paper.look("context", "current"))
    return Segment(" ", paper.look("context"))


def _heading(block: FileBlock, row: int, paper: Paper, *, is_current: bool) -> list[Segment]:
    bar = _bar(paper, is_current=is_current)
    if block.is_titled and row == 0:
        path = shorten_path(clean_line(block.path), paper.width - 4)
        rule = "─" * (paper.width - cell_len(path) - 3)
        return [
            bar,
            Segment(path + " ", paper.look("context", "file")),
            Segment(rule, paper.look("context", "rule")),
        ]
    remark = block.remarks[row - block.is_titled] if block.remarks else ""
    look = "warning" if remark.startswith("!") else "remark"
    text = _shorten(remark, paper.width - 2)
    return [bar, Segment(text, paper.look("context", look))]


def _hunk_header(block: HunkBlock, paper: Paper, *, is_current: bool) -> list[Segment]:
    symbol = f"@@ {block.symbol}" if block.symbol else "@@"
    where = f"{'  ' if block.symbol else ' '}{block.where}"
    needed = cell_len(symbol) + cell_len(where) + 1
    right = _decision(block, paper, is_current=is_current, is_short=False)
    if needed > _room(paper, right):
        right = _decision(block, paper, is_current=is_current, is_short=True)
    room = max(_room(paper, right), 0)
    title = _shorten(symbol, max(room - cell_len(where) - 1, 4)) + where
    title = set_cell_size(_shorten(title, room - 1), room)
    look = paper.look("context", "header")
    return [_bar(paper, is_current=is_current), Segment(title, look), *right]


def _room(paper: Paper, right: list[Segment]) -> int:
    """Cells between the bar and what stands at the right, one being left free at the edge."""
    return paper.width - 2 - sum(segment.cell_length for segment in right)


def _decision(block: HunkBlock, paper: Paper, *, is_current: bool, is_short: bool) -> list[Segment]:
    """The right end of a hunk's header: what was decided, or what can be clicked."""
    if paper.is_rolled_back or not is_open(block):
        word, look = _decided(block.hunk.state, is_rolled_back=paper.is_rolled_back)
        return [Segment(f"[{word}]", paper.look("context", look))]
    quiet = paper.look("context", "remark")
    style = paper.look("context", "action") if is_current else quiet
    accept, reject = ("h accept", "X reject") if is_current else ("accept", "reject")
    if is_short:
        accept, reject = ("h ✓", "X ✗") if is_current else ("✓", "✗")
    return [
        Segment("[ ", quiet),
        Segment(accept, style + Style(meta={"decide": "accept", "k": block.hunk.k})),
        Segment("  ", quiet),
        Segment(reject, style + Style(meta={"decide": "reject", "k": block.hunk.k})),
        Segment(" ]", quiet),
    ]


def _decided(state: HunkState, *, is_rolled_back: bool) -> tuple[str, str]:
    if state is HunkState.REJECTED:
        return "✗ rejected", "rejected"
    return ("↶ rolled back", "remark") if is_rolled_back else ("✓ accepted", "accepted")


def _line(block: HunkBlock, piece: Piece, paper: Paper, *, is_current: bool) -> list[Segment]:
    line = piece.line
    kind = _ROW_LOOKS[line.kind]
    row, number = paper.look(kind), paper.look(kind, "number")
    sign = row + Style(bold=True)
    segments = [_bar(paper, is_current=is_current)]
    if piece.is_first:
        segments += [
            Segment(_numbers(piece, paper), number),
            Segment(f" {line.kind} ", sign),
        ]
    else:
        blank = " " * (paper.gutter - 4)
        segments.append(Segment(f"{blank} {_CONTINUES} ", number))
    spans = block.spans[piece.index] if block.spans else ()
    if paper.is_plain and line.kind != " ":
        spans = ()
    segments += _coloured(piece, spans, kind, paper)
    room = paper.width - sum(segment.cell_length for segment in segments)
    return [*segments, Segment(" " * room, row)]


def _numbers(piece: Piece, paper: Paper) -> str:
    old, new = piece.line.old_number, piece.line.new_number
    columns = (old, new) if paper.has_two_columns else (old if new is None else new,)
    return " ".join(("" if n is None else str(n)).rjust(paper.digits) for n in columns)


def _coloured(piece: Piece, spans: tuple[Span, ...], kind: str, paper: Paper) -> Iterator[Segment]:
    """The characters of a piece, cut where colours change; a remark of ours comes last."""
    line, row = piece.line, paper.look(kind)
    text, at = line.text + line.remark, piece.start
    for start, end, role in (*spans, (len(line.text), len(text), "warning")):
        start, end = max(start, at), min(end, piece.end)
        if start >= end:
            continue
        if at < start:
            yield Segment(text[at:start], row)
        yield Segment(text[start:end], paper.look(kind, role))
        at = end
    if at < piece.end:
        yield Segment(text[at : piece.end], row)


def _shorten(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(cells - 1, 0)).rstrip() + "…"


def shorten_path(path: str, cells: int) -> str:
    """Cut a path's front: its end says more."""
    while cell_len(path) > cells and "/" in path.lstrip("…/"):
        path = "…/" + path.lstrip("…/").split("/", 1)[1]
    return _shorten(path, cells)
