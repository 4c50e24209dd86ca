"""What is whole in a Python file that does not parse: by tree-sitter, never by guessing."""

from typing import TYPE_CHECKING

from vibe_tui.intelligence.analyzers.outline import Scope, read_outline
from vibe_tui.intelligence.analyzers.source import count_lines, one_line
from vibe_tui.intelligence.analyzers.tree import line_of, text_of
from vibe_tui.intelligence.languages import module_path_of
from vibe_tui.intelligence.model import ClassKind, ClassSignature, FileNode, FunctionSignature

if TYPE_CHECKING:
    from tree_sitter import Node


def recover(path: str, source: bytes, parse_error: str) -> FileNode:
    """Read what tree-sitter finds in a damaged file.

    Args:
        path: Project-relative.
        source: UTF-8.
        parse_error: What Python's parser said, with its line.

    Returns:
        A node without type coverage, which is not known for such a file.
    """
    outline = read_outline("python", source)
    return FileNode(
        path=path,
        language="python",
        lines_of_code=count_lines(source),
        functions=tuple(_function(path, s) for s in outline.top if s.is_function),
        classes=tuple(_class(path, s) for s in outline.top if not s.is_function),
        imports=outline.imports,
        parse_error=parse_error,
    )


def _function(path: str, scope: Scope) -> FunctionSignature:
    node = scope.node
    parameters = node.child_by_field_name("parameters")
    return FunctionSignature(
        name=_name(node),
        module_path=module_path_of(path),
        file_path=path,
        line_start=node.start_point[0] + 1,
        line_end=node.end_point[0] + 1,
        parameters=_pieces(parameters),
        return_type=line_of(node.child_by_field_name("return_type")),
        complexity=1 + scope.decisions,
        is_async=any(child.type == "async" for child in node.children),
        decorators=_decorators(node),
    )


def _class(path: str, scope: Scope) -> ClassSignature:
    node = scope.node
    return ClassSignature(
        name=_name(node),
        kind=ClassKind.CLASS,
        bases=_pieces(node.child_by_field_name("superclasses")),
        methods=tuple(_function(path, child) for child in scope.children if child.is_function),
        attributes=(),
        line_start=node.start_point[0] + 1,
        line_end=node.end_point[0] + 1,
    )


def _name(node: "Node") -> str:
    name = node.child_by_field_name("name")
    return "?" if name is None else text_of(name)


def _pieces(node: "Node | None") -> tuple[str, ...]:
    if node is None:
        return ()
    return tuple(one_line(text_of(c)) for c in node.named_children if c.type != "comment")


def _decorators(node: "Node") -> tuple[str, ...]:
    around = node.parent
    if around is None or around.type != "decorated_definition":
        return ()
    found = (child for child in around.named_children if child.type == "decorator")
    return tuple(one_line(text_of(child).removeprefix("@")) for child in found)
