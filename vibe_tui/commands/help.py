"""/help: what there is."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.commands.registry import all_commands, find
from vibe_tui.events import Event, Reported

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:  # noqa: ARG001 - every command takes the workspace
    """List the commands, or tell of one.

    Raises:
        UsageError: If there is no such command.
    """
    if args:
        command = find(args[0].removeprefix("/"))
        usage = f"/{command.name} {command.usage}".rstrip()
        state = "" if command.is_built else " (not built yet)"
        yield Reported("help", f"`{usage}` {command.help}{state}", {"usage": usage})
        return
    built = [command for command in all_commands() if command.is_built]
    rows = "\n".join(f"| `/{c.name}` | {c.help} |" for c in built)
    text = f"| command | does |\n| --- | --- |\n{rows}\n\nF1 lists the keys; `@` mentions a file."
    yield Reported("help", text, {"commands": [c.name for c in built]})
