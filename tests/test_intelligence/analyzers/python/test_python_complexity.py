"""Complexity of Python functions equals radon's, on real code and on each rule by itself."""

import argparse
import ast
import asyncio.base_events
import dataclasses
import difflib
import email.message
import inspect
import tarfile
import typing
import warnings
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent, indent
from types import ModuleType

import pytest
from radon.visitors import ComplexityVisitor  # type: ignore[import-untyped]  # ships no types
from radon.visitors import Function as RadonFunction

from vibe_tui.intelligence.ast_analyzer import PythonASTAnalyzer

SAMPLE: tuple[ModuleType, ...] = (
    argparse, ast, asyncio.base_events, dataclasses, difflib, email.message, inspect, tarfile,
    typing,
)  # fmt: skip


def radon_complexities(tree: ast.Module) -> dict[tuple[str, int], int]:
    visitor = ComplexityVisitor.from_ast(tree)
    found: dict[tuple[str, int], int] = {}
    waiting: list[RadonFunction] = list(visitor.functions)
    classes = list(visitor.classes)
    while classes:
        owner = classes.pop()
        waiting.extend(owner.methods)
        classes.extend(owner.inner_classes)
    while waiting:
        function = waiting.pop()
        found[function.name, function.lineno] = function.complexity
        waiting.extend(function.closures)
    return found


def our_complexities(tree: ast.Module) -> Iterator[tuple[tuple[str, int], int]]:
    analyzer = PythonASTAnalyzer()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.name, node.lineno), analyzer.calculate_complexity(node)


def test_equals_radon_on_the_standard_library() -> None:
    compared = 0
    for module in SAMPLE:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        ours = dict(our_complexities(tree))
        theirs = radon_complexities(tree)
        assert {key: ours[key] for key in theirs} == theirs
        compared += len(theirs)
    assert compared >= 500


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("pass", 1),
        ("if a: pass", 2),
        ("if a: pass\nelif b: pass\nelse: pass", 3),
        ("return 1 if a else 2", 2),
        ("return a and b and c or d", 4),
        ("for x in y: pass", 2),
        ("for x in y: pass\nelse: pass", 3),
        ("while a: pass\nelse: pass", 3),
        ("try: pass\nexcept A: pass\nexcept B: pass\nelse: pass\nfinally: pass", 4),
        ("with a: pass", 1),
        ("assert a and b", 2),
        ("return [x for x in y if a if b]", 4),
        ("return {x for a in b for c in d}", 3),
        ("match a:\n case 1: pass\n case 2: pass\n case _: pass", 3),
        ("match a:\n case _: pass", 1),
        ("match a:\n case [1, 2]: pass\n case {'k': v} if v: pass", 3),
        ("return lambda: a if b else c", 2),
        ("def g():\n if a: pass\nreturn g", 1),
        ("class C:\n if a: pass\n def m(self):\n  if b: pass", 1),
        ("@d(a and b)\ndef g(x=a or b): pass", 1),
    ],
)
def test_each_rule(body: str, complexity: int) -> None:
    source = f"def f():\n{indent(dedent(body), '    ')}\n"
    tree = ast.parse(source)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert PythonASTAnalyzer().calculate_complexity(function) == complexity
    assert radon_complexities(tree)["f", 1] == complexity


def test_no_nesting_is_too_deep() -> None:
    node: ast.stmt = ast.Pass()
    for _ in range(20_000):
        node = ast.If(test=ast.Constant(value=True), body=[node], orelse=[])
    tree = ast.parse("def f(): pass")
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = [node]
    assert PythonASTAnalyzer().calculate_complexity(function) == 20_001
    function.body = [ast.Pass()]
    while isinstance(node, ast.If):  # taken apart by hand: freeing the tree at once would recurse
        node = node.body.pop()
