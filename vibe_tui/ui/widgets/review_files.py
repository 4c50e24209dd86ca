"""The files of a proposal: one row each, with its counts and where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.hunk_paint import shorten_path
from vibe_tui.ui.widgets.readable import readable
from vibe_tui.ui.widgets.review_state import Badge

_WIDE = 44
"""Cells from which columns stand well apart."""
_LEAST_PATH = 6


@dataclass(frozen=True, slots=True)
class FileRow:
    """What a row says."""

    path: str
    added: int
    removed: int
    badge: Badge


class ReviewFiles(ScrollView, can_focus=False):
    """Lists files; clicking one asks to see it."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"review-files--{name}" for name in ("path", "current", "added", "removed")),
        *(f"review-files--{name}" for name in ("good", "bad", "busy", "warn", "quiet")),
    }

    @dataclass
    class Picked(Message):
        """A file was clicked."""

        path: str

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._rows: Sequence[FileRow] = ()
        self._current = ""

    def show(self, rows: Sequence[FileRow], current: str) -> None:
        """Show these rows.

        Args:
            rows: In the order of the hunks.
            current: Path of the file that is being read.
        """
        is_taller = len(rows) != len(self._rows)
        self._rows, self._current = rows, current
        self.virtual_size = Size(self.size.width, len(rows))
        self.refresh(layout=is_taller)
        place = next((i for i, row in enumerate(rows) if row.path == current), 0)
        self.scroll_to_region(Region(0, place, 1, 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        at = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[at]
        return Strip(self._segments(row, width)).adjust_cell_length(width, self.rich_style)

    def _segments(self, row: FileRow, width: int) -> list[Segment]:
        added, removed = _counts(row)
        columns = zip(*map(_counts, self._rows), strict=True)
        count_cells = [max(map(cell_len, column)) for column in columns]
        badge_cells = max(cell_len(other.badge.text) for other in self._rows)
        paths = (clean_line(other.path) for other in self._rows)
        gap = "   " if width >= _WIDE else " "
        room = width - 2 - sum(count_cells) - badge_cells - len(gap) - 4
        path_cells = max(_LEAST_PATH, min(max(map(cell_len, paths)), room))
        path = set_cell_size(shorten_path(clean_line(row.path), path_cells), path_cells)
        is_current = row.path == self._current
        look = self._style("current" if is_current else "path")
        return [
            Segment("▸ " if is_current else "  ", look),
            Segment(path, look),
            Segment("  " + added.rjust(count_cells[0]), self._style("added")),
            Segment(" " + removed.rjust(count_cells[1]), self._style("removed")),
            Segment(gap + row.badge.text, self._style(row.badge.look)),
        ]

    def _style(self, name: str) -> Style:
        return readable(self.get_component_rich_style(f"review-files--{name}"))

    def on_click(self, event: events.Click) -> None:
        """Ask to see the file."""
        offset = event.get_content_offset(self)
        at = offset.y + self.scroll_offset.y if offset is not None else len(self._rows)
        if at < len(self._rows):
            self.post_message(self.Picked(self._rows[at].path))


def _counts(row: FileRow) -> tuple[str, str]:
    """Lines added and removed; what did not happen stays blank."""
    return (
        f"+{row.added:,}" if row.added else "",
        f"−{row.removed:,}" if row.removed else "",
    )
