"""Reading declarations off a Python syntax tree."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from vibe_tui.intelligence.analyzers.python.complexity import FunctionNode, function_complexity
from vibe_tui.intelligence.analyzers.source import one_line
from vibe_tui.intelligence.model import ClassKind, ClassSignature, FunctionSignature

_BLOCKS: Final = ("body", "handlers", "cases", "orelse", "finalbody")
_ENUMS: Final = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


@dataclass(slots=True)
class TypeHints:
    """How many parameters and returns there are, and how many of them carry a type."""

    places: int = 0
    typed: int = 0

    def count(self, function: FunctionNode, *, is_method: bool) -> None:
        """Add a function; the ``self`` or ``cls`` of a method is no place for a type."""
        positional = (*function.args.posonlyargs, *function.args.args)
        if is_method and not _is_static(function):
            positional = positional[1:]
        rest = (function.args.vararg, *function.args.kwonlyargs, function.args.kwarg)
        parameters = [argument for argument in (*positional, *rest) if argument is not None]
        self.places += len(parameters) + 1
        self.typed += sum(argument.annotation is not None for argument in parameters)
        self.typed += function.returns is not None


@dataclass(frozen=True, slots=True)
class DeclarationReader:
    """Reads functions and classes of one file.

    Args:
        path: Project-relative path of the file.
        module_path: Its dotted module.
        lines: The file's lines in UTF-8, in which the tree counts its columns. Without them the
            pieces are written anew by ``ast.unparse``, in its spelling.
        hints: Takes the count of types.
    """

    path: str
    module_path: str
    lines: tuple[bytes, ...]
    hints: TypeHints

    def functions(self, body: Iterable[ast.stmt]) -> Iterator[FunctionSignature]:
        """Read the functions that a module's body defines, also under ``if`` or ``try``."""
        for node in statements(body):
            if isinstance(node, FunctionNode):
                yield self.function(node, is_method=False)

    def classes(self, body: Iterable[ast.stmt], prefix: str = "") -> Iterator[ClassSignature]:
        """Read the classes of a body; a class inside a class is named ``Outer.Inner``."""
        waiting = [(node, prefix) for node in statements(body) if isinstance(node, ast.ClassDef)]
        waiting.reverse()
        while waiting:
            node, outer = waiting.pop()
            name = outer + node.name
            yield self._class(node, name)
            inner = [n for n in statements(node.body) if isinstance(n, ast.ClassDef)]
            waiting.extend((child, f"{name}.") for child in reversed(inner))

    def function(self, node: FunctionNode, *, is_method: bool) -> FunctionSignature:
        """Read one function or method."""
        self.hints.count(node, is_method=is_method)
        return FunctionSignature(
            name=node.name,
            module_path=self.module_path,
            file_path=self.path,
            line_start=node.lineno,
            line_end=node.end_lineno or node.lineno,
            parameters=tuple(self._parameters(node.args)),
            return_type=None if node.returns is None else self._text(node.returns),
            docstring=ast.get_docstring(node),
            complexity=function_complexity(node),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            decorators=tuple(self._text(decorator) for decorator in node.decorator_list),
        )

    def _class(self, node: ast.ClassDef, name: str) -> ClassSignature:
        bases = tuple(self._text(base) for base in node.bases)
        methods = [n for n in statements(node.body) if isinstance(n, FunctionNode)]
        return ClassSignature(
            name=name,
            kind=_kind(bases),
            bases=bases,
            methods=tuple(self.function(method, is_method=True) for method in methods),
            attributes=tuple(self._attributes(node, methods)),
            line_start=node.lineno,
            line_end=node.end_lineno or node.lineno,
            docstring=ast.get_docstring(node),
        )

    def _parameters(self, arguments: ast.arguments) -> Iterator[str]:
        positional = (*arguments.posonlyargs, *arguments.args)
        unset = [None] * (len(positional) - len(arguments.defaults))
        for number, pair in enumerate(zip(positional, (*unset, *arguments.defaults), strict=True)):
            yield self._parameter(*pair)
            if number + 1 == len(arguments.posonlyargs):
                yield "/"
        if arguments.vararg is not None:
            yield "*" + self._parameter(arguments.vararg, None)
        elif arguments.kwonlyargs:
            yield "*"
        for argument, default in zip_longest(arguments.kwonlyargs, arguments.kw_defaults):
            yield self._parameter(argument, default)
        if arguments.kwarg is not None:
            yield "**" + self._parameter(arguments.kwarg, None)

    def _parameter(self, argument: ast.arg, default: ast.expr | None) -> str:
        if argument.annotation is None:
            return argument.arg if default is None else f"{argument.arg}={self._text(default)}"
        typed = f"{argument.arg}: {self._text(argument.annotation)}"
        return typed if default is None else f"{typed} = {self._text(default)}"

    def _attributes(self, owner: ast.ClassDef, methods: Iterable[FunctionNode]) -> Iterator[str]:
        seen: set[str] = set()
        assigned = [*_assigned(statements(owner.body), owner_name=None)]
        for method in methods:
            arguments = (*method.args.posonlyargs, *method.args.args)
            if method.name == "__init__" and arguments:
                assigned += _assigned(statements(method.body), owner_name=arguments[0].arg)
        for name, annotation in assigned:
            if name not in seen and not (name.startswith("__") and name.endswith("__")):
                seen.add(name)
                yield name if annotation is None else f"{name}: {self._text(annotation)}"

    def _text(self, node: ast.expr) -> str:
        if not self.lines:
            return one_line(ast.unparse(node))
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        start, end = node.col_offset, node.end_col_offset
        if first == last:
            piece = self.lines[first][start:end]
        else:
            piece = b"\n".join(
                (self.lines[first][start:], *self.lines[first + 1 : last], self.lines[last][:end])
            )
        return one_line(piece.decode("utf-8", "replace"))


def statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield statements in order, those inside ``if``, ``try``, ``with`` and loops too.

    Bodies of functions and classes are not entered; this keeps its own stack.
    """
    waiting = list(body)
    waiting.reverse()
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, FunctionNode | ast.ClassDef):
            continue
        inner = [child for block in _BLOCKS for child in getattr(node, block, ())]
        waiting.extend(reversed(inner))


def _assigned(
    nodes: Iterable[ast.AST], owner_name: str | None
) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield names that are assigned to, or attributes of ``owner_name``, with annotations."""
    for node in nodes:
        targets: list[ast.expr] = []
        annotation: ast.expr | None = None
        match node:
            case ast.AnnAssign():
                targets, annotation = [node.target], node.annotation
            case ast.Assign():
                targets = [item for target in node.targets for item in _unpacked(target)]
        for target in targets:
            match target:
                case ast.Name(id=name) if owner_name is None:
                    yield name, annotation
                case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner == owner_name:
                    yield name, annotation


def _unpacked(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple | ast.List) else [target]


def _kind(bases: tuple[str, ...]) -> ClassKind:
    names = {base.partition("[")[0].rpartition(".")[2] for base in bases}
    if names & _ENUMS:
        return ClassKind.ENUM
    return ClassKind.INTERFACE if "Protocol" in names else ClassKind.CLASS


def _is_static(function: FunctionNode) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)
