"""Hunks between two states of a file, on bytes, so that what is shown is what is written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from vibe_tui.changes.model import DiffLine
from vibe_tui.changes.sequence import matching_blocks
from vibe_tui.changes.text import display, display_encoding, is_binary, split_bytes

CONTEXT_LINES = 3
"""Unchanged lines around a change, and the reason why changes nearer than twice that are one."""


class Change(NamedTuple):
    """Old lines that new ones replace: half-open ranges counted from 0."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int


@dataclass(frozen=True, slots=True)
class HunkRange:
    """What one hunk replaces: half-open ranges of lines counted from 0, context not included."""

    changes: tuple[Change, ...] = ()
    """In order; empty for a hunk of no lines."""

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
        old, new = _whole(before), _whole(after)
        return LineDiff(old, new, (HunkRange((Change(0, len(old), 0, len(new)),)),), is_binary=True)
    old, new = split_bytes(before), split_bytes(after)
    ranges = changed_ranges(old, new)
    return LineDiff(
        old,
        new,
        _grouped(ranges) or (HunkRange(),),
        added=sum(change.new_end - change.new_start for change in ranges),
        removed=sum(change.old_end - change.old_start for change in ranges),
        old_encoding=display_encoding(before),
        new_encoding=display_encoding(after),
    )


def _whole(content: bytes) -> list[bytes]:
    return [content] if content else []


def changed_ranges(old: Sequence[bytes], new: Sequence[bytes]) -> list[Change]:
    """What new lines replace old ones: the ranges between matching blocks, in order."""
    ranges: list[Change] = []
    i = j = 0
    for block in matching_blocks(old, new):
        if block.old > i or block.new > j:
            ranges.append(Change(i, block.old, j, block.new))
        i, j = block.old + block.length, block.new + block.length
    if i < len(old) or j < len(new):
        ranges.append(Change(i, len(old), j, len(new)))
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
    pieces: list[bytes] = []
    done = 0
    for index, hunk in enumerate(diff.hunks):
        pieces.extend(diff.old[done : hunk.old_start])
        if index in accepted:
            pieces.extend(diff.new[hunk.new_start : hunk.new_end])
        else:
            pieces.extend(diff.old[hunk.old_start : hunk.old_end])
        done = hunk.old_end
    pieces.extend(diff.old[done:])
    return b"".join(pieces)


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
    i = max(0, hunk.old_start - CONTEXT_LINES)
    j = i + hunk.new_start - hunk.old_start
    rows: list[HunkRow] = []
    for change in hunk.changes:
        rows += _equal_rows(diff.old, i, change.old_start, j - i)
        i, j = change.old_end, change.new_end
        rows += [HunkRow("-", n + 1, None, diff.old[n]) for n in range(change.old_start, i)]
        rows += [HunkRow("+", None, n + 1, diff.new[n]) for n in range(change.new_start, j)]
    return rows + _equal_rows(diff.old, i, min(len(diff.old), i + CONTEXT_LINES), j - i)


def _equal_rows(lines: Sequence[bytes], start: int, end: int, shift: int) -> list[HunkRow]:
    return [HunkRow(" ", n + 1, n + 1 + shift, lines[n]) for n in range(start, end)]


def hunk_header(diff: LineDiff, hunk: HunkRange) -> str:
    """``@@ -a,b +c,d @@`` as in a unified diff, context included."""
    if diff.is_binary or not hunk.changes:
        return "@@ -0,0 +0,0 @@"
    before = min(CONTEXT_LINES, hunk.old_start)
    after = min(CONTEXT_LINES, len(diff.old) - hunk.old_end)
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
