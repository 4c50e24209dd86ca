"""The rows that a transcript's view holds: a stretch of the whole, grown and cut as one reads.

Five thousand messages cost what is on the screen and somewhat around it. All of it is plain
arithmetic over lists, so that a view can change what it holds and where it stands in one step.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from vibe_tui.ui.part_lines import PartLines
from vibe_tui.ui.rows import EMPTY, Line, Row, first_difference, rows_of
from vibe_tui.ui.transcript import EditPart, NotePart, Part, Transcript

_KEYS_A_PART = 1 << 20
_BLANK = Line(EMPTY)
USUAL_ROWS = 600
"""Rows that a window begins with."""
MOST_ROWS = 3_000
"""Rows above which a window is cut on the side away from the reader."""


def part_number(key: int) -> int:
    """The part that a row's key belongs to."""
    return key // _KEYS_A_PART


def line_index(key: int) -> int:
    """The line within its part, from 0; -1 for the blank row before it."""
    return key % _KEYS_A_PART - 1


@dataclass(slots=True)
class _Block:
    part: Part
    source: PartLines
    revision: int = -1
    lines: list[Line] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    """Begins with a blank row when the block stands apart from the one before."""

    def update(self, width: int, before: Part | None) -> None:
        """Lay the part out, keeping the rows that stay the same."""
        new = self.source.lines(width)
        base = self.part.number * _KEYS_A_PART
        kept_lines = first_difference(self.lines, new)
        limit = bisect_left(self.rows, base + kept_lines + 1, key=_key) if self.rows else 0
        kept = self.rows[:limit] if kept_lines else []
        if new and not kept and _stands_apart(before, self.part):
            kept.append(Row(_BLANK, base, 0, 0))
        for index in range(kept_lines, len(new)):
            kept.extend(rows_of(new[index], base + index + 1, width))
        self.lines, self.rows, self.revision = new, kept, self.part.revision


def _key(row: Row) -> int:
    return row.key


def _stands_apart(before: Part | None, part: Part) -> bool:
    if before is None:
        return False
    close = NotePart | EditPart
    return not (isinstance(before, close) and isinstance(part, close))


def _same_at_start(old: Sequence[Row], first: int, new: Sequence[Row]) -> int:
    """How many rows from ``first`` on are the very same."""
    pairs = zip(islice(old, first, None), new, strict=False)
    return next(
        (i for i, (before, after) in enumerate(pairs) if before is not after),
        min(len(old) - first, len(new)),
    )


class RowWindow:
    """Consecutive parts of a transcript as rows.

    Args:
        transcript: What is shown.
    """

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._blocks: list[_Block] = []
        self._start = 0
        self._is_tail = True
        self.width = 0
        self.rows: list[Row] = []
        """From top to bottom, their keys rising."""

    @property
    def has_end(self) -> bool:
        """Whether the last part of the transcript that was laid out is in the window."""
        return self._is_tail

    @property
    def has_start(self) -> bool:
        """Whether the transcript's first part is in the window."""
        return self._start == 0

    def sync(self) -> int | None:
        """Lay out what changed.

        Returns:
            The first row that may differ; None when nothing changed.
        """
        parts = self._transcript.parts
        while self._blocks and not self._is_current(self._start + len(self._blocks) - 1):
            self._blocks.pop()
        changed = next(
            (i for i, block in enumerate(self._blocks) if block.revision != block.part.revision),
            len(self._blocks),
        )
        for block in self._blocks[changed:]:
            if block.revision != block.part.revision:
                block.update(self.width, self._before(block.part.number))
        if self._is_tail:
            for index in range(self._start + len(self._blocks), len(parts)):
                self._blocks.append(self._block(index))
        first = sum(len(block.rows) for block in self._blocks[:changed])
        rows = [row for block in self._blocks[changed:] for row in block.rows]
        same = _same_at_start(self.rows, first, rows)
        if first + same == len(self.rows) and same == len(rows):
            return None
        self.rows[first + same :] = rows[same:]
        return first + same

    def _is_current(self, index: int) -> bool:
        parts = self._transcript.parts
        return index < len(parts) and self._blocks[index - self._start].part is parts[index]

    def _before(self, index: int) -> Part | None:
        return self._transcript.parts[index - 1] if index else None

    def _block(self, index: int) -> _Block:
        part = self._transcript.parts[index]
        block = _Block(part, PartLines(part))
        block.update(self.width, self._before(index))
        return block

    def show_end(self, least_rows: int = USUAL_ROWS) -> None:
        """Hold the transcript's end and at least so many rows, where there are as many."""
        self._blocks, self.rows = [], []
        self._start, self._is_tail = len(self._transcript.parts), True
        self.extend_up(least_rows)

    def show_start(self, least_rows: int = USUAL_ROWS) -> None:
        """Hold the transcript's start and at least so many rows."""
        self._blocks, self.rows = [], []
        self._start, self._is_tail = 0, not self._transcript.parts
        self.extend_down(least_rows)

    def show_around(self, key: int, rows: int = USUAL_ROWS) -> None:
        """Hold a line and about so many rows on both sides of it."""
        index = min(part_number(key), max(0, len(self._transcript.parts) - 1))
        self._blocks, self.rows = [], []
        self._start, self._is_tail = index, index >= len(self._transcript.parts)
        self.extend_down(rows)
        self.extend_up(rows)

    def extend_up(self, least_rows: int) -> int:
        """Add older rows; return how many were added."""
        blocks: list[_Block] = []
        added = 0
        while self._start and added < least_rows:
            self._start -= 1
            blocks.append(self._block(self._start))
            added += len(blocks[-1].rows)
        blocks.reverse()
        self._blocks[:0] = blocks
        self.rows[:0] = [row for block in blocks for row in block.rows]
        return added

    def extend_down(self, least_rows: int) -> int:
        """Add newer rows; return how many were added."""
        added = 0
        parts = self._transcript.parts
        while not self._is_tail and added < least_rows:
            index = self._start + len(self._blocks)
            if index < len(parts):
                self._blocks.append(self._block(index))
                self.rows.extend(self._blocks[-1].rows)
                added += len(self._blocks[-1].rows)
            self._is_tail = self._start + len(self._blocks) >= len(parts)
        return added

    def trim_top(self, first_visible: int) -> int:
        """Cut whole parts well above the reader; return how many rows went."""
        removed, count = 0, 0
        spare = min(first_visible - USUAL_ROWS, len(self.rows) - MOST_ROWS)
        for block in self._blocks:
            if removed + len(block.rows) > spare:
                break
            removed += len(block.rows)
            count += 1
        del self._blocks[:count]
        del self.rows[:removed]
        self._start += count
        return removed

    def trim_bottom(self, last_visible: int) -> None:
        """Cut whole parts well below the reader."""
        keep = max(last_visible + USUAL_ROWS, MOST_ROWS)
        while self._blocks and len(self.rows) - len(self._blocks[-1].rows) >= keep:
            block = self._blocks.pop()
            del self.rows[len(self.rows) - len(block.rows) :]
            self._is_tail = False

    def index_of(self, key: int, x: int = 0) -> int:
        """The row that shows a character of a line, or the row nearest to it."""
        index = bisect_right(self.rows, (key, x), key=lambda row: (row.key, row.x)) - 1
        return max(0, index)

    def lines(self) -> list[tuple[int, str]]:
        """Every line held, as (key, text)."""
        found = []
        for block in self._blocks:
            base = block.part.number * _KEYS_A_PART
            found += [(base + i + 1, line.content.plain) for i, line in enumerate(block.lines)]
        return found
