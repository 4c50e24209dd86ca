"""Both sides of a conflict on the screen, scrolled and clicked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from vibe_tui.changes.model import ConflictChoice, ConflictRegion, ConflictView
from vibe_tui.ui.widgets.conflict_rows import Cell, Row, conflict_rows
from vibe_tui.ui.widgets.readable import readable

_LOOKS = ("context", "merged", "base", "ours", "theirs", "taken", "dropped")
_WORDS = {
    ConflictChoice.OURS: "1 yours",
    ConflictChoice.THEIRS: "2 proposed",
    ConflictChoice.BOTH: "3 both",
}

_UNSTRUCK = Style(strike=False)


class ConflictBody(ScrollView, can_focus=True):
    """Draws the regions; one conflict, the current one, is what the keys act on.

    Args:
        view: Both sides.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"conflict--{look}" for look in _LOOKS),
        *(f"conflict--{name}" for name in ("head", "choice", "current")),
    }

    @dataclass
    class Chosen(Message):
        """What is to be taken of a conflict was clicked."""

        number: int
        choice: ConflictChoice

    @dataclass
    class Changed(Message):
        """Another conflict is current, or something else is taken."""

    def __init__(self, view: ConflictView, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._view = view if view.regions else _as_whole(view)
        self.has_lines = bool(view.regions)
        """Whether lines of both sides can stand in one file; else one side is taken whole."""
        self._rows: Sequence[Row] = ()
        self._with_base = False
        self.chosen: dict[int, ConflictChoice] = {}
        """What is taken so far, by conflict, from 0."""
        self.current = 0
        """The conflict that the keys act on, from 0."""

    @property
    def total(self) -> int:
        """How many conflicts there are."""
        return len(self._view.conflicts)

    def take(self, choice: ConflictChoice, number: int | None = None) -> None:
        """Take a side of a conflict, the current one by default, and go to the next open one."""
        number = self.current if number is None else number
        if number >= self.total or (choice is ConflictChoice.BOTH and not self.has_lines):
            return
        self.chosen[number] = choice
        self.current = number
        order = [*range(number + 1, self.total), *range(number)]
        self.go_to(next((at for at in order if at not in self.chosen), number))

    def go(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) conflict."""
        if self.total:
            self.go_to(min(max(self.current + step, 0), self.total - 1))

    def go_to(self, number: int) -> None:
        """Make a conflict current and show it."""
        self.current = number
        self._lay_out()
        heads = (y for y, row in enumerate(self._rows) if row.is_head and row.conflict == number)
        top = next(heads, 0)
        last = max((y for y, row in enumerate(self._rows) if row.conflict == number), default=top)
        here = Region(0, top, 1, min(last - top + 1, max(1, self.size.height)))
        self.scroll_to_region(here, animate=False, force=True)
        self.post_message(self.Changed())

    def toggle_base(self) -> None:
        """Show what both sides started from, or hide it."""
        self._with_base = not self._with_base
        self.go_to(self.current)

    def on_resize(self, _: events.Resize) -> None:
        """Lay out for the width."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = self.scrollable_content_region.width
        if width:
            self._rows = conflict_rows(
                self._view, self.chosen, width - 1, with_base=self._with_base
            )
            self.virtual_size = Size(width, len(self._rows))
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width, at = self.scrollable_content_region.width, y + self.scroll_offset.y
        if at >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[at]
        is_current = row.conflict is not None and row.conflict == self.current
        bar = Segment("▌" if is_current else " ", self._style("current"))
        segments = self._head(row) if row.is_head else self._cells(row, width - 1)
        return Strip([bar, *segments]).adjust_cell_length(width, self.rich_style)

    def _head(self, row: Row) -> list[Segment]:
        assert row.conflict is not None
        taken = self.chosen.get(row.conflict)
        segments = [Segment(f"{row.conflict + 1} of {self.total}  ", self._style("head"))]
        for choice, words in _WORDS.items():
            if choice is ConflictChoice.BOTH and not self.has_lines:
                continue
            mark = "✓ " if choice is taken else "  "
            style = self._style("taken" if choice is taken else "choice")
            meta = Style(meta={"take": choice.value, "number": row.conflict})
            segments.append(Segment(f" {mark}{words} ", style + meta))
        return segments

    def _cells(self, row: Row, width: int) -> list[Segment]:
        share = width // max(1, len(row.cells))
        segments: list[Segment] = []
        for cell in row.cells:
            if cell is None:
                segments.append(Segment(" " * share, self.rich_style))
                continue
            style = self._style(cell.look) + _meta(cell, row)
            words = cell.text.lstrip(" ")
            margin = f"{cell.sign} " + " " * (len(cell.text) - len(words))
            rest = " " * (share - cell_len(margin) - cell_len(words))
            segments.append(Segment(margin, style + _UNSTRUCK))
            segments.append(Segment(words, style))
            segments.append(Segment(rest, style + _UNSTRUCK))
        return segments

    def _style(self, name: str) -> Style:
        return readable(self.get_component_rich_style(f"conflict--{name}"))

    def on_click(self, event: events.Click) -> None:
        """Take what is clicked; a click elsewhere makes its conflict current."""
        meta = event.style.meta
        if "take" in meta:
            self.take(ConflictChoice(meta["take"]), meta["number"])
            return
        offset = event.get_content_offset(self)
        at = offset.y + self.scroll_offset.y if offset is not None else len(self._rows)
        if at < len(self._rows) and (number := self._rows[at].conflict) is not None:
            self.current = number
            self.refresh()
            self.post_message(self.Changed())


def _as_whole(view: ConflictView) -> ConflictView:
    """A conflict without lines to compare, such as of a deleted file, as one region of words."""
    region = ConflictRegion((), (view.ours,), (view.theirs,), True, 1, 1)
    return replace(view, regions=(region,))


def _meta(cell: Cell, row: Row) -> Style:
    """A click on a side's line takes that side."""
    sides = {"‹": ConflictChoice.OURS, "›": ConflictChoice.THEIRS}
    if cell.sign not in sides or row.conflict is None:
        return Style()
    return Style(meta={"take": sides[cell.sign].value, "number": row.conflict})
