"""Which lines of a file a failed search probably meant: for a message, never for an edit."""

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

_LIKE_ENOUGH = 0.6
_MOST_LINES = 20_000
_MOST_CHARACTERS = 1_000
_CANDIDATES = 5


def likely_place(lines: Sequence[str], search: str) -> tuple[int, int] | None:
    """Find the region most like a search text.

    Args:
        lines: The file's lines without surrounding white space; those after 20,000 don't count.
        search: The text that is nowhere in the file.

    Returns:
        First and last line, 1-based and inclusive; None when nothing is alike.
    """
    wanted = [line.strip() for line in search.splitlines()]
    text = "\n".join(wanted)[:_MOST_CHARACTERS]
    if not text.strip():
        return None
    best = (0.0, 0)
    for start in _candidates(lines[:_MOST_LINES], wanted):
        there = "\n".join(lines[start : start + len(wanted)])[:_MOST_CHARACTERS]
        ratio = SequenceMatcher(None, text, there, autojunk=False).ratio()
        best = max(best, (ratio, -start))
    if best[0] < _LIKE_ENOUGH:
        return None
    start = -best[1]
    return start + 1, min(start + len(wanted), len(lines))


def _candidates(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """Starts of the windows that share most words with the search, best first."""
    words = Counter(word for line in wanted for word in line.split())
    scores = [sum(1 for word in line.split() if word in words) for line in lines]
    window = sum(scores[: len(wanted)])
    totals = [window]
    for start in range(1, max(1, len(lines) - len(wanted) + 1)):
        window += scores[start + len(wanted) - 1] - scores[start - 1]
        totals.append(window)
    order = sorted(range(len(totals)), key=lambda start: (-totals[start], start))
    return [start for start in order[:_CANDIDATES] if totals[start]]
