"""What a rollback does to the changes that it takes back, and what its own rollback does again."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import NamedTuple

from vibe_tui.changes.decisions import state_of
from vibe_tui.changes.kept.audit import AuditLog
from vibe_tui.changes.kept.records import RecordStore
from vibe_tui.changes.model import AppliedFile, ChangeSet, ChangeState
from vibe_tui.errors import VibeError

_LOG = logging.getLogger(__name__)


_Told = dict[str, str | None]
"""A file in a line of the audit."""


class _Cause(NamedTuple):
    change_id: str
    """The change that was written."""
    by: str
    after_crash: bool


class Originals:
    """Keeps the states of changes in step with the rollbacks that were written.

    A rollback that stands has taken back every change that it names. Each step is found done or
    is done, so that it can be carried out again after a crash.

    Args:
        records: Holds the changes; the caller holds the project's lock.
        audit: Gets one line for each change that is taken back or reinstated.
        clock: The time now.
    """

    def __init__(
        self, records: RecordStore, audit: AuditLog, clock: Callable[[], datetime]
    ) -> None:
        self._records = records
        self._audit = audit
        self._clock = clock

    def settle(self, change: ChangeSet, by: str, *, after_crash: bool = False) -> None:
        """Say of what a rollback took back that it did; of other changes nothing is to be said.

        Args:
            change: As it stands now.
            by: Who decided.
            after_crash: Whether part of it may be done.

        Raises:
            OSError: If the disk refuses; it can be done again.
        """
        if not _stands(change):
            return
        cause = _Cause(change.change_id, by, after_crash)
        for change_id in change.reverts:
            self._take_back(change_id, change.change_id, cause)

    def _take_back(self, change_id: str, rollback_id: str, cause: _Cause) -> None:
        change = self._load(change_id)
        if change is None:
            return
        if change.state is not ChangeState.ROLLED_BACK:
            after = replace(
                change,
                revision=change.revision + 1,
                state=ChangeState.ROLLED_BACK,
                rolled_back_by=rollback_id,
                applied=(),
            )
            files = [_told(p, p.after_sha256, p.before_sha256) for p in change.applied]
            self._keep(after, "rolled_back", files, cause)
        for original in reversed(change.reverts):
            self._reinstate(original, change_id, cause)

    def _reinstate(self, change_id: str, rollback_id: str, cause: _Cause) -> None:
        """Let a change stand again that a rollback, which is taken back itself, had taken back."""
        change = self._load(change_id)
        if change is None:
            return
        if change.rolled_back_by == rollback_id:
            applied = self.applied_before(change)
            change = replace(
                change,
                revision=change.revision + 1,
                state=state_of(change.files, applied),
                rolled_back_by="",
                applied=applied,
            )
            files = [_told(p, p.before_sha256, p.after_sha256) for p in applied]
            self._keep(change, "reinstated", files, cause)
        if _stands(change):
            for original in change.reverts:
                self._take_back(original, change_id, cause)

    def _load(self, change_id: str) -> ChangeSet | None:
        """Read a change; one that is lost keeps no other from being settled."""
        try:
            return self._records.load(change_id)
        except VibeError as error:
            _LOG.warning("the state of %s is not kept: %s", change_id, error)
            return None

    def _keep(self, change: ChangeSet, event: str, files: Sequence[_Told], cause: _Cause) -> None:
        """Write the audit's line, unless a crash came right behind it, and the new revision."""
        if not (cause.after_crash and self._is_told(change)):
            details = {
                "change_id": change.change_id,
                "revision": change.revision,
                "by": cause.by,
                "because_of": cause.change_id,
                "files": list(files),
            }
            self._audit.append(event, self._clock(), details, change)
        self._records.save(change)

    def _is_told(self, change: ChangeSet) -> bool:
        lines = self._audit.entries(change.change_id)
        return any(line.get("revision") == change.revision for line in lines)

    def applied_before(self, change: ChangeSet) -> tuple[AppliedFile, ...]:
        """What a change that was rolled back had written, by its older revisions."""
        for revision in count(change.revision, -1):
            if revision < 1:
                break
            try:
                older = self._records.load(change.change_id, revision)
            except VibeError as error:
                _LOG.warning("what %s had written is not known: %s", change.change_id, error)
                break
            if older.applied:
                return older.applied
        return ()


def _stands(change: ChangeSet) -> bool:
    """Whether all of a change is written, and was not taken back."""
    return change.state is ChangeState.ACCEPTED


def _told(file: AppliedFile, before: str | None, after: str | None) -> _Told:
    return {"path": file.path, "before": before, "after": after}
