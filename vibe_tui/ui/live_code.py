"""Code coloured while it grows: each new piece costs the same, however long the fence is."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from textual.content import Content, Span

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_TAB_CELLS = 4
_RELEXED_LINES = 12
"""Lines at the end that are looked at again with each new piece."""
_LONGEST_WHOLE = 500
"""Lines up to which a fence that closes is looked at once more as a whole."""
_LONGEST_LINE = 2_000
"""Characters above which a line stays plain: lexers are slow on minified code."""
_ROLES = {
    "Comment": "comment",
    "Keyword": "keyword",
    "Literal.String": "string",
    "Literal.Number": "number",
    "Name.Builtin": "builtin",
    "Name.Class": "class",
    "Name.Decorator": "decorator",
    "Name.Exception": "class",
    "Name.Function": "function",
    "Name.Tag": "keyword",
    "Name.Attribute": "function",
    "Operator.Word": "keyword",
    "Generic.Deleted": "removed",
    "Generic.Inserted": "added",
    "Generic.Heading": "keyword",
    "Generic.Subheading": "function",
}
CODE_ROLES = frozenset(_ROLES.values())
"""Component classes, after ``code--``, that a view of code must define."""
_NO_BOUNDARY = ("string", "comment")

Piece = tuple[str, str]
"""A stretch of code and its role; the role is empty where nothing is special."""


@lru_cache(maxsize=32)
def _lexer(language: str, path: str) -> "Lexer | None":
    from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
    from pygments.util import ClassNotFound

    options: dict[str, Any] = {"stripnl": False, "ensurenl": False}
    try:
        if language:
            return get_lexer_by_name(re.split(r"[^\w+#.-]", language, maxsplit=1)[0], **options)
        return get_lexer_for_filename(path, **options) if path else None
    except ClassNotFound:
        return None


@lru_cache(maxsize=512)
def _role(token: str) -> str:
    """The role of a token's type, or of the nearest type above it."""
    while token:
        if token in _ROLES:
            return _ROLES[token]
        token = token.rpartition(".")[0]
    return ""


def _pieces(lexer: "Lexer", text: str) -> Iterator[Piece]:
    for kind, value in lexer.get_tokens(text):
        yield value, _role(str(kind).removeprefix("Token."))


def _by_line(pieces: Iterator[Piece]) -> tuple[list[list[Piece]], list[bool]]:
    """Split pieces at line ends.

    Returns:
        The pieces of each line, and for each line whether a lexer may begin there anew.
    """
    lines: list[list[Piece]] = [[]]
    fresh = [True]
    for value, role in pieces:
        first, *further = value.split("\n")
        if first:
            lines[-1].append((first, role))
        for part in further:
            lines.append([(part, role)] if part else [])
            fresh.append(role not in _NO_BOUNDARY)
    return lines, fresh


def _content(pieces: Sequence[Piece]) -> Content:
    spans, start = [], 0
    for value, role in pieces:
        if role:
            spans.append(Span(start, start + len(value), f".code--{role}"))
        start += len(value)
    return Content("".join(value for value, _ in pieces), spans)


class LiveCode:
    """The coloured lines of one fence.

    Args:
        language: A name such as ``python``; it wins over the path.
        path: A file name to tell the language from.
    """

    def __init__(self, language: str, path: str = "") -> None:
        self._language, self._path = language, path
        self._settled = 0
        """Lines at the start that no further text can change."""
        self._contents: list[Content] = []

    def update(self, lines: Sequence[str], tail: str, *, is_open: bool) -> list[Content]:
        """Colour what is new.

        Args:
            lines: All complete lines; those given before are unchanged.
            tail: The line that has no end yet.
            is_open: Whether more may come.

        Returns:
            One content a line, the tail's included while it holds anything. The same objects as
            before where nothing changed.
        """
        if not is_open and len(lines) <= _LONGEST_WHOLE:
            self._settled = 0
        start = self._settled
        text = [line.expandtabs(_TAB_CELLS) for line in lines[start:]]
        if tail:
            text.append(tail.expandtabs(_TAB_CELLS))
        contents, fresh = self._colour(text)
        for index, content in enumerate(contents):
            place = start + index
            if place < len(self._contents) and self._contents[place].is_same(content):
                contents[index] = self._contents[place]
        self._contents[start:] = contents
        if is_open:
            self._settle(fresh, complete=len(lines) - start)
        return list(self._contents)

    def _colour(self, lines: Sequence[str]) -> tuple[list[Content], list[bool]]:
        lexer = _lexer(self._language, self._path)
        if lexer is None or any(len(line) > _LONGEST_LINE for line in lines):
            return [Content(line) for line in lines], [True] * len(lines)
        by_line, fresh = _by_line(_pieces(lexer, "".join(f"{line}\n" for line in lines)))
        contents = [_content(pieces) for pieces in by_line[: len(lines)]]
        if [content.plain for content in contents] != list(lines):
            return [Content(line) for line in lines], [True] * len(lines)
        return contents, fresh

    def _settle(self, fresh: Sequence[bool], complete: int) -> None:
        """Let the lexer begin later next time, where that changes no colour."""
        if complete < 2 * _RELEXED_LINES:
            return
        for index in range(min(complete, len(fresh)) - 1, 0, -1):
            if fresh[index] and complete - index >= _RELEXED_LINES // 4:
                self._settled += index
                return
