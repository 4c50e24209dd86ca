"""The keys that work everywhere, what the palette offers, and the sections of the help."""

from collections.abc import Iterator, Sequence
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
from vibe_tui.ui.widgets.review_keys import LINE_TOOLS, SECTIONS, TOOLS, Tool
from vibe_tui.ui.widgets.transcript_view import TranscriptView

if TYPE_CHECKING:
    from vibe_tui.ui.app import VibeApp

APP_BINDINGS: list[BindingType] = [
    Binding("f1", "help", "keys", id="help"),
    Binding("ctrl+q", "quit", "quit", show=False, priority=True, id="quit"),
]
_LINE_KEYS = (
    Binding("up,down", "", "another line"),
    Binding("shift+up,shift+down", "", "choose up to another line"),
    Binding("escape", "", "the whole hunk again"),
)
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
    yield from _review_tools(app, main)
    if main.check_action("auto_undo", ()):
        words = "Roll back what was accepted last without asking"
        yield SystemCommand("Undo auto-accept", words, main.action_auto_undo)
    yield SystemCommand("Find a file", "Search the map", partial(_find_file, main))
    yield SystemCommand(
        "History", "Every change by time and by message, to roll back", main.review.action_earlier
    )
    for command in FACE_COMMANDS.values():
        if app.check_action(command.action, ()):
            run = partial(app.run_action, command.action)
            yield SystemCommand(command.title, command.help, run)
    for name, words in engine_commands():
        yield SystemCommand(f"/{name}", words, partial(app.run_slash, f"/{name}"))


def key_sections() -> KeySections:
    """Every pane and its bindings, as the help lists them."""
    from vibe_tui.ui.screens.conflict import ConflictScreen
    from vibe_tui.ui.screens.history import HistoryScreen

    return [
        ("Everywhere", [*APP_BINDINGS, Binding("ctrl+p", "", "palette"), *MainScreen.BINDINGS]),
        ("Chat", [*PromptInput.BINDINGS, *ChatPane.BINDINGS, *TranscriptView.BINDINGS]),
        *((f"Review: {title}", _tool_bindings(tools)) for title, tools in SECTIONS),
        ("Review: choose lines", [*_LINE_KEYS, *_tool_bindings(LINE_TOOLS)]),
        ("Conflict", ConflictScreen.BINDINGS),
        ("History", HistoryScreen.BINDINGS),
        ("Map", [*MapTree.BINDINGS, *MapPane.BINDINGS]),
        ("Map, while searching", MapFilter.BINDINGS),
    ]


def _tool_bindings(tools: Sequence[Tool]) -> list[Binding]:
    return [tool.binding for tool in tools]


def _review_tools(app: "VibeApp", main: MainScreen) -> Iterator[SystemCommand]:
    """What can be done with what Review shows now, besides the decisions above."""
    for tool in TOOLS if main.review.display else ():
        if tool.name in _DECISIONS or tool.name == "earlier" or main.review.why_not(tool):
            continue
        run = partial(app.run_action, tool.action, main.review)
        yield SystemCommand(f"Review: {tool.words}", tool.tip, run)


def _find_file(main: MainScreen) -> None:
    main.action_show_pane("map")
    main.map_pane.action_find()
