"""Every subcommand by name. A subcommand's module is imported when it is called.

A module has ``add_arguments(parser, action)``, which declares its options, and
``async def run(call) -> int``, which does the work and returns the exit code.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A word after ``vibe-tui``, with the words that may follow it."""

    help: str
    module: str
    """Below ``vibe_tui.cli``."""
    actions: tuple[str, ...] = ()
    default_action: str = ""
    """The action meant when none is named."""
    is_built: bool = True


def _planned(text: str, *actions: str) -> Subcommand:
    return Subcommand(text, "planned", actions, is_built=False)


_CHANGE_ACTIONS = ("list", "show", "accept", "reject", "rollback", "recover", "propose")
_PLUGIN_ACTIONS = (
    "list", "info", "install", "approve", "enable", "disable", "remove", "verify", "run", "new",
)  # fmt: skip

SUBCOMMANDS = {
    "ask": Subcommand("One turn of chat; edits become a proposal", "ask"),
    "map": Subcommand("The project as a model sees it", "map_project"),
    "changes": Subcommand(
        "Proposals: list, show, accept, reject, roll back", "changes", _CHANGE_ACTIONS, "list"
    ),
    "check": Subcommand("Are files right: syntax and lint", "check"),
    "tokens": Subcommand("Count the tokens of text", "tokens"),
    "cost": Subcommand("What was spent", "cost"),
    "models": Subcommand("Models and their prices", "models"),
    "sessions": Subcommand(
        "Earlier conversations", "sessions", ("list", "show", "export", "delete"), "list"
    ),
    "config": Subcommand(
        "Show or change settings", "config", ("get", "set", "unset", "path", "list"), "list"
    ),
    "doctor": Subcommand("What works here, and what is lost without the rest", "doctor"),
    "analyze": _planned("A report on the code"),
    "context": _planned("What a model would be shown of a file"),
    "heal": _planned("Repair what a check found"),
    "budget": _planned("Limits on spending", "show", "set", "clear"),
    "plugins": _planned("Plugins and their permissions", *_PLUGIN_ACTIONS),
    "cache": _planned("Caches", "show", "clear"),
    "bench": _planned("This machine's figures"),
    "serve": _planned("The app in a browser"),
}
