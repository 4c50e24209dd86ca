"""SYNTAX: does the text parse? Python by ``compile``, others by tree-sitter or their loader."""

import json
import platform
import tomllib
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from vibe_tui.healing.model import Problem

if TYPE_CHECKING:
    from tree_sitter import Node

_MAX_PROBLEMS = 20
_GRAMMARS = ("javascript", "typescript", "tsx", "go")
_COMMENTED_JSON = ("tsconfig", "jsconfig", "devcontainer")


@dataclass(frozen=True, slots=True)
class SyntaxCheck:
    """How one language is checked. ``run`` takes text, or for Python the file's bytes."""

    run: Callable[[str | bytes], tuple[Problem, ...]]
    tool: str
    command: str


def check_python(code: str | bytes) -> tuple[Problem, ...]:
    """Compile, which also finds what ``ast`` lets pass (``return`` outside a function)."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(code, "<proposal>", "exec", dont_inherit=True)
    except SyntaxError as error:
        return (Problem(error.lineno, error.offset, type(error).__name__, error.msg),)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        return (Problem(None, None, type(error).__name__, str(error) or "too deeply nested"),)
    return ()


def check_json(code: str | bytes) -> tuple[Problem, ...]:
    """Load as strict JSON."""
    try:
        json.loads(code)
    except json.JSONDecodeError as error:
        return (Problem(error.lineno, error.colno, "JSONDecodeError", error.msg),)
    except RecursionError:
        return (Problem(None, None, "RecursionError", "too deeply nested"),)
    return ()


def check_toml(code: str | bytes) -> tuple[Problem, ...]:
    """Load as TOML."""
    try:
        tomllib.loads(code if isinstance(code, str) else code.decode())
    except tomllib.TOMLDecodeError as error:
        return (Problem(None, None, "TOMLDecodeError", str(error)),)
    except RecursionError:
        return (Problem(None, None, "RecursionError", "too deeply nested"),)
    return ()


def check_tree(grammar: str, code: str | bytes) -> tuple[Problem, ...]:
    """Parse with tree-sitter; each ERROR or MISSING node is a problem, at most 20."""
    from vibe_tui.intelligence.analyzers.tree import parse, text_of

    source = code.encode("utf-8", "surrogatepass") if isinstance(code, str) else code
    problems: list[Problem] = []
    for node in _damaged(parse(grammar, source).root_node):
        row, column = node.start_point
        what = f"missing {node.type}" if node.is_missing else "unexpected"
        near = "" if node.is_missing else " " + " ".join(text_of(node).split())[:40]
        problems.append(Problem(row + 1, column + 1, "SyntaxError", what + near))
        if len(problems) == _MAX_PROBLEMS:
            break
    return tuple(problems)


def _damaged(root: "Node") -> "Iterator[Node]":
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.is_missing or node.is_error:
            yield node
        elif node.has_error:
            waiting.extend(reversed(node.children))


def language_of(path: str) -> str:
    """The language that decides the check of a file; empty when there is none."""
    from vibe_tui.intelligence.languages import grammar_of

    pure = PurePosixPath(path)
    if pure.suffix == ".toml":
        return "toml"
    if pure.suffix == ".json":
        commented = pure.name.startswith(_COMMENTED_JSON) or ".vscode" in pure.parts
        return "" if commented else "json"
    return grammar_of(path) or ""


def check_for(language: str) -> SyntaxCheck | None:
    """The check of a language; None when we have none."""
    python = f"python {platform.python_version()}"
    if language == "python":
        return SyntaxCheck(check_python, python, "compile()")
    if language in _GRAMMARS:
        tool = f"tree-sitter {version('tree-sitter')}"
        return SyntaxCheck(partial(check_tree, language), tool, f"parse as {language}")
    if language == "json":
        return SyntaxCheck(check_json, python, "json.loads()")
    if language == "toml":
        return SyntaxCheck(check_toml, python, "tomllib.loads()")
    return None
