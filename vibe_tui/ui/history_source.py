"""What the history asks of the engine."""

from collections.abc import AsyncIterator
from typing import Protocol

from vibe_tui.changes.model import ChangeSet, FileDiff
from vibe_tui.commands import rewind
from vibe_tui.commands.rewind import RewindPlan, Way
from vibe_tui.events import Event
from vibe_tui.workspace import Workspace


class HistorySource(Protocol):
    """What the screen needs of the engine."""

    async def changes(self) -> tuple[ChangeSet, ...]:
        """All changes, newest first."""
        ...

    async def diffs(self, change_id: str) -> tuple[FileDiff, ...]:
        """A change's files and hunks."""
        ...

    async def roll_back(self, change_id: str) -> ChangeSet:
        """Take a change back; returns the roll back."""
        ...

    async def taken_back_to(self, change_id: str) -> tuple[ChangeSet, ...]:
        """What ``roll_back_to`` would take back, newest first."""
        ...

    async def roll_back_to(self, change_id: str) -> ChangeSet:
        """Take a change back and all that was accepted after it; returns the roll back."""
        ...

    async def rewind_plan(self, session_id: str, prompt_id: str) -> RewindPlan:
        """What going back to before a message would do."""
        ...

    async def rewind(self, found: RewindPlan, way: Way) -> str:
        """Go back to before a message; returns what was done."""
        ...

    def events(self) -> AsyncIterator[Event]:
        """What happens from now on."""
        ...


class WorkspaceHistory:
    """The history of a project.

    Args:
        workspace: The project.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        review = workspace.review
        self.changes = review.changes
        self.diffs = review.diffs
        self.roll_back = review.roll_back
        self.roll_back_to = review.roll_back_to
        self.taken_back_to = review.taken_back_to
        self.events = workspace.events

    async def rewind_plan(self, session_id: str, prompt_id: str) -> RewindPlan:
        """What going back to before a message would do."""
        return await rewind.plan(self._workspace, session_id, prompt_id)

    async def rewind(self, found: RewindPlan, way: Way) -> str:
        """Go back to before a message; returns what was done."""
        return await rewind.rewind(self._workspace, found, way)
