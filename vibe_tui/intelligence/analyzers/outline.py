"""From a query's matches to the outline of a file: scopes in scopes, with their decisions.

A language's query (``*.scm`` in its folder) marks, by capture name:

- ``@function`` and ``@class``: what opens a scope;
- ``@named`` with ``@name`` and ``@whole``: a scope that takes its name from the statement around;
- ``@decision``: a branch, counted for the function around it;
- ``@import``: the text of an imported module; ``@comment``: a comment.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vibe_tui.intelligence.analyzers.tree import (
    Captures,
    first_problem,
    parse,
    query_matches,
    text_of,
)

if TYPE_CHECKING:
    from tree_sitter import Node


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
    """What a query found in a file."""

    top: list[Scope] = field(default_factory=list)
    """Scopes that are in no other, in the order of the source."""
    imports: tuple[str, ...] = ()
    comments: dict[int, "Node"] = field(default_factory=dict)
    """Comments by the row they end on, counted from 0."""
    problem: str | None = None
    """The first thing that did not parse."""


def read_outline(grammar: str, source: bytes, *, closures_apart: bool = True) -> Outline:
    """Parse a source and find its scopes.

    Args:
        grammar: A name of ``languages.grammar_of``.
        source: UTF-8; damaged sources are fine.
        closures_apart: Whether a function inside a function keeps its decisions to itself.
    """
    root = parse(grammar, source).root_node
    problem = first_problem(root)
    matches = query_matches(grammar, root)
    if matches is None:
        return Outline(problem=problem or "line 1: too tangled to analyse")
    marks: Captures = {}
    scopes: dict[int, Scope] = {}
    for captures in matches:
        for kind, nodes in captures.items():
            marks.setdefault(kind, []).extend(nodes)
    for kind in ("function", "class"):
        for node in marks.get(kind, ()):
            scopes[node.id] = Scope(node, kind == "function")
    _give_names(scopes, matches)
    return Outline(
        top=_nest(scopes.values(), marks.get("decision", ()), closures_apart=closures_apart),
        imports=tuple(dict.fromkeys(map(text_of, marks.get("import", ())))),
        comments={node.end_point[0]: node for node in marks.get("comment", ())},
        problem=problem,
    )


def _give_names(scopes: dict[int, Scope], matches: Iterable[Captures]) -> None:
    for captures in matches:
        if "named" in captures and (scope := scopes.get(captures["named"][0].id)) is not None:
            scope.name = captures["name"][0] if "name" in captures else None
            scope.whole = captures["whole"][0]


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
    around: list[Scope] = []
    for start, _, scope in marks:
        while around and around[-1].node.end_byte <= start:
            around.pop()
        if scope is not None:
            (around[-1].children if around else top).append(scope)
            around.append(scope)
            continue
        candidates: Iterator[Scope] = reversed(around) if closures_apart else iter(around)
        owner = next((candidate for candidate in candidates if candidate.is_function), None)
        if owner is not None:
            owner.decisions += 1
    return top
