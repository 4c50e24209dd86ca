"""Syntax colours of a hunk, named by role; slow enough to belong in a thread.

Pygments is imported on the first call, not with the module: the first frame does not pay for it.
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from vibe_tui.ui.widgets.hunk_block import HunkBlock, Span
from vibe_tui.ui.widgets.hunk_text import ShownLine

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

MOST_CHARACTERS = 100_000
"""A stretch longer than this stays without colours: a lexer would hold the interpreter too long."""
STRETCH_LINES = 1_000
"""Lines that are coloured at once; a string that began above them is not known as one."""

_LEAD_LINES = 400
"""Lines above a hunk among which a lexer looks for a place to begin."""
_TOP_LEVEL = re.compile(
    r"@\w|(async )?def \w|class \w|from \S+ import|import \w|func(tion)? |export |const |let |var "
    r"|type \w|interface \w|package \w|(pub )?(fn|struct|impl|mod|use) |#include|public |private "
)

ROLES = ("keyword", "string", "literal", "comment", "definition")


def find_spans(
    path: str, lines: Sequence[ShownLine], above: Sequence[str] = ()
) -> tuple[tuple[Span, ...], ...]:
    """Colour a hunk, each side read as the text it is: context with removed, context with added.

    Args:
        path: Decides the language; an unknown one has no colours.
        lines: The hunk's lines.
        above: What to read before them, so that a string that began there is known as one.

    Returns:
        For each line its spans, in order and without overlap.
    """
    spans: list[list[Span]] = [[] for _ in lines]
    if sum(len(line.code) for line in lines) <= MOST_CHARACTERS:
        lexer = _lexer(path)
        if lexer is not None:
            old = [index for index, line in enumerate(lines) if line.is_old_side]
            new = [index for index, line in enumerate(lines) if line.is_new_side]
            only_old = [not line.is_new_side for line in lines]  # context is read as the new side
            lead = "".join(f"{line}\n" for line in above)
            _colour_side(lexer, lead, lines, old, only_old, spans)
            _colour_side(lexer, lead, lines, new, [True] * len(lines), spans)
    return tuple(tuple(found) for found in spans)


def stretch_of(index: int) -> int:
    """The stretch of lines that a line is coloured with."""
    return index // STRETCH_LINES


def colour_stretch(block: HunkBlock, stretch: int) -> tuple[tuple[Span, ...], ...]:
    """Find the colours of a stretch of a hunk's lines; takes milliseconds."""
    first = stretch * STRETCH_LINES
    lines = block.lines[first : first + STRETCH_LINES]
    return find_spans(block.path, lines, _lead_in(_above(block, first)))


def _above(block: HunkBlock, first: int) -> Sequence[str]:
    """Some lines of the file above a line of a hunk."""
    if first:
        before = block.lines[max(0, first - _LEAD_LINES) : first]
        return [line.code for line in before if line.is_new_side]
    numbers = (line.old_number for line in block.lines if line.old_number)
    end = next(numbers, 1) - 1
    return block.base_lines[max(0, end - _LEAD_LINES) : end]


def _lead_in(above: Sequence[str]) -> Sequence[str]:
    """The lines from the nearest one that surely is no part of a string or comment."""
    starts = (at for at in range(len(above) - 1, -1, -1) if _TOP_LEVEL.match(above[at]))
    start = next(starts, 0 if len(above) < _LEAD_LINES else len(above))
    return above[start:]


def spans_of(block: HunkBlock, index: int) -> tuple[Span, ...]:
    """The colours of a line, as far as they are known."""
    spans = block.spans.get(stretch_of(index))
    return spans[index % STRETCH_LINES] if spans else ()


def _lexer(path: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_for_filename
    from pygments.util import ClassNotFound

    try:
        return get_lexer_for_filename(path)
    except ClassNotFound:
        return None


def _colour_side(
    lexer: "Lexer",
    lead: str,
    lines: Sequence[ShownLine],
    side: Sequence[int],
    keep: Sequence[bool],
    spans: list[list[Span]],
) -> None:
    source = "".join(lines[index].code + "\n" for index in side)
    at, line_start = 0, 0
    for place, token, value in lexer.get_tokens_unprocessed(lead + source):
        start = place - len(lead)
        while at < len(side) and start >= line_start + len(lines[side[at]].code) + 1:
            line_start += len(lines[side[at]].code) + 1
            at += 1
        role = _role(token)
        if role and start + len(value) > 0:
            _add(role, start, start + len(value), (at, line_start), side, lines, keep, spans)


def _add(
    role: str,
    start: int,
    end: int,
    position: tuple[int, int],
    side: Sequence[int],
    lines: Sequence[ShownLine],
    keep: Sequence[bool],
    spans: list[list[Span]],
) -> None:
    """Put a token's span on each line it covers."""
    at, line_start = position
    while at < len(side) and line_start < end:
        index = side[at]
        length = len(lines[index].code)
        first, last = max(start - line_start, 0), min(end - line_start, length)
        if first < last and keep[index]:
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
