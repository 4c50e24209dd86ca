"""The keys that work everywhere, what the palette offers, and the sections of the help."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.binding import Binding, BindingType

from vibe_tui.ui.screens.help import KeySections
from vibe_tui.ui.screens.main import MainScreen
from vibe_tui.ui.slash import FACE_COMMANDS, engine_commands
from vibe_tui.ui.widgets.chat_pane import ChatPane
from vibe_tui.ui.widgets.map_pane import MapFilter, MapPane
from vibe_tui.ui.widgets.map_tree import MapTree
from vibe_tui.ui.widgets.prompt_input import PromptInput
from vibe_tui.ui.widgets.review_pane import ReviewPane
from vibe_tui.ui.widgets.transcript_view import TranscriptView

if TYPE_CHECKING:
    from vibe_tui.ui.app import VibeApp

APP_BINDINGS: list[BindingType] = [
    Binding("f1", "help", "keys", id="help"),
    Binding("ctrl+q", "quit", "quit", show=False, priority=True, id="quit"),
]
_DECISIONS = {
    "accept_all": ("Accept the proposal", "Write every open hunk to the project"),
    "accept_hunk": ("Accept the hunk", "Write the current hunk alone"),
    "reject_all": ("Reject the proposal", "Say no to every open hunk"),
    "roll_back": ("Roll back the change", "Restore what it had replaced, byte for byte"),
}


def palette_entries(app: "VibeApp") -> Iterator[SystemCommand]:
    """What the palette offers now; what would do nothing is left out."""
    main = app.desk.screen
    for action, (title, words) in _DECISIONS.items():
        if main.review.check_action(action, ()):
            yield SystemCommand(title, words, partial(app.run_action, action, main.review))
    yield SystemCommand("Find a file", "Search the map", partial(_find_file, main))
    yield SystemCommand(
        "Earlier changes", "List proposals, newest first", partial(_earlier_changes, main)
    )
    for command in FACE_COMMANDS.values():
        if app.check_action(command.action, ()):
            run = partial(app.run_action, command.action)
            yield SystemCommand(command.title, command.help, run)
    for name, words in engine_commands():
        yield SystemCommand(f"/{name}", words, partial(app.run_slash, f"/{name}"))


def key_sections() -> KeySections:
    """Every pane and its bindings, as the help lists them."""
    return [
        ("Everywhere", [*APP_BINDINGS, Binding("ctrl+p", "", "palette"), *MainScreen.BINDINGS]),
        ("Chat", [*PromptInput.BINDINGS, *ChatPane.BINDINGS, *TranscriptView.BINDINGS]),
        ("Review", ReviewPane.BINDINGS),
        ("Map", [*MapTree.BINDINGS, *MapPane.BINDINGS]),
        ("Map, while searching", MapFilter.BINDINGS),
    ]


def _find_file(main: MainScreen) -> None:
    main.action_show_pane("map")
    main.map_pane.action_find()


def _earlier_changes(main: MainScreen) -> None:
    main.action_show_pane("review")
    main.review.action_earlier()
