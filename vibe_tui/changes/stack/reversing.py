"""Taking accepted changes back, which is a change itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.content.lines import line_count
from vibe_tui.changes.decisions import open_selection
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    ChangeConflictError,
    NotReversibleError,
)
from vibe_tui.changes.model import (
    ROLLBACK,
    ChangeAction,
    ChangeSet,
    ChangeState,
    FileChange,
    Origin,
)
from vibe_tui.changes.proposals import counted, hashes
from vibe_tui.changes.stack.accepting import Accepting
from vibe_tui.changes.stack.applied import reversed_steps, standing
from vibe_tui.changes.stack.layers import Layers, is_beside
from vibe_tui.changes.stack.overlay import Overlay
from vibe_tui.changes.writing.disk import NOTHING

_NAMED = 3


class Reversing:
    """Takes changes back; the caller holds the project's lock.

    Args:
        bench: What is shared.
        layers: Lays what is to be restored over the disk.
        accepting: Writes it.
        new_id: Makes an id from a moment.
    """

    def __init__(
        self,
        bench: Bench,
        layers: Layers,
        accepting: Accepting,
        new_id: Callable[[datetime], str],
    ) -> None:
        self._bench = bench
        self._layers = layers
        self._accepting = accepting
        self._new_id = new_id

    def rollback(self, change_id: str, by: str) -> ChangeSet:
        """Take back one change. Raises as ``ChangeStore.rollback``."""
        return self._take_back([self._standing(change_id)], by)

    def rollback_to(self, change_id: str, by: str) -> ChangeSet:
        """Take back a change and all that was applied after it. Raises as ``rollback``."""
        return self._take_back(self._since(self._standing(change_id)), by)

    def since(self, change_id: str) -> tuple[ChangeSet, ...]:
        """What ``rollback_to`` would take back, newest first."""
        return tuple(self._since(self._standing(change_id)))

    def last_applied(self) -> ChangeSet | None:
        """The change that was written last of those that stand, rollbacks left out."""
        known = {change.change_id: change for change in self._bench.records.all()}
        found = [
            change
            for change in known.values()
            if not is_beside(change) and standing(change, self._bench.states)
        ]
        return max(found, key=lambda change: _written_at(change, known), default=None)

    def _standing(self, change_id: str) -> ChangeSet:
        change = self._bench.records.load(change_id)
        if change.state is ChangeState.ROLLED_BACK:
            again = f"vibe-tui changes rollback {change.rolled_back_by} brings it back"
            raise AlreadyDecidedError(
                f"{change_id} is rolled back already", again if change.rolled_back_by else ""
            )
        if not standing(change, self._bench.states):
            raise AlreadyDecidedError(f"Nothing of {change_id} is accepted, so nothing to undo")
        self._refuse_overtaken(change)
        return change

    def _refuse_overtaken(self, change: ChangeSet) -> None:
        """Refuse a change that brought others back which were rolled back once more since."""
        known = {other.change_id: other for other in self._bench.records.all()}
        undone = [known[i] for i in change.reverts if i in known]
        for rollback in undone:
            for original in (known[i] for i in rollback.reverts if i in known):
                if original.rolled_back_by not in ("", change.change_id):
                    raise AlreadyDecidedError(
                        f"{change.change_id} brought {original.change_id} back, "
                        f"which {original.rolled_back_by} has rolled back since",
                        f"roll back {original.rolled_back_by} to have it again",
                    )

    def _since(self, point: ChangeSet) -> list[ChangeSet]:
        """What to take back, newest first, for the project as it was before a change.

        A rollback and what it took back cancel each other where both came later.
        """
        known = {change.change_id: change for change in self._bench.records.all()}
        pool = {c.change_id: c for c in known.values() if standing(c, self._bench.states)}
        chosen: list[ChangeSet] = []
        while later := [change for change in pool.values() if _order(change) >= _order(point)]:
            newest = max(later, key=_order)
            del pool[newest.change_id]
            originals = [known[i] for i in newest.reverts if i in known]
            if originals and all(_order(change) >= _order(point) for change in originals):
                continue
            chosen.append(newest)
            for original in originals:
                if original.rolled_back_by == newest.change_id:
                    pool[original.change_id] = self._reinstated(original)
        return chosen

    def _reinstated(self, change: ChangeSet) -> ChangeSet:
        applied = self._bench.originals.applied_before(change)
        return replace(change, state=ChangeState.ACCEPTED, applied=applied)

    def _take_back(self, changes: Sequence[ChangeSet], by: str) -> ChangeSet:
        for change in changes:
            if not change.is_reversible:
                raise NotReversibleError(change.change_id)
        reverts = tuple(change.change_id for change in changes)
        for other in self._bench.records.all():
            if other.is_open and other.reverts == reverts:
                return self._layers.live(other)
        overlay = self._layers.bare()
        is_exact = self._reverse(changes, overlay)
        now = self._bench.clock().astimezone(UTC)
        change = ChangeSet(
            change_id="",
            revision=0,
            created_at=now.isoformat(timespec="milliseconds"),
            state=ChangeState.PROPOSED,
            origin=_origin(changes),
            files=self._files(overlay, self._facts(changes)),
            reverts=reverts,
        )
        change = replace(change, change_id=self._bench.records.reserve(now, self._new_id))
        if is_exact:
            return self._accepting.write(change, open_selection(change, None, None), by)
        change = replace(change, revision=1)
        self._bench.records.save(change)
        self._bench.log("proposed", change, by=by, files=hashes(change.files))
        return self._layers.live(change)

    def _reverse(self, changes: Sequence[ChangeSet], overlay: Overlay) -> bool:
        """Lay what was there before over the disk; True when all was as it had been written."""
        is_exact = True
        for change in changes:
            for step in reversed_steps(standing(change, self._bench.states), self._bench.blobs):
                placement = self._layers.placer.place(overlay, step)
                if placement.error is not None:
                    raise self._explained(change, step.source, placement.error)
                is_exact = is_exact and placement.is_exact
        return is_exact

    def _explained(
        self, change: ChangeSet, path: str, error: ChangeConflictError
    ) -> ChangeConflictError:
        """The error with the later change that is in the way, if it is one of ours."""
        later = [
            other
            for other in self._bench.records.all()
            if _order(other) > _order(change)
            and any(part.path == path for part in standing(other, self._bench.states))
        ]
        if not later:
            hint = "take your own changes of it back first, or propose what it was"
            return ChangeConflictError(error.path, error.reason, hint)
        newest = max(later, key=_order).change_id
        hint = f"roll back {newest} first, or: vibe-tui changes rollback {change.change_id} --to"
        return ChangeConflictError(error.path, error.reason, hint)

    def _facts(self, changes: Sequence[ChangeSet]) -> dict[str, str]:
        """What is kept of the files that changes deleted, by path; of the oldest deletion."""
        return {
            part.path: part.before_facts
            for change in changes
            for part in reversed(standing(change, self._bench.states))
            if part.before_facts is not None
        }

    def _files(self, overlay: Overlay, facts: Mapping[str, str]) -> tuple[FileChange, ...]:
        """What differs between the disk and what is to be restored, as files of a change."""
        disk = self._layers.bare()
        touched = overlay.touched()
        moves = {path: overlay.came_from(path) for path in touched}
        moves = {
            path: origin
            for path, origin in moves.items()
            if path != origin
            and disk.is_free(path, origin)
            and overlay.held(path) != NOTHING
            and overlay.held(origin) == NOTHING
        }
        gone = set(moves.values())
        found = [
            replace(self._file(path, moves.get(path), overlay, disk), facts=facts.get(path))
            for path in touched
            if path not in gone
        ]
        changed = tuple(file for file in found if _differs(file))
        return changed or tuple(found)

    def _file(
        self, path: str, renamed_from: str | None, overlay: Overlay, disk: Overlay
    ) -> FileChange:
        source = renamed_from or path
        base, proposed = disk.content(source), overlay.content(path)
        base_mode, mode = disk.held(source).mode, overlay.held(path).mode
        blobs = self._bench.blobs
        file = FileChange(
            path=path,
            action=_action(base, proposed, renamed_from),
            base_sha256=None if base is None else blobs.put(base),
            proposed_sha256=None if proposed is None else blobs.put(proposed),
            base_mode=base_mode,
            added=0,
            removed=0,
            hunk_states=(),
            renamed_from=renamed_from,
            proposed_mode=None if proposed is None or mode == base_mode else mode,
            base_lines=line_count(base or b""),
        )
        return counted(file, self._bench.states)


def _action(base: bytes | None, proposed: bytes | None, renamed_from: str | None) -> ChangeAction:
    if proposed is None:
        return ChangeAction.DELETE
    if base is None:
        return ChangeAction.CREATE
    return ChangeAction.MODIFY if renamed_from is None else ChangeAction.RENAME


def _differs(file: FileChange) -> bool:
    return (
        file.base_sha256 != file.proposed_sha256
        or file.proposed_mode is not None
        or file.renamed_from is not None
    )


def _order(change: ChangeSet) -> tuple[int, str, str]:
    """Sorts changes by when they were written."""
    return change.applied_order, change.created_at, change.change_id


def _written_at(change: ChangeSet, known: Mapping[str, ChangeSet]) -> tuple[int, str, str]:
    """As ``_order``, a change that was brought back counting as written then."""
    orders = [_order(change)]
    for other in known.values():
        if change.change_id in other.reverts and other.rolled_back_by in known:
            orders.append(_order(known[other.rolled_back_by]))
    return max(orders)


def _origin(changes: Sequence[ChangeSet]) -> Origin:
    names = ", ".join(change.change_id for change in changes[:_NAMED])
    more = f" and {len(changes) - _NAMED} more" if len(changes) > _NAMED else ""
    newest = changes[0].origin
    return Origin(ROLLBACK, "", newest.session_id, f"roll back {names}{more}")
