"""Which lines two big contents share, in bounded time and memory.

Bytes are compared in place, so that equal parts cost next to nothing. Behind a difference the
place is sought where both go on alike for a few lines; what lies between is diffed as usual.
Each kind of search has an amount of work that it may spend on one pair of contents. Where that
is used up, lines are compared in step, and what shares no line in step counts as different.
"""

from collections.abc import Sequence

from vibe_tui.changes.content.sequence import Block, matching_blocks
from vibe_tui.changes.content.text import split_at_lf

_LF = b"\n"
_PROBE_BYTES = 96
_STEP_BYTES = 1 << 16
_REACHES = (1 << 14, 1 << 18, 1 << 22, 1 << 40)
"""How far in bytes the place where both go on alike is sought, near ones first."""
_SKIPS = (0, *(1 << power for power in range(6, 26, 2)))
"""How far in bytes behind a difference a piece is taken to be sought on the other side."""
_SEARCHED_BYTES = 256_000_000
"""The work allowed: bytes looked through for such pieces, then the pieces found."""
_JOINS = 6_000
_VAIN_JOINS = 20
"""What a search that finds nothing costs, in searches that find."""
_GAP_BYTES = 1_500_000
"""Bytes diffed as small files are."""
_STEP_LINES = 3_000_000
"""Lines compared in step."""


class _Walk:
    """Goes through both contents from their start; positions are starts of lines."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self.contents = old, new
        self.ends = _common_tail(old, new)
        self.old = self.new = 0
        self.lines = [0, 0]
        self.blocks: list[Block] = []
        self.search_left = _SEARCHED_BYTES
        self.joins_left = _JOINS
        self.gap_left = _GAP_BYTES
        self.lines_left = _STEP_LINES

    def run(self) -> list[Block]:
        """All blocks, in order."""
        while True:
            self.take_equal()
            if not self.rest():
                break
            place = self.next_place()
            if place is not None:
                self.take_gap(*place)
            elif not self.take_in_step():
                break
        return self.blocks + self.tail()

    def rest(self) -> bool:
        """Whether both sides have something left, so that more could be shared."""
        return self.old < self.ends[0] and self.new < self.ends[1]

    def take_equal(self) -> None:
        """Go on to the first line that differs."""
        old, new = self.contents
        length = _common_head(old, new, self.old, self.new, *self.ends)
        at_both_ends = (self.old + length, self.new + length) == self.ends
        if not at_both_ends:
            length = old.rfind(_LF, self.old, self.old + length) + 1 - self.old
        if length > 0:
            count = old.count(_LF, self.old, self.old + length)
            if at_both_ends and old[self.old + length - 1 : self.old + length] != _LF:
                count += 1
            self.add(count)
            self.old, self.new = self.old + length, self.new + length
            self.lines = [self.lines[0] + count, self.lines[1] + count]

    def add(self, count: int) -> None:
        """Note lines from here on as shared."""
        self.blocks.append(Block(self.lines[0], self.lines[1], count))

    def next_place(self) -> tuple[int, int] | None:
        """Where both go on alike; None when that is not found, or not sought any more."""
        if self.joins_left <= 0:
            return None
        self.joins_left -= 1
        old, new = self.contents
        next_old, next_new = old.find(_LF, self.old) + 1, new.find(_LF, self.new) + 1
        probe = old[next_old : next_old + _PROBE_BYTES]
        is_near = next_old > 0 and 0 < next_new < self.ends[1] and len(probe) == _PROBE_BYTES
        if is_near and new.startswith(probe, next_new):
            return next_old, next_new
        for near, reach in zip((0, *_REACHES), _REACHES, strict=False):
            for skip in (skip for skip in _SKIPS if skip < reach):
                place = self.sought(skip, reach, near)
                if place is not None:
                    return place
            if self.search_left <= 0:
                break
        self.joins_left -= _VAIN_JOINS
        return None

    def sought(self, skip: int, reach: int, near: int) -> tuple[int, int] | None:
        """Seek a piece of the old content in the new one, up to ``reach`` bytes away."""
        old, new = self.contents
        start = old.find(_LF, self.old + skip, self.ends[0]) + 1 if skip else self.old
        end = start + _PROBE_BYTES
        if (skip and not start) or end > self.ends[0]:
            return None
        seen = near + skip - _PROBE_BYTES if skip < near else 0
        first = self.new + max(0, seen)
        last = min(self.new + skip + reach, self.ends[1])
        found = new.find(old[start:end], first, last)
        self.search_left -= max(0, (last if found < 0 else found) - first)
        if found < 0 or new[found - 1 : found] != _LF:
            return None
        return self.grown(start, found)

    def grown(self, old_place: int, new_place: int) -> tuple[int, int]:
        """Move a place where both are alike back to where that begins."""
        old, new = self.contents
        while old_place > self.old and new_place > self.new:
            old_line = old.rfind(_LF, self.old, old_place - 1) + 1 or self.old
            new_line = new.rfind(_LF, self.new, new_place - 1) + 1 or self.new
            if old[old_line:old_place] != new[new_line:new_place]:
                break
            old_place, new_place = old_line, new_line
        return old_place, new_place

    def take_gap(self, old_end: int, new_end: int) -> None:
        """Diff what lies before a place where both go on alike, and go there."""
        size = old_end - self.old + new_end - self.new
        old = self.contents[0][self.old : old_end]
        new = self.contents[1][self.new : new_end]
        counts = old.count(_LF), new.count(_LF)
        if size <= self.gap_left and old and new and counts != (1, 1):
            self.gap_left -= size
            for block in matching_blocks(split_at_lf(old), split_at_lf(new)):
                first, second = self.lines[0] + block.old, self.lines[1] + block.new
                self.blocks.append(Block(first, second, block.length))
        self.old, self.new = old_end, new_end
        self.lines = [self.lines[0] + counts[0], self.lines[1] + counts[1]]

    def take_in_step(self) -> bool:
        """Compare the next lines one by one, else as usual; False when none of them is shared."""
        old, new = self.next_lines(0, self.old), self.next_lines(1, self.new)
        self.lines_left -= len(old)
        blocks = _in_step(old, new)
        if not blocks and self.gap_left > 0:
            self.gap_left -= 2 * _STEP_BYTES
            blocks = matching_blocks(old, new)
        if not blocks or self.lines_left < 0:
            return False
        for block in blocks:
            first, second = self.lines[0] + block.old, self.lines[1] + block.new
            self.blocks.append(Block(first, second, block.length))
        last = blocks[-1]
        counts = last.old + last.length, last.new + last.length
        self.old += sum(map(len, old[: counts[0]]))
        self.new += sum(map(len, new[: counts[1]]))
        self.lines = [self.lines[0] + counts[0], self.lines[1] + counts[1]]
        return True

    def next_lines(self, side: int, start: int) -> Sequence[bytes]:
        """Some whole lines from a place on."""
        content, end = self.contents[side], self.ends[side]
        stop = content.find(_LF, min(start + _STEP_BYTES, end), end) + 1 or end
        return split_at_lf(content[start:stop])

    def tail(self) -> list[Block]:
        """The lines that both share at the end."""
        old, new = self.contents
        start_old, start_new = self.ends
        count = old.count(_LF, start_old) + (start_old < len(old) and not old.endswith(_LF))
        if not count:
            return []
        before = old.count(_LF, self.old, start_old), new.count(_LF, self.new, start_new)
        return [Block(self.lines[0] + before[0], self.lines[1] + before[1], count)]


def big_blocks(old: bytes, new: bytes) -> list[Block]:
    """Find lines that two big contents share, in order and without crossings.

    Args:
        old: Content before, in an encoding that extends ASCII.
        new: Content after, likewise.

    Returns:
        Blocks of lines in ascending order; equal inputs give equal results.
    """
    return _Walk(old, new).run()


def _common_head(old: bytes, new: bytes, i: int, j: int, old_end: int, new_end: int) -> int:
    """How many bytes from two places on are equal."""
    start, most = i, min(old_end - i, new_end - j)
    size = 256
    while (done := i - start) < most:
        size = min(size, most - done)
        if old[i : i + size] != new[j : j + size]:
            if size <= 32:
                pairs = zip(old[i : i + size], new[j : j + size], strict=True)
                return done + next(n for n, (one, other) in enumerate(pairs) if one != other)
            size //= 2
            continue
        i, j, size = i + size, j + size, min(size * 2, _STEP_BYTES * 4)
    return most


def _common_tail(old: bytes, new: bytes) -> tuple[int, int]:
    """Where the lines that both share at the end start."""
    i, j = len(old), len(new)
    size = 256
    while most := min(i, j):
        size = min(size, most)
        if old[i - size : i] == new[j - size : j]:
            i, j, size = i - size, j - size, min(size * 2, _STEP_BYTES * 4)
        elif size == 1:
            break
        else:
            size //= 2
    start = old.find(_LF, i) + 1
    return (start, start + len(new) - len(old)) if start else (len(old), len(new))


def _in_step(old: Sequence[bytes], new: Sequence[bytes]) -> list[Block]:
    """The lines that are equal at the same place."""
    marks = bytes(map(bytes.__eq__, old, new))
    blocks: list[Block] = []
    end = 0
    while (start := marks.find(1, end)) >= 0:
        end = marks.find(0, start)
        end = len(marks) if end < 0 else end
        blocks.append(Block(start, start, end - start))
    return blocks
