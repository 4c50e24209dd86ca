"""A decision on one proposal moves those that stand on it: told, checked again, and seen anew."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.test_workspace.conftest import FILES
from vibe_tui.changes.errors import ShownAgainError
from vibe_tui.changes.model import ChangeSet, ChangeState
from vibe_tui.events import (
    ChangeApplied,
    ChangeRejected,
    ChangeRevised,
    ChangeRolledBack,
    CheckFinished,
    Event,
)
from vibe_tui.workspace import Workspace

ROUTER = "src/atlas/router.py"
HEAD = f"{ROUTER}\n<<<<<<< SEARCH\nclass Router:\n=======\nclass Routes:\n>>>>>>> REPLACE\n"
TAIL = (
    f"{ROUTER}\n<<<<<<< SEARCH\n        return view\n=======\n"
    "        return self.views[name]\n>>>>>>> REPLACE\n"
)


async def proposed(workspace: Workspace, text: str) -> ChangeSet:
    change = (await workspace.review.propose_patch(text)).change
    assert change is not None
    return change


@asynccontextmanager
async def watching(workspace: Workspace) -> AsyncIterator[list[Event]]:
    """The events of what is done inside, without the map's."""
    seen: list[Event] = []

    async def watch() -> None:
        async for event in workspace.events():
            seen.append(event)

    task = asyncio.create_task(watch())
    await asyncio.sleep(0)
    yield seen
    while not task.done():
        await workspace.close()
        await task


async def test_rejecting_what_lies_below_tells_and_checks_what_stands_on_it(
    workspace: Workspace,
) -> None:
    lower, upper = await proposed(workspace, HEAD), await proposed(workspace, TAIL)
    async with watching(workspace) as events:
        await workspace.review.reject(lower.change_id)
    assert events[0] == ChangeRejected(lower.change_id)
    assert events[1] == ChangeRevised(upper.change_id, upper.revision + 1, "rebased")
    checked = events[2]
    assert isinstance(checked, CheckFinished)
    assert (checked.change_id, checked.is_valid) == (upper.change_id, True)
    assert len(events) == 3


async def test_a_merged_revision_is_checked_before_it_is_seen_again(
    workspace: Workspace, atlas: Path
) -> None:
    change = await proposed(workspace, TAIL)
    edited = FILES[ROUTER].replace("class Router:", "class Mine:")
    (atlas / ROUTER).write_text(edited)
    with pytest.raises(ShownAgainError) as raised:
        await workspace.review.accept(change.change_id, change.revision)
    assert (atlas / ROUTER).read_text() == edited
    (again,) = await workspace.review.changes()
    assert again.revision == raised.value.revision
    assert [check.is_valid for check in again.checks] == [True]
    await workspace.review.accept(again.change_id, again.revision)
    written = (atlas / ROUTER).read_text()
    assert written.startswith("class Mine:")
    assert written.endswith("return self.views[name]\n")


async def test_redoing_says_that_the_change_stands_again(workspace: Workspace, atlas: Path) -> None:
    change = await proposed(workspace, TAIL)
    await workspace.review.accept(change.change_id, change.revision)
    after = (atlas / ROUTER).read_text()
    rollback = await workspace.review.roll_back(change.change_id)
    async with watching(workspace) as events:
        await workspace.review.roll_back(rollback.change_id)
        states = {c.change_id: c.state for c in await workspace.review.changes()}
    assert events == [
        ChangeRolledBack(rollback.change_id, (ROUTER,)),
        ChangeApplied(change.change_id, (ROUTER,)),
    ]
    assert states[change.change_id] is ChangeState.ACCEPTED
    assert (atlas / ROUTER).read_text() == after
