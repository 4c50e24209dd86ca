"""Markdown laid out as lines of a pane: quiet, dense, and cheap enough to do with every chunk.

Links show where they lead, HTML and images are shown as what was written, and what entities
stand for is cleaned like any other foreign text.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from textual.content import Content

from vibe_tui.foreign import clean
from vibe_tui.ui.live_code import LiveCode
from vibe_tui.ui.rows import EMPTY, Line
from vibe_tui.ui.tables import table_lines

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_BULLETS = ("• ", "◦ ", "▪ ")
_QUOTE = Content.styled("▎ ", ".transcript--muted")
_MARKS = {"em_open": ".transcript--em", "strong_open": ".transcript--strong", "s_open": "strike"}
_SPACE = re.compile(r"\s+")
_NARROWEST = 8
_BLANK = Line(EMPTY)

Piece = tuple[str, str]


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


@dataclass(slots=True)
class _Indent:
    """A list item or a quote that the next lines stand in."""

    first: Content
    rest: Content

    def take(self) -> Content:
        """The prefix of the next line; a bullet is drawn once."""
        prefix, self.first = self.first, self.rest
        return prefix


@dataclass(slots=True)
class _List:
    marker: str
    """The bullet; empty when the items are numbered."""
    number_cells: int
    is_tight: bool
    has_items: bool = False


def prose_lines(source: str, width: int) -> list[Line]:
    """Lay Markdown out.

    Args:
        source: Markdown that was cleaned.
        width: Cells of the pane; only tables and rules depend on it.
    """
    return _Layout(width).lay_out(_parser().parse(source))


class _Layout:
    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: list[Line] = []
        self._indents: list[_Indent] = []
        self._lists: list[_List] = []
        self._heading = ""
        self._table: list[list[Content]] = []

    def lay_out(self, tokens: Sequence["Token"]) -> list[Line]:
        for index, token in enumerate(tokens):
            kind = token.type
            if kind.endswith("_list_open"):
                self._open_list(tokens, index)
            elif step := _STEPS.get(kind):
                step(self, token)
        return self._lines

    # -- lines ---------------------------------------------------------------------------------

    def _prefixes(self) -> tuple[Content, Content]:
        rest = [indent.rest for indent in self._indents]
        first = [indent.take() for indent in self._indents]
        return EMPTY.join(first), EMPTY.join(rest)

    def _emit(self, content: Content, *, fill: str = "") -> None:
        first, rest = self._prefixes()
        self._lines.append(Line(content, first, rest, fill))

    def _gap(self) -> None:
        """A blank line between blocks; inside a quote its bar goes on."""
        if not self._lines or not (self._lines[-1].content or self._lines[-1].fill):
            return
        bars = [indent.rest for indent in self._indents if indent.first is indent.rest]
        is_quoted = len(bars) == len(self._indents) and any(bar is _QUOTE for bar in bars)
        prefix = EMPTY.join(bars) if is_quoted else EMPTY
        self._lines.append(Line(EMPTY, prefix, prefix) if is_quoted else _BLANK)

    @property
    def _available(self) -> int:
        used = sum(indent.rest.cell_length for indent in self._indents)
        return max(_NARROWEST, self._width - used)

    # -- blocks --------------------------------------------------------------------------------

    def _open_list(self, tokens: Sequence["Token"], index: int) -> None:
        opening = tokens[index]
        items = list(_items(tokens, index))
        is_tight = all(token.hidden for token in items if token.type == "paragraph_open")
        if not self._lists:
            self._gap()
        ordered = [token.info for token in items if token.info]
        cells = max(map(len, ordered), default=0) + 2
        depth = sum(1 for outer in self._lists if outer.marker)
        marker = "" if opening.type.startswith("ordered") else _BULLETS[depth % len(_BULLETS)]
        self._lists.append(_List(marker, cells, is_tight))

    def _close_list(self, _token: "Token") -> None:
        self._lists.pop()

    def _open_item(self, token: "Token") -> None:
        current = self._lists[-1]
        if current.has_items and not current.is_tight:
            self._gap()
        current.has_items = True
        marker = current.marker or f"{token.info}. ".rjust(current.number_cells)
        bullet = Content.styled(marker, ".transcript--bullet")
        self._indents.append(_Indent(bullet, Content(" " * len(marker))))

    def _open_quote(self, _token: "Token") -> None:
        self._gap()
        self._indents.append(_Indent(_QUOTE, _QUOTE))

    def _close_indent(self, _token: "Token") -> None:
        indent = self._indents[-1]
        if indent.first is not indent.rest:  # an item without a word still shows its bullet
            self._emit(EMPTY)
        self._indents.pop()

    def _open_paragraph(self, token: "Token") -> None:
        is_first_of_item = any(indent.first is not indent.rest for indent in self._indents)
        if not token.hidden and not is_first_of_item:
            self._gap()

    def _open_heading(self, token: "Token") -> None:
        self._gap()
        self._heading = (
            ".transcript--heading" if token.tag in ("h1", "h2") else ".transcript--strong"
        )

    def _close_heading(self, _token: "Token") -> None:
        self._heading = ""

    def _inline(self, token: "Token") -> None:
        content = _inline_content(token.children or [])
        if self._table:
            self._table[-1].append(content)
            return
        for line in content.split("\n", allow_blank=True) or [EMPTY]:
            self._emit(line.stylize_before(self._heading) if self._heading else line)

    def _fence(self, token: "Token") -> None:
        self._gap()
        lines = clean(token.content).rstrip("\n").split("\n")
        for content in LiveCode(token.info).update(lines, "", is_open=False):
            self._emit(content, fill="transcript--code")

    def _rule(self, _token: "Token") -> None:
        self._gap()
        self._emit(Content.styled("─" * self._available, ".transcript--muted"))

    def _open_table(self, _token: "Token") -> None:
        self._gap()

    def _open_row(self, _token: "Token") -> None:
        self._table.append([])

    def _close_table(self, _token: "Token") -> None:
        for line in table_lines(self._table, self._available):
            self._emit(line)
        self._table = []


_STEPS: dict[str, Callable[[_Layout, "Token"], None]] = {
    "bullet_list_close": _Layout._close_list,
    "ordered_list_close": _Layout._close_list,
    "list_item_open": _Layout._open_item,
    "list_item_close": _Layout._close_indent,
    "blockquote_open": _Layout._open_quote,
    "blockquote_close": _Layout._close_indent,
    "paragraph_open": _Layout._open_paragraph,
    "heading_open": _Layout._open_heading,
    "heading_close": _Layout._close_heading,
    "inline": _Layout._inline,
    "fence": _Layout._fence,
    "code_block": _Layout._fence,
    "hr": _Layout._rule,
    "table_open": _Layout._open_table,
    "tr_open": _Layout._open_row,
    "table_close": _Layout._close_table,
}


def _items(tokens: Sequence["Token"], index: int) -> Iterator["Token"]:
    """The tokens of a list's own items and their paragraphs."""
    level = tokens[index].level
    for token in tokens[index + 1 :]:
        if token.level <= level:
            return
        if token.level <= level + 2:
            yield token


def _inline_content(children: Sequence["Token"]) -> Content:
    pieces: list[Piece] = []
    marks: list[str] = []
    links: list[tuple[str, int]] = []
    for child in children:
        kind = child.type
        if kind in ("em_close", "strong_close", "s_close"):
            marks.pop()
        elif kind in _MARKS:
            marks.append(_MARKS[kind])
        elif kind == "link_open":
            links.append((clean(str(child.attrs.get("href", ""))), len(pieces)))
            marks.append(".transcript--link")
        elif kind == "link_close":
            marks.pop()
            pieces.extend(_target(*links.pop(), pieces))
        else:
            pieces.extend((text, " ".join(marks + more)) for text, more in _leaf(child))
    return Content.assemble(*(_styled(text, styles) for text, styles in pieces if text))


def _leaf(token: "Token") -> Iterator[tuple[str, list[str]]]:
    match token.type:
        case "code_inline":
            yield clean(token.content), [".transcript--inline-code"]
        case "softbreak":
            yield " ", []
        case "hardbreak":
            yield "\n", []
        case "image":
            target = clean(str(token.attrs.get("src", "")))
            yield f"[image: {clean(token.content)}] {target}", [".transcript--muted"]
        case _:
            yield _SPACE.sub(" ", clean(token.content)), []


def _target(href: str, start: int, pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Where a link leads, unless its text says so."""
    shown = "".join(text for text, _ in pieces[start:])
    if href and href != shown and href != f"mailto:{shown}":
        yield f" ({href})", ".transcript--muted"


def _styled(text: str, styles: str) -> Content:
    content = Content(text)
    for style in styles.split():
        content = content.stylize(style)
    return content
