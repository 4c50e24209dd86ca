"""From a scope of tree-sitter to the map's signatures: what the curly languages share."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from vibe_tui.intelligence.analyzers.outline import Outline, Scope
from vibe_tui.intelligence.analyzers.source import one_line
from vibe_tui.intelligence.analyzers.tree import line_of, text_of
from vibe_tui.intelligence.languages import module_path_of
from vibe_tui.intelligence.model import FunctionSignature

if TYPE_CHECKING:
    from tree_sitter import Node


def as_utf8(content: str | bytes) -> bytes:
    """The text in UTF-8 without a byte order mark."""
    utf8 = content.encode("utf-8", "replace") if isinstance(content, str) else content
    return utf8.removeprefix(b"\xef\xbb\xbf")


def signature(
    path: str,
    scope: Scope,
    name: str,
    parameters: Sequence[str],
    return_type: str | None,
    *,
    docstring: str | None = None,
    is_async: bool = False,
    decorators: tuple[str, ...] = (),
) -> FunctionSignature:
    """Put together the signature of a scope's function."""
    first, last = (scope.whole or scope.node).start_point[0], scope.node.end_point[0]
    return FunctionSignature(
        name=name,
        module_path=module_path_of(path),
        file_path=path,
        line_start=first + 1,
        line_end=last + 1,
        parameters=tuple(parameters),
        return_type=return_type,
        docstring=docstring,
        complexity=1 + scope.decisions,
        is_async=is_async,
        decorators=decorators,
    )


def field_line(node: "Node", field_name: str) -> str | None:
    """The source of a node's field on one line; None without the field."""
    return line_of(node.child_by_field_name(field_name))


def field_text(node: "Node", field_name: str, default: str) -> str:
    """The source of a node's field, or a default where a damaged file lacks it."""
    return field_line(node, field_name) or default


def children_of(node: "Node | None") -> "list[Node]":
    """Named children apart from comments; none of no node."""
    if node is None:
        return []
    return [child for child in node.named_children if child.type != "comment"]


def lines_of(nodes: "Sequence[Node]") -> tuple[str, ...]:
    """The sources of nodes, each on one line."""
    return tuple(one_line(text_of(node)) for node in nodes)


def comment_block_above(outline: Outline, node: "Node") -> "list[Node]":
    """The comments that end on the lines directly above a node, top first."""
    block: list[Node] = []
    row, column = node.start_point
    while (comment := outline.comments.get(row - 1)) is not None:
        if comment.start_point[1] != column:
            break
        block.append(comment)
        row = comment.start_point[0]
    block.reverse()
    return block
