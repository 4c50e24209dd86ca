"""A file's text with line numbers, drawn line by line, coloured once its colours are known."""

import asyncio
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from vibe_tui.foreign import clean

_MOST_COLOURED = 300_000
"""Characters; a longer text stays plain, since colouring it would take seconds."""
_TAB = 4


class CodeView(ScrollView, can_focus=True):
    """Shows a text; the line asked for is marked.

    Args:
        path: Tells the language.
        text: The file's text, as it came from outside.
        line: 1-based line to show first.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "code-view--number",
        "code-view--text",
        "code-view--marked",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Down", show=False, id="preview.down"),
        Binding("k", "scroll_up", "Up", show=False, id="preview.up"),
    ]

    def __init__(self, path: str, text: str, line: int) -> None:
        super().__init__()
        self._path = path
        self._text = clean(text).expandtabs(_TAB).removesuffix("\n")
        self._line = line
        self._lines = [Content(part) for part in self._text.split("\n")]
        self._digits = max(3, len(str(len(self._lines))))

    def on_mount(self) -> None:
        """Measure, go to the line, and colour in the background."""
        widest = max(line.cell_length for line in self._lines)
        self.virtual_size = Size(self._digits + 3 + widest, len(self._lines))
        self.call_after_refresh(self._go_to_line)
        if len(self._text) <= _MOST_COLOURED:
            self.run_worker(self._colour(), exclusive=True)

    def _go_to_line(self) -> None:
        above = max(1, self.size.height // 4)
        self.scroll_to(y=max(0, self._line - 1 - above), animate=False)

    async def _colour(self) -> None:
        is_ansi = self.app.native_ansi_color
        is_dark = self.app.current_theme.dark
        coloured = await asyncio.to_thread(
            _highlight, self._text, self._path, is_ansi=is_ansi, is_dark=is_dark
        )
        if len(coloured) >= len(self._lines):
            self._lines = coloured[: len(self._lines)]
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        offset_x, offset_y = self.scroll_offset
        number = y + offset_y + 1
        width = self.scrollable_content_region.width
        inks = ("code-view--marked",) if number == self._line else ()
        style = self.get_visual_style(*inks)
        if number > len(self._lines):
            return Strip.blank(width, style.rich_style)
        mark = "▸" if number == self._line else " "
        line = Content.assemble(
            (f"{number:>{self._digits}} {mark} ", ".code-view--number"),
            self._lines[number - 1],
        )
        full_width = max(width + offset_x, line.cell_length)
        strips = Visual.to_strips(self, line, full_width, 1, style, pad=True)
        return strips[0].crop(offset_x, offset_x + width)


def _highlight(text: str, path: str, *, is_ansi: bool, is_dark: bool) -> list[Content]:
    from textual import highlight

    theme: type[highlight.HighlightTheme] = highlight.HighlightTheme
    if is_ansi:
        dark, light = highlight.ANSIDarkHighlightTheme, highlight.ANSILightHighlightTheme
        theme = dark if is_dark else light
    coloured = highlight.highlight(text, path=path, theme=theme, tab_size=_TAB)
    return coloured.split("\n", allow_blank=True)
