"""tree-sitter, once for all languages: parsing, queries, and the outline of nested scopes.

A language's query (``queries/*.scm``) marks, by capture name:

- ``@function`` and ``@class``: what opens a scope;
- ``@named`` with ``@name`` and ``@whole``: a scope that takes its name from the statement around;
- ``@decision``: a branch, counted for the function around it;
- ``@import``: the text of an imported module; ``@comment``: a comment.
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module, resources
from typing import TYPE_CHECKING, Final, TypeAlias

from vibe_tui.intelligence.analyzers.source import one_line

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query, Tree

QUERY_LIMIT_S: Final = 5.0
"""Seconds of CPU that one file's query may take; ordinary files of 1 MB take a tenth of it."""

Captures: TypeAlias = dict[str, list["Node"]]

_GRAMMARS: Final = {
    "python": ("tree_sitter_python", "language", ("python",)),
    "javascript": ("tree_sitter_javascript", "language", ("ecmascript", "javascript")),
    "typescript": (
        "tree_sitter_typescript",
        "language_typescript",
        ("ecmascript", "typescript"),
    ),
    "tsx": ("tree_sitter_typescript", "language_tsx", ("ecmascript", "typescript")),
    "go": ("tree_sitter_go", "language", ("go",)),
}
"""Grammar to the module and function that bring it, and the queries that read it."""


@dataclass(slots=True)
class Scope:
    """A function or class of the source, with the scopes directly inside it."""

    node: "Node"
    is_function: bool
    name: "Node | None" = None
    """Where the name stands, when the statement around gives it."""
    whole: "Node | None" = None
    """The statement around that gives the name."""
    decisions: int = 0
    children: list["Scope"] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """What a query found in a file. ``top`` holds the scopes that are in no other."""

    top: list[Scope]
    imports: tuple[str, ...]
    comments: dict[int, "Node"]
    """Comments by the row they end on, counted from 0."""
    problem: str | None
    """The first thing that did not parse: ``line 3: unexpected `}```."""


def read_outline(grammar: str, source: bytes, *, closures_apart: bool = True) -> Outline:
    """Parse a source and find its scopes.

    Args:
        grammar: A name of ``languages.grammar_of``.
        source: UTF-8; damaged sources are fine.
        closures_apart: Whether a function inside a function keeps its decisions to itself.
    """
    root = parse(grammar, source).root_node
    matches = _matches(grammar, root)
    if matches is None:
        return Outline([], (), {}, _problem(root) or "line 1: too tangled to analyse")
    scopes: dict[int, Scope] = {}
    names: dict[int, Captures] = {}
    decisions: list[Node] = []
    imports: dict[str, None] = {}
    comments: dict[int, Node] = {}
    for captures in matches:
        for kind, nodes in captures.items():
            if kind in ("function", "class"):
                scopes[nodes[0].id] = Scope(nodes[0], kind == "function")
            elif kind == "named":
                names[nodes[0].id] = captures
            elif kind == "decision":
                decisions.extend(nodes)
            elif kind == "import":
                imports.update((text_of(node), None) for node in nodes)
            elif kind == "comment":
                comments.update((node.end_point[0], node) for node in nodes)
    for identity, captures in names.items():
        if identity in scopes:
            scopes[identity].name = captures.get("name", [None])[0]
            scopes[identity].whole = captures.get("whole", [None])[0]
    top = _nest(scopes.values(), decisions, closures_apart=closures_apart)
    return Outline(top, tuple(imports), comments, _problem(root))


def parse(grammar: str, source: bytes) -> "Tree":
    """Parse a source, damaged or not.

    Args:
        grammar: A name of ``languages.grammar_of``.
        source: UTF-8.
    """
    from tree_sitter import Parser

    return Parser(_language(grammar)).parse(source)


def text_of(node: "Node") -> str:
    """The source of a node as it stands."""
    return (node.text or b"").decode("utf-8", "replace")


def line_of(node: "Node | None") -> str | None:
    """The source of a node on one line; None for no node."""
    return None if node is None else one_line(text_of(node))


def first_problem(grammar: str, source: bytes) -> str | None:
    """Tell the first thing in a source that does not parse, ``line 3: …``; None if all does."""
    return _problem(parse(grammar, source).root_node)


@cache
def _language(grammar: str) -> "Language":
    from tree_sitter import Language

    module, function, _ = _GRAMMARS[grammar]
    return Language(getattr(import_module(module), function)())


@cache
def _query(grammar: str) -> "Query":
    from tree_sitter import Query

    folder = resources.files("vibe_tui.intelligence") / "queries"
    parts = [(folder / f"{name}.scm").read_text("utf-8") for name in _GRAMMARS[grammar][2]]
    return Query(_language(grammar), "\n".join(parts))


def _matches(grammar: str, root: "Node") -> list[Captures] | None:
    """Run a language's query; None when it takes too long.

    Querying takes time quadratic in the children of a node, of which a damaged file, and nothing
    else, may have a hundred thousand.
    """
    from tree_sitter import QueryCursor

    deadline_s = time.thread_time() + QUERY_LIMIT_S
    stopped = False

    def is_over(_offset: int) -> bool:
        nonlocal stopped
        stopped = time.thread_time() > deadline_s
        return stopped

    found = QueryCursor(_query(grammar)).matches(root, None, is_over)
    return None if stopped else [captures for _, captures in found]


def _nest(
    scopes: Iterable[Scope], decisions: Iterable["Node"], *, closures_apart: bool
) -> list[Scope]:
    """Put scopes into each other and decisions into functions, by one sweep over the source."""
    marks: list[tuple[int, int, Scope | None]] = [
        (scope.node.start_byte, -scope.node.end_byte, scope) for scope in scopes
    ]
    marks.extend((node.start_byte, 0, None) for node in decisions)
    marks.sort(key=lambda mark: mark[:2])
    top: list[Scope] = []
    open_scopes: list[Scope] = []
    for start, _, scope in marks:
        while open_scopes and open_scopes[-1].node.end_byte <= start:
            open_scopes.pop()
        if scope is not None:
            (open_scopes[-1].children if open_scopes else top).append(scope)
            open_scopes.append(scope)
            continue
        candidates: Iterator[Scope] = iter(reversed(open_scopes) if closures_apart else open_scopes)
        owner = next((candidate for candidate in candidates if candidate.is_function), None)
        if owner is not None:
            owner.decisions += 1
    return top


def _problem(root: "Node") -> str | None:
    node: Node | None = root if root.has_error else None
    while node is not None:
        if node.is_missing:
            return f"line {node.start_point[0] + 1}: missing `{node.type}`"
        if node.is_error:
            return f"line {node.start_point[0] + 1}: unexpected `{one_line(text_of(node))[:40]}`"
        node = next((child for child in node.children if child.has_error or child.is_missing), None)
    return None
