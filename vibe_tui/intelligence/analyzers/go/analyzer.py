"""Go by tree-sitter."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.intelligence.analyzers.outline import Outline, Scope, read_outline
from vibe_tui.intelligence.analyzers.source import FileAnalyzer, count_lines, one_line
from vibe_tui.intelligence.analyzers.tree import text_of
from vibe_tui.intelligence.analyzers.tree_node import (
    as_utf8,
    children_of,
    comment_block_above,
    field_line,
    field_text,
    lines_of,
    signature,
)
from vibe_tui.intelligence.model import ClassKind, ClassSignature, FileNode, FunctionSignature

if TYPE_CHECKING:
    from tree_sitter import Node

_KINDS = {"struct_type": ClassKind.STRUCT, "interface_type": ClassKind.INTERFACE}


class GoASTAnalyzer(FileAnalyzer):
    """Functions, types with their methods, imports and complexity of Go files.

    Complexity counts as gocyclo does: ``if``, ``for``, each ``case``, ``&&`` and ``||``, function
    literals included. A method whose type stands in another file is a function ``Type.Method``.
    """

    def analyze_text(self, path: str, content: str | bytes) -> FileNode:
        """Analyse Go source; see ``FileAnalyzer.analyze_text``."""
        source = as_utf8(content)
        outline = read_outline("go", source, closures_apart=False)
        types = [scope for scope in outline.top if not scope.is_function]
        methods, functions = _sorted_functions(path, outline)
        classes = tuple(
            _type(path, outline, scope, methods.pop(_name(scope), [])) for scope in types
        )
        strays = [method for owned in methods.values() for method in owned]
        functions.extend(
            _function(path, outline, scope, f"{_receiver_type(scope.node)}.{_name(scope)}")
            for scope in strays
        )
        functions.sort(key=lambda function: function.line_start)
        return FileNode(
            path=path,
            language="go",
            lines_of_code=count_lines(source),
            functions=tuple(functions),
            classes=classes,
            imports=outline.imports,
            type_hints_coverage=100.0,
            parse_error=outline.problem,
        )


def _sorted_functions(
    path: str, outline: Outline
) -> tuple[dict[str, list[Scope]], list[FunctionSignature]]:
    """Split the file's functions into methods by their receiver's type, and plain ones."""
    methods: dict[str, list[Scope]] = {}
    functions: list[FunctionSignature] = []
    for scope in outline.top:
        if scope.node.type == "method_declaration":
            methods.setdefault(_receiver_type(scope.node), []).append(scope)
        elif scope.node.type == "function_declaration":
            functions.append(_function(path, outline, scope, _name(scope)))
    return methods, functions


def _function(path: str, outline: Outline, scope: Scope, name: str) -> FunctionSignature:
    node = scope.node
    return signature(
        path,
        scope,
        name,
        lines_of(children_of(node.child_by_field_name("parameters"))),
        field_line(node, "result"),
        docstring=_doc(outline, node),
    )


def _type(path: str, outline: Outline, scope: Scope, methods: Sequence[Scope]) -> ClassSignature:
    node = scope.node
    body = node.child_by_field_name("type")
    alone = node.parent if node.parent is not None and node.parent.type != "source_file" else node
    is_grouped = alone.type == "type_declaration" and alone.named_child_count > 1
    members = list(_members(body))
    return ClassSignature(
        name=_name(scope),
        kind=ClassKind.TYPE if body is None else _KINDS.get(body.type, ClassKind.TYPE),
        bases=tuple(text for kind, text in members if kind == "base"),
        methods=(
            *_interface_methods(path, body),
            *(_function(path, outline, method, _name(method)) for method in methods),
        ),
        attributes=tuple(text for kind, text in members if kind == "attribute"),
        line_start=node.start_point[0] + 1,
        line_end=node.end_point[0] + 1,
        docstring=_doc(outline, node if is_grouped else alone),
    )


def _members(body: "Node | None") -> Iterator[tuple[str, str]]:
    """Yield the fields and the embedded types of a struct or an interface."""
    if body is None:
        return
    fields = body.named_children if body.type == "interface_type" else []
    if body.type == "struct_type":
        fields = [field for group in body.named_children for field in group.named_children]
    for field in fields:
        if field.type == "type_elem":
            yield "base", one_line(text_of(field))
        elif field.type == "field_declaration":
            names = field.children_by_field_name("name")
            written = field_text(field, "type", "?")
            if not names:
                pointer = "*" if text_of(field).startswith("*") else ""
                yield "base", pointer + written
            yield from (("attribute", f"{text_of(name)} {written}") for name in names)


def _interface_methods(path: str, body: "Node | None") -> Iterator[FunctionSignature]:
    if body is None or body.type != "interface_type":
        return
    for element in body.named_children:
        if element.type == "method_elem":
            parameters = lines_of(children_of(element.child_by_field_name("parameters")))
            scope = Scope(element, is_function=True)
            name = field_text(element, "name", "?")
            yield signature(path, scope, name, parameters, field_line(element, "result"))


def _name(scope: Scope) -> str:
    return field_text(scope.node, "name", "?")


def _receiver_type(node: "Node") -> str:
    """The bare type of a receiver: ``Stack`` of ``(s *Stack[T])``."""
    receiver = children_of(node.child_by_field_name("receiver"))
    written = field_text(receiver[0], "type", "?") if receiver else "?"
    return written.lstrip("*( ").partition("[")[0].rstrip(") ")


def _doc(outline: Outline, node: "Node") -> str | None:
    lines = [text_of(comment) for comment in comment_block_above(outline, node)]
    spoken = [line for line in lines if not line.startswith("//go:")]
    texts = (line.removeprefix("//").removeprefix("/*").removesuffix("*/") for line in spoken)
    return "\n".join(text.strip() for text in texts) or None
