"""Lines of a diff made safe and exact to read: cleaned, tabs drawn, nothing hidden."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, get_character_cell_size

from vibe_tui.changes.model import DiffLine
from vibe_tui.foreign import clean

TAB_CELLS = 4
LONGEST_LINE = 4_000
"""Characters shown of one line; what is left out is counted at its end."""
_LINE_ENDS = str.maketrans({"\r": "␍", "\n": "␊"})
_BREAK_AFTER = ",;:.([{=+|&/-"


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it is drawn.

    ``code`` is what a lexer reads; ``text`` has the same characters but visible white space
    where that alone changed; ``remark`` follows the text and is ours, not the file's.
    """

    kind: str
    old_number: int | None
    new_number: int | None
    code: str
    text: str
    remark: str = ""


def show_lines(lines: Sequence[DiffLine]) -> tuple[ShownLine, ...]:
    """Prepare a hunk's lines for the screen.

    Args:
        lines: As decoded from the file, not yet cleaned.

    Returns:
        One for each, in order.
    """
    marked = _only_white_space_differs(lines)
    return tuple(_show(line, mark=line.kind != " " and _bare(line) in marked) for line in lines)


def only_line_ends_differ(lines: Sequence[DiffLine]) -> bool:
    """Whether both sides read the same, so that the change is in how lines end."""
    old = [line.text for line in lines if line.kind != "+"]
    return old == [line.text for line in lines if line.kind != "-"]


def fold(text: str, width: int) -> list[int]:
    """Where each row of a line starts when it is folded; never drops a character.

    Breaks behind a space of the row's last third, else behind a punctuation mark there, else at
    the edge, over which one space may hang.

    Args:
        text: One line, without tabs.
        width: Cells of a row, at least 2.

    Returns:
        Offsets into ``text``, the first 0.
    """
    if len(text) <= width and (text.isascii() or cell_len(text) <= width):
        return [0]
    starts = [0]
    while (end := _row_end(text, starts[-1], width)) < len(text):
        start = _soft_end(text, starts[-1], end)
        if start == len(text):
            break
        starts.append(start)
    return starts


def _row_end(text: str, start: int, width: int) -> int:
    if text.isascii():
        return start + width
    cells = 0
    for index in range(start, len(text)):
        cells += get_character_cell_size(text[index])
        if cells > width:
            return index
    return len(text)


def _soft_end(text: str, start: int, end: int) -> int:
    if text[end] == " ":
        return end + 1  # a space hangs over the edge rather than lead the next row
    places = range(end, end - (end - start) // 3, -1)
    for breaks in (" ", _BREAK_AFTER):
        found = next((at for at in places if text[at - 1] in breaks), None)
        if found is not None:
            return found
    return end


def _bare(line: DiffLine) -> str:
    return "".join(line.text.split())


def _only_white_space_differs(lines: Sequence[DiffLine]) -> frozenset[str]:
    removed = {_bare(line) for line in lines if line.kind == "-"}
    return frozenset(removed & {_bare(line) for line in lines if line.kind == "+"})


def _show(line: DiffLine, *, mark: bool) -> ShownLine:
    raw = line.text if line.text.isprintable() else line.text.translate(_LINE_ENDS)
    cut = raw[:LONGEST_LINE]
    code = clean(cut)
    remarks = []
    if hidden := len(cut) - len(code):
        remarks.append(f"! {hidden:,} hidden")
    if left_out := len(raw) - len(cut):
        remarks.append(f"… {left_out:,} more characters")
    text = _mark_white_space(code) if mark else code.expandtabs(TAB_CELLS)
    remark = "  " + " · ".join(remarks) if remarks else ""
    return ShownLine(
        line.kind, line.old_number, line.new_number, code.expandtabs(TAB_CELLS), text, remark
    )


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
