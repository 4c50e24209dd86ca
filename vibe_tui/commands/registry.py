"""Every slash command by name. A command's module is imported when it is first run.

A module has ``async def run(workspace, args) -> AsyncIterator[Event]``; it yields events and never
prints. What it reports to programs is made by functions beside it, which the command line calls.
"""

import shlex
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

from vibe_tui.errors import NotBuiltError, UsageError
from vibe_tui.events import Event
from vibe_tui.foreign import clean_line

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

Run = Callable[["Workspace", Sequence[str]], AsyncIterator[Event]]


@dataclass(frozen=True, slots=True)
class Command:
    """A slash command. ``module`` None: planned, not built yet."""

    name: str
    help: str
    usage: str = ""
    module: str | None = None

    @property
    def is_built(self) -> bool:
        """Whether it can be run."""
        return self.module is not None

    def load(self) -> Run:
        """Import the command.

        Raises:
            NotBuiltError: If it is only planned.
        """
        if self.module is None:
            raise NotBuiltError(f"/{self.name} is not built yet", "see /help for what is")
        run: Run = import_module(f"vibe_tui.commands.{self.module}").run
        return run


def _built(name: str, text: str, usage: str = "", module: str | None = None) -> Command:
    return Command(name, text, usage, module or name)


_COMMANDS = (
    _built("help", "Commands and keys", "[COMMAND]"),
    _built("model", "Show, choose or connect a model", "[NAME [ENDPOINT]] [--save]"),
    _built("models", "Models and their prices", "[QUERY]"),
    _built("map", "The project as a model sees it", "[TOKENS]", "map_project"),
    _built("context", "Pin a file into every prompt, or list what is pinned", "[FILE]"),
    _built("changes", "Proposals and what became of them", "[ID]"),
    _built("check", "Check files: syntax and lint", "PATH…"),
    _built("undo", "Roll back the newest accepted change"),
    _built("rewind", "Go back to before a message", "[N [both|files|chat]]"),
    _built("cost", "What was spent", "[today|week|month|all] [by GROUP]"),
    _built("tokens", "Count the tokens of text or of @files", "TEXT"),
    _built("sessions", "Earlier conversations"),
    _built("clear", "Start a new conversation"),
    _built("config", "Show or change settings", "[KEY [VALUE]]"),
    _built("doctor", "What works here, and what is lost without the rest"),
    Command("heal", "Repair what a check found"),
    Command("analyze", "A report on the code"),
    Command("plugins", "Plugins and their permissions"),
    Command("budget", "Limits on spending"),
    Command("generate", "Write new code"),
    Command("fix", "Mend a fault"),
    Command("refactor", "Change the shape, keep the behaviour"),
    Command("explain", "Explain code"),
    Command("test", "Write tests"),
    Command("review", "Review a change"),
    Command("diff", "Show what changed"),
    Command("commit", "Commit accepted changes"),
    Command("compact", "Summarise old turns"),
    Command("export", "Save the conversation"),
    Command("init", "Write instructions for a model"),
)


def all_commands() -> tuple[Command, ...]:
    """Every command, built ones first."""
    return _COMMANDS


def find(name: str) -> Command:
    """A command by its name, without the slash.

    Raises:
        UsageError: If there is none; it names the nearest.
    """
    for command in _COMMANDS:
        if command.name == name:
            return command
    near = get_close_matches(name, [command.name for command in _COMMANDS], n=1)
    hint = f"did you mean /{near[0]}?" if near else "see /help"
    raise UsageError(f"There is no command /{clean_line(name, 40)}", hint)


def split_line(line: str) -> tuple[str, list[str]]:
    """Split ``/cost today`` into the name and its arguments, quotes as in a shell.

    Raises:
        UsageError: If a quote is left open.
    """
    name, *rest = line.strip().removeprefix("/").split(maxsplit=1) or [""]
    try:
        return name, shlex.split(rest[0]) if rest else []
    except ValueError as error:
        raise UsageError(f"/{name}: {error}", "close the quote") from error


async def dispatch(workspace: "Workspace", line: str) -> AsyncIterator[Event]:
    """Run a typed line.

    Raises:
        VibeError: What the command says of bad input or a failure.
    """
    name, arguments = split_line(line)
    async for event in find(name).load()(workspace, arguments):
        yield event
