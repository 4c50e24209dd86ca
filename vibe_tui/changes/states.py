"""What the disk must hold for a file of a proposal, given the hunks that are accepted."""

from collections.abc import Collection
from functools import lru_cache

from vibe_tui.changes.content.diff import Change, LineDiff, diff_lines, divided, merge_hunks
from vibe_tui.changes.kept.blobs import BlobStore, sha256_of
from vibe_tui.changes.model import FileChange, HunkState
from vibe_tui.monitoring.caches import CacheStats

_CACHED_DIFFS = 64
_REMEMBERED_SHA256 = 1024
_Groups = tuple[tuple[tuple[int, int, int, int], ...], ...] | None
_Partial = tuple[str | None, str | None, _Groups, frozenset[int]]
"""The base, the proposed content, how the hunks are divided, and those that are applied."""


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
        self._partial: dict[_Partial, str] = {}
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
        return divided(diff, [[Change(*change) for change in group] for group in file.groups])

    def content(self, file: FileChange, hunks: Collection[int]) -> bytes | None:
        """The bytes of a file once some of its hunks are applied; None: no such file then.

        A created, deleted or renamed file is so with its first hunk.

        Args:
            file: Of a proposal.
            hunks: Counted from 0.
        """
        if not hunks:
            return self._content(file.base_sha256)
        if file.proposed_sha256 is None or _is_all(file, hunks):
            return self._content(file.proposed_sha256)
        return merge_hunks(self.diff(file), hunks)

    def sha256(self, file: FileChange, hunks: Collection[int]) -> str | None:
        """As ``content``, by sha256."""
        if not hunks:
            return file.base_sha256
        if file.proposed_sha256 is None or _is_all(file, hunks):
            return file.proposed_sha256
        key = (file.base_sha256, file.proposed_sha256, file.groups, frozenset(hunks))
        found = self._partial.get(key)
        if found is None:
            found = sha256_of(merge_hunks(self.diff(file), hunks))
            if len(self._partial) >= _REMEMBERED_SHA256:
                self._partial.clear()
            self._partial[key] = found
        return found

    def contents(self, file: FileChange, hunks: Collection[int]) -> dict[str, bytes | None]:
        """What stands at the file's path, and at its old one, once some hunks are applied.

        Args:
            file: Of a proposal.
            hunks: Counted from 0.

        Returns:
            Content by path, None where no file is; an old path comes before the new one.
        """
        content = self.content(file, hunks)
        if hunks:
            return _named({file.renamed_from: None, file.path: content})
        return _named(
            {file.renamed_from: content, file.path: None if file.renamed_from else content}
        )


def _is_all(file: FileChange, hunks: Collection[int]) -> bool:
    return len(set(hunks)) == len(file.hunk_states)


def _named(contents: dict[str | None, bytes | None]) -> dict[str, bytes | None]:
    return {path: content for path, content in contents.items() if path is not None}
