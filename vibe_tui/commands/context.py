"""/context: files that go into every prompt."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.commands.table import plain_cell
from vibe_tui.errors import UsageError
from vibe_tui.events import Event, Noticed, Reported

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """List what is pinned, or pin and unpin a file.

    Raises:
        UsageError: If the project has no such file.
    """
    if not args:
        listed = "\n".join(f"- {plain_cell(path)}" for path in workspace.pinned)
        text = listed or "No file is pinned. `/context FILE`, or `c` in the map, pins one."
        yield Reported("context", text, {"pinned": list(workspace.pinned)})
        return
    path = " ".join(args).removeprefix("@").removeprefix("./")
    if path not in await workspace.rooms.chat_services().known_paths():
        near = await workspace.find_paths(path, limit=1)
        raise UsageError(
            f"The project has no file {path!r}", f"did you mean {near[0]}?" if near else "see /map"
        )
    pinned = workspace.pin(path)
    yield Noticed(f"{path} is {'in every prompt now' if pinned else 'no longer pinned'}")
