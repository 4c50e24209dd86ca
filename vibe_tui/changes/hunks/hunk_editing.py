"""What a person does to a hunk besides deciding on it: divides it, edits it, comments on it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.content.diff import display_lines
from vibe_tui.changes.decisions import file_of, hunk_of, open_selection
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.hunks.dividing import picked, split, with_division
from vibe_tui.changes.hunks.retyping import Retyped, retyped
from vibe_tui.changes.model import (
    ChangeAction,
    ChangeSet,
    DiffLine,
    FileChange,
    HunkComment,
)
from vibe_tui.changes.proposals import counted, hashes
from vibe_tui.changes.stack.layers import Layers
from vibe_tui.changes.stack.rebasing import with_files
from vibe_tui.foreign import clean

LONGEST_COMMENT = 4_000
"""Characters of what a person says about a hunk."""
_MOST_QUOTED_LINES = 200
"""Lines of the hunk that are kept with a comment."""


class HunkEditor:
    """Changes proposals hunk by hunk; the project stays as it is.

    Args:
        bench: What is shared.
        layers: The stack of open proposals.
    """

    def __init__(self, bench: Bench, layers: Layers) -> None:
        self._bench = bench
        self._layers = layers

    def split(
        self,
        change_id: str,
        revision: int,
        k: int,
        rows: Collection[int] | None = None,
        *,
        by: str = "person",
    ) -> ChangeSet:
        """Divide an open hunk; what the file would become stays the same.

        Args:
            change_id: The proposal.
            revision: The revision that the person saw.
            k: The hunk, from 1 over the whole change.
            rows: Indexes into ``Hunk.lines`` of the changed lines that shall be a hunk of their
                own, the rest of the hunk another one; unchanged lines among them do not count.
                None divides the hunk where lines between its changes stay, else the block.
            by: Who divides, for the audit.

        Returns:
            The next revision. Hunks are numbered anew by their first lines.

        Raises:
            StaleRevisionError: If the proposal has another revision by now.
            AlreadyDecidedError: If the hunk is decided.
            EditRefusedError: If it cannot be divided so; one sentence says why.
            VibeError: If there is no such proposal or hunk, or the store cannot be written.
        """
        with self._bench.locked():
            change, file, index = self._open_hunk(change_id, revision, k)
            if file.proposed_sha256 is None:
                raise EditRefusedError("A file is deleted as a whole: decide on the hunk as it is")
            diff = self._bench.states.diff(file)
            division = split(diff, index) if rows is None else picked(diff, index, rows)
            files = {file.path: with_division(file, division)}
            after = replace(with_files(change, files), checks=change.checks)
            return self._layers.keep(after, "divided", by=by, hunks=[k])

    def edit(
        self, change_id: str, revision: int, k: int, text: str, *, by: str = "person"
    ) -> ChangeSet:
        r"""Write the new side of an open hunk anew; the file's checks must then run again.

        Args:
            change_id: The proposal.
            revision: The revision that the person saw.
            k: The hunk, from 1 over the whole change.
            text: What is to stand in the place of its changed lines, as ``Hunk.new_side`` gives
                it: lines ended by ``\n``, none at all for an empty text.
            by: Who edits, for the audit.

        Returns:
            The next revision; the other hunks keep their states. A hunk that changes nothing any
            more is gone. The proposal as it is where the text is what stands there.

        Raises:
            StaleRevisionError: If the proposal has another revision by now.
            AlreadyDecidedError: If the hunk is decided.
            EditRefusedError: If the file cannot hold the text, or nothing of the file would change.
            VibeError: If there is no such proposal or hunk, or the store cannot be written.
        """
        with self._bench.locked():
            change, file, index = self._open_hunk(change_id, revision, k)
            found = retyped(self._bench.states.diff(file), index, text)
            if found is None:
                return self._layers.live(change)
            after = with_files(change, {file.path: self._retyped(file, found)})
            after = replace(after, reverts=())
            told = hashes([file_of(after, file.path)])
            return self._layers.keep(after, "edited", by=by, hunks=[k], files=told)

    def comment(self, change_id: str, k: int, text: str, *, by: str = "person") -> ChangeSet:
        """Keep what a person says to the model about a hunk, decided or not.

        Args:
            change_id: The proposal, whose revision stays.
            k: The hunk, from 1 over the whole change.
            text: At most ``LONGEST_COMMENT`` characters.
            by: Who says it, for the audit.

        Raises:
            EditRefusedError: If the text is blank or too long.
            VibeError: If there is no such proposal or hunk, or the store cannot be written.
        """
        words = clean(text).strip()
        if not words:
            raise EditRefusedError("A comment needs words")
        if len(words) > LONGEST_COMMENT:
            raise EditRefusedError(
                f"A comment has at most {LONGEST_COMMENT:,} characters; this one has {len(words):,}"
            )
        with self._bench.locked():
            change = self._bench.records.load(change_id)
            file, index = hunk_of(change, k)
            diff = self._bench.states.diff(file)
            at = self._bench.clock().astimezone(UTC).isoformat(timespec="milliseconds")
            said = HunkComment(
                file.path, words, _quoted(display_lines(diff, diff.hunks[index])), at
            )
            after = replace(change, comments=(*change.comments, said))
            self._bench.records.save(after)
            self._bench.log("commented", after, by=by, hunks=[k], path=file.path, text=words)
        return self._layers.live(after)

    def _open_hunk(
        self, change_id: str, revision: int, k: int
    ) -> tuple[ChangeSet, FileChange, int]:
        change = self._bench.newest(change_id, revision)
        open_selection(change, [k], None)
        return change, *hunk_of(change, k)

    def _retyped(self, file: FileChange, found: Retyped) -> FileChange:
        action = ChangeAction.MODIFY if file.action is ChangeAction.DELETE else file.action
        new = replace(file, action=action, proposed_sha256=self._bench.blobs.put(found.content))
        if not found.division.groups:
            return self._without_lines(new)
        new = with_division(new, found.division)
        diff = self._bench.states.diff(new)
        return replace(new, added=diff.added, removed=diff.removed)

    def _without_lines(self, file: FileChange) -> FileChange:
        """A file of which no line changes any more, if something else of it does."""
        is_moded = file.proposed_mode is not None and file.proposed_mode != file.base_mode
        if file.base_sha256 is not None and file.renamed_from is None and not is_moded:
            raise EditRefusedError("Nothing of the file would change any more: reject it instead")
        return counted(file, self._bench.states)


def _quoted(lines: Collection[DiffLine]) -> str:
    shown = [f"{line.kind}{clean(line.text)}" for line in lines]
    if len(shown) > _MOST_QUOTED_LINES:
        left_out = len(shown) - _MOST_QUOTED_LINES
        shown = [*shown[:_MOST_QUOTED_LINES], f"… {left_out} more lines"]
    return "\n".join(shown)
