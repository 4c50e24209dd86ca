"""Blocks of a diff drawn into strips, row by row, so that only what is seen is drawn."""

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from vibe_tui.changes.model import HunkState
from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.diff_layout import LaidBlock
from vibe_tui.ui.widgets.hunk_block import FileBlock, HunkBlock, is_open
from vibe_tui.ui.widgets.hunk_rows import Piece
from vibe_tui.ui.widgets.line_paint import BAR, split_row, unified_row
from vibe_tui.ui.widgets.paper import UNNOTICED, Attention, Paper

_COMMENT_INDENT = " " * 3


def paint(laid: LaidBlock, row: int, paper: Paper, attention: Attention = UNNOTICED) -> Strip:
    """Draw one row of a block.

    Args:
        laid: A heading or a hunk, folded to the paper's width.
        row: Counted from 0 at the block's top.
        paper: Size and colours.
        attention: Whether the reader is at it, and at which lines.

    Returns:
        A strip of exactly ``paper.width`` cells.
    """
    block = laid.block
    if isinstance(block, FileBlock):
        segments = _heading(block, laid, row, paper, attention)
    elif row == 0:
        segments = _hunk_header(block, paper, attention)
    else:
        segments = _hunk_row(block, laid, row - 1, paper, attention)
    if not segments:
        return Strip.blank(paper.width, paper.look("context"))
    return Strip(segments).adjust_cell_length(paper.width, segments[-1].style)


def _hunk_row(
    block: HunkBlock, laid: LaidBlock, row: int, paper: Paper, attention: Attention
) -> list[Segment]:
    """A row below a hunk's header: of its lines, or of what was said of them."""
    match laid.pieces(row):
        case (Piece() as piece,):
            return unified_row(block, piece, paper, attention)
        case (left, right):
            return split_row(block, left, right, paper, attention)
    return _note(laid, row - laid.line_rows, paper, attention, _COMMENT_INDENT)


def _note(
    laid: LaidBlock, index: int, paper: Paper, attention: Attention, indent: str = ""
) -> list[Segment]:
    if index >= len(laid.notes):
        return []
    note = laid.notes[index]
    return [_bar(paper, attention), Segment(indent + note.text, paper.look("context", note.look))]


def _bar(paper: Paper, attention: Attention) -> Segment:
    if attention.is_current:
        return Segment(BAR, paper.look("context", "current"))
    return Segment(" ", paper.look("context"))


def _heading(
    block: FileBlock, laid: LaidBlock, row: int, paper: Paper, attention: Attention
) -> list[Segment]:
    if not block.is_titled or row:
        return _note(laid, row - block.is_titled, paper, attention)
    path = shorten_path(clean_line(block.path), paper.width - 4)
    rule = "─" * (paper.width - cell_len(path) - 3)
    return [
        _bar(paper, attention),
        Segment(path + " ", paper.look("context", "file")),
        Segment(rule, paper.look("context", "rule")),
    ]


def _hunk_header(block: HunkBlock, paper: Paper, attention: Attention) -> list[Segment]:
    symbol = f"@@ {block.symbol}" if block.symbol else "@@"
    where = f"{'  ' if block.symbol else ' '}{block.where}"
    needed = cell_len(symbol) + cell_len(where) + 1
    right = _right_end(block, paper, attention, is_short=False)
    if needed > _room(paper, right):
        right = _right_end(block, paper, attention, is_short=True)
    room = max(_room(paper, right), 0)
    title = _shorten(symbol, max(room - cell_len(where) - 1, 4)) + where
    title = set_cell_size(_shorten(title, room - 1), room)
    look = paper.look("context", "remark" if attention.is_reviewed else "header")
    return [_bar(paper, attention), Segment(title, look), *right]


def _room(paper: Paper, right: list[Segment]) -> int:
    """Cells between the bar and what stands at the right, one being left free at the edge."""
    return paper.width - 2 - sum(segment.cell_length for segment in right)


def _right_end(
    block: HunkBlock, paper: Paper, attention: Attention, *, is_short: bool
) -> list[Segment]:
    """The right end of a hunk's header: whether it was seen, and its decision."""
    decision = _decision(block, paper, attention, is_short=is_short)
    if not attention.is_reviewed:
        return decision
    seen = "✓" if is_short else "✓ seen"
    return [Segment(f"{seen}  ", paper.look("context", "accepted")), *decision]


def _decision(
    block: HunkBlock, paper: Paper, attention: Attention, *, is_short: bool
) -> list[Segment]:
    """What was decided, or what can be clicked."""
    if paper.is_rolled_back or not is_open(block):
        word, look = _decided(block.hunk.state, is_rolled_back=paper.is_rolled_back)
        return [Segment(f"[{word}]", paper.look("context", look))]
    quiet = paper.look("context", "remark")
    style = paper.look("context", "action") if attention.is_current else quiet
    accept, reject = _offers(attention, is_short=is_short)
    return [
        Segment("[ ", quiet),
        Segment(accept, style + Style(meta={"decide": "accept", "k": block.hunk.k})),
        Segment("  ", quiet),
        Segment(reject, style + Style(meta={"decide": "reject", "k": block.hunk.k})),
        Segment(" ]", quiet),
    ]


def _offers(attention: Attention, *, is_short: bool) -> tuple[str, str]:
    if not attention.is_current:
        return ("✓", "✗") if is_short else ("accept", "reject")
    if is_short:
        return "h ✓", "X ✗"
    if attention.selected is None:
        return "h accept", "X reject"
    lines = "line" if attention.line_count == 1 else "lines"
    return f"h accept {attention.line_count:,} {lines}", "X reject"


def _decided(state: HunkState, *, is_rolled_back: bool) -> tuple[str, str]:
    if state is HunkState.REJECTED:
        return "✗ rejected", "rejected"
    return ("↶ rolled back", "remark") if is_rolled_back else ("✓ accepted", "accepted")


def _shorten(text: str, cells: int) -> str:
    if cell_len(text) <= cells:
        return text
    return set_cell_size(text, max(cells - 1, 0)).rstrip() + "…"


def shorten_path(path: str, cells: int) -> str:
    """Cut a path's front: its end says more."""
    while cell_len(path) > cells and "/" in path.lstrip("…/"):
        path = "…/" + path.lstrip("…/").split("/", 1)[1]
    return _shorten(path, cells)
