"""Proposals from their birth to the disk and back: the one door through which files are written."""

import contextlib
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from vibe_tui.changes.apply import Applier, reason_of
from vibe_tui.changes.audit import AuditLog
from vibe_tui.changes.blobs import BlobStore
from vibe_tui.changes.decisions import (
    Selection,
    decided,
    file_of,
    numbers,
    open_selection,
    taken_back,
)
from vibe_tui.changes.drafting import Drafts
from vibe_tui.changes.errors import AlreadyDecidedError, StaleRevisionError, WriteFailedError
from vibe_tui.changes.journal import Journal
from vibe_tui.changes.lock import WAIT_S, project_lock
from vibe_tui.changes.model import (
    ChangeSet,
    ChangeState,
    CheckRecord,
    Edit,
    FileDiff,
    HunkState,
    Origin,
    Proposed,
)
from vibe_tui.changes.proposals import (
    cleaned,
    file_change,
    hashes,
    reasons,
    revised,
    with_checks,
    with_conflicts,
)
from vibe_tui.changes.records import RecordStore, readable_id
from vibe_tui.changes.states import FileStates, accepted_hunks, hunks_in
from vibe_tui.changes.targets import acceptance, restoration, spare_folders, with_facts
from vibe_tui.changes.transactions import Transactions
from vibe_tui.changes.tree import ProjectTree
from vibe_tui.changes.views import ChangeViews, SymbolsOf
from vibe_tui.errors import VibeError
from vibe_tui.foreign import clean_line
from vibe_tui.monitoring.caches import CacheStats

__all__ = ["ChangeStore", "Proposed"]

_LOG = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class ChangeStore:
    """The proposals of one project.

    Nothing that was not accepted reaches the project, and everything accepted can be taken back
    byte for byte, also after a crash. What a crash left is put right when the store is opened.

    Args:
        root: The project's folder.
        data_dir: Where proposals, contents, journal and audit of this project are kept.
        symbols_of: Names what encloses a line of a file's content, for headers.
        clock: The time now, with its zone.
        new_id: Makes an id of letters, digits and ``-`` from a moment; asked again with a later
            moment when the id is taken.
    """

    def __init__(
        self,
        root: Path,
        data_dir: Path,
        *,
        symbols_of: SymbolsOf | None = None,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[datetime], str] = readable_id,
    ) -> None:
        self._data_dir = data_dir
        self._clock = clock
        self._new_id = new_id
        self._tree = ProjectTree(root)
        self._blobs = BlobStore(data_dir / "blobs")
        self._journal = Journal(data_dir / "journal")
        self._records = RecordStore(data_dir / "proposals")
        self.audit = AuditLog(data_dir / "audit.jsonl")
        """Who decided what; for reading."""
        self._states = FileStates(self._blobs)
        self._views = ChangeViews(self._states, symbols_of)
        self._applier = Applier(self._tree, self._blobs, self._journal)
        self._transactions = Transactions(
            self._applier, self._journal, self._records, self.audit, clock
        )
        self._recover_at_opening()

    def _recover_at_opening(self) -> None:
        if self._journal.is_empty():
            return
        try:
            self.recover(wait_s=0)
        except VibeError as error:
            _LOG.warning("the journal is not empty: %s", error)

    @contextlib.contextmanager
    def _locked(self, wait_s: float = WAIT_S) -> Iterator[tuple[str, ...]]:
        """Hold the project's lock; yields the changes of a crash that were put right first."""
        try:
            with project_lock(self._data_dir / "apply.lock", wait_s):
                yield self._transactions.recover()
        except OSError as error:
            raise WriteFailedError(
                f"The store of proposals cannot be written: {reason_of(error)}",
                "the project is untouched; make room and try again",
            ) from error

    def _log(self, event: str, change: ChangeSet, **details: object) -> None:
        body = {"change_id": change.change_id, "revision": change.revision, **details}
        self.audit.append(event, self._clock(), body)

    # Proposals.

    def propose(self, edits: Sequence[Edit], origin: Origin) -> Proposed:
        """Store what edits would make of the project's files; the project is untouched.

        Args:
            edits: Of one answer; those of one file apply in order, each on the last one's result.
            origin: Who proposes.

        Returns:
            The proposal, None when no edit applies, and the edits that do not, each with why.

        Raises:
            WriteFailedError: If the store cannot be written.
            ProjectLockedError: If another process is writing to the project.
        """
        with self._locked():
            drafts = Drafts(self._tree, self._data_dir)
            refused = drafts.take(edits)
            changed, undone = drafts.changed()
            refused += undone
            if not changed:
                return Proposed(None, tuple(refused))
            files = tuple(file_change(draft, self._blobs, self._states) for draft in changed)
            now = self._clock().astimezone(UTC)
            change = ChangeSet(
                change_id=self._records.reserve(now, self._new_id),
                revision=1,
                created_at=now.isoformat(timespec="milliseconds"),
                state=ChangeState.PROPOSED,
                origin=cleaned(origin),
                files=files,
            )
            self._records.save(change)
            self._log(
                "proposed",
                change,
                by=f"{change.origin.kind} {change.origin.name}".strip(),
                session_id=change.origin.session_id,
                files=hashes(files),
                refused=reasons(refused),
            )
        return Proposed(change, tuple(refused))

    def revise(self, change_id: str, path: str, new_bytes: bytes, why: str) -> ChangeSet:
        """Propose other bytes for a file of which nothing is decided yet: a new revision.

        Args:
            change_id: The proposal.
            path: One of its files.
            new_bytes: The whole file as it should become.
            why: For the audit.

        Raises:
            AlreadyDecidedError: If a hunk of the file is decided, or the bytes change nothing.
            VibeError: If there is no such proposal or file, or the store cannot be written.
        """
        with self._locked():
            change = self._records.load(change_id)
            file = file_of(change, path)
            change = revised(change, file, self._blobs.put(new_bytes), self._states)
            self._records.save(change)
            self._log("revised", change, why=clean_line(why), files=hashes([file_of(change, path)]))
        return self._live(change)

    def record_checks(
        self, change_id: str, checks: Sequence[CheckRecord], revision: int | None = None
    ) -> ChangeSet:
        """Keep what checks said of a proposal; newer words on a file and strategy replace older.

        Args:
            change_id: The proposal, whose revision stays.
            checks: The records.
            revision: What was checked; None does not compare it.

        Raises:
            StaleRevisionError: If the proposal has another revision by now.
            VibeError: If there is no such proposal, or the store cannot be written.
        """
        with self._locked():
            change = self._records.load(change_id)
            if revision is not None:
                _refuse_stale(change, revision)
            change = with_checks(change, checks)
            self._records.save(change)
        return self._live(change)

    # Reading.

    def _live(self, change: ChangeSet) -> ChangeSet:
        return with_conflicts(change, self._tree, self._states)

    def get(self, change_id: str, revision: int | None = None) -> ChangeSet:
        """Read a proposal; an open one says which files are in conflict with the disk now.

        Args:
            change_id: Its id.
            revision: An older revision, as it was stored; None for the newest.

        Raises:
            UnknownChangeError: If there is none.
            DamagedStoreError: If it cannot be read.
        """
        change = self._records.load(change_id, revision)
        return self._live(change) if revision is None else change

    def list_changes(self) -> tuple[ChangeSet, ...]:
        """All proposals, newest first; open ones say which files are in conflict now."""
        return tuple(self._live(change) for change in self._records.all())

    def unreadable(self) -> tuple[str, ...]:
        """The ids of stored proposals that cannot be read, for ``doctor``."""
        return self._records.damaged()

    def diffs(self, change_id: str) -> tuple[FileDiff, ...]:
        """A proposal's files and hunks as Review shows them.

        Raises:
            VibeError: If there is no such proposal, or it cannot be read.
        """
        return self._views.diffs(self.get(change_id))

    def unified(self, change_id: str) -> str:
        """A proposal as a unified diff in git's form; not cleaned for display.

        Raises:
            VibeError: If there is no such proposal, or it cannot be read.
        """
        return self._views.unified(self._records.load(change_id))

    def diff_statistics(self) -> CacheStats:
        """How well the cache of diffs serves."""
        return self._states.statistics()

    def forget_diffs(self) -> None:
        """Empty the cache of diffs; they are computed again when needed."""
        self._states.forget()

    def proposed_bytes(self, change_id: str, path: str) -> bytes | None:
        """A file as it would be with every hunk that is not rejected; None: no such file then.

        Raises:
            VibeError: If there is no such proposal or file, or it cannot be read.
        """
        file = file_of(self._records.load(change_id), path)
        hunks = hunks_in(file, HunkState.OPEN, HunkState.ACCEPTED)
        return self._states.contents(file, hunks).get(path.removeprefix("./"))

    # Decisions.

    def accept(
        self,
        change_id: str,
        revision: int,
        *,
        hunks: Collection[int] | None = None,
        files: Collection[str] | None = None,
        by: str = "person",
    ) -> ChangeSet:
        """Write open hunks into the project: all files of them or none.

        Args:
            change_id: The proposal.
            revision: The revision that the person saw.
            hunks: Numbers ``k``, from 1 over the whole change.
            files: Paths; all their open hunks. With both None all that is open is meant.
            by: Who accepts, for the audit.

        Returns:
            The next revision.

        Raises:
            StaleRevisionError: If the proposal has another revision by now.
            AlreadyDecidedError: If nothing of what was named is open.
            ChangeConflictError: If a file is no longer what the proposal is based on.
            WriteFailedError: If the system refuses. In each case the project is untouched.
            VibeError: If there is no such proposal, hunk or file, or another process writes.
        """
        with self._locked():
            change = self._records.load(change_id)
            _refuse_stale(change, revision)
            selection = open_selection(change, hunks, files)
            plan = self._applier.plan(acceptance(change, selection, self._states))
            after = with_facts(change, decided(change, selection, HunkState.ACCEPTED), plan)
            self._transactions.commit(after, plan, "accepted", by, numbers(change, selection))
        return self._live(after)

    def reject(
        self,
        change_id: str,
        *,
        hunks: Collection[int] | None = None,
        files: Collection[str] | None = None,
        by: str = "person",
    ) -> ChangeSet:
        """Say no to open hunks; arguments as for ``accept``.

        Raises:
            AlreadyDecidedError: If nothing of what was named is open.
            VibeError: If there is no such proposal, hunk or file, or the store cannot be written.
        """
        with self._locked():
            change = self._records.load(change_id)
            selection: Selection = open_selection(change, hunks, files)
            after = decided(change, selection, HunkState.REJECTED)
            self._records.save(after)
            self._log("rejected", after, by=by, hunks=numbers(change, selection))
        return self._live(after)

    def rollback(self, change_id: str, *, by: str = "person") -> ChangeSet:
        """Restore bytes and permission bits of everything that was accepted: all or nothing.

        Args:
            change_id: The proposal.
            by: Who takes it back, for the audit.

        Raises:
            AlreadyDecidedError: If nothing of it is accepted.
            ChangeConflictError: If a file is no longer what was accepted.
            WriteFailedError: If the system refuses. In each case the project is untouched.
            VibeError: If there is no such proposal, or another process writes.
        """
        with self._locked():
            change = self._records.load(change_id)
            if not any(accepted_hunks(file) for file in change.files):
                raise AlreadyDecidedError(f"Nothing of {change_id} is accepted, so nothing to undo")
            plan = self._applier.plan(restoration(change, self._states))
            plan = replace(plan, spare_folders=spare_folders(change))
            after = taken_back(change)
            self._transactions.commit(after, plan, "rolled_back", by)
        return after

    def recover(self, wait_s: float = WAIT_S) -> tuple[str, ...]:
        """Put right what a crash left in the project; opening the store does so too.

        Args:
            wait_s: Seconds to wait for another process that writes.

        Returns:
            The ids of the changes concerned.

        Raises:
            VibeError: If the journal cannot be read, the system refuses, or another process
                writes.
        """
        with self._locked(wait_s) as recovered:
            return recovered


def _refuse_stale(change: ChangeSet, revision: int) -> None:
    if change.revision != revision:
        raise StaleRevisionError(
            f"{change.change_id} has changed since it was shown "
            f"(revision {revision}, now {change.revision}); nothing was applied",
            "look at it again",
        )
