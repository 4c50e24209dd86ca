"""What may be meant by the word that is being written: files after ``@``, commands after ``/``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.segment import Segment
from textual import events
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget

from vibe_tui.foreign import clean_line
from vibe_tui.ui.span_styles import SpanStyles

_FILE = re.compile(r'(?:^|(?<=[\s(\[,;]))@"?(?P<query>[^\s"@]{0,200})$')
_COMMAND = re.compile(r"^/(?P<query>[\w:-]{0,60})$")
_MOST_ROWS = 8
_ODD = re.compile(r"[\s\"@`'<>|]")


@dataclass(frozen=True, slots=True)
class Token:
    """The unfinished word before the cursor."""

    kind: Literal["file", "command"]
    query: str
    """What follows the sign."""
    length: int
    """Characters before the cursor that a choice replaces."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that may be meant."""

    text: str
    """What is written for it."""
    label: str
    help: str = ""


def token_before(line: str, *, is_first_line: bool) -> Token | None:
    """The word that a completion would finish.

    Args:
        line: The line up to the cursor.
        is_first_line: Whether it begins the prompt; commands stand nowhere else.
    """
    if is_first_line and (match := _COMMAND.search(line)):
        return Token("command", match["query"], len(match[0]))
    if match := _FILE.search(line):
        return Token("file", match["query"], len(match[0]))
    return None


def file_choice(path: str) -> Choice:
    """A path as a mention; quoted where it holds what a bare mention cannot."""
    return Choice(f'@"{path}"' if _ODD.search(path) else f"@{path}", clean_line(path))


def command_choices(commands: Sequence[tuple[str, str]], query: str) -> list[Choice]:
    """The commands that begin with a query, then those that hold it.

    Args:
        commands: (name, help), the name without its slash.
        query: What was typed after the slash.
    """
    query = query.lower()
    starting = [row for row in commands if row[0].lower().startswith(query)]
    holding = [row for row in commands if query in row[0].lower() and row not in starting]
    return [Choice(f"/{name}", f"/{name}", clean_line(words)) for name, words in starting + holding]


class Completion(Widget):
    """The list of choices above the prompt. It never takes the focus."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"completion--cursor", "completion--help"}

    @dataclass
    class Chosen(Message):
        """A choice was clicked."""

        choice: Choice

    def __init__(self) -> None:
        super().__init__()
        self.choices: Sequence[Choice] = ()
        self._index = 0
        self._top = 0
        self._span_styles = SpanStyles(self)
        self.display = False

    @property
    def is_shown(self) -> bool:
        """Whether there is something to choose from."""
        return bool(self.choices)

    @property
    def current(self) -> Choice | None:
        """The choice under the cursor."""
        return self.choices[self._index] if self.choices else None

    def show(self, choices: Sequence[Choice], title: str = "") -> None:
        """Offer choices, best first; none hides the list."""
        self.choices = choices
        self.border_title = title
        self._index = self._top = 0
        rows = min(_MOST_ROWS, len(choices))
        if choices:
            self.styles.height = rows + self.gutter.height
            self.styles.offset = (0, -(rows + self.gutter.height) - 1)
        self.display = bool(choices)
        self.refresh()

    def hide(self) -> None:
        """Offer nothing."""
        if self.choices:
            self.show(())

    def move(self, step: int) -> None:
        """Move the cursor, around the ends."""
        self._index = (self._index + step) % len(self.choices)
        self._top = max(self._index - _MOST_ROWS + 1, min(self._top, self._index))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one choice."""
        width = self.size.width
        index = self._top + y
        if index >= len(self.choices):
            return Strip.blank(width, self.visual_style.rich_style)
        is_current = index == self._index
        choice = self.choices[index]
        fill = "completion--cursor" if is_current else ""
        base = self.get_visual_style(fill) if fill else self.visual_style
        mark = "▸ " if is_current else "  "
        content = Content(mark + choice.label)
        if choice.help:
            content = content.pad_right(max(2, 18 - content.cell_length))
            content += Content.styled(choice.help, ".completion--help")
        content = content.truncate(width, ellipsis=True, pad=True)

        def resolve(style: str | Style) -> Style:
            return self._span_styles.resolve(style, fill)

        parts = content.render(base, end="", parse_style=resolve)
        return Strip([Segment(text, (base + style).rich_style) for text, style in parts], width)

    def notify_style_update(self) -> None:
        """Resolve colours anew after a change of theme."""
        super().notify_style_update()
        self._span_styles.forget()

    def on_click(self, event: events.Click) -> None:
        """Choose with the mouse."""
        event.stop()
        index = self._top + event.get_content_offset_capture(self).y
        if 0 <= index < len(self.choices):
            self.post_message(self.Chosen(self.choices[index]))
