"""Three states of a file as one: what two sides made of a common base, line by line."""

from collections.abc import Sequence
from dataclasses import dataclass

from vibe_tui.changes.content.diff import Change, changed_ranges
from vibe_tui.changes.content.text import is_binary, split_bytes


@dataclass(frozen=True, slots=True)
class Region:
    """Consecutive lines of a merge: ``base`` as ``ours`` and ``theirs`` have them, with ends."""

    base: tuple[bytes, ...]
    ours: tuple[bytes, ...]
    theirs: tuple[bytes, ...]

    @property
    def is_conflict(self) -> bool:
        """Whether both sides changed these lines, and differently."""
        return self.base not in (self.ours, self.theirs) and self.ours != self.theirs

    @property
    def merged(self) -> tuple[bytes, ...]:
        """The lines that both sides agree on; of a conflict those of ``ours``."""
        return self.theirs if self.ours == self.base else self.ours


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of a merge.

    Attributes:
        is_clean: Whether no line, and not the file's being there, is in conflict.
        content: The merged bytes; of a conflict with ``ours`` in its place. None: no such file.
        regions: All lines in order; empty where one side has no file.
    """

    is_clean: bool
    content: bytes | None
    regions: tuple[Region, ...] = ()


def merge3(base: bytes | None, ours: bytes | None, theirs: bytes | None) -> Merge:
    """Merge two changes of one file.

    Changes that touch each other without an unchanged line between them are in conflict, unless
    they are the same; so git does it. A file that is not text is one line.

    Args:
        base: What both sides started from; None: no such file.
        ours: What stands there now.
        theirs: What is to be brought in.
    """
    if theirs in (base, ours):
        return Merge(is_clean=True, content=ours)
    if ours == base:
        return Merge(is_clean=True, content=theirs)
    if base is None or ours is None or theirs is None:
        return Merge(is_clean=False, content=ours)
    regions = _regions(*(_lines(content, (base, ours, theirs)) for content in (base, ours, theirs)))
    merged = b"".join(line for region in regions for line in region.merged)
    return Merge(not any(region.is_conflict for region in regions), merged, regions)


def _lines(content: bytes, states: Sequence[bytes]) -> Sequence[bytes]:
    if any(is_binary(state) for state in states):
        return [content] if content else []
    return split_bytes(content)


def _regions(
    base: Sequence[bytes], ours: Sequence[bytes], theirs: Sequence[bytes]
) -> tuple[Region, ...]:
    left, right = changed_ranges(base, ours), changed_ranges(base, theirs)
    regions: list[Region] = []
    done = shift_left = shift_right = 0
    while left or right:
        start, end, mine, yours = _cluster(left, right)
        if start > done:
            same = tuple(base[done:start])
            regions.append(Region(same, same, same))
        grown_left = sum(_growth(change) for change in mine)
        grown_right = sum(_growth(change) for change in yours)
        regions.append(
            Region(
                tuple(base[start:end]),
                tuple(ours[start + shift_left : end + shift_left + grown_left]),
                tuple(theirs[start + shift_right : end + shift_right + grown_right]),
            )
        )
        shift_left, shift_right, done = shift_left + grown_left, shift_right + grown_right, end
        left, right = left[len(mine) :], right[len(yours) :]
    if done < len(base):
        same = tuple(base[done:])
        regions.append(Region(same, same, same))
    return tuple(regions)


def _growth(change: Change) -> int:
    return (change.new_end - change.new_start) - (change.old_end - change.old_start)


def _cluster(
    left: Sequence[Change], right: Sequence[Change]
) -> tuple[int, int, list[Change], list[Change]]:
    """The first changes of both sides that touch each other, and the base lines they cover."""
    start = min(changes[0].old_start for changes in (left, right) if changes)
    end = start
    mine: list[Change] = []
    yours: list[Change] = []
    while True:
        if len(mine) < len(left) and left[len(mine)].old_start <= end:
            mine.append(left[len(mine)])
            end = max(end, mine[-1].old_end)
        elif len(yours) < len(right) and right[len(yours)].old_start <= end:
            yours.append(right[len(yours)])
            end = max(end, yours[-1].old_end)
        else:
            return start, end, mine, yours
