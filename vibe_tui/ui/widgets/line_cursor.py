"""Which lines of a hunk a person has chosen: a cursor, and the rows up to where it started."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace

from vibe_tui.ui.widgets.hunk_block import HunkBlock


@dataclass(frozen=True, slots=True)
class LineCursor:
    """A selection inside a hunk, in rows of ``Hunk.lines``."""

    k: int
    """The hunk."""
    changed: tuple[int, ...]
    """Rows that can be chosen, rising: those shown as removed or added."""
    anchor: int
    """Where the selection started."""
    head: int
    """Where the cursor is."""

    @classmethod
    def at_start(cls, block: HunkBlock) -> "LineCursor | None":
        """On the first changed line of a hunk; None where it shows none."""
        changed = tuple(sorted(line.row for line in block.lines if line.is_change))
        return cls(block.hunk.k, changed, changed[0], changed[0]) if changed else None

    @property
    def covered(self) -> range:
        """All rows between cursor and anchor, both included."""
        return range(min(self.anchor, self.head), max(self.anchor, self.head) + 1)

    @property
    def rows(self) -> tuple[int, ...]:
        """The chosen rows."""
        covered = self.covered
        return tuple(row for row in self.changed if row in covered)

    def moved(self, step: int, *, extend: bool) -> "LineCursor":
        """The cursor on the next (1) or previous (-1) changed line; there it stays at the ends.

        Args:
            step: Which way.
            extend: Whether what lies between stays chosen.
        """
        if step > 0:
            at = min(bisect_right(self.changed, self.head), len(self.changed) - 1)
        else:
            at = max(bisect_left(self.changed, self.head) - 1, 0)
        head = self.changed[at]
        return replace(self, anchor=self.anchor if extend else head, head=head)

    def spanning(self, start: int, end: int) -> "LineCursor":
        """The selection from one row to another; the cursor is on the second."""
        return replace(self, anchor=start, head=end)
