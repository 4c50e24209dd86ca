"""The list of the history: messages and changes, newest first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message

from vibe_tui.ui.history import HistoryRow, HistoryRows, Key
from vibe_tui.ui.history_text import INKS, row_content
from vibe_tui.ui.widgets.row_list import RowList, moving


class HistoryList(RowList):
    """Messages and changes; one row is the current one.

    Args:
        clock: The time now, with its zone.
    """

    STYLES: ClassVar[str] = "history-list"
    COMPONENT_CLASSES: ClassVar[set[str]] = {*INKS, "history-list--cursor", "history-list--hover"}
    BINDINGS: ClassVar[list[BindingType]] = moving("history", "Newest", "Oldest")

    class CurrentChanged(Message):
        """Another row is the current one, or it stands for something else."""

    @dataclass
    class Chosen(Message):
        """A row was clicked twice."""

    def __init__(self, clock: Callable[[], datetime], id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__("reading the history…", id=id)
        self._clock = clock
        self._content = HistoryRows()

    def show(self, content: HistoryRows, empty_text: str) -> None:
        """Show rows; the cursor stays on what it was on, where that is still there.

        Args:
            content: The rows; they are read when they are drawn.
            empty_text: What to say when there is none.
        """
        self._content, self._empty_text = content, empty_text
        self.measure()
        self.refresh()

    def keep_on(self, key: Key | None) -> None:
        """Put the cursor on what it was on before the rows changed, else on the newest change."""
        found = self._content.find(key)
        before, self.cursor = self.cursor, self._content.first_change if found is None else found
        if before == self.cursor:
            self.reveal(self.cursor)
            self.post_message(self.CurrentChanged())

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return len(self._content.rows)

    @property
    def current(self) -> HistoryRow | None:
        """The row that keys act on."""
        rows = self._content.rows
        return rows[self.cursor] if self.cursor < len(rows) else None

    def row_content(self, index: int, width: int) -> Content:
        """One row, at most ``width`` cells wide."""
        return row_content(self._content.rows[index], width, self._clock())

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw both rows, bring the new one into view, and say so."""
        super().watch_cursor(before, now)
        self.post_message(self.CurrentChanged())

    def on_click(self, event: events.Click) -> None:
        """Move the cursor; a second click chooses."""
        index = event.y + self.scroll_offset.y
        if index < self.row_count:
            self.cursor = index
            if event.chain > 1:
                self.post_message(self.Chosen())
