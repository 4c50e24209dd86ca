"""/undo: roll back the newest accepted change."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.changes.model import ChangeState
from vibe_tui.errors import DeniedError, UsageError
from vibe_tui.events import Event, Noticed

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

_WRITTEN = (ChangeState.ACCEPTED, ChangeState.PARTLY_ACCEPTED)


def _accepted_last(workspace: "Workspace") -> str | None:
    """The change whose acceptance is the youngest of those that still stand."""
    store = workspace.rooms.change_store
    standing = {change.change_id for change in store.list_changes() if change.state in _WRITTEN}
    accepted = [
        str(entry["change_id"])
        for entry in store.audit.entries()
        if entry["event"] == "accepted" and entry["change_id"] in standing
    ]
    return accepted[-1] if accepted else None


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Roll back what was accepted last.

    Raises:
        UsageError: If words follow.
        DeniedError: If nothing is left to roll back, or the files moved on.
    """
    if args:
        raise UsageError("/undo takes no words", "it rolls back the newest accepted change")
    newest = await asyncio.to_thread(_accepted_last, workspace)
    if newest is None:
        raise DeniedError("Nothing accepted is left to roll back", "see /changes")
    change = await workspace.roll_back(newest)
    files = ", ".join(file.path for file in change.files)
    yield Noticed(f"Rolled back {change.change_id}: {files}")
