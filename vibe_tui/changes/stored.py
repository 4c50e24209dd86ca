"""Stored changes for reading: as values, as Review shows them, and laid over the project."""

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.decisions import file_of, hunk_of
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.model import ChangeSet, FileDiff, HunkState
from vibe_tui.changes.stack.layers import Layers
from vibe_tui.changes.stack.overlay import Overlay
from vibe_tui.changes.states import hunks_in
from vibe_tui.changes.views import ChangeViews, SymbolsOf
from vibe_tui.monitoring.caches import CacheStats


class StoredChanges:
    """The half of the store that only reads.

    Args:
        bench: What is shared.
        layers: The stack of open proposals.
        symbols_of: Names what encloses a line of a file's content, for headers.
    """

    def __init__(self, bench: Bench, layers: Layers, symbols_of: SymbolsOf | None) -> None:
        self._bench = bench
        self._layers = layers
        self._views = ChangeViews(bench.states, symbols_of)
        self.audit = bench.audit
        """Who decided what; for reading."""

    def get(self, change_id: str, revision: int | None = None) -> ChangeSet:
        """Read a proposal; an open one says which files are in conflict with what is below now.

        Args:
            change_id: Its id.
            revision: An older revision, as it was stored; None for the newest.

        Raises:
            UnknownChangeError: If there is none.
            DamagedStoreError: If it cannot be read.
        """
        change = self._bench.records.load(change_id, revision)
        return self._layers.live(change) if revision is None else change

    def list_changes(self) -> tuple[ChangeSet, ...]:
        """All proposals, newest first; open ones say which files are in conflict now."""
        changes = self._bench.records.all()
        return self._layers.all_live(changes, changes)

    def overlay(self) -> Overlay:
        """The project with every open proposal laid over it, as of now; for reading."""
        return self._layers.overlay()

    def unreadable(self) -> tuple[str, ...]:
        """The ids of stored proposals that cannot be read, for ``doctor``."""
        return self._bench.records.damaged()

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
        return self._views.unified(self._bench.records.load(change_id))

    def unified_hunk(self, change_id: str, k: int) -> str:
        """One hunk of a proposal as a patch that git takes; not cleaned for display.

        Raises:
            EditRefusedError: If the hunk has no lines.
            VibeError: If there is no such proposal or hunk, or it cannot be read.
        """
        file, index = hunk_of(self._bench.records.load(change_id), k)
        if not (patch := self._views.unified_hunk(file, index)):
            raise EditRefusedError(f"Hunk {k} has no lines that a patch can hold")
        return patch

    def diff_statistics(self) -> CacheStats:
        """How well the cache of diffs serves."""
        return self._bench.states.statistics()

    def forget_diffs(self) -> None:
        """Empty the cache of diffs; they are computed again when needed."""
        self._bench.states.forget()

    def proposed_bytes(self, change_id: str, path: str) -> bytes | None:
        """A file as it would be with every hunk that is not rejected; None: no such file then.

        Raises:
            VibeError: If there is no such proposal or file, or it cannot be read.
        """
        file = file_of(self._bench.records.load(change_id), path)
        hunks = hunks_in(file, HunkState.OPEN, HunkState.ACCEPTED)
        return self._bench.states.contents(file, hunks).get(path.removeprefix("./"))
