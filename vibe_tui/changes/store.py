"""Proposals from their birth to the disk and back: the one door through which files are written."""

from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.decisions import file_of
from vibe_tui.changes.hunks.conflicts import Conflicts
from vibe_tui.changes.hunks.hunk_editing import HunkEditor
from vibe_tui.changes.kept.records import readable_id
from vibe_tui.changes.model import (
    ChangeSet,
    CheckRecord,
    Edit,
    Origin,
    Proposed,
)
from vibe_tui.changes.proposals import hashes, revised, with_checks
from vibe_tui.changes.retention import Retention
from vibe_tui.changes.stack.accepting import Accepting
from vibe_tui.changes.stack.layers import Layers
from vibe_tui.changes.stack.proposing import Proposing, RemarksOf
from vibe_tui.changes.stack.reversing import Reversing
from vibe_tui.changes.stored import StoredChanges
from vibe_tui.changes.views import SymbolsOf
from vibe_tui.changes.writing.lock import WAIT_S
from vibe_tui.foreign import clean_line

__all__ = ["ChangeStore", "Proposed"]


def _now() -> datetime:
    return datetime.now(UTC)


class ChangeStore(StoredChanges):
    """The proposals of one project.

    Nothing that was not accepted reaches the project, and everything accepted can be taken back
    byte for byte, also after a crash. What a crash left is put right when the store is opened.

    Args:
        root: The project's folder.
        data_dir: Where proposals, contents, journal and audit of this project are kept.
        symbols_of: Names what encloses a line of a file's content, for headers.
        remarks_of: Says of paths that are proposed to be changed what Review should know besides.
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
        remarks_of: RemarksOf | None = None,
        clock: Callable[[], datetime] = _now,
        new_id: Callable[[datetime], str] = readable_id,
    ) -> None:
        bench = Bench(root, data_dir, clock)
        super().__init__(bench, Layers(bench), symbols_of)
        self._proposing = Proposing(self._bench, self._layers, new_id, remarks_of)
        self._accepting = Accepting(self._bench, self._layers)
        self._reversing = Reversing(self._bench, self._layers, self._accepting, new_id)
        self.retention = Retention(self._bench)
        """Gives up what is too old to be taken back, or too much."""
        self.hunks = HunkEditor(self._bench, self._layers)
        """Divides hunks, edits them and keeps comments on them."""
        self.conflicts = Conflicts(self._bench, self._layers)
        """Shows and settles files that the project and a proposal changed."""
        self._bench.recover_at_opening()

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
        with self._bench.locked():
            return self._proposing.propose(edits, origin)

    def revise(
        self, change_id: str, path: str, new_bytes: bytes, why: str, revision: int | None = None
    ) -> ChangeSet:
        """Propose other bytes for a file of which nothing is decided yet: a new revision.

        Args:
            change_id: The proposal.
            path: One of its files.
            new_bytes: The whole file as it should become.
            why: For the audit.
            revision: What the bytes were made from; None does not compare it.

        Raises:
            StaleRevisionError: If the proposal has another revision by now.
            AlreadyDecidedError: If a hunk of the file is decided, or the bytes change nothing.
            VibeError: If there is no such proposal or file, or the store cannot be written.
        """
        with self._bench.locked():
            change = self._bench.newest(change_id, revision)
            proposed = self._bench.blobs.put(new_bytes)
            change = revised(change, file_of(change, path), proposed, self._bench.states)
            told = hashes([file_of(change, path)])
            return self._layers.keep(change, "revised", why=clean_line(why), files=told)

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
        with self._bench.locked():
            change = with_checks(self._bench.newest(change_id, revision), checks)
            self._bench.records.save(change)
        return self._layers.live(change)

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
            ShownAgainError: If a file changed meanwhile, or what it stands on is still open, and
                it could be merged: the new revision is to be looked at and accepted.
            ChangeConflictError: If it cannot be merged.
            WriteFailedError: If the system refuses. In each case the project is untouched.
            VibeError: If there is no such proposal, hunk or file, or another process writes.
        """
        with self._bench.locked():
            change = self._bench.newest(change_id, revision)
            return self._accepting.accept(change, hunks, files, by)

    def reject(
        self,
        change_id: str,
        *,
        hunks: Collection[int] | None = None,
        files: Collection[str] | None = None,
        by: str = "person",
        revision: int | None = None,
    ) -> ChangeSet:
        """Say no to open hunks; arguments as for ``accept``, and None compares no revision.

        Raises:
            StaleRevisionError: If the proposal has another revision by now.
            AlreadyDecidedError: If nothing of what was named is open.
            VibeError: If there is no such proposal, hunk or file, or the store cannot be written.
        """
        with self._bench.locked():
            change = self._bench.newest(change_id, revision)
            return self._accepting.reject(change, hunks, files, by)

    def rollback(self, change_id: str, *, by: str = "person") -> ChangeSet:
        """Take back everything of a change that was accepted, bytes and permission bits.

        Args:
            change_id: The change; a rollback itself may be taken back, which brings back what it
                took away.
            by: Who takes it back, for the audit.

        Returns:
            The change that does it. It is written where every file is as it was left, and a
            proposal, to be looked at, where files moved on and could be merged.

        Raises:
            AlreadyDecidedError: If nothing of it is accepted.
            NotReversibleError: If what its files held is no longer kept.
            ChangeConflictError: If a file moved on and cannot be merged.
            WriteFailedError: If the system refuses. In each case the project is untouched.
            VibeError: If there is no such change, or another process writes.
        """
        with self._bench.locked():
            return self._reversing.rollback(change_id, by)

    def rollback_to(self, change_id: str, *, by: str = "person") -> ChangeSet:
        """Take back a change and everything that was written after it, as one change.

        Arguments, result and errors are those of ``rollback``.

        Raises:
            VibeError: As ``rollback``.
        """
        with self._bench.locked():
            return self._reversing.rollback_to(change_id, by)

    def take_rebased(self) -> tuple[str, ...]:
        """The proposals that decisions on others gave a new revision since this was asked last.

        What checks had said of their rebased files is dropped: check them again.
        """
        ids, self._layers.rebased_ids = self._layers.rebased_ids, []
        return tuple(dict.fromkeys(ids))

    def last_applied(self) -> ChangeSet | None:
        """The change written last of those that stand; rollbacks do not count."""
        return self._reversing.last_applied()

    def taken_back_to(self, change_id: str) -> tuple[ChangeSet, ...]:
        """What ``rollback_to`` would take back now, newest first.

        Raises:
            AlreadyDecidedError: If nothing of the change is accepted.
            VibeError: If there is no such change, or it cannot be read.
        """
        return self._reversing.since(change_id)

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
        with self._bench.locked(wait_s) as recovered:
            return recovered
