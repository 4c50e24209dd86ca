"""The four buttons of Review, and the line that says why one of them is off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static
from textual.widgets.button import ButtonVariant

from vibe_tui.ui.widgets.review_state import Choices


class _Look(NamedTuple):
    labels: tuple[str, str, str, str]
    """For a wide pane, and for narrower and narrower ones."""
    variant: ButtonVariant
    tooltip: str


_LOOKS = {
    "accept-all": _Look(
        ("Accept all", "Accept all", "All", "All"),
        "success",
        "Write every open hunk to the project (a)",
    ),
    "accept-hunk": _Look(
        ("Accept hunk", "Hunk", "Hunk", "Hunk"), "primary", "Write the current hunk alone (h)"
    ),
    "reject": _Look(
        ("Reject", "Reject", "Reject", "No"), "default", "Say no to every open hunk (x)"
    ),
    "rollback": _Look(
        ("Roll back", "Roll back", "Undo", "Undo"),
        "warning",
        "Restore what this change replaced (u)",
    ),
    "more": _Look(
        ("More", "More", "⋯", "⋯"), "default", "Everything that can be done here (enter)"
    ),
}
_FITTING = (55, 48, 32)
"""Cells from which the first, the second and the third labels fit."""


class DecisionButton(Button):
    """A button whose keys wait like the letters do, so that typing never accepts."""

    def __init__(self, name: str, accepts_keys: Callable[[], bool]) -> None:
        look = _LOOKS[name]
        super().__init__(look.labels[0], look.variant, id=name, tooltip=look.tooltip)
        self._accepts_keys = accepts_keys

    def action_press(self) -> None:
        """Press by key."""
        if self._accepts_keys():
            self.press()


class ReviewActions(VerticalGroup):
    """Buttons with one line above them.

    Args:
        accepts_keys: Whether a key may decide now.
    """

    @dataclass
    class Chosen(Message):
        """A button was pressed; ``name`` is its id."""

        name: str

    def __init__(self, accepts_keys: Callable[[], bool], *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._accepts_keys = accepts_keys
        self._shown: tuple[Choices, bool] | None = None
        self._said: str | None = None

    def compose(self) -> ComposeResult:
        """The line, then the buttons."""
        yield Static(id="review-reason", markup=False)
        with HorizontalGroup(id="review-buttons"):
            for name in _LOOKS:
                yield DecisionButton(name, self._accepts_keys)

    def show(self, allowed: Choices, *, has_change: bool) -> None:
        """Switch buttons on and off.

        Args:
            allowed: What can be done, and why not the rest.
            has_change: Whether there is anything to do something with.
        """
        if (allowed, has_change) == self._shown:
            return
        self._shown = allowed, has_change
        enabled = {
            "accept-all": allowed.accept,
            "accept-hunk": allowed.accept_hunk,
            "reject": allowed.reject,
            "rollback": allowed.roll_back,
            "more": has_change,
        }
        for name, is_enabled in enabled.items():
            button = self.query_one(f"#{name}", DecisionButton)
            button.disabled = not is_enabled
            reason = allowed.roll_back_reason if name == "rollback" else allowed.reason
            why = "" if is_enabled or not reason else f"\nOff. {reason}."
            button.tooltip = Content(_LOOKS[name].tooltip + why)

    def say(self, text: str) -> None:
        """Put one line above the buttons."""
        if text != self._said:
            self._said = text
            self.query_one("#review-reason", Static).update(Content(text), layout=False)

    def make_compact(self, is_compact: bool) -> None:
        """Shrink the buttons to one row, for low screens."""
        for button in self.query(DecisionButton):
            button.compact = is_compact

    def on_resize(self, event: events.Resize) -> None:
        """Choose labels that fit."""
        width = event.size.width
        fitting = sum(width < cells for cells in _FITTING)
        for button in self.query(DecisionButton):
            button.label = _LOOKS[str(button.id)].labels[fitting]

    @on(Button.Pressed)
    def _forward(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Chosen(str(event.button.id)))
