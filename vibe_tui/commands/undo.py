"""/undo: roll back the newest accepted change."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.changes.model import ChangeState
from vibe_tui.errors import DeniedError, UsageError
from vibe_tui.events import Event, Noticed

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Roll back what was accepted last.

    Raises:
        UsageError: If words follow.
        DeniedError: If nothing is left to roll back, or the files moved on.
    """
    if args:
        raise UsageError("/undo takes no words", "it rolls back the newest accepted change")
    written = (ChangeState.ACCEPTED, ChangeState.PARTLY_ACCEPTED)
    newest = next((c for c in await workspace.changes() if c.state in written), None)
    if newest is None:
        raise DeniedError("Nothing accepted is left to roll back", "see /changes")
    change = await workspace.roll_back(newest.change_id)
    files = ", ".join(file.path for file in change.files)
    yield Noticed(f"Rolled back {change.change_id}: {files}")
