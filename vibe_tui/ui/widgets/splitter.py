"""The gap between two panes, which the mouse can drag."""

from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget


class Splitter(Widget):
    """A column of nothing that shows a grip under the mouse.

    Args:
        pane_id: The pane whose width it changes.
        direction: 1 when dragging to the right widens that pane, -1 when it narrows it.
    """

    @dataclass
    class Dragged(Message):
        """A pane is to become wider by so many cells, or narrower."""

        pane_id: str
        cells: int

    def __init__(self, pane_id: str, direction: int) -> None:
        super().__init__(classes="splitter")
        self._pane_id = pane_id
        self._direction = direction
        self._dragged_from: int | None = None
        self._is_lit = False
        self.tooltip = "drag to resize (also alt+left, alt+right)"

    def render(self) -> Content:
        """A grip in the middle, while the mouse is near."""
        if not self._is_lit:
            return Content()
        height = max(1, self.size.height)
        above = max(0, height // 2 - 1)
        return Content("\n" * above + "\n".join("┃" * min(3, height)))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Start to drag."""
        event.stop()
        self._dragged_from = event.screen_x
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse."""
        if self._dragged_from is None or event.screen_x == self._dragged_from:
            return
        cells = (event.screen_x - self._dragged_from) * self._direction
        self._dragged_from = event.screen_x
        self.post_message(self.Dragged(self._pane_id, cells))

    def on_mouse_up(self) -> None:
        """Let go."""
        self._dragged_from = None
        self.release_mouse()

    def on_enter(self) -> None:
        """Show the grip."""
        self._light(is_lit=True)

    def on_leave(self) -> None:
        """Hide the grip."""
        self._light(is_lit=False)

    def _light(self, *, is_lit: bool) -> None:
        self._is_lit = is_lit
        self.refresh()
