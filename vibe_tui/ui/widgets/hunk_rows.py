"""The rows that a hunk takes at a width, in one column or in two whose lines stand level."""

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, zip_longest
from typing import Protocol

from rich.cells import cell_len, get_character_cell_size

from vibe_tui.ui.widgets.hunk_text import QUIET, ShownLine
from vibe_tui.ui.widgets.line_pairs import equal_pairs, without_white_space

_BREAK_AFTER = ",;:.([{=+|&/-"
_NONE = -1


@dataclass(frozen=True, slots=True)
class Piece:
    """What one screen row shows of a line: its characters from ``start`` to ``end``."""

    line: ShownLine
    index: int
    start: int
    end: int

    @property
    def is_first(self) -> bool:
        """Whether the line starts here, else it continues."""
        return self.start == 0

    @property
    def is_below(self) -> bool:
        """Whether the line has ended above."""
        return self.start == self.end > 0


class Rows(Protocol):
    """Rows of a hunk's lines, counted from 0."""

    @property
    def count(self) -> int:
        """How many rows."""
        ...

    def pieces(self, row: int) -> tuple[Piece | None, ...]:
        """What stands on a row, a column each; None where a column has nothing."""
        ...

    def span_of(self, index: int) -> tuple[int, int]:
        """The first row of a line, and the row behind its last."""
        ...


class HunkRows:
    """One column: removed lines above those that replace them.

    Args:
        lines: The hunk's lines.
        width: Cells for text, at least 2.
    """

    def __init__(self, lines: Sequence[ShownLine], width: int) -> None:
        self._lines = lines
        self._width = width
        heights = (0 if line.is_twin else _height(line, width) for line in lines)
        self._ends = array("I", accumulate(heights))

    @property
    def count(self) -> int:
        """How many rows."""
        return self._ends[-1] if self._ends else 0

    def pieces(self, row: int) -> tuple[Piece | None, ...]:
        """The one piece on a row."""
        index = bisect_right(self._ends, row)
        nth = row - (self._ends[index - 1] if index else 0)
        return (_piece(self._lines, index, nth, self._width),)

    def span_of(self, index: int) -> tuple[int, int]:
        """The first row of a line, and the row behind its last."""
        return (self._ends[index - 1] if index else 0), self._ends[index]


class SplitRows:
    """Two columns, before and after: what replaces a line stands beside it.

    Args:
        lines: The hunk's lines.
        width: Cells for the text of a column, at least 2.
    """

    def __init__(self, lines: Sequence[ShownLine], width: int) -> None:
        self._lines = lines
        self._width = width
        pairs = list(_level(lines))
        self._left = array("i", [left for left, _ in pairs])
        self._right = array("i", [right for _, right in pairs])
        self._place = array("I", [0] * len(lines))
        heights = array("I")
        for at, pair in enumerate(pairs):
            for index in pair:
                if index != _NONE:
                    self._place[index] = at
            shown = (_height(lines[i], width) for i in {*pair} if i != _NONE)
            heights.append(max(shown))
        self._ends = array("I", accumulate(heights))

    @property
    def count(self) -> int:
        """How many rows."""
        return self._ends[-1] if self._ends else 0

    def pieces(self, row: int) -> tuple[Piece | None, ...]:
        """The pieces before and after on a row."""
        at = bisect_right(self._ends, row)
        nth = row - (self._ends[at - 1] if at else 0)
        sides = self._left[at], self._right[at]
        return tuple(
            None if index == _NONE else _piece(self._lines, index, nth, self._width)
            for index in sides
        )

    def span_of(self, index: int) -> tuple[int, int]:
        """The first row of a line, and the row behind its last."""
        at = self._place[index]
        return (self._ends[at - 1] if at else 0), self._ends[at]


def _height(line: ShownLine, width: int) -> int:
    text = line.text + line.tail if line.tail else line.text
    return 1 if len(text) <= width and text.isascii() else len(fold(text, width))


def _piece(lines: Sequence[ShownLine], index: int, nth: int, width: int) -> Piece:
    """The nth row of a line; nothing of it below its last, where its neighbour is longer."""
    line = lines[index]
    text = line.text + line.tail
    edges = [*fold(text, width), len(text)]
    last = len(edges) - 1
    return Piece(line, index, edges[min(nth, last)], edges[min(nth + 1, last)])


# Which lines stand level.


def _level(lines: Sequence[ShownLine]) -> Iterator[tuple[int, int]]:
    """The lines before and after of each level, as indexes; -1 where a side has none."""
    for is_change, run in groupby(range(len(lines)), lambda index: lines[index].is_change):
        if is_change:
            yield from _level_changes(lines, list(run))
            continue
        for index in run:
            if lines[index].kind != QUIET:
                yield index, index
            elif lines[index].is_twin:
                yield index, index + 1


def _level_changes(lines: Sequence[ShownLine], run: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Changed lines that follow one another: like beside like, the rest in their order."""
    removed = [index for index in run if lines[index].kind == "-"]
    added = [index for index in run if lines[index].kind == "+"]
    i = j = 0
    for m, n in [*_like_pairs(lines, removed, added), (len(removed), len(added))]:
        yield from zip_longest(removed[i:m], added[j:n], fillvalue=_NONE)
        if m < len(removed):
            yield removed[m], added[n]
        i, j = m + 1, n + 1


def _like_pairs(
    lines: Sequence[ShownLine], removed: Sequence[int], added: Sequence[int]
) -> list[tuple[int, int]]:
    numbers = {lines[index].new_number: at for at, index in enumerate(added)}
    known = [
        (at, numbers[lines[index].pair])
        for at, index in enumerate(removed)
        if lines[index].pair in numbers
    ]
    if known or (len(removed) < 2 and len(added) < 2):
        return known
    old = [without_white_space(lines[index].code) for index in removed]
    return equal_pairs(old, [without_white_space(lines[index].code) for index in added])


# Folding.


def fold(text: str, width: int) -> list[int]:
    """Where each row of a line starts when it is folded; never drops a character.

    Breaks behind a space of the row's last third, else behind a punctuation mark there, else at
    the edge, over which one space may hang.

    Args:
        text: One line, without tabs.
        width: Cells of a row, at least 2.

    Returns:
        Offsets into ``text``, the first 0.
    """
    if len(text) <= width and (text.isascii() or cell_len(text) <= width):
        return [0]
    starts = [0]
    while (end := _row_end(text, starts[-1], width)) < len(text):
        start = _soft_end(text, starts[-1], end)
        if start == len(text):
            break
        starts.append(start)
    return starts


def _row_end(text: str, start: int, width: int) -> int:
    if text.isascii():
        return start + width
    cells = 0
    for index in range(start, len(text)):
        cells += get_character_cell_size(text[index])
        if cells > width:
            return index
    return len(text)


def _soft_end(text: str, start: int, end: int) -> int:
    if text[end] == " ":
        return end + 1  # a space hangs over the edge rather than lead the next row
    places = range(end, end - (end - start) // 3, -1)
    for breaks in (" ", _BREAK_AFTER):
        found = next((at for at in places if text[at - 1] in breaks), None)
        if found is not None:
            return found
    return end
