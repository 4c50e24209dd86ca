"""A list of rows with a current one: a line a row, drawn only where the eye is."""

from abc import abstractmethod
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual


class RowList(ScrollView, can_focus=True):
    """Moves a cursor over rows that a subclass counts and draws.

    A subclass names its component classes ``STYLES--cursor``, ``--hover`` and ``--muted``.
    """

    STYLES: ClassVar[str]
    """What the names of the component classes begin with."""

    cursor: reactive[int] = reactive(0, init=False)
    """Index of the row that keys act on."""
    hovered: reactive[int] = reactive(-1, init=False)

    def __init__(self, empty_text: str, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._empty_text = empty_text

    @property
    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @abstractmethod
    def row_content(self, index: int, width: int) -> Content:
        """One row, at most ``width`` cells wide."""

    # Keys and mouse.

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        self.cursor += step

    def action_page(self, step: int) -> None:
        """Move the cursor by screenfuls."""
        self.cursor += step * max(1, self.size.height - 1)

    def action_jump(self, index: int) -> None:
        """Move the cursor to the first (0) or the last (-1) row."""
        self.cursor = self.row_count - 1 if index < 0 else 0

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the row under the mouse."""
        self.hovered = event.y + self.scroll_offset.y

    def on_leave(self) -> None:
        """Let the row go dark."""
        self.hovered = -1

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        width, count = self.scrollable_content_region.width, self.row_count
        index = y + self.scroll_offset.y
        if index < count:
            return self._strip(self.row_content(index, width), width, self._inks(index))
        text = self._empty_text if not count and index == 0 else ""
        return self._strip(Content.assemble((text, f".{self.STYLES}--muted")), width, ())

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, self.row_count - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw both rows, and bring the new one into view."""
        self.refresh_line(before)
        self.refresh_line(now)
        self.reveal(now)

    def watch_hovered(self, before: int, now: int) -> None:
        """Draw both rows."""
        self.refresh_line(before)
        self.refresh_line(now)

    def on_resize(self) -> None:
        """Rows are as wide as the view."""
        self.measure()

    def reveal(self, index: int) -> None:
        """Bring a row into view."""
        self.scroll_to_region(Region(0, index, 1, 1), animate=False, force=True)

    def measure(self) -> None:
        """Take the rows' number for the height that can be scrolled."""
        width = self.scrollable_content_region.width
        self.virtual_size = Size(width, max(1, self.row_count))

    def _inks(self, index: int) -> tuple[str, ...]:
        if index == self.cursor:
            return (f"{self.STYLES}--cursor",)
        return (f"{self.STYLES}--hover",) if index == self.hovered else ()

    def _strip(self, content: Content, width: int, inks: tuple[str, ...]) -> Strip:
        style = self.get_visual_style(*inks)
        strips = Visual.to_strips(self, content, width, 1, style, pad=True)
        return strips[0] if strips else Strip.blank(width)


def moving(room: str, first: str = "First", last: str = "Last") -> list[BindingType]:
    """The keys that move the cursor.

    Args:
        room: What their ids begin with, so that a person can set others.
        first: What the help calls the topmost row.
        last: And the lowest.
    """
    return [
        Binding("up,k", "move(-1)", "Up", show=False, id=f"{room}.up"),
        Binding("down,j", "move(1)", "Down", show=False, id=f"{room}.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id=f"{room}.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id=f"{room}.page_down"),
        Binding("home", "jump(0)", first, show=False, id=f"{room}.first"),
        Binding("end", "jump(-1)", last, show=False, id=f"{room}.last"),
    ]
