"""Syntax colours of a hunk, named by role; slow enough to belong in a thread.

Pygments is imported on the first call, not with the module: the first frame does not pay for it.
"""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from vibe_tui.ui.widgets.hunk_block import Span
from vibe_tui.ui.widgets.hunk_text import ShownLine

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

MOST_CHARACTERS = 100_000
"""A hunk longer than this stays without colours: a lexer would hold the interpreter too long."""

ROLES = ("keyword", "string", "literal", "comment", "definition")


def find_spans(path: str, lines: Sequence[ShownLine]) -> tuple[tuple[Span, ...], ...]:
    """Colour a hunk, each side read as the text it is: context with removed, context with added.

    Args:
        path: Decides the language; an unknown one has no colours.
        lines: The hunk's lines.

    Returns:
        For each line its spans, in order and without overlap.
    """
    spans: list[list[Span]] = [[] for _ in lines]
    if sum(len(line.code) for line in lines) <= MOST_CHARACTERS:
        lexer = _lexer(path)
        if lexer is not None:
            for own, kinds in (("-", " -"), ("+", " +")):
                _colour_side(lexer, lines, own, kinds, spans)
    return tuple(tuple(found) for found in spans)


def _lexer(path: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_for_filename
    from pygments.util import ClassNotFound

    try:
        return get_lexer_for_filename(path)
    except ClassNotFound:
        return None


def _colour_side(
    lexer: "Lexer",
    lines: Sequence[ShownLine],
    own: str,
    kinds: str,
    spans: list[list[Span]],
) -> None:
    side = [index for index, line in enumerate(lines) if line.kind in kinds]
    keep = "+ " if own == "+" else "-"  # context is coloured once, as the new side reads it
    source = "".join(lines[index].code + "\n" for index in side)
    at, line_start = 0, 0
    for start, token, value in lexer.get_tokens_unprocessed(source):
        while at < len(side) and start >= line_start + len(lines[side[at]].code) + 1:
            line_start += len(lines[side[at]].code) + 1
            at += 1
        role = _role(token)
        if role:
            _add(role, start, start + len(value), (at, line_start), side, lines, keep, spans)


def _add(
    role: str,
    start: int,
    end: int,
    position: tuple[int, int],
    side: Sequence[int],
    lines: Sequence[ShownLine],
    keep: str,
    spans: list[list[Span]],
) -> None:
    """Put a token's span on each line it covers."""
    at, line_start = position
    while at < len(side) and line_start < end:
        index = side[at]
        length = len(lines[index].code)
        first, last = max(start - line_start, 0), min(end - line_start, length)
        if first < last and lines[index].kind in keep:
            spans[index].append((first, last, role))
        line_start += length + 1
        at += 1


@cache
def _roles() -> "dict[_TokenType, str]":
    from pygments.token import Token

    return {
        Token.Keyword.Constant: "literal",
        Token.Keyword: "keyword",
        Token.Operator.Word: "keyword",
        Token.Name.Tag: "keyword",
        Token.Literal.String: "string",
        Token.Literal.Number: "literal",
        Token.Comment: "comment",
        Token.Name.Function: "definition",
        Token.Name.Class: "definition",
        Token.Name.Decorator: "definition",
    }


@cache
def _role(token: "_TokenType") -> str:
    known: _TokenType | None = token
    while known is not None:
        if known in _roles():
            return _roles()[known]
        known = known.parent
    return ""
