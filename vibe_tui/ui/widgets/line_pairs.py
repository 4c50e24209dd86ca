"""Which removed line became which added one: for two columns, and to see past white space."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

Pair = tuple[int, int]
"""Index of a removed line, and of the added line that took its place."""

_BLANKS = re.compile(r"[ \t\r\f\v]+")
_OPERATORS = r"+\-*/<>=&|!:"
_LOOSE_BLANK = re.compile(rf" (?!(?<=\w )\w)(?!(?<=[{_OPERATORS}] )[{_OPERATORS}])")


def without_white_space(text: str) -> str:
    """A line as one reads it who does not care for white space.

    A blank between two letters, or between two operators, counts: ``notx`` and ``not x``, ``--x``
    and ``- -x`` are different things. So does white space beyond ASCII.

    Args:
        text: One line.
    """
    return _LOOSE_BLANK.sub("", _BLANKS.sub(" ", text).strip(" "))


def equal_pairs(removed: Sequence[str], added: Sequence[str]) -> list[Pair]:
    """Equal lines of both sides that keep their order: patience diff, one level deep.

    Args:
        removed: Lines before.
        added: Lines after.

    Returns:
        Rising in both indexes; in time that does not grow with how often a line repeats.
    """
    shortest = min(len(removed), len(added))
    head = 0
    while head < shortest and removed[head] == added[head]:
        head += 1
    tail = 0
    while tail < shortest - head and removed[-1 - tail] == added[-1 - tail]:
        tail += 1
    ends = len(removed) - tail, len(added) - tail
    anchors = [(head - 1, head - 1), *_unique_pairs(removed, added, head, ends), ends]
    pairs = [(at, at) for at in range(head)]
    for before, after in pairwise(anchors):
        pairs += _between(removed, added, before, after)
        if after != ends:
            pairs.append(after)
    return pairs + [(ends[0] + at, ends[1] + at) for at in range(tail)]


def _unique_pairs(
    removed: Sequence[str], added: Sequence[str], start: int, ends: Pair
) -> list[Pair]:
    """Lines that stand once on each side, as many as keep their order."""
    old, new = removed[start : ends[0]], added[start : ends[1]]
    once_old, once_new = Counter(old), Counter(new)
    places = {text: at for at, text in enumerate(new, start) if once_new[text] == 1}
    found = [
        (at, places[text])
        for at, text in enumerate(old, start)
        if once_old[text] == 1 and text in places
    ]
    return _longest_rising(found)


def _longest_rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest run of pairs whose second numbers rise, the first ones rising already."""
    tops: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        pile = bisect_left(tops, second)
        before.append(last[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(second)
            last.append(index)
        else:
            tops[pile], last[pile] = second, index
    run: list[Pair] = []
    at = last[-1] if last else -1
    while at >= 0:
        run.append(pairs[at])
        at = before[at]
    return run[::-1]


def _between(removed: Sequence[str], added: Sequence[str], before: Pair, after: Pair) -> list[Pair]:
    """Equal lines right behind one anchor, and right above the next."""
    i, j = before[0] + 1, before[1] + 1
    down: list[Pair] = []
    while i < after[0] and j < after[1] and removed[i] == added[j]:
        down.append((i, j))
        i, j = i + 1, j + 1
    up: list[Pair] = []
    m, n = after[0] - 1, after[1] - 1
    while m >= i and n >= j and removed[m] == added[n]:
        up.append((m, n))
        m, n = m - 1, n - 1
    return down + up[::-1]
