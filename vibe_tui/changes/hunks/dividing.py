"""Hunks made of other hunks: divided where lines did not change, into lines, or by a person's pick.

Where some lines of a replaced block are picked, like lines keep their places beside each other;
between those, runs of removed and of added lines take turns, picked beside picked and left beside
left, and what has no counterpart there is removed before anything is added.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from vibe_tui.changes.content.diff import Change, HunkRange, LineDiff, hunk_rows, joined, touches
from vibe_tui.changes.content.text import byte_order_mark, display
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.hunks.pairing import paired
from vibe_tui.changes.model import FileChange

Group = tuple[Change, ...]
"""The changes of one hunk, in order."""

_WHOLE = "decide on the hunk as it is"


@dataclass(frozen=True, slots=True)
class Division:
    """A file's hunks after one of them was divided."""

    groups: tuple[Group, ...]
    """By their first lines."""
    origins: tuple[int, ...]
    """For each which hunk it was, or was part of, before."""


def with_division(file: FileChange, division: Division) -> FileChange:
    """A file with other hunks; each has the state of the one that it was part of."""
    return replace(
        file,
        groups=tuple(tuple((*change,) for change in group) for group in division.groups),
        hunk_states=tuple(file.hunk_states[origin] for origin in division.origins),
    )


def picked(diff: LineDiff, index: int, rows: Collection[int]) -> Division:
    """Make some lines of a hunk a hunk of their own; the rest of it stays one.

    Args:
        diff: Of the file.
        index: The hunk, counted from 0.
        rows: Indexes into ``hunk_rows``; those of unchanged lines make no difference.

    Raises:
        EditRefusedError: If that does not divide the hunk.
    """
    _check_text(diff)
    hunk = diff.hunks[index]
    shown = hunk_rows(diff, hunk)
    chosen = [shown[row] for row in set(rows) if 0 <= row < len(shown)]
    old = {row.old_number - 1 for row in chosen if row.kind == "-" and row.old_number}
    new = {row.new_number - 1 for row in chosen if row.kind == "+" and row.new_number}
    sides: dict[bool, list[Change]] = {True: [], False: []}
    for change in hunk.changes:
        for is_picked, part in _parts(diff, change, old, new):
            sides[is_picked].append(part)
    if not sides[True]:
        raise EditRefusedError("None of these lines changes: pick added or removed ones")
    if not sides[False]:
        raise EditRefusedError(f"These are all changed lines of the hunk: {_WHOLE}")
    return _replaced(diff, index, [tuple(joined(side)) for side in sides.values()])


def split(diff: LineDiff, index: int) -> Division:
    """Divide a hunk: where lines between its changes stay, else a changed block itself.

    A block is divided behind changed blank lines, else line by line, a like removed and added line
    together, else into what is removed and what is added.

    Args:
        diff: Of the file.
        index: The hunk, counted from 0.

    Raises:
        EditRefusedError: If that does not divide the hunk.
    """
    _check_text(diff)
    blocks = _blocks(diff.hunks[index])
    if len(blocks) == 1 and len(joined(blocks[0])) == 1:
        blocks = [(part,) for part in _sub_blocks(diff, joined(blocks[0])[0])]
    if len(blocks) == 1:
        raise EditRefusedError(f"Nothing can be divided here: {_WHOLE}")
    return _replaced(diff, index, blocks)


def _check_text(diff: LineDiff) -> None:
    if diff.is_binary:
        raise EditRefusedError(f"A binary file has no lines to divide: {_WHOLE}")
    marks = {byte_order_mark(lines[0]) for lines in (diff.old, diff.new) if lines}
    if len(marks) > 1:
        raise EditRefusedError(f"The file's byte order mark changes, so it is one piece: {_WHOLE}")


def _replaced(diff: LineDiff, index: int, parts: Sequence[Group]) -> Division:
    hunks = [(hunk.changes, origin) for origin, hunk in enumerate(diff.hunks) if origin != index]
    ordered = sorted([*hunks, *((part, index) for part in parts)])
    return Division(tuple(group for group, _ in ordered), tuple(origin for _, origin in ordered))


def _blocks(hunk: HunkRange) -> list[Group]:
    """A hunk's changes, those that touch each other together."""
    blocks: list[list[Change]] = []
    for change in hunk.changes:
        if blocks and touches(blocks[-1][-1], change):
            blocks[-1].append(change)
        else:
            blocks.append([change])
    return [tuple(block) for block in blocks] or [()]


# Parts of a block.


def _parts(
    diff: LineDiff, block: Change, old: Collection[int], new: Collection[int]
) -> Iterator[tuple[bool, Change]]:
    """The picked and the left parts of a block, in the order in which they take its place."""
    for piece in _pieces(diff, block):
        removed = _runs(range(piece.old_start, piece.old_end), old)
        added = _runs(range(piece.new_start, piece.new_end), new)
        i, j = piece.old_start, piece.new_start
        while removed or added:
            is_picked = removed[0][0] if removed else added[0][0]
            is_turn = bool(added) and added[0][0] == is_picked and len(removed) < len(added) + 2
            end_i = removed.pop(0)[1] if removed else i
            end_j = added.pop(0)[1] if is_turn else j
            yield is_picked, Change(i, end_i, j, end_j)
            i, j = end_i, end_j


def _runs(lines: range, chosen: Collection[int]) -> list[tuple[bool, int]]:
    """Runs of lines that are chosen, or not, each with its end."""
    runs = groupby(lines, key=lambda line: line in chosen)
    return [(is_chosen, list(run)[-1] + 1) for is_chosen, run in runs]


def _pieces(diff: LineDiff, block: Change) -> Iterator[Change]:
    """A block cut around its pairs of like lines."""
    i, j = block.old_start, block.new_start
    for m, n in _pairs(diff, block):
        if (m, n) != (i, j):
            yield Change(i, m, j, n)
        yield Change(m, m + 1, n, n + 1)
        i, j = m + 1, n + 1
    if (i, j) != (block.old_end, block.new_end):
        yield Change(i, block.old_end, j, block.new_end)


def _pairs(diff: LineDiff, block: Change) -> list[tuple[int, int]]:
    old = [display(diff.old[n], diff.old_encoding) for n in range(block.old_start, block.old_end)]
    new = [display(diff.new[n], diff.new_encoding) for n in range(block.new_start, block.new_end)]
    return [(block.old_start + m, block.new_start + n) for m, n in paired(old, new)]


def _sub_blocks(diff: LineDiff, block: Change) -> list[Change]:
    atoms = [atom for piece in _pieces(diff, block) for atom in _atoms(piece)]
    paragraphs: list[list[Change]] = [[]]
    for atom in atoms:
        if paragraphs[-1] and _is_blank(diff, paragraphs[-1][-1]) and not _is_blank(diff, atom):
            paragraphs.append([])
        paragraphs[-1].append(atom)
    if len(paragraphs) > 1:
        return [joined(paragraph)[0] for paragraph in paragraphs]
    return atoms


def _atoms(piece: Change) -> Iterator[Change]:
    """The smallest parts: a pair of like lines, lines that only one side has, or unlike sides."""
    i, end_i, j, end_j = piece
    if (end_i - i, end_j - j) == (1, 1):
        yield piece
    elif i < end_i and j < end_j:
        yield Change(i, end_i, j, j)
        yield Change(end_i, end_i, j, end_j)
    else:
        yield from (Change(n, n + 1, j, j) for n in range(i, end_i))
        yield from (Change(i, i, n, n + 1) for n in range(j, end_j))


def _is_blank(diff: LineDiff, atom: Change) -> bool:
    lines = [*diff.old[atom.old_start : atom.old_end], *diff.new[atom.new_start : atom.new_end]]
    return not any(line.strip(b"\0 \t\r\n") for line in lines)
