"""Our own Markdown as plain text for a pipe: aligned tables, no marks."""

import re
from collections.abc import Sequence

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS = re.compile(r"(?<!\\)(\*\*|`)")
_CELL_END = re.compile(r"(?<!\\)\|")
_FENCE = re.compile(r"^(`{3,})\w*$")


def plain_text(markdown: str) -> str:
    """Take the marks out of Markdown that the commands made.

    Args:
        markdown: Paragraphs, lists, tables and fences; text inside a fence stays as it is.
    """
    lines: list[str] = []
    table: list[list[str]] = []
    fence = ""
    for line in markdown.rstrip("\n").split("\n"):
        if not fence and line.startswith("|"):
            table.append(_cells(line))
            continue
        lines += _aligned(table)
        table = []
        mark = _FENCE.match(line)
        if fence:
            fence = "" if line == fence else fence
            lines += [line] if fence else []
        elif mark:
            fence = mark[1]
        else:
            lines.append(_unmarked(line))
    return "\n".join(lines + _aligned(table))


def _unmarked(text: str) -> str:
    return _ESCAPED.sub(r"\1", _EMPHASIS.sub("", text))


def _cells(line: str) -> list[str]:
    return [_unmarked(cell.strip()) for cell in _CELL_END.split(line)[1:-1]]


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of a table, the second of which says which columns go to the right."""
    if len(rows) < 2:
        return [" ".join(row) for row in rows]
    right = [mark.endswith(":") for mark in rows[1]]
    shown = [rows[0], *rows[2:]]
    widths = [max(map(len, column)) for column in zip(*shown, strict=True)]
    return ["  ".join(map(_padded, row, widths, right)).rstrip() for row in shown]


def _padded(cell: str, width: int, is_right: bool) -> str:
    return cell.rjust(width) if is_right else cell.ljust(width)
