"""How each part of a transcript reads, line by line."""

import re
from collections.abc import Iterator

from textual.content import Content

from vibe_tui.foreign import clean_line
from vibe_tui.ui.live_code import LiveCode
from vibe_tui.ui.prose import prose_lines
from vibe_tui.ui.rows import EMPTY, Line
from vibe_tui.ui.transcript import (
    CodePart,
    EditPart,
    EndPart,
    NotePart,
    Part,
    PromptPart,
    ProsePart,
    WaitPart,
)

INDENT = Content("  ")
_BAR = Content.styled("▌ ", ".transcript--bar")
_CURSOR = Content.styled("▌", ".transcript--cursor")
_MENTION = re.compile(r'(?<![\w@./-])@(?:"[^"\n]+"|[^\s"@`\'<>|]+)')
_PEEK_ROWS = 8
"""Lines shown of an edit while it is written; the whole is in Review a moment later."""
_NOTE_MARKS = {"information": "· ", "warning": "! ", "error": "✗ "}
_NOTE_STYLES = {
    "information": ".transcript--muted",
    "warning": ".transcript--warning",
    "error": ".transcript--error",
}
_SIGNS = {
    "+": ("+ ", ".transcript--plus", "transcript--added"),
    "-": ("- ", ".transcript--minus", "transcript--removed"),
    " ": ("  ", ".transcript--muted", "transcript--code"),
}
_TAB_CELLS = 4


class PartLines:
    """The lines of one part; keeps what makes the next piece cheap.

    Args:
        part: The part.
    """

    def __init__(self, part: Part) -> None:
        self._part = part
        self._code = LiveCode(part.language, part.path) if isinstance(part, CodePart) else None

    def lines(self, width: int) -> list[Line]:
        """The part as it is now.

        Args:
            width: Cells of the pane.

        Returns:
            No lines for a part that has nothing to show.
        """
        found = list(self._lines(width))
        if found and self._part.is_open:
            last = found[-1]
            content = last.content + _CURSOR
            found[-1] = Line(content, last.first, last.rest, last.fill, last.end)
        return found

    def _lines(self, width: int) -> Iterator[Line]:
        match self._part:
            case PromptPart() as part:
                return _prompt(part)
            case ProsePart() as part:
                return _prose(part, width)
            case CodePart() as part:
                return self._fence(part, width)
            case EditPart() as part:
                return _edit(part)
            case NotePart() as part:
                return _note(part)
            case EndPart() as part:
                return _end(part)
            case WaitPart():
                return _wait()
            case _:
                return iter(())

    def _fence(self, part: CodePart, width: int) -> Iterator[Line]:
        if not (part.lines or part.tail or part.is_open):
            return
        title = Content.styled(part.path or part.language or "text", ".transcript--title")
        end = _review_mark() if part.is_in_review else EMPTY
        yield Line(title, INDENT, INDENT, "transcript--code", end)
        assert self._code is not None
        for content in self._code.update(part.lines, part.tail, is_open=part.is_open):
            yield Line(content, INDENT, _hanging(content.plain, width), "transcript--code")


def _hanging(text: str, width: int) -> Content:
    """What stands before the further rows of a code line: its own indentation and a step."""
    depth = len(text) - len(text.lstrip(" ")) + 2
    return INDENT + Content(" " * min(depth, width // 2))


def _prompt(part: PromptPart) -> Iterator[Line]:
    for text in part.text.expandtabs(_TAB_CELLS).split("\n"):
        content = Content(text)
        for mention in _MENTION.finditer(text):
            content = content.stylize(".transcript--mention", *mention.span())
        yield Line(content, _BAR, _BAR, "transcript--prompt")


def _prose(part: ProsePart, width: int) -> Iterator[Line]:
    for line in prose_lines(part.source, width - INDENT.cell_length):
        yield Line(line.content, INDENT + line.first, INDENT + line.rest, line.fill, line.end)


def _edit(part: EditPart) -> Iterator[Line]:
    arrow = "▸ " if part.is_folded else "▾ "
    pieces = [
        Content.styled(arrow, ".transcript--muted"),
        Content("edit "),
        Content.styled(part.path or "of an unnamed file", ".transcript--path"),
    ]
    if not part.is_open:
        added, removed = part.counts()
        pieces.append(Content.styled(f"  +{added}", ".transcript--plus"))
        pieces.append(Content.styled(f" -{removed}", ".transcript--minus"))
    yield Line(EMPTY.join(pieces), INDENT, INDENT, "", _edit_state(part))
    rows = [] if part.is_folded else part.rows()
    for sign, text in rows[-_PEEK_ROWS:] if part.is_open else rows:
        mark, style, fill = _SIGNS[sign]
        prefix = INDENT + Content.styled(mark, style)
        yield Line(Content(text.expandtabs(_TAB_CELLS)), prefix, prefix, fill)


def _edit_state(part: EditPart) -> Content:
    if part.is_in_review:
        return _review_mark()
    if part.is_cut:
        return Content.styled("cut off", ".transcript--warning")
    return Content.styled("writing…", ".transcript--muted") if part.is_open else EMPTY


def _review_mark() -> Content:
    return Content.styled("in Review", ".transcript--done")


def _note(part: NotePart) -> Iterator[Line]:
    style = _NOTE_STYLES[part.severity]
    first = INDENT + Content.styled(_NOTE_MARKS[part.severity], style)
    yield Line(Content.styled(clean_line(part.text), style), first, Content(" " * 4))


def _wait() -> Iterator[Line]:
    words = Content.styled(" waiting for the model", ".transcript--muted")
    yield Line(_CURSOR + words, INDENT, INDENT)


def _end(part: EndPart) -> Iterator[Line]:
    if part.outcome == "failed":
        first = INDENT + Content.styled("✗ ", ".transcript--error")
        yield Line(
            Content.styled(clean_line(part.text), ".transcript--error"), first, INDENT + INDENT
        )
        if part.hint:
            first = INDENT + Content.styled("→ ", ".transcript--muted")
            yield Line(Content(clean_line(part.hint)), first, INDENT + INDENT)
        return
    head, dot, rest = clean_line(part.text).partition(" · ")
    style = ".transcript--done" if part.outcome == "done" else ".transcript--warning"
    pieces = [Content.styled(head, style), Content.styled(dot + rest, ".transcript--muted")]
    yield Line(EMPTY.join(pieces), INDENT, INDENT)
