"""The rows of a conflict: what stands in the file beside what is proposed, region by region."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from vibe_tui.changes.model import ConflictChoice, ConflictRegion, ConflictView
from vibe_tui.foreign import reveal
from vibe_tui.ui.widgets.hunk_rows import fold
from vibe_tui.ui.widgets.hunk_text import TAB_CELLS

SIDE_BY_SIDE = 76
"""Cells from which both sides stand beside each other."""
CONTEXT = 3
"""Lines shown at each end of a stretch on which nobody has to choose."""
_GUTTER = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line of one side; ``look`` names its colour, ``sign`` says the same."""

    sign: str
    text: str
    look: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the screen: one cell, or both sides'."""

    cells: tuple[Cell | None, ...]
    conflict: int | None = None
    """Which conflict it belongs to, from 0; None between them."""
    is_head: bool = False


def conflict_rows(
    view: ConflictView,
    chosen: Mapping[int, ConflictChoice],
    width: int,
    *,
    with_base: bool = False,
) -> list[Row]:
    """Lay a conflict out.

    Args:
        view: Both sides.
        chosen: What is taken so far, by conflict, from 0.
        width: Cells.
        with_base: Whether to show what both sides started from.
    """
    rows: list[Row] = []
    number = 0
    for region in view.regions:
        if region.is_conflict:
            rows += _conflict(region, number, chosen.get(number), width, with_base=with_base)
            number += 1
        else:
            rows += _agreed(region, width)
    return rows


def _conflict(
    region: ConflictRegion,
    number: int,
    choice: ConflictChoice | None,
    width: int,
    *,
    with_base: bool,
) -> Iterator[Row]:
    yield Row(())
    yield Row((), number, is_head=True)
    ours = "taken" if choice in (ConflictChoice.OURS, ConflictChoice.BOTH) else "ours"
    theirs = "taken" if choice in (ConflictChoice.THEIRS, ConflictChoice.BOTH) else "theirs"
    if choice is ConflictChoice.OURS:
        theirs = "dropped"
    elif choice is ConflictChoice.THEIRS:
        ours = "dropped"
    if with_base:
        for cell in _cells(region.base, "│", "base", width) or [Cell("│", "(nothing)", "base")]:
            yield Row((cell,), number)
    nothing = Cell(" ", "(nothing)", "base")
    if width >= SIDE_BY_SIDE:
        half = width // 2
        left = _cells(region.ours, "‹", ours, half) or [nothing]
        right = _cells(region.theirs, "›", theirs, width - half) or [nothing]
        yield from (Row(pair, number) for pair in zip_longest(left, right))
    else:
        sides = ((region.ours, "‹", ours), (region.theirs, "›", theirs))
        for lines, sign, look in sides:
            cells = _cells(lines, sign, look, width) or [Cell(sign, "(nothing)", "base")]
            yield from (Row((cell,), number) for cell in cells)
    yield Row(())


def _agreed(region: ConflictRegion, width: int) -> Iterator[Row]:
    """Lines that nobody chooses on: the ends of what both sides have, or what one changed."""
    lines = region.ours if region.base != region.ours else region.theirs
    is_quiet = not region.is_changed
    sign, look = (" ", "context") if is_quiet else ("·", "merged")
    left_out = region.left_out
    head, tail = list(lines), []
    if is_quiet and (left_out or len(lines) > 2 * CONTEXT):
        head, tail = list(lines[:CONTEXT]), list(lines[-CONTEXT:])
        left_out += len(lines) - 2 * CONTEXT
    yield from (Row((cell,)) for cell in _cells(head, sign, look, width))
    if tail:
        plural = "s" * (left_out != 1)
        yield Row((Cell(" ", f"⋯ {left_out:,} unchanged line{plural}", "base"),))
        yield from (Row((cell,)) for cell in _cells(tail, sign, look, width))


def _cells(lines: Sequence[str], sign: str, look: str, width: int) -> list[Cell]:
    room = max(2, width - _GUTTER)
    cells: list[Cell] = []
    for line in lines:
        text = reveal(line).expandtabs(TAB_CELLS)
        starts = fold(text, room)
        ends = [*starts[1:], len(text)]
        for start, end in zip(starts, ends, strict=True):
            cells.append(Cell(sign if start == 0 else "↳", text[start:end], look))
    return cells
