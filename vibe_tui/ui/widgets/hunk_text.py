"""Lines of a diff made safe and exact to read: tabs drawn, what hides revealed, marks in place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from vibe_tui.changes.model import DiffLine
from vibe_tui.foreign import clean_line, reveal
from vibe_tui.ui.widgets.line_pairs import equal_pairs, without_white_space

TAB_CELLS = 4
LONGEST_LINE = 4_000
"""Characters shown of one line; what is left out is counted at its end."""
QUIET: Final = "~"
"""The kind of a changed line of which only white space changed, while that is not shown."""
_LINE_ENDS = str.maketrans({"\r": "␍", "\n": "␊"})
_REVEALED = re.compile(r"‹U\+[0-9A-F]{4,6}›")

Range = tuple[int, int]
"""Start and end character of a stretch of a line."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it is drawn.

    ``code`` is what a lexer reads; ``text`` has the same characters but visible white space
    where that alone changed.
    """

    kind: str
    """``+``, ``-``, a blank for context, or ``QUIET``."""
    old_number: int | None
    new_number: int | None
    code: str
    text: str
    remark: str = ""
    """Ours, not the file's: says what of the line is left out. Follows the text."""
    row: int = -1
    """Index into ``Hunk.lines``; -1 for context beyond them."""
    marks: tuple[Range, ...] = ()
    """The words of the text that changed, where the rest of the line did not."""
    alerts: tuple[Range, ...] = ()
    """Characters that hide or deceive, written as their code points."""
    aside: str = ""
    """Where the line was moved from or to; follows the remark."""
    is_moved: bool = False
    pair: int | None = None
    """Number of the line on the other side that stands beside it, where one is like it."""

    @property
    def tail(self) -> str:
        """What follows the text: words of ours."""
        return self.remark + self.aside

    @property
    def is_change(self) -> bool:
        """Whether it can be decided on: it is shown as removed or added."""
        return self.kind in "+-"

    @property
    def is_old_side(self) -> bool:
        """Whether the file before has it."""
        return self.kind in " -" or self.is_twin

    @property
    def is_new_side(self) -> bool:
        """Whether the file after has it."""
        return self.kind in " +" or (self.kind == QUIET and not self.is_twin)

    @property
    def is_twin(self) -> bool:
        """Whether it is the old side of a quiet pair: only two columns show both sides."""
        return self.kind == QUIET and self.new_number is None


def show_lines(
    lines: Sequence[DiffLine],
    first_row: int = 0,
    row_count: int | None = None,
    *,
    hides_white_space: bool = False,
) -> tuple[ShownLine, ...]:
    """Prepare a hunk's lines for the screen.

    Args:
        lines: As decoded from the file, not yet cleaned; with more context than the hunk has.
        first_row: Index into ``Hunk.lines`` of the first, negative when it lies above them.
        row_count: Lines that the hunk has; all by default.
        hides_white_space: Show changes of white space as context. Lines then stand in the order
            of the new file, each old side right above its new one.

    Returns:
        One for each.
    """
    rows = range(len(lines) if row_count is None else row_count)
    bares = _bare_changes(lines)
    places = _quiet_order(lines, bares) if hides_white_space else _same_order(lines)
    differing = frozenset() if hides_white_space else _in_both(lines, bares)
    return tuple(
        _show(
            lines[place.index],
            place,
            first_row + place.index if first_row + place.index in rows else -1,
            aside=_moved_words(lines, place.index),
            mark=bares.get(place.index) in differing,
        )
        for place in places
    )


def only_line_ends_differ(lines: Sequence[DiffLine]) -> bool:
    """Whether both sides read the same, so that the change is in how lines end."""
    old = [line.text for line in lines if line.kind != "+"]
    return old == [line.text for line in lines if line.kind != "-"]


# Where lines stand, and as what.


@dataclass(frozen=True, slots=True)
class _Place:
    index: int
    kind: str
    old_number: int | None
    new_number: int | None


def _same_order(lines: Sequence[DiffLine]) -> Iterator[_Place]:
    return (_place(lines, index) for index in range(len(lines)))


def _bare_changes(lines: Sequence[DiffLine]) -> dict[int, str]:
    """Every changed line without its white space, by index."""
    return {
        index: without_white_space(line.text)
        for index, line in enumerate(lines)
        if line.kind != " "
    }


def _in_both(lines: Sequence[DiffLine], bares: dict[int, str]) -> frozenset[str]:
    """What stands on both sides but for white space."""
    removed = {bare for index, bare in bares.items() if lines[index].kind == "-"}
    return frozenset(
        bare for index, bare in bares.items() if lines[index].kind == "+" and bare in removed
    )


def _quiet_order(lines: Sequence[DiffLine], bares: dict[int, str]) -> Iterator[_Place]:
    for is_changed, run in groupby(range(len(lines)), lambda index: lines[index].kind != " "):
        if is_changed:
            yield from _quiet_run(lines, bares, list(run))
        else:
            yield from (_place(lines, index) for index in run)


def _quiet_run(
    lines: Sequence[DiffLine], bares: dict[int, str], run: Sequence[int]
) -> Iterator[_Place]:
    """Changed lines that follow one another: quiet pairs, and around them what did change."""
    removed = [index for index in run if lines[index].kind == "-"]
    added = [index for index in run if lines[index].kind == "+"]
    i = j = 0
    for m, n in equal_pairs([bares[at] for at in removed], [bares[at] for at in added]):
        yield from (_place(lines, index) for index in (*removed[i:m], *added[j:n]))
        old_number = lines[removed[m]].old_number
        yield _Place(removed[m], QUIET, old_number, None)
        yield _Place(added[n], QUIET, old_number, lines[added[n]].new_number)
        i, j = m + 1, n + 1
    yield from (_place(lines, index) for index in (*removed[i:], *added[j:]))


def _place(lines: Sequence[DiffLine], index: int) -> _Place:
    line = lines[index]
    return _Place(index, line.kind, line.old_number, line.new_number)


def _moved_words(lines: Sequence[DiffLine], index: int) -> str:
    """Where a moved block was or goes, beside the first of its lines."""
    line = lines[index]
    if not line.moved or (index and lines[index - 1].moved == line.moved):
        return ""
    return f"  ⇄ {clean_line(line.moved)}"


# One line.


def _show(line: DiffLine, place: _Place, row: int, *, aside: str, mark: bool) -> ShownLine:
    raw = line.text if line.text.isprintable() else line.text.translate(_LINE_ENDS)
    cut = raw[:LONGEST_LINE]
    safe = reveal(cut)
    left_out = len(raw) - len(cut)
    marks = line.marks if place.kind in "+-" else ()
    if marks and safe.isprintable() and safe == cut:
        marks = tuple((start, min(end, len(cut))) for start, end in marks if start < len(cut))
    elif marks:
        marks = tuple((_shown_cells(cut, start), _shown_cells(cut, end)) for start, end in marks)
    code = safe.expandtabs(TAB_CELLS)
    return ShownLine(
        place.kind,
        place.old_number,
        place.new_number,
        code,
        _mark_white_space(safe) if mark else code,
        f"  … {left_out:,} more characters" if left_out else "",
        row,
        marks,
        _alerts(code) if safe is not cut else (),
        aside,
        bool(line.moved),
        line.pair,
    )


def _shown_cells(raw: str, offset: int) -> int:
    """Where a character stands once what hides is revealed and tabs are drawn."""
    return len(reveal(raw[:offset]).expandtabs(TAB_CELLS))


def _alerts(code: str) -> tuple[Range, ...]:
    return tuple(found.span() for found in _REVEALED.finditer(code))


def _mark_white_space(code: str) -> str:
    """Draw tabs as ``→`` up to their stop, and leading and trailing spaces as ``·``."""
    drawn: list[str] = []
    cells = 0
    inner = range(len(code) - len(code.lstrip()), len(code.rstrip()))
    for index, character in enumerate(code):
        if character == "\t":
            piece = "→".ljust(TAB_CELLS - cells % TAB_CELLS)
        elif character == " " and index not in inner:
            piece = "·"
        else:
            piece = character
        drawn.append(piece)
        cells += len(piece)
    return "".join(drawn)
