"""Cyclomatic complexity of Python functions, equal to radon's.

Source: McCabe, "A Complexity Measure", 1976; the counting rules are those that radon documents
under "Cyclomatic Complexity": functions inside a function are counted by themselves, a
comprehension counts its loops and conditions, ``assert`` counts one, a wildcard ``case`` none.
"""

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef

_COUNTED_APART: Final = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assert})


def _match_paths(node: ast.Match) -> int:
    catches_all = any(
        isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
        for case in node.cases
    )
    return len(node.cases) - catches_all


_DECISIONS: Final[Mapping[type[ast.AST], Callable[[Any], int]]] = {
    ast.If: lambda _: 1,
    ast.IfExp: lambda _: 1,
    ast.Assert: lambda _: 1,
    ast.For: lambda loop: 1 + bool(loop.orelse),
    ast.AsyncFor: lambda loop: 1 + bool(loop.orelse),
    ast.While: lambda loop: 1 + bool(loop.orelse),
    ast.Try: lambda block: len(block.handlers) + bool(block.orelse),
    ast.BoolOp: lambda operation: len(operation.values) - 1,
    ast.comprehension: lambda loop: 1 + len(loop.ifs),
    ast.Match: _match_paths,
}


def function_complexity(function: FunctionNode) -> int:
    """Count the paths through a function: 1 + decisions.

    The walk keeps its own stack, so that no nesting is too deep for it.
    """
    decisions = 0
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        kind = type(node)
        count = _DECISIONS.get(kind)
        if count is not None:
            decisions += count(node)
        if kind in _COUNTED_APART:
            continue
        for value in vars(node).values():
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting.extend(item for item in value if isinstance(item, ast.AST))
    return 1 + decisions
