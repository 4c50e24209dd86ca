"""A decision as one transaction: the project's files and the proposal's new revision together."""

import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from vibe_tui.changes.kept.audit import AuditLog
from vibe_tui.changes.kept.records import RecordStore
from vibe_tui.changes.model import ChangeSet
from vibe_tui.changes.writing.apply import Applier, Plan, write_failure
from vibe_tui.changes.writing.journal import Intent, Journal
from vibe_tui.changes.writing.originals import Originals

_LOG = logging.getLogger(__name__)


class Transactions:
    """Carries out what was decided; the caller holds the project's lock.

    The new revision's file is the point of no return: an intent without it is undone by
    ``recover``, one with it is finished.

    Args:
        applier: Writes the project's files.
        journal: Holds the intents.
        records: Holds the proposals.
        audit: Gets one line a transaction.
        originals: Brings the changes that a rollback takes back into their new state.
        clock: The time now.
    """

    def __init__(
        self,
        applier: Applier,
        journal: Journal,
        records: RecordStore,
        audit: AuditLog,
        originals: Originals,
        clock: Callable[[], datetime],
    ) -> None:
        self._applier = applier
        self._journal = journal
        self._records = records
        self._audit = audit
        self._originals = originals
        self._clock = clock

    def commit(self, change: ChangeSet, plan: Plan, by: str, hunks: Sequence[int]) -> None:
        """Write the files of a plan and the proposal's new revision, or nothing.

        Args:
            change: The new revision.
            plan: What to write.
            by: Who decided.
            hunks: The numbers of those decided on, for the audit.

        Raises:
            ChangeConflictError: If a file changed since it was planned.
            WriteFailedError: If the system refuses.
        """
        intent = Intent(
            transaction_id=f"{change.change_id}-{secrets.token_hex(4)}",
            change_id=change.change_id,
            revision=change.revision,
            event="accepted",
            by=by,
            hunks=tuple(hunks),
            steps=plan.steps,
            spare_folders=plan.spare_folders,
            reverts=change.reverts,
        )
        self._applier.run(intent, plan)
        try:
            self._records.save(change)
            self._log(intent, change)
            self._originals.settle(change, by)
            self._applier.finish(intent)
        except BaseException as error:
            if self._is_committed(intent):
                # The next one to take the lock finds the intent and finishes it.
                if not isinstance(error, OSError):
                    raise
                _LOG.warning("%s is applied, the journal is closed later: %s", intent, error)
                return
            self._applier.take_back(intent)
            if isinstance(error, OSError):
                raise write_failure(change.change_id, error) from error
            raise

    def _is_committed(self, intent: Intent) -> bool:
        return self._records.latest_revision(intent.change_id) >= intent.revision

    def recover(self) -> tuple[str, ...]:
        """Put right what a crash left: unfinished intents are undone, committed ones finished.

        Returns:
            The ids of the changes concerned.

        Raises:
            DamagedStoreError: If the journal cannot be read.
            WriteFailedError: If the system refuses; it can be tried again.
        """
        recovered: list[str] = []
        for intent in self._journal.pending():
            recovered.extend(intent.concerned)
            if self._is_committed(intent):
                self._complete(intent)
                continue
            left = self._applier.take_back(intent)
            for path in left:
                _LOG.warning("%s was changed after a crash and is left as it is", path)
            details = {"change_id": intent.change_id, "undone": intent.event, "left": list(left)}
            self._audit.append("recovered", self._clock(), details)
        return tuple(i for i in dict.fromkeys(recovered) if self._records.latest_revision(i))

    def _complete(self, intent: Intent) -> None:
        """Finish what was committed when the crash came; all of it can be done twice."""
        change = self._records.load(intent.change_id)
        if not self._audit.holds(intent.transaction_id):
            self._log(intent, change)
        self._originals.settle(change, intent.by, after_crash=True)
        self._applier.finish(intent)

    def _log(self, intent: Intent, change: ChangeSet) -> None:
        self._audit.append(intent.event, self._clock(), _details(intent), change)


def _details(intent: Intent) -> dict[str, Any]:
    return {
        "change_id": intent.change_id,
        "revision": intent.revision,
        "by": intent.by,
        "hunks": list(intent.hunks),
        "transaction": intent.transaction_id,
        "files": [
            {
                "path": step.path,
                "before": step.before.sha256 if step.before else None,
                "after": step.after.sha256 if step.after else None,
            }
            for step in intent.steps
        ],
    }
