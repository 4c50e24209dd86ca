"""Markdown tables of foreign values: a cell can neither end itself nor become markup."""

from collections.abc import Collection, Sequence

from vibe_tui.foreign import clean_line

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|~"})


def plain_cell(value: str) -> str:
    """A foreign value that Markdown shows literally."""
    return clean_line(value, 200).translate(_SPECIAL)


def markdown_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[int] = ()
) -> str:
    """A Markdown table.

    Args:
        header: The columns' names.
        rows: Cells, as many as columns; shown literally.
        right: Columns aligned right.
    """
    marks = ["---:" if i in right else "---" for i in range(len(header))]
    lines = [header, marks, *([plain_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
