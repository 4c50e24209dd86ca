"""The list of the history: a line a row, drawn only where the eye is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from vibe_tui.ui.history import HistoryRow, HistoryRows, Key
from vibe_tui.ui.history_text import INKS, row_content


class HistoryList(ScrollView, can_focus=True):
    """Messages and changes; one row is the current one.

    Args:
        clock: The time now, with its zone.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {*INKS, "history-list--cursor", "history-list--hover"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="history.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="history.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="history.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="history.page_down"),
        Binding("home", "jump(0)", "Newest", show=False, id="history.first"),
        Binding("end", "jump(-1)", "Oldest", show=False, id="history.last"),
    ]

    cursor: reactive[int] = reactive(0, init=False)
    """Index of the row that keys act on."""
    hovered: reactive[int] = reactive(-1, init=False)

    class CurrentChanged(Message):
        """Another row is the current one, or it stands for something else."""

    @dataclass
    class Chosen(Message):
        """A row was clicked twice."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._clock = clock
        self._content = HistoryRows()
        self._empty_text = "reading the history…"

    # What is shown.

    def show(self, content: HistoryRows, empty_text: str) -> None:
        """Show rows; the cursor stays on what it was on, where that is still there.

        Args:
            content: The rows; they are read when they are drawn.
            empty_text: What to say when there is none.
        """
        self._content, self._empty_text = content, empty_text
        self._measure()
        self.refresh()

    def keep_on(self, key: Key | None) -> None:
        """Put the cursor on what it was on before the rows changed, else on the newest change."""
        found = self._content.find(key)
        before, self.cursor = self.cursor, self._content.first_change if found is None else found
        if before == self.cursor:
            self._reveal(self.cursor)
            self.post_message(self.CurrentChanged())

    @property
    def current(self) -> HistoryRow | None:
        """The row that keys act on."""
        rows = self._content.rows
        return rows[self.cursor] if self.cursor < len(rows) else None

    # Keys and mouse.

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        self.cursor += step

    def action_page(self, step: int) -> None:
        """Move the cursor by screenfuls."""
        self.cursor += step * max(1, self.size.height - 1)

    def action_jump(self, index: int) -> None:
        """Move the cursor to the first (0) or the last (-1) row."""
        self.cursor = len(self._content.rows) - 1 if index < 0 else 0

    def on_click(self, event: events.Click) -> None:
        """Move the cursor; a second click chooses."""
        index = event.y + self.scroll_offset.y
        if index < len(self._content.rows):
            self.cursor = index
            if event.chain > 1:
                self.post_message(self.Chosen())

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the row under the mouse."""
        self.hovered = event.y + self.scroll_offset.y

    def on_leave(self) -> None:
        """Let the row go dark."""
        self.hovered = -1

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        width = self.scrollable_content_region.width
        index, rows = y + self.scroll_offset.y, self._content.rows
        if index >= len(rows):
            text = self._empty_text if not rows and index == 0 else ""
            return self._strip(Content.assemble((text, ".history-list--muted")), width, ())
        return self._strip(row_content(rows[index], width, self._clock()), width, self._inks(index))

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self._content.rows) - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw both rows, and bring the new one into view."""
        self.refresh_line(before)
        self.refresh_line(now)
        self._reveal(now)
        self.post_message(self.CurrentChanged())

    def watch_hovered(self, before: int, now: int) -> None:
        """Draw both rows."""
        self.refresh_line(before)
        self.refresh_line(now)

    def on_resize(self) -> None:
        """Rows are as wide as the view."""
        self._measure()

    def _reveal(self, index: int) -> None:
        self.scroll_to_region(Region(0, index, 1, 1), animate=False, force=True)

    def _inks(self, index: int) -> tuple[str, ...]:
        if index == self.cursor:
            return ("history-list--cursor",)
        return ("history-list--hover",) if index == self.hovered else ()

    def _strip(self, content: Content, width: int, inks: tuple[str, ...]) -> Strip:
        style = self.get_visual_style(*inks)
        strips = Visual.to_strips(self, content, width, 1, style, pad=True)
        return strips[0] if strips else Strip.blank(width)

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        self.virtual_size = Size(width, max(1, len(self._content.rows)))
