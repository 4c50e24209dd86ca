"""JavaScript, JSX, TypeScript and TSX by tree-sitter."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from vibe_tui.intelligence.analyzers.outline import Outline, Scope, read_outline
from vibe_tui.intelligence.analyzers.source import (
    FileAnalyzer,
    count_lines,
    one_line,
    percentage,
)
from vibe_tui.intelligence.analyzers.tree import line_of, text_of
from vibe_tui.intelligence.analyzers.tree_node import (
    as_utf8,
    children_of,
    comment_block_above,
    field_line,
    field_text,
    lines_of,
    signature,
)
from vibe_tui.intelligence.languages import grammar_of
from vibe_tui.intelligence.model import ClassKind, ClassSignature, FileNode, FunctionSignature

if TYPE_CHECKING:
    from tree_sitter import Node

_KINDS: Final = {
    "interface_declaration": ClassKind.INTERFACE,
    "enum_declaration": ClassKind.ENUM,
    "type_alias_declaration": ClassKind.TYPE,
}
_ATTRIBUTES: Final = frozenset(
    {
        "field_definition",
        "public_field_definition",
        "property_signature",
        "enum_assignment",
        "property_identifier",
    }
)
_HERITAGE: Final = frozenset({"class_heritage", "extends_type_clause"})
_CLAUSES: Final = frozenset({"extends_clause", "implements_clause"})


class JavaScriptASTAnalyzer(FileAnalyzer):
    """Functions, classes, interfaces, types, imports and complexity of JS and TS files.

    Functions bound to names count as functions, also ``exports.name = …``; a default export
    without a name is called ``default``. Complexity counts ``if``, ``?:``, loops, ``case``,
    ``catch`` and the short-circuit operators; functions inside a function count by themselves.
    """

    def analyze_text(self, path: str, content: str | bytes) -> FileNode:
        """Analyse JS or TS source; a path without a known suffix is read as JavaScript."""
        source = as_utf8(content)
        grammar = grammar_of(path)
        if grammar not in ("javascript", "typescript", "tsx"):
            grammar = "javascript"
        outline = read_outline(grammar, source)
        reader = _Reader(path, outline)
        classes = tuple(reader.class_of(s) for s in outline.top if not s.is_function)
        functions = tuple(
            reader.function(scope, name)
            for scope in outline.top
            if scope.is_function and (name := _function_name(scope)) is not None
        )
        return FileNode(
            path=path,
            language="javascript" if grammar == "javascript" else "typescript",
            lines_of_code=count_lines(source),
            functions=functions,
            classes=classes,
            imports=outline.imports,
            type_hints_coverage=percentage(reader.typed, reader.places),
            parse_error=outline.problem,
        )


@dataclass(slots=True)
class _Reader:
    path: str
    outline: Outline
    places: int = field(default=0, init=False)
    """Parameters and returns that could carry a type."""
    typed: int = field(default=0, init=False)

    def function(
        self, scope: Scope, name: str, decorators: tuple[str, ...] = ()
    ) -> FunctionSignature:
        node = scope.node
        parameters = children_of(node.child_by_field_name("parameters"))
        alone = node.child_by_field_name("parameter")
        if alone is not None:
            parameters = [alone]
        self._count_types(scope, name, parameters)
        written = field_line(node, "return_type")
        return signature(
            self.path,
            scope,
            name,
            lines_of(parameters),
            None if written is None else written.removeprefix(":").strip(),
            docstring=self._doc(scope),
            is_async=any(child.type == "async" for child in node.children),
            decorators=decorators,
        )

    def class_of(self, scope: Scope) -> ClassSignature:
        node = scope.node
        body = node.child_by_field_name("body")
        return ClassSignature(
            name=_class_name(scope),
            kind=_KINDS.get(node.type, ClassKind.CLASS),
            bases=tuple(_bases(node)),
            methods=tuple(self._methods(scope, body)),
            attributes=tuple(_attributes(scope, body)),
            line_start=(scope.whole or node).start_point[0] + 1,
            line_end=node.end_point[0] + 1,
            docstring=self._doc(scope),
        )

    def _methods(self, owner: Scope, body: "Node | None") -> Iterator[FunctionSignature]:
        decorators = _member_decorators(body)
        for scope in owner.children:
            if not scope.is_function:
                continue
            member = scope.whole or scope.node
            name = line_of(scope.name) or field_line(scope.node, "name")
            if name is not None and member.parent is not None and member.parent == body:
                yield self.function(scope, name, decorators.get(member.id, ()))

    def _count_types(self, scope: Scope, name: str, parameters: "list[Node]") -> None:
        carried = scope.whole is not None and scope.whole.child_by_field_name("type") is not None
        for parameter in parameters:
            if field_line(parameter, "pattern") != "this":
                self.places += 1
                self.typed += carried or parameter.child_by_field_name("type") is not None
        if name != "constructor" and not any(c.type == "set" for c in scope.node.children):
            self.places += 1
            self.typed += carried or scope.node.child_by_field_name("return_type") is not None

    def _doc(self, scope: Scope) -> str | None:
        node = scope.whole or scope.node
        while node.parent is not None and node.parent.type in (
            "export_statement",
            "lexical_declaration",
            "variable_declaration",
            "expression_statement",
            "ambient_declaration",
        ):
            node = node.parent
        block = comment_block_above(self.outline, node)
        if not block or not text_of(block[-1]).startswith("/**"):
            return None
        text = text_of(block[-1]).removeprefix("/**").removesuffix("*/")
        lines = (line.strip().removeprefix("*").strip() for line in text.splitlines())
        return "\n".join(lines).strip() or None


def _function_name(scope: Scope) -> str | None:
    """The name a function is known by; None for one without, such as a callback."""
    if scope.node.type == "method_definition":
        return None  # of an object, not of the module
    own = field_line(scope.node, "name")
    if scope.name is not None:
        name = _exported_name(scope.name)
        return own or "default" if name == "exports" else name
    if own is None and (scope.whole is not None or _is_default_export(scope.node)):
        return "default"
    is_bound = scope.node.type not in ("function_expression", "generator_function")
    return own if is_bound or scope.whole is not None else None


def _class_name(scope: Scope) -> str:
    own = field_text(scope.node, "name", "default")
    name = "exports" if scope.name is None else _exported_name(scope.name)
    return own if name == "exports" else name


def _exported_name(name: "Node") -> str:
    """What CommonJS calls an export: ``b`` of ``module.exports.b``, ``exports`` of the whole."""
    return one_line(text_of(name)).removeprefix("module.").removeprefix("exports.")


def _is_default_export(node: "Node") -> bool:
    return node.parent is not None and node.parent.type == "export_statement"


def _bases(node: "Node") -> Iterator[str]:
    for heritage in (child for child in node.named_children if child.type in _HERITAGE):
        for part in children_of(heritage):
            if part.type not in _CLAUSES:
                yield one_line(text_of(part))
                continue
            text = one_line(text_of(part))
            keyword = part.type.removesuffix("_clause")
            if part.type == "extends_clause":
                yield text.removeprefix(keyword).strip()
            else:
                yield from lines_of(children_of(part))


def _attributes(scope: Scope, body: "Node | None") -> Iterator[str]:
    methods = {child.whole.id for child in scope.children if child.whole is not None}
    for member in children_of(body):
        if member.type not in _ATTRIBUTES or member.id in methods:
            continue
        name = field_line(member, "name") or field_line(member, "property")
        yield (name or one_line(text_of(member))) + (field_line(member, "type") or "")


def _member_decorators(body: "Node | None") -> dict[int, tuple[str, ...]]:
    """Decorators by the member they stand before."""
    found: dict[int, tuple[str, ...]] = {}
    waiting: list[str] = []
    for member in children_of(body):
        if member.type == "decorator":
            waiting.append(one_line(text_of(member).removeprefix("@")))
            continue
        own = [one_line(text_of(n)[1:]) for n in member.named_children if n.type == "decorator"]
        if waiting or own:
            found[member.id] = (*waiting, *own)
            waiting = []
    return found
