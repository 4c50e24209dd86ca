"""Which removed lines stand elsewhere in the same change as added ones."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from vibe_tui.changes.content.diff import HunkRange, LineDiff, undivided
from vibe_tui.changes.content.sequence import matching_blocks

LineKey = tuple[str, str, int]
"""A path, '-' or '+', and the line's number before or after, 1-based."""

_LEAST_LINES = 3
"""Lines, blank ones not counted, from which on a block counts as moved."""
_LEAST_BYTES = 20
"""Visible bytes of such a block: braces alone do not move. As git's --color-moved has it."""
_MOST_PLACES = 8
"""Places tried for a block whose first lines stand in many."""
_MOST_DIFFED = 2_000
"""Lines of a hunk that are diffed once more, without white space."""
_MOST_LINES = 20_000
"""Changed lines of a change beyond which nothing is sought."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file of a change, for seeking moved lines."""

    path: str
    old_path: str
    """What it was called before."""
    diff: LineDiff


@dataclass(frozen=True, slots=True)
class _Row:
    """A changed line that is not blank."""

    key: bytes
    """The line without white space."""
    file: int
    hunk: int
    index: int
    """From 0 on its side of the file."""


_Run = list[_Row]
"""Lines of one side that follow one another in their file; blank ones are left out."""
_Stays = Callable[[_Row, _Row], bool]
"""Whether a removed line, or an added one, only has other white space than where it stood."""


def moved_lines(files: Sequence[ChangedFile]) -> Mapping[LineKey, str]:
    """Find blocks of removed lines that were added elsewhere; white space makes no difference.

    Args:
        files: All of one change.

    Returns:
        ``moved to path:12`` for removed lines and ``moved from path:12`` for added ones, with the
        path and the line where the whole block is or was; not cleaned. Blank lines inside a block
        are named too, whether they changed or not.
    """
    if sum(file.diff.added + file.diff.removed for file in files) > _MOST_LINES:
        return {}
    whole = [undivided(file.diff) for file in files if not file.diff.is_binary]
    named = [file for file in files if not file.diff.is_binary]
    removed = [run for at, diff in enumerate(whole) for run in _runs(at, diff, is_old=True)]
    added = [run for at, diff in enumerate(whole) for run in _runs(at, diff, is_old=False)]
    found: dict[LineKey, str] = {}
    for gone, come in _matches(removed, added, _staying(whole)):
        source, target = named[gone[0].file], named[come[0].file]
        there = f"moved to {target.path}:{come[0].index + 1}"
        origin = f"moved from {source.old_path}:{gone[0].index + 1}"
        found.update({(source.path, "-", index + 1): there for index in _span(gone)})
        found.update({(target.path, "+", index + 1): origin for index in _span(come)})
    return found


def _span(run: _Run) -> range:
    """A block's lines, the blank ones between them included."""
    return range(run[0].index, run[-1].index + 1)


def _runs(file: int, diff: LineDiff, *, is_old: bool) -> Iterator[_Run]:
    """The runs of removed or of added lines; blank lines that did not change are no gap."""
    lines = diff.old if is_old else diff.new
    run: _Run = []
    end = 0
    for at, hunk in enumerate(diff.hunks):
        for change in hunk.changes:
            start = change.old_start if is_old else change.new_start
            if any(_bare(lines[index]) for index in range(end, start)):
                yield run
                run = []
            end = change.old_end if is_old else change.new_end
            keys = enumerate(map(_bare, lines[start:end]), start)
            run += [_Row(key, file, at, index) for index, key in keys if key]
    yield run


def _bare(line: bytes) -> bytes:
    return b"".join(line.split())


def _staying(diffs: Sequence[LineDiff]) -> _Stays:
    @cache
    def kept(file: int, hunk: int) -> tuple[frozenset[int], frozenset[int]]:
        return _kept(diffs[file], diffs[file].hunks[hunk])

    def stays(gone: _Row, come: _Row) -> bool:
        is_there = gone.index in kept(gone.file, gone.hunk)[0]
        return is_there or come.index in kept(come.file, come.hunk)[1]

    return stays


def _kept(diff: LineDiff, hunk: HunkRange) -> tuple[frozenset[int], frozenset[int]]:
    """The lines of both sides of a hunk that a diff without white space finds unchanged.

    In a large hunk, all lines that both sides have.
    """
    old = list(map(_bare, diff.old[hunk.old_start : hunk.old_end]))
    new = list(map(_bare, diff.new[hunk.new_start : hunk.new_end]))
    if len(old) + len(new) > _MOST_DIFFED:
        both = set(old) & set(new)
        return (
            frozenset(at for at, key in enumerate(old, hunk.old_start) if key in both),
            frozenset(at for at, key in enumerate(new, hunk.new_start) if key in both),
        )
    blocks = matching_blocks(old, new)
    return (
        frozenset(hunk.old_start + b.old + at for b in blocks for at in range(b.length)),
        frozenset(hunk.new_start + b.new + at for b in blocks for at in range(b.length)),
    )


def _matches(
    removed: Sequence[_Run], added: Sequence[_Run], stays: _Stays
) -> Iterator[tuple[_Run, _Run]]:
    """Removed blocks with the added ones that are the same; no line is in two of either side."""
    places: dict[tuple[bytes, ...], list[tuple[_Run, int]]] = defaultdict(list)
    for run in removed:
        for start in range(len(run) - _LEAST_LINES + 1):
            places[_head(run, start)].append((run, start))
    taken: set[tuple[int, int]] = set()
    for run in added:
        start = 0
        while start <= len(run) - _LEAST_LINES:
            gone: _Run = []
            for source, first in places.get(_head(run, start), ())[:_MOST_PLACES]:
                length = _length(source, first, run, start, taken, stays)
                gone = max(gone, source[first : first + length], key=len)
            if len(gone) < _LEAST_LINES or sum(len(row.key) for row in gone) < _LEAST_BYTES:
                start += 1
                continue
            taken.update((row.file, row.index) for row in gone)
            yield gone, run[start : start + len(gone)]
            start += len(gone)


def _head(run: _Run, start: int) -> tuple[bytes, ...]:
    return tuple(row.key for row in run[start : start + _LEAST_LINES])


def _length(
    source: _Run, first: int, run: _Run, start: int, taken: set[tuple[int, int]], stays: _Stays
) -> int:
    """How many lines from two places on are the same, and moved."""
    most = min(len(source) - first, len(run) - start)
    for length in range(most):
        gone, come = source[first + length], run[start + length]
        if gone.key != come.key or (gone.file, gone.index) in taken or stays(gone, come):
            return length
    return most
