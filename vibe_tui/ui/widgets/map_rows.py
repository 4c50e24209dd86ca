"""How a row of the map reads: ``▼ ● router.py 206 · 9ƒ``, as text with named inks."""

import re

from textual.content import Content

from vibe_tui.foreign import clean_line
from vibe_tui.intelligence.model import ClassSignature, FileNode, FunctionSignature
from vibe_tui.ui.outline import Row, RowKind

INKS = frozenset(
    f"map-tree--{name}"
    for name in ("folder", "file", "muted", "keyword", "pin", "low", "watch", "high", "error")
)
"""The component classes that rows are written with."""

_WATCH_COMPLEXITY = 11
"""From here on McCabe's own advice (1976) is to look closer."""
_HIGH_COMPLEXITY = 21
_OWN = frozenset({"self", "cls", "this"})
_NAME = re.compile(r"[*&.]*[\w$]+")


def row_content(
    row: Row, width: int, *, node: FileNode | None, is_open: bool | None, mark: str
) -> Content:
    """Write one row.

    Args:
        row: What it stands for.
        width: Cells it may take; details go before the name is cut.
        node: What the map knows of the file; None while it is not mapped.
        is_open: Whether children are shown; None when there are none.
        mark: ``●`` pinned, ``○`` in the last request, or a space.

    Returns:
        Content of exactly ``width`` cells.
    """
    indent = "  " * row.depth
    if row.kind is RowKind.FOLDER:
        head = Content.assemble(indent, _arrow(is_open), _ink(row.label, "folder"))
        return head.truncate(width, ellipsis=True, pad=True)
    if isinstance(row.symbol, FunctionSignature):
        return _function(row.symbol, indent, width)
    if isinstance(row.symbol, ClassSignature):
        head = Content.assemble(
            f"{indent}  ",
            (f"{row.symbol.kind.value} ", ".map-tree--keyword"),
            _ink(row.symbol.name, "file"),
        )
        return head.truncate(width, ellipsis=True, pad=True)
    name = Content.assemble(
        indent, _arrow(is_open), (f"{mark} ", ".map-tree--pin"), _file_name(row.label)
    )
    return _with_details(name, _details(node), width)


def _arrow(is_open: bool | None) -> tuple[str, str]:
    return ({True: "▼ ", False: "▶ ", None: "  "}[is_open], ".map-tree--muted")


def _ink(text: str, ink: str) -> tuple[str, str]:
    return (clean_line(text), f".map-tree--{ink}")


def _file_name(label: str) -> Content:
    """The name; in search results, where the label is a whole path, its folder stands back."""
    folder, slash, name = clean_line(label).rpartition("/")
    if not slash:
        return Content.assemble((name, ".map-tree--file"))
    return Content.assemble((name, ".map-tree--file"), (f"  {folder}", ".map-tree--muted"))


def _details(node: FileNode | None) -> list[Content]:
    """What follows a file's name, the most important first."""
    if node is None:
        return []
    if node.parse_error is not None:
        return [Content.assemble(("✗ parse error", ".map-tree--error"))]
    functions = len(node.functions) + sum(len(owner.methods) for owner in node.classes)
    counts = f"{functions}ƒ" if functions else f"{len(node.classes)}c" if node.classes else ""
    lines = f"{node.lines_of_code:,}"
    full = f"{lines} · {counts}" if counts else lines
    return [Content.assemble((text, ".map-tree--muted")) for text in (full, lines)]


def _with_details(name: Content, details: list[Content], width: int) -> Content:
    for detail in details:
        if name.cell_length + 1 + detail.cell_length <= width:
            name = Content.assemble(name, " ", detail)
            break
    return name.truncate(width, ellipsis=True, pad=True)


def _function(symbol: FunctionSignature, indent: str, width: int) -> Content:
    figure = _complexity(symbol.complexity)
    head = Content.assemble(
        f"{indent}  ",
        _ink(symbol.name, "file"),
        (f"({_parameters(symbol)})", ".map-tree--muted"),
    )
    room = max(0, width - figure.cell_length - 1)
    line = Content.assemble(head.truncate(room, ellipsis=True, pad=True), " ", figure)
    return line.truncate(width, pad=True)


def _complexity(complexity: int) -> Content:
    """The figure, and a triangle that grows with it, so that colour is not all that tells."""
    if complexity >= _HIGH_COMPLEXITY:
        ink, mark = "high", "▲"
    elif complexity >= _WATCH_COMPLEXITY:
        ink, mark = "watch", "▴"
    else:
        ink, mark = "low", " "
    return Content.assemble((f"{complexity:>3}{mark}", f".map-tree--{ink}"))


def _parameters(symbol: FunctionSignature) -> str:
    names = [_NAME.match(parameter.strip()) for parameter in symbol.parameters]
    words = [found.group() if found else "…" for found in names]
    return ", ".join(clean_line(word) for word in words if word not in _OWN)
