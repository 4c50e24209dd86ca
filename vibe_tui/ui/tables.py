"""A table drawn with rules between its columns, in the width there is."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from vibe_tui.ui.rows import EMPTY, cuts

_BAR = Content.styled(" │ ", ".transcript--muted")
_NARROWEST = 4


def table_lines(rows: Sequence[Sequence[Content]], width: int) -> Iterator[Content]:
    """Draw a table.

    Args:
        rows: Cells by row; the first row is the header.
        width: Cells available; columns are narrowed and their cells wrapped to fit.
    """
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return
    padded = [[*row, *[EMPTY] * (columns - len(row))] for row in rows]
    natural = [max(row[i].cell_length for row in padded) for i in range(columns)]
    widths = _fit(natural, width - 3 * (columns - 1))
    for index, row in enumerate(padded):
        if index == 0:
            row = [cell.stylize_before(".transcript--strong") for cell in row]
        yield from _row(row, widths)
        if index == 0:
            yield Content.styled("─┼─".join("─" * cells for cells in widths), ".transcript--muted")


def _fit(natural: Sequence[int], available: int) -> list[int]:
    """Narrow the widest columns first, none below what a word needs."""
    widths = [max(1, cells) for cells in natural]
    while sum(widths) > available and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _row(cells: Sequence[Content], widths: Sequence[int]) -> Iterator[Content]:
    wrapped = [_wrap(cell, cells_wide) for cell, cells_wide in zip(cells, widths, strict=True)]
    for index in range(max(map(len, wrapped))):
        parts = [lines[index] if index < len(lines) else EMPTY for lines in wrapped]
        padded = [
            part.pad_right(cells_wide - part.cell_length)
            for part, cells_wide in zip(parts, widths, strict=True)
        ]
        yield _BAR.join(padded).rstrip()


def _wrap(cell: Content, width: int) -> list[Content]:
    return [part.rstrip() for part in cell.divide(cuts(cell.plain, width))]
