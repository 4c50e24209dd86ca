"""What the disk must hold for a file of a proposal, given the hunks that are accepted."""

from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

from vibe_tui.changes.blobs import BlobStore
from vibe_tui.changes.diff import Change, HunkRange, LineDiff, diff_lines, merge_hunks
from vibe_tui.changes.model import FileChange, HunkState
from vibe_tui.monitoring.caches import CacheStats

_CACHED_DIFFS = 64


def accepted_hunks(file: FileChange) -> frozenset[int]:
    """The accepted hunks of a file, counted from 0."""
    return hunks_in(file, HunkState.ACCEPTED)


def hunks_in(file: FileChange, *states: HunkState) -> frozenset[int]:
    """The hunks of a file that are in one of some states, counted from 0."""
    return frozenset(i for i, state in enumerate(file.hunk_states) if state in states)


class FileStates:
    """Computes contents from the base and the proposed one.

    Args:
        blobs: Where both are kept.
    """

    def __init__(self, blobs: BlobStore) -> None:
        self._blobs = blobs
        self._diff = lru_cache(maxsize=_CACHED_DIFFS)(self._compute)

    def statistics(self) -> CacheStats:
        """How well the cache of diffs serves."""
        info = self._diff.cache_info()
        return CacheStats(info.currsize, info.hits, info.misses)

    def forget(self) -> None:
        """Empty the cache of diffs."""
        self._diff.cache_clear()

    def _compute(self, base_sha256: str | None, proposed_sha256: str | None) -> LineDiff:
        return diff_lines(self._content(base_sha256), self._content(proposed_sha256))

    def _content(self, sha256: str | None) -> bytes | None:
        return None if sha256 is None else self._blobs.get(sha256)

    def diff(self, file: FileChange) -> LineDiff:
        """The hunks of a file, divided as a person divided them."""
        diff = self._diff(file.base_sha256, file.proposed_sha256)
        if file.groups is None:
            return diff
        hunks = tuple(HunkRange(tuple(Change(*c) for c in group)) for group in file.groups)
        return replace(diff, hunks=hunks)

    def contents(self, file: FileChange, hunks: Collection[int]) -> dict[str, bytes | None]:
        """What stands at the file's path, and at its old one, once some hunks are applied.

        A created, deleted or renamed file is so with its first hunk.

        Args:
            file: Of a proposal.
            hunks: Counted from 0.

        Returns:
            Content by path, None where no file is; an old path comes before the new one.
        """
        base = self._content(file.base_sha256)
        if not hunks:
            after = {file.renamed_from: base, file.path: None}
            return _named(after) if file.renamed_from else {file.path: base}
        content: bytes | None = None
        if file.proposed_sha256 is not None:
            content = merge_hunks(self.diff(file), hunks)
        return _named({file.renamed_from: None, file.path: content})


def _named(contents: dict[str | None, bytes | None]) -> dict[str, bytes | None]:
    return {path: content for path, content in contents.items() if path is not None}
