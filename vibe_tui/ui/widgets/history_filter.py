"""The line that leaves a part of the history."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class HistoryFilter(Input):
    """The line that leaves a part of the history; up and down move in the list below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "steer(-1)", "Up", show=False, id="history_filter.up"),
        Binding("down", "steer(1)", "Down", show=False, id="history_filter.down"),
        Binding("enter", "submit", "to the list", id="history_filter.take"),
        Binding("escape", "leave", "all changes", id="history_filter.leave"),
    ]

    class Steered(Message):
        """The cursor in the list is to move by ``step`` rows."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Left(Message):
        """All changes are to be listed."""

    def action_steer(self, step: int) -> None:
        """Move in the list."""
        self.post_message(self.Steered(step))

    def action_leave(self) -> None:
        """Forget the filter."""
        self.post_message(self.Left())
