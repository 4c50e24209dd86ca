"""The tab line of narrow terminals: one pane at a time, and what waits in Review."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static


class PaneTab(Widget):
    """One name; a click shows its pane.

    Args:
        pane_id: The pane's id.
        title: Its name.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"pane-tab--count"}

    @dataclass
    class Pressed(Message):
        """A pane is to be shown."""

        pane_id: str

    def __init__(self, pane_id: str, title: str) -> None:
        super().__init__()
        self.pane_id = pane_id
        self._title = title
        self._waiting = 0

    def show_state(self, *, is_active: bool, waiting: int) -> None:
        """Say whether the pane is the one shown, and how many proposals wait in it."""
        self.set_class(is_active, "-active")
        if waiting != self._waiting:
            self._waiting = waiting
            self.refresh(layout=True)

    def render(self) -> Content:
        """Write the name, underlined by its colours when active."""
        mark = "▸ " if self.has_class("-active") else "  "
        if not self._waiting:
            return Content(f"{mark}{self._title}")
        return Content.assemble(f"{mark}{self._title} ", (f"●{self._waiting}", ".pane-tab--count"))

    def on_click(self) -> None:
        """Show the pane."""
        self.post_message(self.Pressed(self.pane_id))


class PaneTabs(Horizontal):
    """The names of all panes, side by side.

    Args:
        panes: Pane id to title, from left to right.
        id: The widget's id.
    """

    def __init__(self, panes: dict[str, str], id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._panes = panes

    def compose(self) -> ComposeResult:
        """A tab a pane."""
        for pane_id, title in self._panes.items():
            yield PaneTab(pane_id, title)
        yield Static("f6 next pane", id="tabs-hint", markup=False)

    def show_state(self, active: str, waiting: dict[str, int]) -> None:
        """Say which pane is shown, and how much waits in each."""
        for tab in self.query(PaneTab):
            count = waiting.get(tab.pane_id, 0)
            tab.show_state(is_active=tab.pane_id == active, waiting=count)
