"""The hunks of a proposal in one scrolling column, drawn line by line as they come into sight.

Folding of much text and all syntax colours happen in threads; the event loop only ever draws the
rows on screen.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from vibe_tui.changes.model import FileDiff
from vibe_tui.ui.widgets.diff_layout import DiffLayout, block_key, same_lines
from vibe_tui.ui.widgets.hunk_block import Block, HunkBlock, build_blocks, number_digits
from vibe_tui.ui.widgets.hunk_paint import Paper, paint
from vibe_tui.ui.widgets.hunk_syntax import ROLES, find_spans
from vibe_tui.ui.widgets.readable import readable

MANY_LINES = 4_000
"""A proposal of more lines is cleaned and folded in a thread."""
_ROWS = ("context", "added", "removed")
_INKS = (
    *("current", "number", "file", "rule", "remark", "warning"),
    *("header", "action", "accepted", "rejected"),
    *ROLES,
)


class DiffView(ScrollView, can_focus=True):
    """Shows files and hunks; one hunk, the current one, is what the keys act on."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"diff-view--{name}" for name in (*_ROWS, *_INKS)}

    @dataclass
    class CurrentChanged(Message):
        """Another hunk is current, or none."""

    @dataclass
    class HunkClicked(Message):
        """A decision was clicked in a hunk's header."""

        k: int
        is_accept: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._diffs: Sequence[FileDiff] = ()
        self._layout_now: DiffLayout | None = None
        self._paper: Paper | None = None
        self._digits = 2
        self._current = -1
        self._is_rolled_back = False
        self._styles: dict[tuple[str, str], Style] = {}
        self._uncoloured: set[int] = set()
        self._is_colouring = False

    # What is shown.

    def show(self, diffs: Sequence[FileDiff], *, is_rolled_back: bool = False) -> bool:
        """Show a proposal from its top, or what became of the one that is shown.

        Args:
            diffs: The proposal's files.
            is_rolled_back: Whether what was accepted was taken back; nothing waits then.

        Returns:
            Whether other lines than before are to be read.
        """
        is_new = not same_lines(self._diffs, diffs)
        self._diffs, self._is_rolled_back = diffs, is_rolled_back
        if is_new:
            self._layout_now, self._current = None, -1
            self._lay_out(partial(build_blocks, diffs))
        elif self._layout_now is not None:
            self._use(self._layout_now, self._digits)
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
        if not (top <= first and behind <= bottom):
            self.scroll_to(y=first, animate=False)

    @property
    def _view(self) -> tuple[int, int]:
        """The first row in sight, and the row behind the last."""
        top = self.scroll_offset.y
        return top, top + self.scrollable_content_region.height

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

    # Laying out.

    @property
    def _inner_width(self) -> int:
        return self.scrollable_content_region.width

    def _lay_out(self, blocks: Callable[[], Sequence[Block]]) -> None:
        width = self._inner_width
        self.workers.cancel_group(self, "layout")
        if not width:
            return  # hidden: the resize that shows it lays it out

        def make() -> tuple[DiffLayout, int]:
            made = blocks()
            digits = number_digits(made)
            return DiffLayout(made, Paper(width, digits, self._look).text_width), digits

        async def in_thread() -> None:
            worker = self.run_worker(make, thread=True, group="fold", exclusive=True)
            self._use(*await worker.wait())

        if sum(len(hunk.lines) for diff in self._diffs for hunk in diff.hunks) <= MANY_LINES:
            self._use(*make())
        else:
            self.run_worker(in_thread(), group="layout", exclusive=True)

    def _use(self, made: DiffLayout, digits: int) -> None:
        """Put a layout on screen, in the state of the newest diffs."""
        key = block_key(self.current) if self.current else None
        layout = self._layout_now = made.restated(self._diffs)
        self._digits = digits
        self._paper = Paper(
            self._inner_width, digits, self._look, self.app.native_ansi_color, self._is_rolled_back
        )
        self._uncoloured.clear()
        self.virtual_size = Size(self._paper.width, layout.height)
        found = None if key is None else layout.stop_of(key)
        if found is None:
            self.scroll_to(y=0, animate=False)
        stop = (found or 0) if layout.stops else -1
        if layout.stops and not self._is_rolled_back:
            stop = layout.first_open(stop)
        self._make_current(stop, reveal=found is not None)

    def on_resize(self, _: events.Resize) -> None:
        """Fold again when the width is new."""
        layout, width = self._layout_now, self._inner_width
        if layout is None:
            self._lay_out(partial(build_blocks, self._diffs))
        elif width and (self._paper is None or self._paper.width != width):
            self._lay_out(lambda: layout.blocks)

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen."""
        layout, paper, row = self._layout_now, self._paper, self.scroll_offset.y + y
        if layout is None or paper is None or row >= layout.height:
            return Strip.blank(self.size.width, self.rich_style)
        at, inner = layout.locate(row)
        block = layout.blocks[at]
        if isinstance(block, HunkBlock) and block.spans is None:
            self._want_colours(at)
        is_current = block is self.current
        return paint(block, layout.rows[at], inner, paper, is_current=is_current)

    def _look(self, row: str, ink: str = "") -> Style:
        style = self._styles.get((row, ink))
        if style is None:
            style = self.get_component_rich_style(f"diff-view--{row}")
            if ink:
                style += _ink(self.get_component_rich_style(f"diff-view--{ink}"))
            style = self._styles[row, ink] = style if ink == "rule" else readable(style)
        return style

    def notify_style_update(self) -> None:
        """Forget the colours of the theme that was."""
        super().notify_style_update()
        self._styles.clear()
        if self._paper is not None:
            self._paper = self._paper.with_palette(is_plain=self.app.native_ansi_color)

    # Colours.

    def _want_colours(self, at: int) -> None:
        self._uncoloured.add(at)
        if not self._is_colouring:
            self._is_colouring = True
            self.call_later(self._start_colouring)

    def _start_colouring(self) -> None:
        self.run_worker(self._colour(), group="colours", exit_on_error=False)

    async def _colour(self) -> None:
        """Colour the hunks in sight, one at a time; what scrolled away waits for its return."""
        try:
            while (block := self._next_uncoloured()) is not None:
                block.spans = ()  # asked once, also if the lexer fails
                find = partial(find_spans, block.path, block.lines)
                worker = self.run_worker(find, thread=True, group="lexer", exit_on_error=False)
                block.spans = await worker.wait()
                self.refresh()
        finally:
            self._is_colouring = False

    def _next_uncoloured(self) -> HunkBlock | None:
        layout = self._layout_now
        for at in sorted(self._uncoloured):
            self._uncoloured.discard(at)
            block = layout.blocks[at] if layout else None
            is_seen = layout is not None and layout.is_seen(at, *self._view)
            if is_seen and isinstance(block, HunkBlock) and block.spans is None:
                return block
        return None

    # The mouse.

    def on_click(self, event: events.Click) -> None:
        """Make what is clicked current; a click on a decision decides."""
        meta = event.style.meta
        if "decide" in meta:
            self.post_message(self.HunkClicked(meta["k"], meta["decide"] == "accept"))
            return
        offset, layout = event.get_content_offset(self), self._layout_now
        if offset is None or layout is None:
            return
        at, _ = layout.locate(offset.y + self._view[0])
        if at in layout.stops:
            self._make_current(layout.stops.index(at), reveal=False)


def _ink(style: Style) -> Style:
    """A style without its background, to be laid over any row."""
    return Style(
        color=style.color,
        bold=style.bold,
        dim=style.dim,
        italic=style.italic,
        underline=style.underline,
    )
