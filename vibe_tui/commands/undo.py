"""/undo: roll back the change that was accepted last."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.errors import DeniedError, UsageError
from vibe_tui.events import Event, Noticed

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Roll back what was accepted last; a rollback does not count, its id undoes it.

    Raises:
        UsageError: If words follow.
        DeniedError: If nothing is left to roll back, or the files moved on.
    """
    if args:
        raise UsageError("/undo takes no words", "it rolls back the newest accepted change")
    newest = await asyncio.to_thread(workspace.rooms.change_store.last_applied)
    if newest is None:
        raise DeniedError("Nothing accepted is left to roll back", "see /changes")
    rollback = await workspace.review.roll_back(newest.change_id)
    files = ", ".join(file.path for file in rollback.files)
    if rollback.is_open:
        told = f"{rollback.change_id} rolls back {newest.change_id}, merged with what changed since"
        yield Noticed(f"{told}: look at it and accept it ({files})", "warning")
        return
    yield Noticed(f"Rolled back {newest.change_id}: {files} (/changes names {rollback.change_id})")
