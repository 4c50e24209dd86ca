"""Open proposals as layers over the project, the oldest lowest, and what each one stands on."""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.decisions import file_of, state_of
from vibe_tui.changes.errors import AlreadyDecidedError, ChangeConflictError, DamagedStoreError
from vibe_tui.changes.model import ROLLBACK, ChangeSet, ChangeState, FileChange, HunkState
from vibe_tui.changes.proposals import hashes
from vibe_tui.changes.stack.overlay import Overlay
from vibe_tui.changes.stack.placing import Placement, Placer, rest_of, unreadable
from vibe_tui.changes.stack.rebasing import rebased, with_files
from vibe_tui.changes.stack.wording import conflict_words, remark_of
from vibe_tui.changes.writing.disk import Disk
from vibe_tui.foreign import clean_line

_LOG = logging.getLogger(__name__)
_Key = tuple[int, str, str]


class Layer(NamedTuple):
    """One file of an open proposal of which something is open."""

    change: ChangeSet
    file: FileChange

    @property
    def key(self) -> _Key:
        """Sorts layers, the lowest first."""
        return self.file.rank, self.change.created_at, self.change.change_id

    @property
    def paths(self) -> frozenset[str]:
        """The file's path, and its old one when it is to be renamed."""
        return frozenset({self.file.path, self.file.renamed_from or self.file.path})


def is_open_file(file: FileChange) -> bool:
    """Whether a hunk of a file is open."""
    return HunkState.OPEN in file.hunk_states


@dataclass(frozen=True, slots=True)
class Sides:
    """The three states behind a conflict; None: no such file."""

    base: bytes | None
    """What the proposal expects."""
    ours: bytes | None
    """What is below it now."""
    theirs: bytes | None
    """What the proposal would leave."""
    source: str
    """The path of the first two; another than the file's own when it is to be renamed."""
    path: str


_Placements = dict[tuple[str, str], Placement]
"""By the proposal's id and the file's path."""


class Layers:
    """The stack of open proposals.

    Args:
        bench: What is shared.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._disk = Disk(bench.tree)
        self._placer = Placer()
        self.rebased_ids: list[str] = []
        """Changes that got a new revision since somebody looked; ``ChangeStore.take_rebased``."""

    # Reading.

    def overlay(self) -> Overlay:
        """The project with every open proposal laid over it, as of now."""
        return self._lay(_stack(self._bench.records.all()))[0]

    def bare(self) -> Overlay:
        """The project as it is, to lay something over."""
        return Overlay(self._disk)

    def _lay(self, layers: Iterable[Layer]) -> tuple[Overlay, _Placements]:
        overlay = self.bare()
        placements: _Placements = {}
        for layer in layers:
            placements[layer.change.change_id, layer.file.path] = self._place(overlay, layer)
        return overlay, placements

    def _place(self, overlay: Overlay, layer: Layer) -> Placement:
        try:
            rest = rest_of(layer.file, self._bench.states)
        except DamagedStoreError as error:
            return unreadable(layer.file.path, error)
        return self._placer.place(overlay, rest, layer.change.change_id)

    @property
    def placer(self) -> Placer:
        """Lays steps over files."""
        return self._placer

    def live(self, change: ChangeSet) -> ChangeSet:
        """A change with what keeps its open hunks from being accepted now, and remarks."""
        if not change.is_open:
            return change
        return self.all_live([change], self._bench.records.all())[0]

    def all_live(
        self, changes: Sequence[ChangeSet], known: Sequence[ChangeSet]
    ) -> tuple[ChangeSet, ...]:
        """As ``live``, for several; ``known`` are all changes of the project."""
        by_id = {change.change_id: change for change in known}
        paths = {path for change in changes for layer in layers_of(change) for path in layer.paths}
        placements = self._lay(_related(_stack(known), paths))[1]
        for change in changes:
            if is_beside(change):
                placements |= self._lay(layers_of(change))[1]
        return tuple(self._told(change, placements, by_id) for change in changes)

    def _told(
        self, change: ChangeSet, placements: _Placements, known: dict[str, ChangeSet]
    ) -> ChangeSet:
        if not change.is_open:
            return change
        files = tuple(
            self._told_file(file, placements.get((change.change_id, file.path)), known)
            for file in change.files
        )
        state = ChangeState.CONFLICT if any(file.conflict for file in files) else change.state
        return replace(change, files=files, state=state)

    def _told_file(
        self, file: FileChange, placement: Placement | None, known: dict[str, ChangeSet]
    ) -> FileChange:
        if placement is None:
            return replace(file, conflict=None)
        words = conflict_words(file, placement, known)
        remark = remark_of(file, placement, known)
        remarks = (*file.remarks, remark) if remark else file.remarks
        return replace(file, conflict=words, remarks=remarks)

    def on_disk(self, change: ChangeSet, files: Sequence[FileChange]) -> dict[str, Placement]:
        """Some files of a proposal laid over the disk alone, by path."""
        placements = self._lay(Layer(change, file) for file in files)[1]
        return {path: placement for (_, path), placement in placements.items()}

    def below(self, change: ChangeSet, file: FileChange) -> Overlay:
        """What a file of an open proposal stands on: the disk and the layers below."""
        if is_beside(change):
            return self.bare()
        layer = Layer(change, file)
        stack = _related(_stack(self._bench.records.all()), layer.paths)
        return self._lay(other for other in stack if other.key < layer.key)[0]

    def sides(self, change: ChangeSet, path: str) -> Sides:
        """The three states behind a conflict of an open file.

        Raises:
            UnknownPartError: If the proposal has no such file.
            AlreadyDecidedError: If nothing of the file is open.
            ChangeConflictError: If something other than a plain file stands there.
            OSError: If the system refuses to read it.
        """
        file = _open_file(change, path)
        rest = rest_of(file, self._bench.states)
        ours = self.below(change, file).content(rest.source)
        return Sides(rest.load_before(), ours, rest.load_after(), rest.source, rest.target)

    # Writing; the caller holds the lock.

    def resettled(self, change: ChangeSet, path: str, content: bytes | None) -> ChangeSet:
        """The next revision of a proposal, not kept yet, with a file made anew for what is below.

        Args:
            change: The proposal.
            path: One of its files.
            content: What the file is to become; None deletes it.

        Raises:
            VibeError: As ``sides``.
            OSError: If the disk refuses.
        """
        file = _open_file(change, path)
        rest = rest_of(file, self._bench.states)
        overlay = self.below(change, file)
        below, found = overlay.held(rest.source), overlay.content(rest.source)
        placement = Placement(below, below, lambda: found, lambda: content, is_exact=False)
        new = rebased(file, rest, placement, self._bench.blobs, self._bench.states)
        new = replace(new, stands_on=overlay.changes_of(rest.source))
        return with_files(change, {file.path: new})

    def keep(self, change: ChangeSet, event: str, **details: object) -> ChangeSet:
        """Keep a new revision with its line in the audit, and rebase what stands on it.

        Args:
            change: The new revision; its state follows from its hunks.
            event: For the audit.
            details: For the audit, JSON values.

        Returns:
            The revision as it is now.

        Raises:
            OSError: If the disk refuses.
        """
        if change.is_open:
            change = replace(change, state=state_of(change.files, change.applied))
        self._bench.records.save(change)
        self._bench.log(event, change, **details)
        layers = [Layer(change, file) for file in change.files]
        paths = {path for layer in layers for path in layer.paths}
        self.restack(change, paths, min(layer.key for layer in layers))
        return self.live(change)

    def restack(self, cause: ChangeSet, paths: Collection[str], floor: _Key | None = None) -> None:
        """Rebase open proposals on what is below them now, where that merges; keep the rest.

        What cannot be kept now is found again at reading and at accepting.

        Args:
            cause: The change that was decided on; it is left alone.
            paths: The files whose state it changed.
            floor: Where it lies; layers below are left alone. None: below all of them.
        """
        try:
            self._restack(cause, set(paths), floor)
        except (OSError, DamagedStoreError, ChangeConflictError) as error:
            _LOG.warning("proposals are rebased later: %s", error)

    def _restack(self, cause: ChangeSet, dirty: set[str], floor: _Key | None) -> None:
        overlay = self.bare()
        moved: dict[str, dict[str, FileChange]] = {}
        changes: dict[str, ChangeSet] = {}
        for layer in _related(_stack(self._bench.records.all()), dirty):
            change, file = layer
            ground = {path: overlay.changes_of(path) for path in layer.paths}
            placement = self._place(overlay, layer)
            is_meant = change.change_id != cause.change_id and (floor is None or layer.key > floor)
            if not is_meant or placement.error or placement.is_exact:
                continue
            if dirty.isdisjoint(layer.paths):
                continue
            rest = rest_of(file, self._bench.states)
            new = rebased(file, rest, placement, self._bench.blobs, self._bench.states)
            new = replace(new, stands_on=ground[rest.source])
            moved.setdefault(change.change_id, {})[file.path] = new
            changes[change.change_id] = change
            dirty |= layer.paths
        for change_id, files in moved.items():
            after = with_files(changes[change_id], files)
            self._bench.records.save(after)
            self._bench.log(
                "rebased", after, because_of=cause.change_id, files=hashes(list(files.values()))
            )
            self.rebased_ids.append(change_id)

    def lowest_rank(self) -> int:
        """A rank below every open proposal."""
        stack = _stack(self._bench.records.all())
        return min((layer.file.rank for layer in stack), default=0) - 1


def is_beside(change: ChangeSet) -> bool:
    """Whether a change is made for the disk alone, whatever else is open."""
    return change.origin.kind == ROLLBACK


def layers_of(change: ChangeSet) -> list[Layer]:
    """The open files of a change, in order."""
    if not change.is_open:
        return []
    return [Layer(change, file) for file in change.files if is_open_file(file)]


def _stack(changes: Iterable[ChangeSet]) -> list[Layer]:
    layers = [layer for change in changes if not is_beside(change) for layer in layers_of(change)]
    return sorted(layers, key=lambda layer: layer.key)


def _related(stack: Sequence[Layer], paths: Collection[str]) -> list[Layer]:
    """The layers that have to do with some paths, also through files that are renamed."""
    meant, known = set(paths), -1
    while len(meant) != known:
        known = len(meant)
        for layer in stack:
            if not meant.isdisjoint(layer.paths):
                meant |= layer.paths
    return [layer for layer in stack if not meant.isdisjoint(layer.paths)]


def _open_file(change: ChangeSet, path: str) -> FileChange:
    file = file_of(change, path)
    if not change.is_open or not is_open_file(file):
        raise AlreadyDecidedError(f"Nothing of {clean_line(file.path, 200)} is left to decide")
    return file
