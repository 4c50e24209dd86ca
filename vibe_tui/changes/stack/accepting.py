"""Open hunks on their way into the project, or turned down."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.decisions import Selection, decided, numbers, open_selection, state_of
from vibe_tui.changes.errors import AlreadyDecidedError, ChangeConflictError, ShownAgainError
from vibe_tui.changes.model import ChangeSet, FileChange, HunkState
from vibe_tui.changes.proposals import hashes
from vibe_tui.changes.stack.applied import recorded
from vibe_tui.changes.stack.layers import Layers, is_beside
from vibe_tui.changes.stack.placing import Placement, rest_of
from vibe_tui.changes.stack.rebasing import rebased, with_files
from vibe_tui.changes.stack.wording import Ground, open_ground
from vibe_tui.changes.writing.apply import Plan
from vibe_tui.changes.writing.targets import acceptance, spare_folders, with_facts
from vibe_tui.foreign import clean_line


class Accepting:
    """Decides on open hunks; the caller holds the project's lock.

    Args:
        bench: What is shared.
        layers: The stack of open proposals.
    """

    def __init__(self, bench: Bench, layers: Layers) -> None:
        self._bench = bench
        self._layers = layers

    def accept(
        self,
        change: ChangeSet,
        hunks: Collection[int] | None,
        files: Collection[str] | None,
        by: str,
    ) -> ChangeSet:
        """Write open hunks, or merge them with what changed and have them looked at again.

        Raises:
            VibeError: As ``ChangeStore.accept``.
        """
        known = self._bench.records.all()
        self._refuse_taken_back(change, known)
        selection = open_selection(change, hunks, files)
        self._bring_up_to_date(change, selection, known)
        return self.write(change, selection, by)

    def reject(
        self,
        change: ChangeSet,
        hunks: Collection[int] | None,
        files: Collection[str] | None,
        by: str,
    ) -> ChangeSet:
        """Say no to open hunks. A rollback of which a part is turned down takes nothing back.

        Raises:
            VibeError: As ``ChangeStore.reject``.
        """
        selection = open_selection(change, hunks, files)
        after = replace(decided(change, selection, HunkState.REJECTED), reverts=())
        return self._layers.keep(after, "rejected", by=by, hunks=numbers(change, selection))

    def write(self, change: ChangeSet, selection: Selection, by: str) -> ChangeSet:
        """Write hunks that lie exactly where they were made for.

        Raises:
            VibeError: As ``ChangeStore.accept``.
        """
        known = self._bench.records.all()
        plan = self._bench.applier.plan(acceptance(change, selection, self._bench.states))
        if is_beside(change):
            plan = replace(plan, spare_folders=spare_folders(change, plan, known))
        after = with_facts(change, decided(change, selection, HunkState.ACCEPTED), plan)
        after = replace(
            after,
            applied=recorded(change, selection, plan),
            applied_order=1 + max((other.applied_order for other in known), default=0),
        )
        after = replace(after, state=state_of(after.files, after.applied))
        self._bench.transactions.commit(after, plan, by, numbers(change, selection))
        self._layers.restack(after, _paths(after, plan, known))
        return self._layers.live(after)

    def _refuse_taken_back(self, change: ChangeSet, known: Sequence[ChangeSet]) -> None:
        for other in known:
            if other.is_open and change.change_id in other.reverts:
                raise AlreadyDecidedError(
                    f"{other.change_id} proposes to roll {change.change_id} back",
                    "accept or reject that first",
                )

    def _bring_up_to_date(
        self, change: ChangeSet, selection: Selection, known: Sequence[ChangeSet]
    ) -> None:
        """Pass a proposal whose files are as it expects; merge others, to be shown again."""
        by_id = {other.change_id: other for other in known}
        files = [file for file in change.files if file.path in selection]
        placements = self._layers.on_disk(change, files)
        moved = [file for file in files if not placements[file.path].is_exact]
        for file in files:
            _refuse_conflict(file, placements[file.path], by_id)
        moved = [file for file in moved if not placements[file.path].is_unreadable]
        if not moved:
            return
        grounds = {file.path: open_ground(file, by_id) for file in moved}
        rank = self._layers.lowest_rank() if any(grounds.values()) else None
        new = {file.path: self._rebased(file, placements[file.path], rank) for file in moved}
        after = with_files(change, new)
        because_of = [ground.change_id for ground in grounds.values() if ground is not None]
        after = self._layers.keep(
            after,
            "rebased",
            because_of=because_of or "the project",
            files=hashes(list(new.values())),
        )
        message = _shown_again(moved[0], grounds[moved[0].path])
        raise ShownAgainError(change.change_id, after.revision, message)

    def _rebased(self, file: FileChange, placement: Placement, rank: int | None) -> FileChange:
        bench = self._bench
        new = rebased(file, rest_of(file, bench.states), placement, bench.blobs, bench.states)
        return replace(new, stands_on=(), rank=file.rank if rank is None else rank)


def _refuse_conflict(
    file: FileChange, placement: Placement, known: Mapping[str, ChangeSet]
) -> None:
    if placement.error is None or placement.is_unreadable:
        return  # who cannot read it cannot write it: planning says so
    ground = open_ground(file, known)
    if ground is not None:
        words = f"stands on {ground.change_id}, which {ground.what}"
        raise ChangeConflictError(
            file.path, words, f"accept {ground.change_id} first, or reject this one"
        ) from placement.error
    raise placement.error


def _shown_again(file: FileChange, ground: Ground | None) -> str:
    name = clean_line(file.path, 200)
    if ground is None:
        return f"{name} was changed meanwhile and is merged now; nothing was written"
    return (
        f"{name} stood on {ground.change_id}, which {ground.what}, and is proposed without it "
        "now; nothing was written"
    )


def _paths(change: ChangeSet, plan: Plan, known: Sequence[ChangeSet]) -> set[str]:
    """The files whose state a decision changed, also those of changes that it took back."""
    paths = {step.path for step in plan.steps}
    for other in known:
        if other.change_id in change.reverts:
            paths |= {
                path for file in other.files for path in (file.path, file.renamed_from) if path
            }
    return paths
