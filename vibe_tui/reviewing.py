"""Proposals as a person meets them: read, decided on, taken back, each step told to the faces."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from vibe_tui.errors import VibeError
from vibe_tui.events import (
    ChangeApplied,
    ChangeProposed,
    ChangeRejected,
    ChangeRevised,
    ChangeRolledBack,
    CheckFinished,
    Event,
    MapUpdated,
)
from vibe_tui.monitoring.spans import span
from vibe_tui.rooms import Rooms

if TYPE_CHECKING:
    from vibe_tui.changes.model import ChangeSet, ConflictChoice, ConflictView, FileDiff, Proposed
    from vibe_tui.changes.retention import Tidied

_LOG = logging.getLogger(__name__)


class Reviewing:
    """Decisions on proposals; every call that writes waits in a thread.

    Args:
        rooms: The engine's rooms for the project.
        publish: Tells every face what happened.
    """

    def __init__(self, rooms: Rooms, publish: Callable[[Event], None]) -> None:
        self._rooms = rooms
        self._publish = publish

    # Reading.

    async def changes(self) -> "tuple[ChangeSet, ...]":
        """All proposals, newest first."""
        return tuple(await asyncio.to_thread(self._rooms.change_store.list_changes))

    async def diffs(self, change_id: str) -> "tuple[FileDiff, ...]":
        """A proposal's files and hunks as Review shows them.

        Raises:
            VibeError: If there is no such proposal, or it cannot be read.
        """
        return await asyncio.to_thread(self._rooms.change_store.diffs, change_id)

    async def taken_back_to(self, change_id: str) -> "tuple[ChangeSet, ...]":
        """What ``roll_back_to`` would take back now, newest first.

        Raises:
            VibeError: If nothing of the change stands, or it cannot be read.
        """
        return await asyncio.to_thread(self._rooms.change_store.taken_back_to, change_id)

    async def conflict(self, change_id: str, path: str) -> "ConflictView":
        """Both sides of a file that the disk and a proposal have changed.

        Raises:
            VibeError: If there is no such proposal or file, or it cannot be read.
        """
        return await asyncio.to_thread(self._rooms.change_store.conflicts.view, change_id, path)

    async def patch(self, change_id: str, k: int) -> str:
        """A hunk as a patch that git takes; not cleaned for display.

        Raises:
            VibeError: If there is no such proposal or hunk, or it has no lines.
        """
        return await asyncio.to_thread(self._rooms.change_store.unified_hunk, change_id, k)

    async def proposed_bytes(self, change_id: str, path: str) -> bytes | None:
        """A file as a proposal would leave it; None: there would be none.

        Raises:
            VibeError: If there is no such proposal or file, or it cannot be read.
        """
        return await asyncio.to_thread(self._rooms.change_store.proposed_bytes, change_id, path)

    # Proposing.

    async def propose_patch(self, text: str) -> "Proposed":
        """Store a proposal from a patch, or any edit format of DESIGN.md."""
        from vibe_tui.changes.formats.stream import parse_edits
        from vibe_tui.changes.model import Origin, RefusedEdit
        from vibe_tui.chat.services import looks_like_path

        found = parse_edits(text, is_path=looks_like_path)
        edits = [edit for edit in found if not isinstance(edit, RefusedEdit)]
        refused = tuple(edit for edit in found if isinstance(edit, RefusedEdit))
        store = self._rooms.change_store
        proposed = await asyncio.to_thread(store.propose, edits, Origin("patch"))
        if proposed.change is not None:
            await self._rooms.chat_services().check(proposed.change)
        return replace(proposed, refused=(*refused, *proposed.refused))

    # Deciding.

    async def accept(
        self,
        change_id: str,
        revision: int,
        *,
        hunks: Collection[int] | None = None,
        files: Collection[str] | None = None,
        by: str = "person",
    ) -> "ChangeSet":
        """Write what was accepted: all that is open, or these hunks or files.

        ``by`` is who accepts, for the audit.

        Raises:
            VibeError: If the revision is stale or the project moved on; nothing is written.
        """
        store = self._rooms.change_store
        decide = partial(store.accept, change_id, revision, hunks=hunks, files=files, by=by)
        return await self._write(change_id, decide)

    async def reject(
        self,
        change_id: str,
        *,
        hunks: Collection[int] | None = None,
        files: Collection[str] | None = None,
        revision: int | None = None,
    ) -> "ChangeSet":
        """Say no to all that is open, or to these hunks or files.

        ``revision`` is what the person saw; None does not compare it.

        Raises:
            VibeError: If there is no such proposal, the revision is stale, or nothing is open.
        """
        reject = partial(self._rooms.change_store.reject, change_id, revision=revision)
        change = await asyncio.to_thread(partial(reject, hunks=hunks, files=files))
        self._publish(ChangeRejected(change_id))
        await self._follow_rebased()
        return change

    async def roll_back(self, change_id: str) -> "ChangeSet":
        """Restore what an accepted change had replaced, byte for byte.

        Returns:
            The rollback, a change of its own. It is open, to be looked at and accepted, where
            files moved on since and could be merged.

        Raises:
            VibeError: If the files moved on and cannot be merged; nothing is touched.
        """
        return await self._write(change_id, partial(self._rooms.change_store.rollback, change_id))

    async def roll_back_to(self, change_id: str) -> "ChangeSet":
        """As ``roll_back``, for a change and everything that was accepted after it."""
        decide = partial(self._rooms.change_store.rollback_to, change_id)
        return await self._write(change_id, decide)

    # Changing a proposal.

    async def split(
        self, change_id: str, revision: int, k: int, rows: Sequence[int] | None = None
    ) -> "ChangeSet":
        """Divide a hunk; ``rows`` of its lines become one of their own.

        Raises:
            VibeError: If the revision is stale or the hunk cannot be divided.
        """
        hunks = self._rooms.change_store.hunks
        return await self._revise(partial(hunks.split, change_id, revision, k, rows), "divided")

    async def edit(self, change_id: str, revision: int, k: int, text: str) -> "ChangeSet":
        """Give a hunk other new lines, and check the file again.

        Raises:
            VibeError: If the revision is stale or the text cannot be written into the file.
        """
        hunks = self._rooms.change_store.hunks
        change = await self._revise(partial(hunks.edit, change_id, revision, k, text), "edited")
        await self._check(change)
        return change

    async def replace(
        self, change_id: str, revision: int, path: str, content: bytes
    ) -> "ChangeSet":
        """Propose other bytes for a file of which nothing is decided yet, and check it again.

        Raises:
            VibeError: If the revision is stale, or something of the file is decided.
        """
        store = self._rooms.change_store
        work = partial(store.revise, change_id, path, content, "edited by a person", revision)
        change = await self._revise(work, "edited")
        await self._check(change)
        return change

    async def comment(self, change_id: str, k: int, text: str) -> "ChangeSet":
        """Tell the model something about a hunk, with its next prompt.

        Raises:
            VibeError: If there is no such hunk.
        """
        hunks = self._rooms.change_store.hunks
        return await self._revise(partial(hunks.comment, change_id, k, text), "commented")

    async def merged(
        self,
        view: "ConflictView",
        choices: "Mapping[int, ConflictChoice]",
        *,
        marks_open: bool = False,
    ) -> bytes | None:
        """A file in conflict as choices make it, by the index of the region; nothing is stored.

        Args:
            view: What the person saw.
            choices: What is taken.
            marks_open: Mark both sides of what is not chosen, for an editor.

        Returns:
            Its bytes; None when it is deleted.

        Raises:
            VibeError: If either side changed since, or both cannot stand in one file.
        """
        conflicts = self._rooms.change_store.conflicts
        return await asyncio.to_thread(
            partial(conflicts.take, view, choices, marks_open=marks_open)
        )

    async def resolve(
        self,
        change_id: str,
        revision: int,
        path: str,
        content: bytes | None,
        view: "ConflictView | None" = None,
    ) -> "ChangeSet":
        """Settle a conflict: propose these bytes for the file as it is on the disk now.

        ``content`` None deletes it; ``view`` is what the content was made from.

        Raises:
            VibeError: If the revision is stale, either side changed since, or marks are left.
        """
        conflicts = self._rooms.change_store.conflicts
        settle = partial(conflicts.resolve, change_id, revision, path, content, view=view)
        change = await self._revise(settle, "conflict resolved")
        await self._check(change)
        return change

    async def keep_ours(self, change_id: str, revision: int, path: str) -> "ChangeSet":
        """Keep a file as it is: what is open of it is rejected.

        Raises:
            VibeError: If the revision is stale, or nothing of the file is open.
        """
        keep = partial(self._rooms.change_store.conflicts.keep_ours, change_id, path, revision)
        change = await asyncio.to_thread(keep)
        self._publish(ChangeRejected(change_id))
        await self._follow_rebased()
        return change

    # What is kept.

    async def tidy(self, budget_s: float = 30.0) -> "Tidied | None":
        """Give up what the settings no longer keep for rolling back, at most once a day.

        Args:
            budget_s: Seconds that it may take, about.

        Returns:
            What was done; None when nothing was, because it is not time or it did not work.
        """

        def give_up() -> "Tidied | None":
            from vibe_tui.changes.retention import Limits

            retention, settings = self._rooms.change_store.retention, self._rooms.settings
            if not retention.is_due():
                return None
            limits = Limits(settings.changes_keep_days, settings.changes_keep_bytes)
            return retention.run(limits, budget_s)

        try:
            with span("changes.tidy"):
                return await asyncio.to_thread(give_up)
        except (VibeError, OSError) as error:  # another day is as good
            _LOG.warning("what is too old is still kept: %s", error)
            return None

    # How it is told.

    async def _revise(self, work: "Callable[[], ChangeSet]", why: str) -> "ChangeSet":
        change = await asyncio.to_thread(work)
        self._publish(ChangeRevised(change.change_id, change.revision, why))
        await self._follow_rebased()
        return change

    async def _follow_rebased(self) -> None:
        """Tell and check the proposals that a decision on another one has moved."""
        store = self._rooms.change_store
        for change_id in store.take_rebased():
            change = await asyncio.to_thread(store.get, change_id)
            self._publish(ChangeRevised(change_id, change.revision, "rebased"))
            await self._check(change)

    async def _check(self, change: "ChangeSet") -> None:
        """Check a new revision, and tell what was found."""
        for record in await self._rooms.chat_services().check(change):
            self._publish(
                CheckFinished(
                    change.change_id, record.strategy, record.is_valid, record.path, record.messages
                )
            )

    async def _write(self, change_id: str, decide: "Callable[[], ChangeSet]") -> "ChangeSet":
        """Carry out what writes to the project, and tell what became of it."""
        try:
            with span("changes.write"):
                change = await asyncio.to_thread(decide)
        except VibeError as error:
            self._publish(ChangeRevised(change_id, 0, error.message))
            await self._follow_refusal(change_id, error)
            raise
        await self._tell_written(change_id, change)
        await self._follow_rebased()
        return change

    async def _follow_refusal(self, change_id: str, error: VibeError) -> None:
        from vibe_tui.changes.errors import ShownAgainError

        if isinstance(error, ShownAgainError):
            await self._check(await asyncio.to_thread(self._rooms.change_store.get, change_id))
        await self._follow_rebased()

    async def _tell_written(self, change_id: str, change: "ChangeSet") -> None:
        paths = _paths(change)
        if change.reverts and change.is_open and not change.applied:
            # a rollback that has to be looked at first
            self._publish(ChangeProposed(change.change_id, change.revision, paths))
            return
        reverted = () if change.is_open else change.reverts
        for original in reverted:
            self._publish(ChangeRolledBack(original, paths))
        for reinstated in await self._taken_back_by(reverted):
            self._publish(ChangeApplied(reinstated, paths))
        if not reverted:
            self._publish(ChangeApplied(change_id, paths))
        await self._remap(paths)

    async def _taken_back_by(self, change_ids: Sequence[str]) -> list[str]:
        """What those of some changes that are rollbacks had taken back."""
        store = self._rooms.change_store
        found = [await asyncio.to_thread(store.get, change_id) for change_id in change_ids]
        return [original for change in found for original in change.reverts]

    async def _remap(self, paths: Sequence[str]) -> None:
        if self._rooms.mapper.repository_map is None:
            return
        for path in paths:
            await self._rooms.mapper.update_on_file_change(path)
        self._publish(MapUpdated(tuple(paths)))


def _paths(change: "ChangeSet") -> tuple[str, ...]:
    return tuple(dict.fromkeys(p for f in change.files for p in (f.path, f.renamed_from) if p))
