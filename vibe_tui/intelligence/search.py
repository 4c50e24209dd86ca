"""Fuzzy search over paths, for the map's filter and for completion."""

import heapq
import re
from collections.abc import Sequence
from typing import Final

_BOUNDARY: Final = frozenset("/._- ")
_CLOSELY_RANKED: Final = 4000
"""How many matches are weighed letter by letter; of more, the plainest ones are."""


def fuzzy_rank(query: str, candidates: Sequence[str], limit: int = 50) -> list[str]:
    """Rank the candidates whose letters hold the query's in order, best first.

    Case and spaces in the query do not matter. Letters at the start of a word, in the last part
    of the path, and next to each other weigh more; then shorter paths come first, then the
    alphabet. The same arguments always yield the same order.

    Args:
        query: What a person typed; empty ranks by length.
        candidates: Paths.
        limit: The longest result.
    """
    letters = "".join(query.lower().split())
    if not letters:
        return heapq.nsmallest(limit, candidates, key=lambda path: (len(path), path))
    found = _matching(letters, candidates)
    if len(found) > _CLOSELY_RANKED:
        found = heapq.nsmallest(_CLOSELY_RANKED, found, key=lambda p: _plain_key(letters, p))
    weighed = ((-_score(letters, path), len(path), path) for path in found)
    return [path for _, _, path in heapq.nsmallest(limit, weighed)]


def _matching(letters: str, candidates: Sequence[str]) -> list[str]:
    """Keep the candidates that hold the letters in order, cheap tests first."""
    pairs = [(path.lower(), path) for path in candidates]
    for letter in dict.fromkeys(letters):
        pairs = [pair for pair in pairs if letter in pair[0]]
    if len(letters) == 1:
        return [path for _, path in pairs]
    first, *rest = (re.escape(letter) for letter in letters)
    in_order = re.compile(first + "".join(f"[^{c}]*{c}" for c in rest), re.DOTALL).search
    return [path for lowered, path in pairs if in_order(lowered)]


def _plain_key(letters: str, path: str) -> tuple[bool, bool, int, str]:
    name = path[path.rfind("/") + 1 :].lower()
    return not name.startswith(letters), letters not in name, len(path), path


def _score(letters: str, path: str) -> int:
    lowered = path.lower()
    name_start = lowered.rfind("/") + 1
    scores = [_walk(letters, lowered, 0, name_start)]
    if name_start:
        scores.append(_walk(letters, lowered, name_start, name_start))
    together = lowered.rfind(letters)
    if together >= 0:
        scores.append(_walk(letters, lowered, together, name_start))
    return max(scores)


def _walk(letters: str, lowered: str, start: int, name_start: int) -> int:
    """Weigh one way of finding the letters from a position on; -1 if they are not there."""
    score, position = 0, start - 1
    for number, letter in enumerate(letters):
        nearest = lowered.find(letter, position + 1)
        if nearest < 0:
            return -1
        if number and nearest == position + 1:
            score += 5
        else:
            word_start = _word_start(lowered, letters[number:], nearest)
            nearest = nearest if word_start is None else word_start
            score += 0 if word_start is None else 4
        score += 2 if nearest >= name_start else 0
        position = nearest
    return score


def _word_start(lowered: str, rest: str, position: int) -> int | None:
    """Find where ``rest``'s first letter starts a word, with the others still to come after it."""
    while position >= 0:
        if position == 0 or lowered[position - 1] in _BOUNDARY:
            after = position
            for letter in rest[1:]:
                after = lowered.find(letter, after + 1)
                if after < 0:
                    return None
            return position
        position = lowered.find(rest[0], position + 1)
    return None
