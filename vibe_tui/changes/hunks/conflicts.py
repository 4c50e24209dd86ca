"""Files that a proposal and the project changed: both sides shown, and settled by a person."""

from collections.abc import Mapping

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.decisions import file_of
from vibe_tui.changes.errors import AlreadyDecidedError, ChangeConflictError, StaleRevisionError
from vibe_tui.changes.hunks.conflict_sides import (
    reason_words,
    refuse_marks,
    shown_regions,
    side_words,
    taken,
)
from vibe_tui.changes.kept.blobs import sha256_of
from vibe_tui.changes.model import ChangeSet, ConflictChoice, ConflictView, FileChange
from vibe_tui.changes.proposals import hashes
from vibe_tui.changes.stack.accepting import Accepting
from vibe_tui.changes.stack.layers import Layers, Sides, is_open_file
from vibe_tui.changes.stack.placing import rest_of
from vibe_tui.changes.writing.refusals import reason_of
from vibe_tui.foreign import clean_line


class Conflicts:
    """Shows and settles conflicts; the project stays as it is until the result is accepted.

    Args:
        bench: What is shared.
        layers: The stack of open proposals.
    """

    def __init__(self, bench: Bench, layers: Layers) -> None:
        self._bench = bench
        self._layers = layers

    def view(self, change_id: str, path: str) -> ConflictView:
        """Both sides of an open file, as they are now.

        Args:
            change_id: The proposal.
            path: One of its files.

        Raises:
            AlreadyDecidedError: If nothing of the file is open.
            VibeError: If there is no such proposal or file, or it cannot be read.
        """
        change = self._bench.records.load(change_id)
        file = _open_file(self._layers.live(change), path)
        try:
            sides = self._sides(change, file.path)
        except ChangeConflictError as error:
            rest = rest_of(file, self._bench.states)
            theirs = side_words(rest.load_before(), rest.load_after(), rest.source, rest.target)
            reason = file.conflict or error.message
            return ConflictView(
                change_id, change.revision, file.path, reason, error.reason, theirs, None
            )
        regions = shown_regions(sides)
        return ConflictView(
            change_id,
            change.revision,
            file.path,
            reason_words(file, sum(region.is_conflict for region in regions)),
            side_words(sides.base, sides.ours, sides.source, sides.source),
            side_words(sides.base, sides.theirs, sides.source, sides.path),
            _sha256(sides.ours),
            regions,
        )

    def take(
        self,
        view: ConflictView,
        choices: Mapping[int, ConflictChoice],
        *,
        marks_open: bool = False,
    ) -> bytes | None:
        """The file as choices make it; nothing is stored.

        Args:
            view: What the person saw.
            choices: By the region's index.
            marks_open: Put both sides of a conflict without a choice between marks, for an
                editor. Else what stands there now is taken.

        Returns:
            Its bytes; None when it is deleted.

        Raises:
            StaleRevisionError: If the proposal, or what stands there, changed since.
            EditRefusedError: If both sides of a region cannot stand in one file.
            VibeError: If there is no such proposal or file, or it cannot be read.
        """
        change = self._bench.newest(view.change_id, view.revision)
        sides = self._sides(change, view.path)
        _refuse_moved(sides, view.ours_sha256)
        return taken(sides, choices, marks_open=marks_open)

    def resolve(
        self,
        change_id: str,
        revision: int,
        path: str,
        content: bytes | None,
        *,
        view: ConflictView | None = None,
        by: str = "person",
    ) -> ChangeSet:
        """Propose a content for a file as it stands there now, to be looked at and accepted.

        Args:
            change_id: The proposal.
            revision: The revision that the person saw.
            path: One of its files.
            content: What it is to become; None deletes it.
            view: What the content was made from; None does not ask whether that changed.
            by: Who settles, for the audit.

        Returns:
            The next revision, the file's hunks open; rejected where nothing would change.

        Raises:
            StaleRevisionError: If the proposal, or what stands there, changed since.
            AlreadyDecidedError: If nothing of the file is open.
            EditRefusedError: If the content still holds the marks of a conflict.
            ChangeConflictError: If something other than a plain file stands there.
            VibeError: If there is no such proposal or file, or the store cannot be written.
        """
        with self._bench.locked():
            change = self._bench.newest(change_id, revision)
            file = _open_file(change, path)
            sides = self._sides(change, file.path)
            if view is not None:
                _refuse_moved(sides, view.ours_sha256)
            refuse_marks(sides, content)
            if content == sides.ours and sides.source == sides.path:
                return self._reject(change, file, by)
            after = self._layers.resettled(change, file.path, content)
            told = hashes([file_of(after, file.path)])
            return self._layers.keep(after, "resolved", by=by, files=told)

    def keep_ours(
        self, change_id: str, path: str, revision: int | None = None, *, by: str = "person"
    ) -> ChangeSet:
        """Keep a file as it stands there now: what is open of it is rejected.

        Args:
            change_id: The proposal.
            path: One of its files.
            revision: The revision that the person saw; None compares none.
            by: Who decides, for the audit.

        Raises:
            StaleRevisionError: If the proposal has another revision by now.
            AlreadyDecidedError: If nothing of the file is open.
            VibeError: If there is no such proposal or file, or the store cannot be written.
        """
        with self._bench.locked():
            change = self._bench.newest(change_id, revision)
            return self._reject(change, _open_file(change, path), by)

    def _reject(self, change: ChangeSet, file: FileChange, by: str) -> ChangeSet:
        return Accepting(self._bench, self._layers).reject(change, None, [file.path], by)

    def _sides(self, change: ChangeSet, path: str) -> Sides:
        try:
            return self._layers.sides(change, path)
        except OSError as error:
            raise ChangeConflictError(path, f"cannot be read: {reason_of(error)}") from error


def _open_file(change: ChangeSet, path: str) -> FileChange:
    file = file_of(change, path)
    if not change.is_open or not is_open_file(file):
        raise AlreadyDecidedError(f"Nothing of {clean_line(file.path, 200)} is left to decide")
    return file


def _sha256(content: bytes | None) -> str | None:
    return None if content is None else sha256_of(content)


def _refuse_moved(sides: Sides, seen_sha256: str | None) -> None:
    if _sha256(sides.ours) != seen_sha256:
        raise StaleRevisionError(
            f"{clean_line(sides.source, 200)} was changed again since it was shown",
            "look at both sides again",
        )
