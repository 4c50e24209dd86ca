"""tree-sitter, once for all languages: grammars, parsing, queries, and what does not parse."""

import time
from functools import cache
from importlib import import_module, resources
from typing import TYPE_CHECKING, Final, TypeAlias

from vibe_tui.intelligence.analyzers.source import one_line

if TYPE_CHECKING:
    from tree_sitter import Language, Node, Query, Tree

QUERY_LIMIT_S: Final = 5.0
"""Seconds that one file's query may take; ordinary files of 1 MB take a fifth of it."""

Captures: TypeAlias = dict[str, list["Node"]]
"""The nodes of one match by the names that the query gives them."""

_GRAMMARS: Final = {
    "python": ("tree_sitter_python", "language", ("python/outline",)),
    "javascript": (
        "tree_sitter_javascript",
        "language",
        ("javascript/ecmascript", "javascript/javascript"),
    ),
    "typescript": (
        "tree_sitter_typescript",
        "language_typescript",
        ("javascript/ecmascript", "javascript/typescript"),
    ),
    "tsx": (
        "tree_sitter_typescript",
        "language_tsx",
        ("javascript/ecmascript", "javascript/typescript"),
    ),
    "go": ("tree_sitter_go", "language", ("go/outline",)),
}
"""Grammar to the module and function that bring it, and the queries that read it."""


def parse(grammar: str, source: bytes) -> "Tree":
    """Parse a source, damaged or not.

    Args:
        grammar: A name of ``languages.grammar_of``.
        source: UTF-8.
    """
    from tree_sitter import Parser

    return Parser(_language(grammar)).parse(source)


def query_matches(
    grammar: str, root: "Node", limit_s: float = QUERY_LIMIT_S
) -> list[Captures] | None:
    """Run a language's query.

    It takes time quadratic in the children of a node, of which a damaged file, and no other, may
    have a hundred thousand.

    Args:
        grammar: A name of ``languages.grammar_of``.
        root: The tree.
        limit_s: Seconds it may take.

    Returns:
        The matches in the order of the source; None if it took too long.
    """
    from tree_sitter import QueryCursor

    # The callback that is to replace this timeout ends the process (tree-sitter 0.25.2).
    cursor = QueryCursor(_query(grammar), timeout_micros=int(limit_s * 1_000_000))
    started = time.perf_counter()
    found = cursor.matches(root)
    if time.perf_counter() - started >= limit_s:
        return None
    return [captures for _, captures in found]


def text_of(node: "Node") -> str:
    """The source of a node as it stands."""
    return (node.text or b"").decode("utf-8", "replace")


def line_of(node: "Node | None") -> str | None:
    """The source of a node on one line; None for no node."""
    return None if node is None else one_line(text_of(node))


def first_problem(root: "Node") -> str | None:
    """Tell the first thing in a tree that did not parse: ``line 3: unexpected `}```."""
    node: Node | None = root if root.has_error else None
    while node is not None:
        line = node.start_point[0] + 1
        if node.is_missing:
            return f"line {line}: missing `{node.type}`"
        if node.is_error:
            return f"line {line}: unexpected `{one_line(text_of(node))[:40]}`"
        node = next((child for child in node.children if child.has_error or child.is_missing), None)
    return None


@cache
def _language(grammar: str) -> "Language":
    from tree_sitter import Language

    module, function, _ = _GRAMMARS[grammar]
    return Language(getattr(import_module(module), function)())


@cache
def _query(grammar: str) -> "Query":
    from tree_sitter import Query

    folder = resources.files("vibe_tui.intelligence.analyzers")
    parts = [(folder / f"{name}.scm").read_text("utf-8") for name in _GRAMMARS[grammar][2]]
    return Query(_language(grammar), "\n".join(parts))
