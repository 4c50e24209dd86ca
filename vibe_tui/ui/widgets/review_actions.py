"""The four buttons of Review, and the line that says why one of them is off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import HorizontalGroup, VerticalGroup
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static
from textual.widgets.button import ButtonVariant

from vibe_tui.ui.widgets.review_state import Choices

KEYS: Final = (
    Binding("a", "accept_all", "accept", id="review.accept_all"),
    Binding("h", "accept_hunk", "accept hunk", id="review.accept_hunk"),
    Binding("x", "reject_all", "reject", id="review.reject_all"),
    Binding("X", "reject_hunk", "reject hunk", id="review.reject_hunk", show=False),
    Binding("u", "roll_back", "roll back", id="review.roll_back"),
    Binding("n", "go(1)", "next hunk", id="review.next_hunk"),
    Binding("p", "go(-1)", "previous hunk", id="review.previous_hunk", show=False),
    Binding("]", "go_file(1)", "next file", id="review.next_file", show=False),
    Binding("[", "go_file(-1)", "previous file", id="review.previous_file", show=False),
    Binding("e", "earlier", "earlier", id="review.earlier"),
    Binding("escape", "close_earlier", "back", id="review.close_earlier"),
)
"""The keys of Review; each does what a button, the mouse or the list does."""


@dataclass
class Decision(Message):
    """What a person decided on: hunks, files, or with both None all that is open."""

    change_id: str
    revision: int
    """The revision that the person saw."""
    hunks: tuple[int, ...] | None = None
    """Numbers from 1 over the change."""
    files: tuple[str, ...] | None = None


class _Look(NamedTuple):
    labels: tuple[str, str, str]
    """For a wide, a narrow and a very narrow pane."""
    variant: ButtonVariant
    tooltip: str


_LOOKS = {
    "accept-all": _Look(
        ("Accept all", "Accept all", "All"), "success", "Write every open hunk to the project (a)"
    ),
    "accept-hunk": _Look(
        ("Accept hunk", "Hunk", "Hunk"), "primary", "Write the current hunk alone (h)"
    ),
    "reject": _Look(("Reject",) * 3, "default", "Say no to every open hunk (x)"),
    "rollback": _Look(
        ("Roll back", "Roll back", "Undo"), "warning", "Restore what this change replaced (u)"
    ),
}
_WIDE, _NARROW = 48, 41
"""Cells from which the first and the second labels fit."""


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
        self._shown: Choices | None = None
        self._said: str | None = None

    def compose(self) -> ComposeResult:
        """The line, then the buttons."""
        yield Static(id="review-reason", markup=False)
        with HorizontalGroup(id="review-buttons"):
            for name in _LOOKS:
                yield DecisionButton(name, self._accepts_keys)

    def show(self, allowed: Choices) -> None:
        """Switch buttons on and off.

        Args:
            allowed: What can be done, and why not the rest.
        """
        self.say(allowed.reason)
        if allowed == self._shown:
            return
        self._shown = allowed
        enabled = {
            "accept-all": allowed.accept,
            "accept-hunk": allowed.accept_hunk,
            "reject": allowed.reject,
            "rollback": allowed.roll_back,
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
        fitting = 0 if width >= _WIDE else 1 if width >= _NARROW else 2
        for button in self.query(DecisionButton):
            button.label = _LOOKS[str(button.id)].labels[fitting]

    @on(Button.Pressed)
    def _forward(self, event: Button.Pressed) -> None:
        event.stop()
        self.post_message(self.Chosen(str(event.button.id)))
