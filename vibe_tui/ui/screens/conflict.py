"""A file that the disk and a proposal have changed: both sides, and what is taken of each."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Button, Footer, Static

from vibe_tui.changes.model import ConflictChoice, ConflictView
from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.conflict_body import ConflictBody

_TAKE = {
    "take-ours": ("Take yours", ConflictChoice.OURS),
    "take-theirs": ("Take proposed", ConflictChoice.THEIRS),
    "take-both": ("Take both", ConflictChoice.BOTH),
}

_WIDE = 100
"""Cells from which all buttons fit."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a person wants done with a conflict."""

    way: Literal["choices", "keep", "editor"]
    """Take a side each, keep the file as it is, or write it in the editor."""
    choices: tuple[ConflictChoice | None, ...] = ()
    """One a conflict, in order; None where nothing is chosen yet."""

    def by_region(self, view: ConflictView) -> dict[int, ConflictChoice]:
        """What is taken, by the index of the region; 0 is the whole file where there is none."""
        regions = view.conflicts if view.regions else (0,)
        pairs = zip(regions, self.choices, strict=False)
        return {region: choice for region, choice in pairs if choice is not None}


class ConflictScreen(ModalScreen[Settlement | None]):
    """Shows both sides; dismissed with what is to become of the file. Nothing is written here.

    Args:
        view: Both sides.
    """

    # What to take stands with its key in each conflict's own head.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "take('ours')", "yours", show=False, id="conflict.ours"),
        Binding("2", "take('theirs')", "proposed", show=False, id="conflict.theirs"),
        Binding("3", "take('both')", "both", show=False, id="conflict.both"),
        Binding("n", "go(1)", "next", id="conflict.next"),
        Binding("p", "go(-1)", "previous", show=False, id="conflict.previous"),
        Binding("b", "base", "base", id="conflict.base"),
        Binding("o", "outside", "editor", id="conflict.outside"),
        Binding("k", "keep", "keep the file", id="conflict.keep"),
        Binding("ctrl+s", "settle", "propose this", id="conflict.settle"),
        Binding("escape", "close", "close", id="conflict.close"),
    ]

    body = query_one(ConflictBody)

    def __init__(self, view: ConflictView) -> None:
        super().__init__()
        self._view = view

    def compose(self) -> ComposeResult:
        """What each side is, the regions, and what can be done."""
        view = self._view
        with Vertical(id="conflict-frame") as frame:
            frame.border_title = Content(f"Conflict · {clean_line(view.path)}")
            yield Static(Content(clean_line(view.reason)), id="conflict-reason")
            sides = f"‹ yours: {clean_line(view.ours)}   › proposed: {clean_line(view.theirs)}"
            sides += "   · merged" * any(r.is_changed and not r.is_conflict for r in view.regions)
            yield Static(Content(sides), id="conflict-sides")
            yield ConflictBody(view, id="conflict-body")
            yield Static(id="conflict-state", markup=False)
            with HorizontalGroup(id="conflict-buttons"):
                for name, (label, _) in _TAKE.items():
                    yield Button(label, id=name, compact=True, classes="take")
                yield Button("Propose this", "success", id="settle", compact=True)
                yield Button("Keep the file", "warning", id="keep", compact=True)
                yield Button("Editor", id="outside", compact=True)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Begin at the first conflict."""
        self.body.focus()
        self.call_after_refresh(self.body.go_to, 0)
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Leave out buttons that stand in each conflict's head anyway, where room is short."""
        is_narrow = event.size.width < _WIDE
        self.query_one("#conflict-buttons").set_class(is_narrow, "-narrow")

    @property
    def _left(self) -> int:
        return self.body.total - len(self.body.chosen)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what works now."""
        if not self.is_mounted:
            return True
        body = self.body
        if action == "settle":
            return body.total > 0 and not self._left
        if action == "take" and parameters == ("both",):
            return body.has_lines
        if action in {"take", "base"}:
            return body.total > 0
        if action == "go":
            return body.total > 1
        return super().check_action(action, parameters)

    def action_take(self, choice: str) -> None:
        """Take a side of the current conflict."""
        self.body.take(ConflictChoice(choice))

    def action_go(self, step: int) -> None:
        """Go to another conflict."""
        self.body.go(step)

    def action_base(self) -> None:
        """Show or hide what both sides started from."""
        self.body.toggle_base()

    def action_settle(self) -> None:
        """Propose what is taken, to be looked at and accepted as usual."""
        if self.body.total and not self._left:
            self.dismiss(Settlement("choices", self._choices))

    def action_keep(self) -> None:
        """Keep the file as it is: what is proposed for it is rejected."""
        self.dismiss(Settlement("keep"))

    def action_outside(self) -> None:
        """Write the file in the editor, from both sides or from what is taken."""
        self.dismiss(Settlement("editor", self._choices))

    def action_close(self) -> None:
        """Leave the conflict as it is."""
        self.dismiss(None)

    @property
    def _choices(self) -> tuple[ConflictChoice | None, ...]:
        return tuple(self.body.chosen.get(number) for number in range(self.body.total))

    @on(ConflictBody.Changed)
    def _follow(self, event: ConflictBody.Changed) -> None:
        event.stop()
        self._show()

    def _show(self) -> None:
        body = self.body
        if not body.total:
            words = "Nothing is in conflict any more: close this and accept it as usual"
        elif self._left:
            words = f"{self._left} of {body.total} still to choose; nothing is written here"
        else:
            words = "All chosen: propose this, then look at it and accept it as usual"
        self.query_one("#conflict-state", Static).update(Content(words))
        self.query_one("#settle", Button).disabled = not body.total or self._left > 0
        for name, (_, choice) in _TAKE.items():
            is_off = not body.total or (choice is ConflictChoice.BOTH and not body.has_lines)
            self.query_one(f"#{name}", Button).disabled = is_off
        self.refresh_bindings()

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        name = str(event.button.id)
        if name in _TAKE:
            self.body.take(_TAKE[name][1])
            self.body.focus()
            return
        match name:
            case "settle":
                self.action_settle()
            case "keep":
                self.action_keep()
            case _:
                self.action_outside()
