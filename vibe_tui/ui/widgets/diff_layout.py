"""Where each block of a diff stands at one width: made in any thread, never changed."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from vibe_tui.changes.model import FileDiff
from vibe_tui.ui.widgets.hunk_block import (
    Block,
    FileBlock,
    HunkBlock,
    HunkRows,
    file_block,
    is_open,
)

Key = tuple[str, int]
"""A file and a hunk's number (0 for the file itself): lasts while the same lines are shown."""


class DiffLayout:
    """Blocks stacked in one column.

    Args:
        blocks: From the top.
        text_width: Cells for the text of hunks.
        rows: The rows of each block, if they are known already.
    """

    def __init__(
        self,
        blocks: Sequence[Block],
        text_width: int,
        rows: Sequence[HunkRows | None] | None = None,
    ) -> None:
        self.blocks = blocks
        self.text_width = text_width
        self.rows = rows or [
            HunkRows(block.lines, text_width) if isinstance(block, HunkBlock) else None
            for block in blocks
        ]
        self.tops = [0, *accumulate(map(_height, blocks, self.rows))]
        self.stops = [index for index, block in enumerate(blocks) if block.is_stop]
        """Blocks that a reader steps on."""

    @property
    def height(self) -> int:
        """All rows."""
        return self.tops[-1]

    def locate(self, row: int) -> tuple[int, int]:
        """The index of the block that a row belongs to, and the row within it."""
        at = bisect_right(self.tops, row) - 1
        return at, row - self.tops[at]

    def is_seen(self, at: int, top: int, bottom: int) -> bool:
        """Whether a row of a block, other than its empty last, lies between two rows."""
        return self.tops[at] < bottom and self.tops[at + 1] - 1 > top

    def first_seen_stop(self, top: int, bottom: int) -> int | None:
        """The first stop of which something lies between two rows, as an index of ``stops``."""
        first = bisect_left(self.stops, self.locate(min(top, self.height - 1))[0])
        for index in range(first, min(first + 2, len(self.stops))):
            if self.is_seen(self.stops[index], top, bottom):
                return index
        return None

    def extent(self, stop: int) -> tuple[int, int]:
        """First row of a stop, its file's heading included, and the row behind its last."""
        at = self.stops[stop]
        above = at - 1 if at and isinstance(self.blocks[at - 1], FileBlock) else at
        return self.tops[above], self.tops[at + 1] - 1

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

    def restated(self, diffs: Sequence[FileDiff]) -> "DiffLayout":
        """The same lines with what has been decided on them since.

        Args:
            diffs: A later state of the diffs that are laid out here.
        """
        hunks = iter(block for block in self.blocks if isinstance(block, HunkBlock))
        blocks: list[Block] = []
        for diff in diffs:
            blocks.append(file_block(diff, is_titled=len(diffs) > 1))
            blocks += [replace(next(hunks), hunk=hunk) for hunk in diff.hunks]
        return DiffLayout(blocks, self.text_width, self.rows)


def same_lines(some: Sequence[FileDiff], others: Sequence[FileDiff]) -> bool:
    """Whether a reader finds the same lines in both, whatever was decided on them."""
    return [_readable(diff) for diff in some] == [_readable(diff) for diff in others]


def _readable(diff: FileDiff) -> tuple[object, ...]:
    return (diff.change.path, diff.change.action, *((hunk.k, hunk.lines) for hunk in diff.hunks))


def block_key(block: Block) -> Key:
    """The name of a block over revisions."""
    return block.path, block.hunk.k if isinstance(block, HunkBlock) else 0


def _height(block: Block, rows: HunkRows | None) -> int:
    """Rows of a block, with the empty one behind what a reader steps on."""
    if isinstance(block, FileBlock):
        return block.heading_rows + block.is_stop
    return (rows.count if rows else 0) + 2
