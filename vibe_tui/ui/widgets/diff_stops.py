"""Hunks that a reader steps through: one of them, the current one, is always in sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from textual.message import Message

from vibe_tui.changes.model import FileDiff, HunkComment
from vibe_tui.ui.widgets.diff_layout import DiffLayout, block_key, same_lines
from vibe_tui.ui.widgets.diff_sheet import DiffSheet
from vibe_tui.ui.widgets.hunk_block import Block
from vibe_tui.ui.widgets.hunk_context import USUAL_CONTEXT

CONTEXTS = (0, USUAL_CONTEXT, 10, None)
"""How many unchanged lines a person can choose around hunks, None being all."""
_ROWS_ABOVE = 3
"""Rows left above the first changed line of a hunk that does not fit the screen."""


class DiffStops(DiffSheet):
    """Shows files and hunks, and which of them is current."""

    @dataclass
    class CurrentChanged(Message):
        """Another hunk is current, or none; or the same is in another layout."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._current = -1

    # What is shown.

    def show(
        self,
        diffs: Sequence[FileDiff],
        *,
        is_rolled_back: bool = False,
        comments: Sequence[HunkComment] = (),
    ) -> bool:
        """Show a proposal from its top, or what became of the one that is shown.

        Args:
            diffs: The proposal's files.
            is_rolled_back: Whether what was accepted was taken back; nothing waits then.
            comments: What a person said to the model about hunks.

        Returns:
            Whether other lines than before are to be read.
        """
        is_new = not same_lines(self._diffs, diffs)
        self._diffs, self._is_rolled_back, self._comments = diffs, is_rolled_back, comments
        if is_new:
            self._layout_now, self._current = None, -1
            self._forget()
            self._build()
        elif self._layout_now is not None and self._paper is not None:
            self._use(self._layout_now, self._paper, advance=True)
        return is_new

    @property
    def current(self) -> Block | None:
        """The hunk, or the file without hunks, that the keys act on; None until laid out."""
        if self._layout_now is None or self._current < 0:
            return None
        return self._layout_now.stop_block(self._current)

    @property
    def position(self) -> tuple[int, int]:
        """The current one's number, from 1, and of how many."""
        return self._current + 1, len(self._layout_now.stops) if self._layout_now else 0

    def _forget(self) -> None:
        """Other lines are to be shown: let go of what belongs to those of before."""

    # Context.

    def widen_context(self) -> bool:
        """Show more unchanged lines around hunks; return whether there is a wider step."""
        now = _size(self.context_lines)
        return self._take_context([step for step in CONTEXTS if _size(step) > now][:1])

    def narrow_context(self) -> bool:
        """Show fewer unchanged lines around hunks; return whether there is a narrower step."""
        now = _size(self.context_lines)
        return self._take_context([step for step in CONTEXTS if _size(step) < now][-1:])

    def _take_context(self, steps: Sequence[int | None]) -> bool:
        for step in steps:
            self.context_lines = step
        return bool(steps)

    # Moving.

    def go(self, step: int) -> bool:
        """Make the next (1) or previous (-1) hunk current; return whether there was one."""
        target = self._current + step
        if self._layout_now is None or not 0 <= target < len(self._layout_now.stops):
            return False
        self._make_current(target)
        return True

    def go_file(self, step: int) -> bool:
        """Make the first hunk of the next (1) or previous (-1) file current."""
        if self.current is None:
            return False
        paths = [diff.change.path for diff in self._diffs]
        target = paths.index(self.current.path) + step
        return 0 <= target < len(paths) and self.go_to_path(paths[target])

    def go_to_path(self, path: str) -> bool:
        """Make the first hunk of a file current."""
        layout = self._layout_now
        stops = range(len(layout.stops)) if layout else ()
        for stop in stops:
            if layout and layout.stop_block(stop).path == path:
                self._make_current(stop)
                return True
        return False

    def _make_current(self, stop: int, *, reveal: bool = True) -> None:
        self._current = stop
        if reveal and stop >= 0:
            self._reveal(stop)
        self.refresh()
        self.post_message(self.CurrentChanged())

    def _reveal(self, stop: int) -> None:
        """Scroll a block to the top, unless all of it is in sight."""
        assert self._layout_now is not None
        first, behind = self._layout_now.extent(stop)
        top, bottom = self._view
        if top <= first and behind <= bottom:
            return
        change = self._layout_now.first_change_row(stop)
        if change - first > (bottom - top) // 2:
            first = change - _ROWS_ABOVE
        self.scroll_to(y=first, animate=False, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Keep the current hunk in sight: what the keys act on is never off the screen."""
        super().watch_scroll_y(old_value, new_value)
        layout = self._layout_now
        if layout is None or self._current < 0:
            return
        if not layout.is_seen(layout.stops[self._current], *self._view):
            seen = layout.first_seen_stop(*self._view)
            if seen is not None:
                self._make_current(seen, reveal=False)

    def _laid_out(self, layout: DiffLayout, before: DiffLayout | None, *, advance: bool) -> None:
        """Go on to what is open after decisions; stay at the very row when the layout is new."""
        found = None
        if before is not None and self._current >= 0:
            found = layout.stop_of(block_key(before.stop_block(self._current)))
        if before is None or found is None:
            self.scroll_to(y=0, animate=False, immediate=True)
            stop = layout.first_open(0) if layout.stops else -1
            self._make_current(-1 if not layout.stops else 0 if self._is_rolled_back else stop)
            return
        if advance and not self._is_rolled_back:
            self._make_current(layout.first_open(found))
            return
        offset = before.first_change_row(self._current) - self.scroll_offset.y
        is_seen = 0 <= offset < self.scrollable_content_region.height
        if is_seen:
            row = layout.first_change_row(found)
            self._current = found
            self.scroll_to(y=row - offset, animate=False, immediate=True)
        self._make_current(found, reveal=not is_seen)


def _size(context: int | None) -> float:
    """A number of lines that can be compared; all are more than any."""
    return inf if context is None else context
