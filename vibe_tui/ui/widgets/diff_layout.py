"""Where each block of a diff stands at one width: made in any thread, never changed."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from vibe_tui.changes.model import FileDiff, HunkComment
from vibe_tui.foreign import clean
from vibe_tui.ui.widgets.hunk_block import Block, FileBlock, HunkBlock, is_open, restate
from vibe_tui.ui.widgets.hunk_rows import HunkRows, Piece, Rows, SplitRows, fold

Key = tuple[str, int]
"""A file and a hunk's number (0 for the file itself): lasts while the same lines are shown."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How much text fits beside the gutters."""

    text_width: int
    """Cells of a column's text."""
    note_width: int
    is_split: bool = False
    """Whether there are two columns, before and after."""

    def rows_of(self, block: Block) -> Rows | None:
        """Fold a hunk's lines; None where a block shows none."""
        if not isinstance(block, HunkBlock) or block.is_hidden:
            return None
        return (SplitRows if self.is_split else HunkRows)(block.lines, self.text_width)


class Note(NamedTuple):
    """A row of words: a remark on a file, or a person's comment on a hunk."""

    text: str
    look: str
    """``remark``, ``warning`` or ``note``."""


class LaidBlock(NamedTuple):
    """A block folded to a width."""

    block: Block
    rows: Rows | None
    """Of its lines; None where it shows none."""
    notes: tuple[Note, ...]
    """Below a file's name, or below a hunk's lines."""

    @property
    def line_rows(self) -> int:
        """How many rows its lines take."""
        return self.rows.count if self.rows is not None else 0

    def pieces(self, row: int) -> tuple[Piece | None, ...]:
        """What stands on a row of its lines, a column each; nothing on any other row."""
        if self.rows is None or not 0 <= row < self.rows.count:
            return ()
        return self.rows.pieces(row)

    @property
    def height(self) -> int:
        """All rows, with the empty one behind what a reader steps on."""
        if isinstance(self.block, FileBlock):
            return self.block.is_titled + len(self.notes) + self.block.is_stop
        return 1 + self.line_rows + len(self.notes) + 1


class Place(NamedTuple):
    """A row of a layout."""

    at: int
    """Index of the block."""
    row: int
    """Counted from the block's top."""


class DiffLayout:
    """Blocks stacked in one column.

    Args:
        blocks: From the top.
        columns: The room for text.
        rows: The rows of each block, if they are known already.
    """

    def __init__(
        self,
        blocks: Sequence[Block],
        columns: Columns,
        rows: Sequence[Rows | None] | None = None,
    ) -> None:
        self.blocks = blocks
        self.columns = columns
        self._rows = rows or [columns.rows_of(block) for block in blocks]
        self.laid = [
            LaidBlock(block, rows, _notes(block, columns.note_width))
            for block, rows in zip(blocks, self._rows, strict=True)
        ]
        self.tops = [0, *accumulate(laid.height for laid in self.laid)]
        self.stops = [index for index, block in enumerate(blocks) if block.is_stop]
        """Blocks that a reader steps on."""

    @property
    def height(self) -> int:
        """All rows."""
        return self.tops[-1]

    def locate(self, row: int) -> Place:
        """The block that a row belongs to, and the row within it."""
        at = bisect_right(self.tops, row) - 1
        return Place(at, row - self.tops[at])

    def is_seen(self, at: int, top: int, bottom: int) -> bool:
        """Whether a row of a block, other than its empty last, lies between two rows."""
        return self.tops[at] < bottom and self.tops[at + 1] - 1 > top

    def first_seen_stop(self, top: int, bottom: int) -> int | None:
        """The first stop of which something lies between two rows, as an index of ``stops``."""
        first = bisect_left(self.stops, self.locate(min(top, self.height - 1)).at)
        for index in range(first, min(first + 2, len(self.stops))):
            if self.is_seen(self.stops[index], top, bottom):
                return index
        return None

    def extent(self, stop: int) -> tuple[int, int]:
        """First row of a stop, its file's heading included, and the row behind its last."""
        at = self.stops[stop]
        above = at - 1 if at and isinstance(self.blocks[at - 1], FileBlock) else at
        return self.tops[above], self.tops[at + 1] - 1

    def first_change_row(self, stop: int) -> int:
        """The row of a stop's first changed line; its first row where it shows none."""
        at = self.stops[stop]
        block = self.blocks[at]
        index = block.first_change if isinstance(block, HunkBlock) else None
        return self.tops[at] if index is None else self.lines_extent(at, index, index)[0]

    def stop_block(self, stop: int) -> Block:
        """The block of a stop."""
        return self.blocks[self.stops[stop]]

    def stop_of(self, key: Key) -> int | None:
        """The stop with a key."""
        found = (i for i, at in enumerate(self.stops) if block_key(self.blocks[at]) == key)
        return next(found, None)

    def first_open(self, start: int) -> int:
        """The first stop that is open, from ``start`` on and around; ``start`` if none is."""
        order = [*range(start, len(self.stops)), *range(start)]
        return next((index for index in order if is_open(self.stop_block(index))), start)

    def lines_extent(self, at: int, first: int, last: int) -> tuple[int, int]:
        """First row of a stretch of a hunk's lines, and the row behind its last.

        Args:
            at: Index of the hunk's block.
            first: Index of a line of the block.
            last: Of the same, or of a later one.
        """
        rows = self.laid[at].rows
        if rows is None:
            return self.tops[at], self.tops[at] + 1
        below_header = self.tops[at] + 1
        return below_header + rows.span_of(first)[0], below_header + rows.span_of(last)[1]

    def restated(self, diffs: Sequence[FileDiff], comments: Sequence[HunkComment]) -> "DiffLayout":
        """The same lines with what has been decided on them, and said of them, since.

        Args:
            diffs: A later state of the diffs that are laid out here.
            comments: Those of that state.
        """
        return DiffLayout(restate(self.blocks, diffs, comments), self.columns, self._rows)


def same_lines(some: Sequence[FileDiff], others: Sequence[FileDiff]) -> bool:
    """Whether a reader finds the same lines in both, whatever was decided on them."""
    return [_readable(diff) for diff in some] == [_readable(diff) for diff in others]


def _readable(diff: FileDiff) -> tuple[object, ...]:
    return (diff.change.path, diff.change.action, *((hunk.k, hunk.lines) for hunk in diff.hunks))


def block_key(block: Block) -> Key:
    """The name of a block over revisions."""
    return block.path, block.hunk.k if isinstance(block, HunkBlock) else 0


def _notes(block: Block, width: int) -> tuple[Note, ...]:
    """What stands beside the lines, folded."""
    if isinstance(block, HunkBlock):
        return tuple(row for comment in block.comments for row in _comment(comment, width))
    return tuple(
        Note(row, "warning" if remark.startswith("!") else "remark")
        for remark in block.remarks
        for row in _folded(remark, width)
    )


def _comment(comment: str, width: int) -> Iterator[Note]:
    """The rows of a comment; the first begins with its sign."""
    sign = "✎ "
    for line in clean(comment).expandtabs(4).strip("\n").split("\n"):
        for row in _folded(line, width):
            yield Note(sign + row, "note")
            sign = "  "


def _folded(text: str, width: int) -> Iterator[str]:
    starts = fold(text, width)
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield text[start:end]
