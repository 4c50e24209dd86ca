"""What a diff view stacks: headings of files, and hunks, each one renderable of many rows.

A block knows its rows at a width and nothing of colours or the screen; another view of the same
hunk, such as two columns, is another kind of block.
"""

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from vibe_tui.changes.model import ChangeAction, FileDiff, Hunk, HunkState
from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.hunk_text import (
    ShownLine,
    fold,
    only_line_ends_differ,
    show_lines,
)

Span = tuple[int, int, str]
"""Start and end character of a line, and the name of its colour."""
_HEADER = re.compile(r"@@.*?@@ ?")


@dataclass(frozen=True, slots=True)
class Piece:
    """One screen row of a hunk's line: its characters from ``start`` to ``end``."""

    line: ShownLine
    index: int
    start: int
    end: int

    @property
    def is_first(self) -> bool:
        """Whether the line starts here, else it continues."""
        return self.start == 0


@dataclass(slots=True, eq=False)
class FileBlock:
    """The heading of a file, with what is to know of it before its hunks."""

    diff: FileDiff
    remarks: tuple[str, ...]
    is_titled: bool
    """Whether it draws the file's name; a lone file is named in the list above already."""

    @property
    def path(self) -> str:
        """The file, relative to the project."""
        return self.diff.change.path

    @property
    def is_stop(self) -> bool:
        """Whether a reader steps on it: a file without hunks is decided as a whole."""
        return not self.diff.hunks

    @property
    def heading_rows(self) -> int:
        """Rows drawn, without the empty one behind them."""
        return len(self.remarks) + self.is_titled


@dataclass(slots=True, eq=False)
class HunkBlock:
    """A hunk: its header, its lines folded to the width, an empty row."""

    hunk: Hunk
    symbol: str
    """What encloses it, if known."""
    where: str
    """Its line numbers, and what else its header says."""
    lines: tuple[ShownLine, ...]
    spans: tuple[tuple[Span, ...], ...] | None = None
    """Syntax colours of each line, once somebody has looked at the hunk."""
    is_stop = True

    @property
    def path(self) -> str:
        """The file, relative to the project."""
        return self.hunk.path


class HunkRows:
    """The rows that a hunk's lines take at a width.

    Args:
        lines: The hunk's lines.
        width: Cells for text, at least 2.
    """

    def __init__(self, lines: Sequence[ShownLine], width: int) -> None:
        self._lines = lines
        self._width = width
        heights = (len(fold(line.text + line.remark, width)) for line in lines)
        self._ends = array("I", accumulate(heights))

    @property
    def count(self) -> int:
        """How many rows."""
        return self._ends[-1] if self._ends else 0

    def piece(self, row: int) -> Piece:
        """What stands on a row, counted from 0."""
        index = bisect_right(self._ends, row)
        line = self._lines[index]
        text = line.text + line.remark
        starts = fold(text, self._width)
        nth = row - (self._ends[index - 1] if index else 0)
        end = starts[nth + 1] if nth + 1 < len(starts) else len(text)
        return Piece(line, index, starts[nth], end)


Block = FileBlock | HunkBlock


def build_blocks(diffs: Sequence[FileDiff]) -> list[Block]:
    """Make the blocks of a change; takes about 2 µs a line.

    Args:
        diffs: Its files in order.
    """
    blocks: list[Block] = []
    for diff in diffs:
        blocks.append(file_block(diff, is_titled=len(diffs) > 1))
        blocks.extend(_hunk_block(hunk) for hunk in diff.hunks)
    return blocks


def file_block(diff: FileDiff, *, is_titled: bool) -> FileBlock:
    """The heading of a file.

    Args:
        diff: The file.
        is_titled: Whether the heading names it.
    """
    return FileBlock(diff, _remarks(diff), is_titled)


def number_digits(blocks: Sequence[Block]) -> int:
    """Digits of the largest line number of a change, at least 2."""
    hunks = (block for block in blocks if isinstance(block, HunkBlock))
    ends = (line for block in hunks for line in block.lines[-2:])
    numbers = (max(line.old_number or 0, line.new_number or 0) for line in ends)
    return max(2, len(str(max(numbers, default=0))))


def is_open(block: Block) -> bool:
    """Whether a person has not yet decided on it."""
    if isinstance(block, HunkBlock):
        return block.hunk.state is HunkState.OPEN
    states = block.diff.change.hunk_states
    return block.is_stop and (not states or HunkState.OPEN in states)


def _hunk_block(hunk: Hunk) -> HunkBlock:
    symbol = clean_line(_HEADER.sub("", hunk.header, count=1))
    where = _line_range(hunk)
    if not symbol and where[0].isdigit():
        where = f"lines {where}" if "–" in where else f"line {where}"
    if hunk.lines and only_line_ends_differ(hunk.lines):
        where += "  only line ends differ"
    return HunkBlock(hunk, symbol, where, show_lines(hunk.lines))


def _line_range(hunk: Hunk) -> str:
    """The hunk's lines in the new file, or in the old one when none is left."""
    numbers = [line.new_number for line in hunk.lines if line.new_number]
    numbers = numbers or [line.old_number for line in hunk.lines if line.old_number]
    if not numbers:
        return "whole file"
    first, last = numbers[0], numbers[-1]
    return str(first) if first == last else f"{first}–{last}"


def _remarks(diff: FileDiff) -> tuple[str, ...]:
    change = diff.change
    remarks = []
    if change.action is ChangeAction.RENAME and change.renamed_from:
        remarks.append(f"renamed from {clean_line(change.renamed_from)}")
    elif change.action is ChangeAction.CREATE:
        remarks.append("new file")
    elif change.action is ChangeAction.DELETE:
        remarks.append("the file is deleted")
    if diff.note:
        remarks.append(clean_line(diff.note))
    if not diff.hunks and not diff.note:
        remarks.append("no lines change")
    if not change.reversible:
        remarks.append("cannot be rolled back once accepted")
    if change.conflict:
        remarks.append(f"! conflict: {clean_line(change.conflict)}")
    return tuple(remarks)
