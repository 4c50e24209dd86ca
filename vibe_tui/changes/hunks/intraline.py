"""Which words changed inside replaced lines, where a line has a like one on the other side."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from vibe_tui.changes.hunks.pairing import MOST_COMPARISONS, Effort, Pair, bare, paired
from vibe_tui.changes.model import DiffLine

Span = tuple[int, int]
"""Start and end of a stretch of a line, in characters, half-open."""

_LONGEST_LINE = 1_000
"""Characters; longer lines are minified or data, and get no marks."""
_MOST_CHARACTERS = 100_000
"""Changed text of a hunk beyond which its lines get no marks."""
_MOST_LINES = 2_000
"""Changed lines of a hunk beyond which they get no marks."""
_MOST_WORD_COMPARISONS = 40_000
"""Words times words between the equal ends of two lines, over a hunk; beyond, all count as changed.
"""
_LEAST_UNMARKED = 0.3
"""Share of a line's visible characters without which marks show no more than the colour does."""

_SINGLE = "\u2e80-\uabff\uf900-\ufaff\uff00-\uff60\U00020000-\U0003ffff"
"""Scripts without blanks between words (mostly Han): each character is a word."""
_WORD = re.compile(rf"[{_SINGLE}]|(?:[0-9A-Za-z_]|(?![{_SINGLE}])[^\x00-\x7f])+|\s+|.", re.DOTALL)


def with_marks(lines: Sequence[DiffLine]) -> tuple[DiffLine, ...]:
    """Mark the words of a hunk's lines that changed.

    Args:
        lines: Of one hunk, removed lines before those that replace them.

    Returns:
        The same lines; those without a like line on the other side have no marks.
    """
    sizes = [len(line.text) for line in lines if line.kind != " "]
    if len(sizes) > _MOST_LINES or sum(sizes) > _MOST_CHARACTERS:
        return tuple(lines)
    marks: dict[int, tuple[Span, ...]] = {}
    likes: dict[int, int | None] = {}
    effort, word_effort = Effort(MOST_COMPARISONS), Effort(_MOST_WORD_COMPARISONS)
    for removed, added in _blocks(lines):
        sides = [lines[at].text for at in removed], [lines[at].text for at in added]
        for i, j in paired(*sides, effort):
            old, new = _changed_words(sides[0][i], sides[1][j], word_effort)
            marks[removed[i]], marks[added[j]] = old, new
            likes[removed[i]] = lines[added[j]].new_number
            likes[added[j]] = lines[removed[i]].old_number
    return tuple(
        DiffLine(x.kind, x.old_number, x.new_number, x.text, marks[at], x.moved, likes[at])
        if at in marks
        else x
        for at, x in enumerate(lines)
    )


def _blocks(lines: Sequence[DiffLine]) -> Iterator[tuple[range, range]]:
    """Rows of removed lines and those of the added ones right behind them."""
    runs = [(kind, len(list(run))) for kind, run in groupby(line.kind for line in lines)]
    start = 0
    for (kind, length), (next_kind, next_length) in pairwise(runs):
        end = start + length
        if (kind, next_kind) == ("-", "+"):
            yield range(start, end), range(end, end + next_length)
        start = end


def changed_words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The words in which two like lines differ.

    Args:
        old: The line before.
        new: The line after.

    Returns:
        Spans of either line, rising; both empty when little but blanks and signs is the same.
    """
    return _changed_words(old, new, Effort(_MOST_WORD_COMPARISONS))


def _changed_words(old: str, new: str, effort: Effort) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    if old == new or max(len(old), len(new)) > _LONGEST_LINE:
        return (), ()
    left, right = _WORD.findall(old), _WORD.findall(new)
    changes = _word_changes(left, right, effort)
    spans = (
        _spans(left, [(start, end) for start, end, _, _ in changes]),
        _spans(right, [(start, end) for _, _, start, end in changes]),
    )
    helps = all(
        _unmarked(text, marks) >= _LEAST_UNMARKED
        for text, marks in zip((old, new), spans, strict=True)
    )
    return spans if helps else ((), ())


def _word_changes(
    left: list[str], right: list[str], effort: Effort
) -> list[tuple[int, int, int, int]]:
    """Ranges of words that differ; what is short between two of them differs as well."""
    head, tail = _equal_ends(left, right)
    end_left, end_right = len(left) - tail, len(right) - tail
    if not effort.allows((end_left - head) * (end_right - head)):
        return [(head, end_left, head, end_right)]
    changes: list[tuple[int, int, int, int]] = []
    i = j = head
    inner = _common_words(left[head:end_left], right[head:end_right])
    for old, new in [*inner, (end_left - head, end_right - head)]:
        end_i, end_j = old + head, new + head
        if (end_i, end_j) == (i, j):
            i, j = i + 1, j + 1
            continue
        if changes and _is_slight(left[changes[-1][1] : i]):
            start_i, _, start_j, _ = changes.pop()
            changes.append((start_i, end_i, start_j, end_j))
        else:
            changes.append((i, end_i, j, end_j))
        i, j = end_i + 1, end_j + 1
    return changes


def _common_words(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """The words of a longest common subsequence, as pairs; long words weigh more, blanks least."""
    if set(left).isdisjoint(right):
        return []
    weights = [1 if word.isspace() else 2 * len(word) for word in left]
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        word, weight, below, row = left[i], weights[i], best[i + 1], best[i]
        right_best = 0
        for j in range(len(right) - 1, -1, -1):
            score = below[j]
            if right_best > score:
                score = right_best
            if word == right[j] and below[j + 1] + weight > score:
                score = below[j + 1] + weight
            row[j] = right_best = score
    pairs: list[Pair] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] == right[j] and best[i][j] == best[i + 1][j + 1] + weights[i]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _equal_ends(left: list[str], right: list[str]) -> tuple[int, int]:
    """How many words two lines share at their start, and at their end."""
    most = min(len(left), len(right))
    head = 0
    while head < most and left[head] == right[head]:
        head += 1
    tail = 0
    while tail < most - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    return head, tail


def _is_slight(words: Sequence[str]) -> bool:
    """Whether an island between two changes is blanks, or one sign."""
    between = "".join(words).strip()
    return len(between) <= 1 and not between.isalnum()


def _spans(words: Sequence[str], ranges: Sequence[Span]) -> tuple[Span, ...]:
    spans: list[Span] = []
    place = done = 0
    for start, end in ranges:
        first = place + len("".join(words[done:start]))
        place, done = first + len("".join(words[start:end])), end
        if start < end:
            spans.append((first, place))
    return tuple(spans)


def _unmarked(text: str, marks: Sequence[Span]) -> float:
    """The share of a line's visible characters outside its marks; 1 for a blank line."""
    visible = len(bare(text))
    marked = sum(len(bare(text[start:end])) for start, end in marks)
    return 1 - marked / visible if visible else 1.0
