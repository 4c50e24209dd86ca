"""Foreign values in Markdown: none can end its cell, span or fence, nor become markup."""

import re
from collections.abc import Collection, Sequence

from vibe_tui.foreign import clean, clean_line

_SPECIAL = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>|~"})


def plain_cell(value: str) -> str:
    """A foreign value that Markdown shows literally."""
    return clean_line(value, 200).translate(_SPECIAL)


def code_span(value: str) -> str:
    """A foreign value as code, to be typed as it stands."""
    line = clean_line(value, 200).replace("`", "'")
    return f"`{line}`"


def fenced(text: str, language: str = "text") -> str:
    """Foreign lines as a block of code, in a fence that they cannot close."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{clean(text).rstrip()}\n{fence}"


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
