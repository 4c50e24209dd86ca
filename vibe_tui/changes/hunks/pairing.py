"""Which removed line became which added one: like lines, in order, in bounded effort."""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

from vibe_tui.changes.content.sequence import Block, matching_blocks

Pair = tuple[int, int]
"""Indexes of a removed line and of the added line that took its place."""

MOST_COMPARISONS = 6_000
"""Pairs of lines of which the likeness is measured in one hunk, besides those in step."""
_LONGEST_LINE = 1_000
"""Characters; longer lines are minified or data, and like no other."""
_LIKE_ENOUGH = 0.5
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\x00-\x7f]|[^\sA-Za-z0-9]")
"""Parts of identifiers, so that ``parse_line`` and ``parseLines`` are alike."""


class Effort:
    """How many comparisons are left."""

    def __init__(self, left: int) -> None:
        self.left = left

    def allows(self, count: int) -> bool:
        """Whether there are enough left; those are then spent."""
        if count > self.left:
            return False
        self.left -= count
        return True


def paired(
    removed: Sequence[str], added: Sequence[str], effort: Effort | None = None
) -> list[Pair]:
    """Find which removed lines became which added ones.

    Args:
        removed: Lines of a block before.
        added: Lines that replace them.
        effort: How many lines may be compared; None allows ``MOST_COMPARISONS``.

    Returns:
        Rising in both indexes; lines without a like one are in no pair. In bounded effort: of
        large blocks, lines in step and those that differ in white space alone.
    """
    effort = effort or Effort(MOST_COMPARISONS)
    old, new = [bare(text) for text in removed], [bare(text) for text in added]
    pairs: list[Pair] = []
    i = j = 0
    for block in [*_shared(old, new), None]:
        end_i, end_j = (block.old, block.new) if block else (len(old), len(new))
        inner = _like_pairs(removed[i:end_i], added[j:end_j], effort)
        pairs.extend((i + m, j + n) for m, n in inner)
        if block:
            pairs.extend((end_i + at, end_j + at) for at in range(block.length))
            i, j = end_i + block.length, end_j + block.length
    return pairs


def _shared(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    return [] if set(old).isdisjoint(new) else matching_blocks(old, new)


def bare(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())


class _Parts:
    """A line's parts and how much they weigh: visible characters, each part counted once."""

    __slots__ = ("parts", "weight")

    def __init__(self, text: str) -> None:
        self.parts = frozenset(_PART.findall(text)) if len(text) <= _LONGEST_LINE else frozenset()
        self.weight = sum(map(len, self.parts))

    def likeness(self, other: "_Parts") -> float:
        """Dice's coefficient over weights: 0 for nothing in common, 1 for the same parts."""
        if not self.weight or not other.weight:
            return 0.0
        shared = sum(map(len, self.parts & other.parts))
        return 2 * shared / (self.weight + other.weight)


def _like_pairs(removed: Sequence[str], added: Sequence[str], effort: Effort) -> list[Pair]:
    if not removed or not added:
        return []
    old, new = [_Parts(text) for text in removed], [_Parts(text) for text in added]
    if effort.allows(len(old) * len(new)):
        return _best_pairs(old, new)
    most = min(len(old), len(new))
    head = _run_length(zip(old, new, strict=False))
    tail = min(most - head, _run_length(zip(reversed(old), reversed(new), strict=False)))
    middle = old[head : len(old) - tail], new[head : len(new) - tail]
    between: list[Pair] = []
    if effort.allows(len(middle[0]) * len(middle[1])):
        between = _best_pairs(*middle)
    elif len(old) == len(new):
        steps = enumerate(zip(*middle, strict=True))
        between = [(at, at) for at, (one, other) in steps if _are_like(one, other)]
    return [
        *((at, at) for at in range(head)),
        *((head + i, head + j) for i, j in between),
        *((len(old) - at, len(new) - at) for at in range(tail, 0, -1)),
    ]


def _run_length(sides: Iterable[tuple[_Parts, _Parts]]) -> int:
    """How many first pairs are alike."""
    return len(list(takewhile(lambda pair: _are_like(*pair), sides)))


def _are_like(one: _Parts, other: _Parts) -> bool:
    return one.likeness(other) >= _LIKE_ENOUGH


def _best_pairs(old: Sequence[_Parts], new: Sequence[_Parts]) -> list[Pair]:
    """The pairs, without crossings, whose likenesses have the largest sum."""
    likeness = [[one.likeness(other) for other in new] for one in old]
    if len(old) == len(new) == 1:
        return [(0, 0)] if likeness[0][0] >= _LIKE_ENOUGH else []
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        below, row, here = best[i + 1], best[i], likeness[i]
        for j in range(len(new) - 1, -1, -1):
            skipped = max(below[j], row[j + 1])
            taken = below[j + 1] + here[j] if here[j] >= _LIKE_ENOUGH else 0.0
            row[j] = max(skipped, taken)
    pairs: list[Pair] = []
    i = j = 0
    while i < len(old) and j < len(new):
        like = likeness[i][j]
        if like >= _LIKE_ENOUGH and best[i][j] == best[i + 1][j + 1] + like:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs
