"""What is about to happen, and the ways to go on."""

from collections.abc import Mapping
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class ConfirmScreen(ModalScreen[str | None]):
    """Asks which way to go; dismissed with its name, None when nothing is to be done.

    Args:
        title: What it is about.
        text: What would happen, already safe to show.
        ways: Name to the words on its button.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "do nothing", id="confirm.leave"),
        Binding("left", "app.focus_previous", "Previous", show=False, id="confirm.previous"),
        Binding("right", "app.focus_next", "Next", show=False, id="confirm.next"),
    ]

    def __init__(self, title: str, text: str, ways: Mapping[str, str]) -> None:
        super().__init__()
        self._title = title
        self._text = text
        self._ways = ways

    def compose(self) -> ComposeResult:
        """What would happen, above a row of buttons."""
        with Vertical(id="confirm-frame") as frame:
            frame.border_title = Content(self._title)
            frame.border_subtitle = "escape does nothing"
            with VerticalScroll(id="confirm-scroll", can_focus=False):
                yield Static(self._text, markup=False, id="confirm-text")
            with HorizontalGroup(id="confirm-ways"):
                for name, words in self._ways.items():
                    yield Button(Content(words), "warning", name=name, compact=True)
                yield Button("Cancel", name="", compact=True)

    def on_mount(self) -> None:
        """Let Enter take the first way, which the person asked for."""
        self.query(Button).first().focus()

    def action_leave(self) -> None:
        """Do nothing."""
        self.dismiss(None)

    @on(Button.Pressed)
    def _choose(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.name or None)
