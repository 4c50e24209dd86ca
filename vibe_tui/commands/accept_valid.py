"""Accepting a proposal without a person (``ask --yes``): only what no check speaks against."""

import asyncio
from typing import TYPE_CHECKING

from vibe_tui.changes.model import ChangeSet, ChangeState, drops_over_half
from vibe_tui.errors import DeniedError

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


class NotAcceptedError(DeniedError):
    """A proposal that only a person may accept; it stays open."""

    code = "not_accepted"


def objections(change: ChangeSet) -> list[str]:
    """What speaks against accepting a proposal unseen, in sentences; empty when nothing does."""
    invalid = dict.fromkeys(
        f"{check.path} fails the {check.strategy} check"
        for check in change.checks
        if check.is_valid is False
    )
    against = list(invalid)
    for file in change.files:
        if drops_over_half(change, file.path):
            against.append(f"{file.path} would lose over half of its lines")
        if file.conflict is not None:
            against.append(f"{file.path} {file.conflict}")
    return against


async def accept_when_valid(workspace: "Workspace", change_id: str) -> ChangeSet:
    """Accept all of a proposal if nothing speaks against it.

    Raises:
        NotAcceptedError: If something does; the proposal stays open.
        VibeError: If it cannot be read or written, or is no longer open.
    """
    change = await asyncio.to_thread(workspace.rooms.change_store.get, change_id)
    against = objections(change)
    if against or change.state is not ChangeState.PROPOSED:
        reasons = "; ".join(against) or f"it is {change.state.value}"
        hint = f"look at it with vibe-tui changes show {change_id}"
        raise NotAcceptedError(f"{change_id} is not accepted: {reasons}", hint)
    return await workspace.review.accept(change_id, change.revision, by="--yes")
