"""From lines of text to rows of a pane: wrapping that keeps what stands where."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len, get_character_cell_size
from textual.content import Content
from textual.strip import Strip

_WORD = re.compile(r"\s*\S+\s*|\s+")
EMPTY = Content("")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text as it was written, before it is wrapped.

    Attributes:
        content: The text, without a line end.
        first: What stands before its first row, such as a bullet. Not part of a selection.
        rest: What stands before its further rows.
        fill: Component class that colours the rows from edge to edge; empty for none.
        end: Stands at the right edge of the first row where there is room.
    """

    content: Content
    first: Content = EMPTY
    rest: Content = EMPTY
    fill: str = ""
    end: Content = EMPTY

    def looks_like(self, other: "Line") -> bool:
        """Whether both draw the same rows."""
        return self is other or (
            self.fill == other.fill
            and self.content.is_same(other.content)
            and self.first.is_same(other.first)
            and self.end.is_same(other.end)
        )


@dataclass(eq=False, slots=True)
class Row:
    """What one row of the pane shows of a line.

    Attributes:
        key: The line's identity, rising from top to bottom.
        x: Characters of the line before this row.
        x_end: Characters of the line up to the end of this row.
        strip: The row as drawn last; None when it must be drawn anew.
    """

    line: Line
    key: int
    x: int
    x_end: int
    strip: Strip | None = None

    @property
    def prefix(self) -> Content:
        """What stands before the text."""
        return self.line.rest if self.x else self.line.first


def cuts(text: str, width: int, further: int | None = None) -> list[int]:
    """Where a text is broken into rows.

    Args:
        text: One line.
        width: Cells of the first row, at least 1.
        further: Cells of the rows after it; None for as many.

    Returns:
        Character offsets at which a new row begins: at words where they fit, else inside them.
    """
    if len(text) <= width and text.isascii():
        return []
    found: list[int] = []
    used = 0
    for match in _WORD.finditer(text):
        word = match.group()
        visible = cell_len(word.rstrip())
        if used + visible > width:
            if used:
                found.append(match.start())
                width = further or width
            used = 0
            if visible > width:
                inner, used = _inner_cuts(word.rstrip(), width, further or width)
                if inner:
                    width = further or width
                found.extend(match.start() + offset for offset in inner)
                used += cell_len(word) - visible
                continue
        used += cell_len(word)
    return found


def _inner_cuts(word: str, width: int, further: int) -> tuple[list[int], int]:
    """Break one long word; return the offsets and the cells used in its last row."""
    found: list[int] = []
    used = 0
    for offset, character in enumerate(word):
        cells = get_character_cell_size(character)
        if used and used + cells > width:
            found.append(offset)
            used, width = 0, further
        used += cells
    return found, used


def rows_of(line: Line, key: int, width: int) -> Iterator[Row]:
    """Wrap a line.

    Args:
        line: The line.
        key: Its identity.
        width: Cells of the pane.
    """
    text = line.content.plain
    first = max(1, width - line.first.cell_length)
    further = max(1, width - line.rest.cell_length)
    offsets = [0, *cuts(text, first, further), len(text)]
    for x, x_end in pairwise(offsets):
        yield Row(line, key, x, x_end)


def first_difference(old: Sequence[Line], new: Sequence[Line]) -> int:
    """How many lines at the start draw the same rows."""
    for index, (before, after) in enumerate(zip(old, new, strict=False)):
        if not before.looks_like(after):
            return index
    return min(len(old), len(new))
