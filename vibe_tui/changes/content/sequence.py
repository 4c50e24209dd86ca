"""Which lines two sequences share, in order: unique lines first, then the rarest.

Patience diffing (Bram Cohen, 2006): lines that occur once on both sides are anchors, the longest
increasing run of them is kept and the gaps are solved in the same way. A gap without such lines
is anchored on its rarest shared line, as git's histogram diff does.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from typing import NamedTuple

_MOST_OCCURRENCES_TRIED = 32
_EFFORT = 1_000_000
"""Items that the search for rare lines may look at; gaps left then count as wholly different."""


class Block(NamedTuple):
    """``length`` equal items: from ``old`` on one side, from ``new`` on the other (from 0)."""

    old: int
    new: int
    length: int


class _Gap(NamedTuple):
    old: int
    old_end: int
    new: int
    new_end: int


def matching_blocks(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Block]:
    """Find what two sequences share, without crossings, in time near linear for usual text.

    Args:
        old: Items before.
        new: Items after.

    Returns:
        Maximal blocks in ascending order; equal inputs give equal results.
    """
    found: list[Block] = []
    middle = _trim(old, new, _Gap(0, len(old), 0, len(new)), found)
    numbers: dict[Hashable, int] = {}
    left = [numbers.setdefault(item, len(numbers)) for item in old[middle.old : middle.old_end]]
    right = [numbers.setdefault(item, len(numbers)) for item in new[middle.new : middle.new_end]]
    inner = _solve(left, right)
    found.extend(Block(b.old + middle.old, b.new + middle.new, b.length) for b in inner)
    return _merged(sorted(found))


def _solve(left: list[int], right: list[int]) -> list[Block]:
    found: list[Block] = []
    effort = _EFFORT
    gaps = [_Gap(0, len(left), 0, len(right))]
    while gaps:
        gap = _trim(left, right, gaps.pop(), found)
        if gap.old == gap.old_end or gap.new == gap.new_end:
            continue
        anchors = _unique_anchors(left, right, gap)
        if not anchors and effort > 0:
            effort -= gap.old_end - gap.old + gap.new_end - gap.new
            anchors = _rarest_anchor(left, right, gap)
        gaps.extend(_between(gap, anchors))
        found.extend(anchors)
    return found


def _trim(
    left: Sequence[Hashable], right: Sequence[Hashable], gap: _Gap, found: list[Block]
) -> _Gap:
    """Take the equal head and tail of a gap into ``found``; return what is left of it."""
    old, old_end, new, new_end = gap
    while old < old_end and new < new_end and left[old] == right[new]:
        old, new = old + 1, new + 1
    if old > gap.old:
        found.append(Block(gap.old, gap.new, old - gap.old))
    while old_end > old and new_end > new and left[old_end - 1] == right[new_end - 1]:
        old_end, new_end = old_end - 1, new_end - 1
    if old_end < gap.old_end:
        found.append(Block(old_end, new_end, gap.old_end - old_end))
    return _Gap(old, old_end, new, new_end)


def _unique_anchors(left: list[int], right: list[int], gap: _Gap) -> list[Block]:
    """The longest increasing run of items that occur once on each side of the gap."""
    old_counts = Counter(left[gap.old : gap.old_end])
    new_counts = Counter(right[gap.new : gap.new_end])
    place = {
        right[j]: j
        for j in range(gap.new, gap.new_end)
        if new_counts[right[j]] == 1 and old_counts.get(right[j]) == 1
    }
    if not place:
        return []
    pairs = [(i, place[left[i]]) for i in range(gap.old, gap.old_end) if left[i] in place]
    return _runs(_increasing(pairs))


def _runs(pairs: list[tuple[int, int]]) -> list[Block]:
    """Neighbouring pairs as blocks."""
    runs: list[Block] = []
    start = 0
    for index, (i, j) in enumerate(pairs, start=1):
        if index == len(pairs) or pairs[index] != (i + 1, j + 1):
            runs.append(Block(*pairs[start], index - start))
            start = index
    return runs


def _increasing(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run with both numbers rising (patience sorting)."""
    tops: list[int] = []
    top_index: list[int] = []
    previous: list[int] = []
    for index, (_, j) in enumerate(pairs):
        pile = bisect_left(tops, j)
        previous.append(top_index[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(j)
            top_index.append(index)
        else:
            tops[pile] = j
            top_index[pile] = index
    run: list[tuple[int, int]] = []
    index = top_index[-1]
    while index >= 0:
        run.append(pairs[index])
        index = previous[index]
    return run[::-1]


def _rarest_anchor(left: list[int], right: list[int], gap: _Gap) -> list[Block]:
    """The longest block around the shared item that occurs least; empty when none is shared."""
    old_places, new_places = _places(left, gap.old, gap.old_end), {}
    for item, places in _places(right, gap.new, gap.new_end).items():
        if item in old_places:
            new_places[item] = places
    if not new_places:
        return []
    rarest = min(new_places, key=lambda item: len(new_places[item]) * len(old_places[item]))
    candidates = [
        _grown(left, right, gap, i, j)
        for i in old_places[rarest][:_MOST_OCCURRENCES_TRIED]
        for j in new_places[rarest][:_MOST_OCCURRENCES_TRIED]
    ]
    return [max(candidates, key=lambda block: (block.length, -block.old, -block.new))]


def _places(items: list[int], start: int, end: int) -> dict[int, list[int]]:
    places: dict[int, list[int]] = defaultdict(list)
    for index in range(start, end):
        places[items[index]].append(index)
    return places


def _grown(left: list[int], right: list[int], gap: _Gap, i: int, j: int) -> Block:
    start_i, start_j, end_i, end_j = i, j, i + 1, j + 1
    while start_i > gap.old and start_j > gap.new and left[start_i - 1] == right[start_j - 1]:
        start_i, start_j = start_i - 1, start_j - 1
    while end_i < gap.old_end and end_j < gap.new_end and left[end_i] == right[end_j]:
        end_i, end_j = end_i + 1, end_j + 1
    return Block(start_i, start_j, end_i - start_i)


def _between(gap: _Gap, anchors: list[Block]) -> list[_Gap]:
    """The gaps before, between and after anchors; none when there are no anchors."""
    gaps: list[_Gap] = []
    old, new = gap.old, gap.new
    for anchor in anchors:
        gaps.append(_Gap(old, anchor.old, new, anchor.new))
        old, new = anchor.old + anchor.length, anchor.new + anchor.length
    if anchors:
        gaps.append(_Gap(old, gap.old_end, new, gap.new_end))
    return gaps


def _merged(blocks: list[Block]) -> list[Block]:
    """Join blocks that touch on both sides."""
    merged: list[Block] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if last and (last.old + last.length, last.new + last.length) == (block.old, block.new):
            merged[-1] = Block(last.old, last.new, last.length + block.length)
        else:
            merged.append(block)
    return merged
