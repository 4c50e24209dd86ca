"""What the parts of a change store work with: the project's files, what is kept, and the lock."""

import contextlib
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from vibe_tui.changes.errors import StaleRevisionError, WriteFailedError
from vibe_tui.changes.kept.audit import AuditLog
from vibe_tui.changes.kept.blobs import BlobStore
from vibe_tui.changes.kept.records import RecordStore
from vibe_tui.changes.model import ChangeSet
from vibe_tui.changes.states import FileStates
from vibe_tui.changes.writing.apply import Applier, reason_of
from vibe_tui.changes.writing.journal import Journal
from vibe_tui.changes.writing.lock import WAIT_S, project_lock
from vibe_tui.changes.writing.originals import Originals
from vibe_tui.changes.writing.transactions import Transactions
from vibe_tui.changes.writing.tree import ProjectTree
from vibe_tui.errors import VibeError

_LOG = logging.getLogger(__name__)


class Bench:
    """Shared by everything that reads and decides on proposals; decides nothing itself.

    Args:
        root: The project's folder.
        data_dir: Where proposals, contents, journal and audit of this project are kept.
        clock: The time now, with its zone.
    """

    def __init__(self, root: Path, data_dir: Path, clock: Callable[[], datetime]) -> None:
        self.data_dir = data_dir
        self.clock = clock
        self.tree = ProjectTree(root)
        self.blobs = BlobStore(data_dir / "blobs")
        self.journal = Journal(data_dir / "journal")
        self.records = RecordStore(data_dir / "proposals")
        self.audit = AuditLog(data_dir / "audit.jsonl")
        self.states = FileStates(self.blobs)
        self.applier = Applier(self.tree, self.blobs, self.journal)
        self.originals = Originals(self.records, self.audit, clock)
        self.transactions = Transactions(
            self.applier, self.journal, self.records, self.audit, self.originals, clock
        )

    @contextlib.contextmanager
    def locked(self, wait_s: float = WAIT_S) -> Iterator[tuple[str, ...]]:
        """Hold the project's lock; who holds it must not ask for it again.

        Args:
            wait_s: Seconds to wait for another process.

        Yields:
            The changes of a crash that were put right first.

        Raises:
            ProjectLockedError: If another process holds it.
            WriteFailedError: If the system refuses something of what is done under it.
        """
        try:
            with project_lock(self.data_dir / "apply.lock", wait_s):
                yield self.transactions.recover()
        except OSError as error:
            raise WriteFailedError(
                f"The store of proposals cannot be written: {reason_of(error)}",
                "the project is untouched; make room and try again",
            ) from error

    def recover_at_opening(self) -> None:
        """Put right what a crash left, unless somebody is writing just now."""
        if self.journal.is_empty():
            return
        try:
            with self.locked(wait_s=0):
                pass
        except VibeError as error:
            _LOG.warning("the journal is not empty: %s", error)

    def log(self, event: str, change: ChangeSet, **details: object) -> None:
        """Write one line of the audit about a change; the caller holds the lock."""
        body = {"change_id": change.change_id, "revision": change.revision, **details}
        self.audit.append(event, self.clock(), body, change)

    def fresh(self, change_id: str, revision: int) -> ChangeSet:
        """As ``newest``, of a proposal that a person saw."""
        return self.newest(change_id, revision)

    def newest(self, change_id: str, revision: int | None = None) -> ChangeSet:
        """Read a change to decide on it; the caller holds the lock.

        Args:
            change_id: Its id.
            revision: What it must be; None takes any.

        Raises:
            StaleRevisionError: If it has another revision by now.
            VibeError: If there is none, or it cannot be read.
        """
        change = self.records.load(change_id)
        if revision not in (None, change.revision):
            raise StaleRevisionError(
                f"{change.change_id} has changed since it was shown "
                f"(revision {revision}, now {change.revision}); nothing was applied",
                "look at it again",
            )
        return change
