"""Unchanged lines around hunks: more than the hunk itself has, or fewer, and none of them twice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from vibe_tui.changes.model import DiffLine, FileDiff, Hunk

USUAL_CONTEXT = 3
MOST_CONTEXT = 5_000
"""Lines on each side of a hunk that "all" means at most: a screen is no place for a million."""
_STARTS = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The lines that are shown of a hunk."""

    lines: Sequence[DiffLine]
    first_row: int
    """Index into ``Hunk.lines`` of the first one; negative when it lies above them."""


@dataclass(frozen=True, slots=True)
class _Core:
    """A hunk's changed lines and what lies between them: half-open rows, and lines from 0."""

    start: int
    end: int
    old_start: int
    old_end: int
    shift_above: int
    """How much larger the numbers of the new file are above the core."""
    shift_below: int


def excerpts(diff: FileDiff, context: int | None) -> list[Excerpt]:
    """What to show of each hunk of a file.

    Args:
        diff: The file.
        context: Unchanged lines on each side of a hunk; None for all up to ``MOST_CONTEXT``.
    """
    if context == USUAL_CONTEXT:
        return [Excerpt(hunk.lines, 0) for hunk in diff.hunks]
    most = MOST_CONTEXT if context is None else context
    cores = [_core(hunk) for hunk in diff.hunks]
    known = [core for core in cores if core is not None]
    if not diff.base_lines or len(known) < len(cores) or _are_tangled(known):
        return [_cut(hunk, core, most) for hunk, core in zip(diff.hunks, cores, strict=True)]
    found: list[Excerpt] = []
    shown_until = 0
    limits = [*(core.old_start for core in known[1:]), len(diff.base_lines)]
    for hunk, core, limit in zip(diff.hunks, known, limits, strict=True):
        above = range(max(shown_until, core.old_start - most), core.old_start)
        below = range(core.old_end, min(limit, core.old_end + most))
        shown_until = max(core.old_end, below.stop)
        lines = (
            *_context(diff, above, core.shift_above),
            *hunk.lines[core.start : core.end],
            *_context(diff, below, core.shift_below),
        )
        found.append(Excerpt(lines, core.start - len(above)))
    return found


def _are_tangled(cores: Sequence[_Core]) -> bool:
    """Whether a hunk stands inside another: a person took its lines out of it."""
    return any(core.old_end > after.old_start for core, after in pairwise(cores))


def _cut(hunk: Hunk, core: _Core | None, most: int) -> Excerpt:
    """As much of the hunk's own context as is wanted."""
    if core is None:
        return Excerpt(hunk.lines, 0)
    first = max(core.start - most, 0)
    return Excerpt(hunk.lines[first : core.end + most], first)


def _context(diff: FileDiff, lines: range, shift: int) -> list[DiffLine]:
    texts = diff.base_lines[lines.start : max(lines.start, lines.stop)]
    return [DiffLine(" ", n + 1, n + 1 + shift, text) for n, text in zip(lines, texts, strict=True)]


def _core(hunk: Hunk) -> _Core | None:
    """Where a hunk's changes lie; None when it has none."""
    changed = [row for row, line in enumerate(hunk.lines) if line.kind != " "]
    if not changed:
        return None
    start, end = changed[0], changed[-1] + 1
    old_start, new_start = _lines_above(hunk, start)
    old_end, new_end = _lines_above(hunk, end)
    return _Core(start, end, old_start, old_end, new_start - old_start, new_end - old_end)


def _lines_above(hunk: Hunk, row: int) -> tuple[int, int]:
    """How many lines of the file, before and after the change, come above a row of a hunk."""
    old = _numbers(hunk, [line.old_number for line in hunk.lines], row, 1)
    new = _numbers(hunk, [line.new_number for line in hunk.lines], row, 3)
    return old, new


def _numbers(hunk: Hunk, numbers: Sequence[int | None], row: int, group: int) -> int:
    unchanged = numbers[row - 1] if row and hunk.lines[row - 1].kind == " " else None
    if unchanged is not None:
        return unchanged
    below = next((number for number in numbers[row:] if number is not None), None)
    if below is not None:
        return below - 1
    above = next((number for number in reversed(numbers[:row]) if number is not None), None)
    if above is not None:
        return above
    found = _STARTS.match(hunk.header)
    if found is None:
        return 0
    line, count = found.group(group, group + 1)
    return int(line) - (count != "0")
