"""Python by its own parser; what that refuses, by tree-sitter."""

import ast
import threading
import warnings
from collections.abc import Iterable, Iterator
from typing import Final

from vibe_tui.intelligence.analyzers.python.complexity import FunctionNode, function_complexity
from vibe_tui.intelligence.analyzers.python.declarations import (
    DeclarationReader,
    TypeHints,
    statements,
)
from vibe_tui.intelligence.analyzers.python.recovery import recover
from vibe_tui.intelligence.analyzers.source import (
    FileAnalyzer,
    count_lines,
    decode_python,
    percentage,
)
from vibe_tui.intelligence.languages import module_path_of
from vibe_tui.intelligence.model import ClassSignature, FileNode, FunctionSignature, Import

_PARSING: Final = threading.Lock()
"""``warnings.catch_warnings`` is one state for all threads; parsing holds the GIL anyway."""


class PythonASTAnalyzer(FileAnalyzer):
    """Functions, classes, imports, complexity and type hints of Python files."""

    def analyze_text(self, path: str, content: str | bytes) -> FileNode:
        """Analyse Python source; see ``FileAnalyzer.analyze_text``.

        Text that does not parse is read by tree-sitter, which finds what is whole in it.
        """
        text = decode_python(content) if isinstance(content, bytes) else content
        text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        utf8 = text.encode("utf-8", "replace")
        try:
            tree = _parse(text)
            return self._outline(path, tree, utf8)
        except SyntaxError as error:
            return recover(path, utf8, f"line {error.lineno or 1}: {error.msg}")
        except (RecursionError, MemoryError):
            return recover(path, utf8, "line 1: too deeply nested to parse")
        except ValueError as error:
            return recover(path, utf8, f"line 1: {error}")

    def extract_functions(self, tree: ast.Module) -> list[FunctionSignature]:
        """List the functions of a module, also those under ``if`` or ``try``; no methods.

        Without the text, parameters and types are spelled by ``ast.unparse``.
        """
        return list(_reader("", ()).functions(tree.body))

    def extract_classes(self, tree: ast.Module) -> list[ClassSignature]:
        """List the classes of a module with their methods; nested ones as ``Outer.Inner``."""
        return list(_reader("", ()).classes(tree.body))

    def calculate_complexity(self, node: FunctionNode) -> int:
        """Count the paths through a function as radon does; functions inside it do not count."""
        return function_complexity(node)

    def _outline(self, path: str, tree: ast.Module, utf8: bytes) -> FileNode:
        reader = _reader(path, tuple(utf8.split(b"\n")))
        functions = tuple(reader.functions(tree.body))
        classes = tuple(reader.classes(tree.body))
        imported = tuple(_imports(tree.body))
        return FileNode(
            path=path,
            language="python",
            lines_of_code=count_lines(utf8),
            functions=functions,
            classes=classes,
            imports=tuple(dict.fromkeys(row.module for row in imported)),
            imported=imported,
            type_hints_coverage=percentage(reader.hints.typed, reader.hints.places),
        )


def _parse(text: str) -> ast.Module:
    with _PARSING, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a project's odd escapes are not ours to print
        return ast.parse(text)


def _reader(path: str, lines: tuple[bytes, ...]) -> DeclarationReader:
    return DeclarationReader(path, module_path_of(path), lines, TypeHints())


def _imports(body: Iterable[ast.stmt]) -> Iterator[Import]:
    for node in _all_statements(body):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, None, alias.asname, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield Import(module, alias.name, alias.asname, node.lineno)


def _all_statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    waiting: list[Iterable[ast.AST]] = [body]
    while waiting:
        for node in statements(waiting.pop()):
            yield node
            if isinstance(node, FunctionNode | ast.ClassDef):
                waiting.append(node.body)
