"""Edits on their way to a stored proposal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.edits.drafting import Draft, Drafts
from vibe_tui.changes.model import ChangeSet, ChangeState, Edit, FileChange, Origin, Proposed
from vibe_tui.changes.proposals import cleaned, file_change, hashes, reasons
from vibe_tui.changes.stack.layers import Layers
from vibe_tui.changes.stack.overlay import Overlay

RemarksOf = Callable[[Sequence[str]], Mapping[str, tuple[str, ...]]]
"""Says of paths of the project what Review should know besides: ``ignored by git``."""


class Proposing:
    """Makes proposals on top of those that are open; the caller holds the project's lock.

    Args:
        bench: What is shared.
        layers: The stack of open proposals.
        new_id: Makes an id from a moment.
        remarks_of: Says what Review should know of paths besides; None: nothing.
    """

    def __init__(
        self,
        bench: Bench,
        layers: Layers,
        new_id: Callable[[datetime], str],
        remarks_of: RemarksOf | None = None,
    ) -> None:
        self._bench = bench
        self._layers = layers
        self._new_id = new_id
        self._remarks_of = remarks_of

    def propose(self, edits: Sequence[Edit], origin: Origin) -> Proposed:
        """Store what edits would make of the project's files. As ``ChangeStore.propose``."""
        overlay = self._layers.overlay()
        drafts = Drafts(self._bench.tree, overlay, self._bench.data_dir)
        refused = drafts.take(edits)
        changed, undone = drafts.changed()
        refused += undone
        if not changed:
            return Proposed(None, tuple(refused))
        remarks = self._remarks_of([draft.path for draft in changed]) if self._remarks_of else {}
        files = tuple(
            replace(self._file(draft, overlay), remarks=remarks.get(draft.path, ()))
            for draft in changed
        )
        now = self._bench.clock().astimezone(UTC)
        change = ChangeSet(
            change_id=self._bench.records.reserve(now, self._new_id),
            revision=1,
            created_at=now.isoformat(timespec="milliseconds"),
            state=ChangeState.PROPOSED,
            origin=cleaned(origin),
            files=files,
        )
        self._bench.records.save(change)
        by = f"{change.origin.kind} {change.origin.name}".strip()
        told = reasons(refused)
        self._bench.log("proposed", change, by=by, files=hashes(files), refused=told)
        return Proposed(self._layers.live(change), tuple(refused))

    def _file(self, draft: Draft, overlay: Overlay) -> FileChange:
        file = file_change(draft, self._bench.blobs, self._bench.states)
        return replace(file, stands_on=overlay.changes_of(draft.renamed_from or draft.path))
