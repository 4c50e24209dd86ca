"""A question of the engine that only a person can answer."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from vibe_tui.events import Asked
from vibe_tui.foreign import clean


class AskScreen(ModalScreen[str]):
    """Shows a question and its choices; dismissed with the choice, ``no`` on Escape.

    Args:
        question: What the engine asked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "refuse", "no", id="ask.refuse"),
        Binding("left", "app.focus_previous", "Previous", show=False, id="ask.previous"),
        Binding("right", "app.focus_next", "Next", show=False, id="ask.next"),
    ]

    def __init__(self, question: Asked) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """The question above a row of buttons."""
        with Vertical(id="ask-frame") as frame:
            frame.border_title = Content(clean(self._question.kind))
            yield Static(clean(self._question.question), markup=False)
            with HorizontalGroup(id="ask-choices"):
                for choice in self._question.choices:
                    yield Button(Content(clean(choice)), name=choice, compact=True)

    def action_refuse(self) -> None:
        """Say no."""
        self.dismiss("no")

    @on(Button.Pressed)
    def _choose(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.name or "no")
