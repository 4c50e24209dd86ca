"""Accepting valid edits without asking: what that means, and for which files."""

import shlex
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from vibe_tui.foreign import clean_line

_MEANING = """\
From the next answer on, and until this session ends or you switch it off,
an answer's edits are written without asking, if every file of them

  · is among these paths
  · was found valid by its checks, and skipped is not valid
  · keeps at least half of its lines, and is not in conflict

Everything else waits for you, as always. What was written can be undone."""


class AutoAcceptScreen(ModalScreen[tuple[str, ...] | None]):
    """Asks for the paths; dismissed with their globs, or None.

    Args:
        paths: What to offer: the files of the proposal that is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "ask about every edit", id="auto.leave"),
    ]

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__()
        self._paths = paths

    def compose(self) -> ComposeResult:
        """What it means, above the paths."""
        with Vertical(id="auto-frame") as frame:
            frame.border_title = "Accept valid edits without asking"
            frame.border_subtitle = "enter switches it on · escape does not"
            yield Static(_MEANING, markup=False, id="auto-meaning")
            yield Input(
                " ".join(shlex.quote(path) for path in self._paths if _is_plain(path)),
                placeholder="paths or globs, such as src/** tests/*.py",
                select_on_focus=False,
                id="auto-paths",
            )
            yield Static(id="auto-problem", markup=False)
            with HorizontalGroup(id="auto-buttons"):
                yield Button("Switch on", "warning", id="auto-on", compact=True)
                yield Button("Ask about every edit", id="auto-off", compact=True)

    def on_mount(self) -> None:
        """Let the paths be changed at once."""
        paths = self.query_one(Input)
        paths.cursor_blink = False
        paths.focus()
        paths.cursor_position = len(paths.value)

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    @on(Input.Submitted)
    @on(Button.Pressed, "#auto-on")
    def _switch_on(self, event: Input.Submitted | Button.Pressed) -> None:
        event.stop()
        try:
            patterns = tuple(shlex.split(self.query_one(Input).value))
        except ValueError as error:
            self._say(f"Close the quote: {error}")
            return
        if patterns:
            self.dismiss(patterns)
        else:
            self._say("Name a path or a glob, such as src/**")

    @on(Button.Pressed, "#auto-off")
    def _stay_off(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(None)

    def _say(self, words: str) -> None:
        self.query_one("#auto-problem", Static).update(Content(words))


def _is_plain(path: str) -> bool:
    """Whether a path means itself alone when it is read as a glob."""
    return path == clean_line(path) and not set(path) & set("*?")
