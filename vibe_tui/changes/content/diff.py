"""Hunks between two states of a file, on bytes, so that what is shown is what is written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from vibe_tui.changes.content.big import big_blocks
from vibe_tui.changes.content.lines import BIG_BYTES, lines_of, span
from vibe_tui.changes.content.sequence import Block, matching_blocks
from vibe_tui.changes.content.text import (
    as_narrow,
    byte_order_mark,
    display,
    display_encoding,
    is_binary,
    read_text,
)
from vibe_tui.changes.model import DiffLine

CONTEXT_LINES = 3
"""Unchanged lines around a change, and the reason why changes nearer than twice that are one."""


class Change(NamedTuple):
    """Old lines that new ones replace: half-open ranges counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


class Margin(NamedTuple):
    """How many unchanged lines stand directly before and after a change."""

    before: int
    after: int


@dataclass(frozen=True, slots=True)
class HunkRange:
    """What one hunk replaces: half-open ranges of lines counted from 0, context not included."""

    changes: tuple[Change, ...] = ()
    """In order; empty for a hunk of no lines."""
    margins: tuple[Margin, ...] = ()
    """Of each change, where a person divided the file's hunks: those that stand close to each
    other then show no line of another as context. Else empty."""

    @property
    def old_start(self) -> int:
        """The first old line."""
        return self.changes[0].old_start if self.changes else 0

    @property
    def old_end(self) -> int:
        """Behind the last old line."""
        return self.changes[-1].old_end if self.changes else 0

    @property
    def new_start(self) -> int:
        """The first new line."""
        return self.changes[0].new_start if self.changes else 0

    @property
    def new_end(self) -> int:
        """Behind the last new line."""
        return self.changes[-1].new_end if self.changes else 0


@dataclass(frozen=True, slots=True)
class LineDiff:
    """Two states of a file as lines and the hunks between them.

    ``hunks`` is never empty: a change without changed lines (an empty file made, a rename, a
    mode) has one hunk of no lines, since it is decided on too.
    """

    old: Sequence[bytes]
    new: Sequence[bytes]
    hunks: tuple[HunkRange, ...]
    added: int = 0
    """Lines that only the new state has."""
    removed: int = 0
    """Lines that only the old state has."""
    is_binary: bool = False
    old_encoding: str = "utf-8"
    """How the lines before are decoded for showing."""
    new_encoding: str = "utf-8"


def diff_lines(base: bytes | None, proposed: bytes | None) -> LineDiff:
    """Diff two states of a file; equal inputs give equal hunks, on every machine and day.

    Args:
        base: Content before, None when the file did not exist.
        proposed: Content after, None when the file is deleted.
    """
    before, after = base or b"", proposed or b""
    if is_binary(before) or is_binary(after):
        return _binary(_whole(before), _whole(after))
    blocks = _big_blocks(before, after)
    old, new = lines_of(before), lines_of(after)
    if blocks is None:
        blocks = matching_blocks(old, new)
    ranges = _between(blocks, len(old), len(new))
    return LineDiff(
        old,
        new,
        _grouped(ranges) or (HunkRange(),),
        added=sum(change.new_end - change.new_start for change in ranges),
        removed=sum(change.old_end - change.old_start for change in ranges),
        old_encoding=display_encoding(before),
        new_encoding=display_encoding(after),
    )


def _binary(old: Sequence[bytes], new: Sequence[bytes]) -> LineDiff:
    whole = Change(0, len(old), 0, len(new))
    return LineDiff(old, new, (HunkRange((whole,)),), is_binary=True)


def _big_blocks(before: bytes, after: bytes) -> list[Block] | None:
    """The lines that two big contents share; None where they are small, or of two kinds."""
    if max(len(before), len(after)) < BIG_BYTES:
        return None
    narrow = as_narrow(before, after)
    return None if narrow is None else big_blocks(*narrow)


def _whole(content: bytes) -> list[bytes]:
    return [content] if content else []


def changed_ranges(old: Sequence[bytes], new: Sequence[bytes]) -> list[Change]:
    """What new lines replace old ones: the ranges between matching blocks, in order."""
    return _between(matching_blocks(old, new), len(old), len(new))


def _between(blocks: Sequence[Block], old_end: int, new_end: int) -> list[Change]:
    ranges: list[Change] = []
    i = j = 0
    for block in blocks:
        if block.old > i or block.new > j:
            ranges.append(Change(i, block.old, j, block.new))
        i, j = block.old + block.length, block.new + block.length
    if i < old_end or j < new_end:
        ranges.append(Change(i, old_end, j, new_end))
    return ranges


def _grouped(ranges: Sequence[Change]) -> tuple[HunkRange, ...]:
    """Join changes whose context would touch."""
    groups: list[list[Change]] = []
    for change in ranges:
        if groups and change.old_start - groups[-1][-1].old_end <= 2 * CONTEXT_LINES:
            groups[-1].append(change)
        else:
            groups.append([change])
    return tuple(HunkRange(tuple(group)) for group in groups)


def apply_hunks(base: bytes, proposed: bytes, accepted: Collection[int]) -> bytes:
    """The bytes of a file after some hunks.

    Args:
        base: Content before.
        proposed: Content with all hunks.
        accepted: Hunks to apply, counted from 0 within the file.

    Returns:
        ``base`` for none of them, ``proposed`` for all.
    """
    return merge_hunks(diff_lines(base, proposed), accepted)


def merge_hunks(diff: LineDiff, accepted: Collection[int]) -> bytes:
    """As ``apply_hunks``, for a diff that is there already."""
    if any(hunk.margins for hunk in diff.hunks):
        return _merge_divided(diff, accepted)
    pieces: list[bytes] = []
    done = 0
    for index, hunk in enumerate(diff.hunks):
        if index in accepted:
            pieces.append(span(diff.old, done, hunk.old_start))
            pieces.append(span(diff.new, hunk.new_start, hunk.new_end))
            done = hunk.old_end
    pieces.append(span(diff.old, done, len(diff.old)))
    return b"".join(pieces)


def _merge_divided(diff: LineDiff, accepted: Collection[int]) -> bytes:
    """Merge hunks that may touch: a byte order mark stays in front, and lines stay apart.

    A last line without a line end that comes to stand above another gets the file's own.
    """
    placed = sorted(
        (change, index in accepted)
        for index, hunk in enumerate(diff.hunks)
        for change in hunk.changes
    )
    mark = _common_mark(diff)
    encoding = diff.old_encoding if diff.old else diff.new_encoding
    pieces: list[bytes] = []
    done = 0
    for change, is_taken in placed:
        pieces += _filled(span(diff.old, done, change.old_start))
        lines, start, end = (
            (diff.new, change.new_start, change.new_end)
            if is_taken
            else (diff.old, change.old_start, change.old_end)
        )
        piece = span(lines, start, end)
        if pieces and start == 0:
            piece = piece.removeprefix(mark)
        if pieces and piece and not is_ended(pieces[-1], encoding):
            pieces.append(line_end(diff))
        pieces += _filled(piece)
        done = change.old_end
    pieces.append(span(diff.old, done, len(diff.old)))
    merged = b"".join(pieces)
    return mark + merged.removeprefix(mark) if merged else merged


def _filled(piece: bytes) -> list[bytes]:
    return [piece] if piece else []


def _common_mark(diff: LineDiff) -> bytes:
    """The byte order mark that the file has before and after; empty where it has none."""
    marks = {byte_order_mark(lines[0]) for lines in (diff.old, diff.new) if lines}
    return marks.pop() if len(marks) == 1 else b""


def is_ended(line: bytes, encoding: str) -> bool:
    """Whether a line has its line end.

    Args:
        line: Bytes of whole characters.
        encoding: As ``LineDiff.old_encoding``.
    """
    return line.endswith("\n".encode(encoding if encoding.startswith("utf-") else "ascii"))


def line_end(diff: LineDiff) -> bytes:
    """The line end that the file uses most, as its bytes."""
    for lines in (diff.old, diff.new):
        text, form = read_text(span(lines, 0, len(lines)))
        if form.newline in text:
            return form.newline.encode(form.encoding)
    return "\n".encode(diff.old_encoding if diff.old else diff.new_encoding)


def divided(diff: LineDiff, groups: Sequence[Sequence[Change]]) -> LineDiff:
    """A file's diff with its changes as other hunks.

    Args:
        diff: Of the file.
        groups: The changes of each hunk, in order. Together they make the new state of the old
            one; they need not be those of ``diff``.
    """
    ordered = sorted(change for group in groups for change in group)
    margins: dict[Change, Margin] = {}
    before = 0
    for index, change in enumerate(ordered):
        following = ordered[index + 1].old_start if index + 1 < len(ordered) else len(diff.old)
        margins[change] = Margin(change.old_start - before, following - change.old_end)
        before = change.old_end
    return replace(
        diff,
        hunks=tuple(HunkRange(tuple(g), tuple(margins[change] for change in g)) for g in groups),
        added=sum(change.new_end - change.new_start for change in ordered),
        removed=sum(change.old_end - change.old_start for change in ordered),
    )


def undivided(diff: LineDiff) -> LineDiff:
    """A file's diff with hunks that keep clear of each other, as other programs expect them."""
    if not any(hunk.margins for hunk in diff.hunks):
        return diff
    ordered = sorted(change for hunk in diff.hunks for change in hunk.changes)
    return replace(diff, hunks=_grouped(joined(ordered)))


def touches(one: Change, following: Change) -> bool:
    """Whether nothing stands between two changes, neither before nor after them."""
    return (one.old_end, one.new_end) == (following.old_start, following.new_start)


def joined(changes: Sequence[Change]) -> list[Change]:
    """Changes with those that touch each other as one.

    Args:
        changes: In order.
    """
    result: list[Change] = []
    for change in changes:
        if result and touches(result[-1], change):
            last = result.pop()
            change = Change(last.old_start, change.old_end, last.new_start, change.new_end)
        result.append(change)
    return result


@dataclass(frozen=True, slots=True)
class HunkRow:
    """One line of a hunk as bytes. ``kind`` is ' ', '+' or '-'; numbers are 1-based."""

    kind: str
    old_number: int | None
    new_number: int | None
    content: bytes


def hunk_rows(diff: LineDiff, hunk: HunkRange) -> list[HunkRow]:
    """A hunk's lines with context, removed lines before added ones."""
    if diff.is_binary or not hunk.changes:
        return []
    rows: list[HunkRow] = []
    shown = 0
    for change, margin in zip(hunk.changes, _margins(diff, hunk), strict=True):
        i, j = change.old_end, change.new_end
        first = max(shown, change.old_start - min(CONTEXT_LINES, margin.before))
        rows += _equal_rows(diff.old, first, change.old_start, change.new_start - change.old_start)
        rows += [HunkRow("-", n + 1, None, diff.old[n]) for n in range(change.old_start, i)]
        rows += [HunkRow("+", None, n + 1, diff.new[n]) for n in range(change.new_start, j)]
        shown = i + min(CONTEXT_LINES, margin.after)
        rows += _equal_rows(diff.old, i, shown, j - i)
    return rows


def _margins(diff: LineDiff, hunk: HunkRange) -> Sequence[Margin]:
    """A hunk's margins; one that nobody divided has nothing near it."""
    if hunk.margins or not hunk.changes:
        return hunk.margins
    starts = [change.old_start for change in hunk.changes] + [len(diff.old)]
    ends = [0] + [change.old_end for change in hunk.changes]
    gaps = [start - end for start, end in zip(starts, ends, strict=True)]
    return [Margin(before, after) for before, after in pairwise(gaps)]


def _equal_rows(lines: Sequence[bytes], start: int, end: int, shift: int) -> list[HunkRow]:
    return [HunkRow(" ", n + 1, n + 1 + shift, lines[n]) for n in range(start, end)]


def hunk_header(diff: LineDiff, hunk: HunkRange) -> str:
    """``@@ -a,b +c,d @@`` as in a unified diff, context included."""
    if diff.is_binary or not hunk.changes:
        return "@@ -0,0 +0,0 @@"
    margins = _margins(diff, hunk)
    before = min(CONTEXT_LINES, margins[0].before)
    after = min(CONTEXT_LINES, margins[-1].after)
    old_count = hunk.old_end - hunk.old_start + before + after
    new_count = hunk.new_end - hunk.new_start + before + after
    old_first = hunk.old_start - before + (1 if old_count else 0)
    new_first = hunk.new_start - before + (1 if new_count else 0)
    return f"@@ -{_span(old_first, old_count)} +{_span(new_first, new_count)} @@"


def _span(first: int, count: int) -> str:
    return str(first) if count == 1 else f"{first},{count}"


def display_lines(diff: LineDiff, hunk: HunkRange) -> tuple[DiffLine, ...]:
    """A hunk's lines decoded for showing, each side in its own encoding."""
    return tuple(
        DiffLine(
            row.kind,
            row.old_number,
            row.new_number,
            display(row.content, diff.new_encoding if row.kind == "+" else diff.old_encoding),
        )
        for row in hunk_rows(diff, hunk)
    )
