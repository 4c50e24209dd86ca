"""Where each block of a diff stands at one width: made in any thread, never changed."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from vibe_tui.changes.model import FileDiff
from vibe_tui.ui.widgets.hunk_block import Block, FileBlock, HunkBlock, HunkRows, is_open

Key = tuple[str, int]
"""A file and a hunk's number (0 for the file itself): lasts while the same lines are shown."""


class DiffLayout:
    """Blocks stacked in one column.

    Args:
        blocks: From the top.
        text_width: Cells for the text of hunks.
    """

    def __init__(self, blocks: Sequence[Block], text_width: int) -> None:
        self.blocks = blocks
        self.text_width = text_width
        self.rows = [
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

    def shows(self, diffs: Sequence[FileDiff]) -> bool:
        """Whether these diffs have the lines that are laid out here."""
        mine = [hunk_lines(block) for block in self.blocks if isinstance(block, HunkBlock)]
        paths = [block.path for block in self.blocks if isinstance(block, FileBlock)]
        return paths == [diff.change.path for diff in diffs] and mine == [
            (hunk.path, hunk.lines) for diff in diffs for hunk in diff.hunks
        ]


def block_key(block: Block) -> Key:
    """The name of a block over revisions."""
    return block.path, block.hunk.k if isinstance(block, HunkBlock) else 0


def hunk_lines(block: HunkBlock) -> tuple[str, object]:
    """What makes two hunks the same to a reader."""
    return block.path, block.hunk.lines


def keep_colours(old: Sequence[Block], new: Sequence[Block]) -> None:
    """Hand the colours found for hunks on to the same hunks of a later revision."""
    coloured = {block.hunk.k: block for block in old if isinstance(block, HunkBlock)}
    for block in new:
        if isinstance(block, HunkBlock):
            before = coloured.get(block.hunk.k)
            if before is not None and hunk_lines(before) == hunk_lines(block):
                block.spans = before.spans


def _height(block: Block, rows: HunkRows | None) -> int:
    """Rows of a block, with the empty one behind what a reader steps on."""
    if isinstance(block, FileBlock):
        return block.heading_rows + block.is_stop
    return (rows.count if rows else 0) + 2
