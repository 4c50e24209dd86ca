"""A proposal's hunks: what was seen of them, and single lines of the current one to act on."""

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from vibe_tui.changes.model import Hunk
from vibe_tui.ui.widgets.diff_layout import DiffLayout
from vibe_tui.ui.widgets.diff_stops import DiffStops
from vibe_tui.ui.widgets.hunk_block import HunkBlock, is_open
from vibe_tui.ui.widgets.line_cursor import LineCursor
from vibe_tui.ui.widgets.paper import UNNOTICED, Attention

_LEFT = 1


class DiffView(DiffStops, can_focus=True):
    """Shows files and hunks; the current hunk, or lines of it, are what the keys act on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up", "extend_lines(-1)", "Select up", show=False),
        Binding("shift+down", "extend_lines(1)", "Select down", show=False),
    ]

    @dataclass
    class HunkClicked(Message):
        """A decision was clicked in a hunk's header."""

        k: int
        is_accept: bool
        rows: tuple[int, ...] | None = None
        """The selected lines, which alone are meant; None for the whole hunk."""

    @dataclass
    class LinesSelected(Message):
        """Other lines of the current hunk are selected."""

        k: int
        rows: tuple[int, ...] | None
        """Indexes into ``Hunk.lines``; None when no lines are to be selected any more."""

    @dataclass
    class Reviewed(Message):
        """A hunk was marked as seen, or no longer is."""

        k: int
        is_reviewed: bool

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._cursor: LineCursor | None = None
        self._reviewed: frozenset[int] = frozenset()
        self._reviewed_lines: set[tuple[object, ...]] = set()
        self._pressed: tuple[int, int] | None = None
        self._has_dragged = False

    # Marks.

    @property
    def reviewed(self) -> frozenset[int]:
        """Numbers of the hunks that are marked as seen."""
        return self._reviewed

    def mark_reviewed(self, k: int | None = None) -> bool:
        """Mark a hunk as seen, or take the mark away.

        The mark stays with the hunk's lines: it is gone when they are revised.

        Args:
            k: Its number; the current hunk's by default.

        Returns:
            Whether it is marked now.
        """
        if k is None and isinstance(self.current, HunkBlock):
            k = self.current.hunk.k
        hunk = next((h for diff in self._diffs for h in diff.hunks if h.k == k), None)
        if hunk is None:
            return False
        self._reviewed ^= {hunk.k}
        self._reviewed_lines ^= {_signature(hunk)}
        is_reviewed = hunk.k in self._reviewed
        self.refresh()
        self.post_message(self.Reviewed(hunk.k, is_reviewed))
        return is_reviewed

    def _recognise_reviewed(self) -> None:
        """Find the marks again in other diffs."""
        known = self._reviewed_lines
        hunks = (hunk for diff in self._diffs for hunk in diff.hunks) if known else ()
        found = {hunk.k: _signature(hunk) for hunk in hunks if _signature(hunk) in known}
        self._reviewed, self._reviewed_lines = frozenset(found), set(found.values())

    # Lines of the current hunk.

    @property
    def line_cursor(self) -> int | None:
        """The row of ``Hunk.lines`` that the cursor is on; None while no lines are selected."""
        return self._cursor.head if self._cursor is not None else None

    @property
    def selected_rows(self) -> tuple[int, ...]:
        """Indexes into ``Hunk.lines`` of the changed lines that are selected."""
        return self._cursor.rows if self._cursor is not None else ()

    def enter_lines(self) -> bool:
        """Select the first changed line of the current hunk; return whether it can be."""
        block = self.current
        if not isinstance(block, HunkBlock) or not is_open(block) or self._is_rolled_back:
            return False
        return self._set_cursor(LineCursor.at_start(block))

    def leave_lines(self) -> None:
        """Let the keys act on the whole hunk again."""
        if self._cursor is not None:
            k, self._cursor = self._cursor.k, None
            self.refresh()
            self.post_message(self.LinesSelected(k, None))

    def select_lines(self, start: int, end: int) -> bool:
        """Select from one row of the current hunk to another, the cursor being on the second.

        Args:
            start: Index into ``Hunk.lines``, context included.
            end: Of the same.

        Returns:
            Whether lines of the current hunk can be selected.
        """
        if self._cursor is None and not self.enter_lines():
            return False
        return self._set_cursor(self._cursor and self._cursor.spanning(start, end))

    def move_line(self, step: int, *, extend: bool = False) -> bool:
        """Put the cursor on the next (1) or previous (-1) changed line.

        Args:
            step: Which way.
            extend: Whether what was selected stays so.
        """
        return self._set_cursor(self._cursor and self._cursor.moved(step, extend=extend))

    def _set_cursor(self, cursor: LineCursor | None) -> bool:
        if cursor is None:
            return False
        self._cursor = cursor
        self._reveal_line(cursor.head)
        self.refresh()
        self.post_message(self.LinesSelected(cursor.k, cursor.rows))
        return True

    def _reveal_line(self, row: int) -> None:
        """Scroll as far as it takes to see a line of the current hunk whole."""
        layout, block = self._layout_now, self.current
        index = block.index_of(row) if isinstance(block, HunkBlock) else None
        if layout is None or index is None:
            return
        first, behind = layout.lines_extent(layout.stops[self._current], index, index)
        top, bottom = self._view
        if first < top:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif behind > bottom:
            self.scroll_to(y=behind - (bottom - top), animate=False, immediate=True)

    def _forget(self) -> None:
        self.leave_lines()
        self._recognise_reviewed()

    def _make_current(self, stop: int, *, reveal: bool = True) -> None:
        if stop != self._current:
            self.leave_lines()
        super()._make_current(stop, reveal=reveal)

    def _laid_out(self, layout: DiffLayout, before: DiffLayout | None, *, advance: bool) -> None:
        super()._laid_out(layout, before, advance=advance)
        block, cursor = self.current, self._cursor
        if cursor is None:
            return
        fresh = LineCursor.at_start(block) if isinstance(block, HunkBlock) else None
        if fresh is None or block is None or not is_open(block) or self._is_rolled_back:
            self.leave_lines()
        elif fresh.changed != cursor.changed:  # other lines can be chosen than before
            self._set_cursor(fresh)

    def _attention(self, at: int) -> Attention:
        layout = self._layout_now
        block = layout.blocks[at] if layout else None
        if layout is None or block is None:
            return UNNOTICED
        is_current = self._current >= 0 and layout.stops[self._current] == at
        is_reviewed = isinstance(block, HunkBlock) and block.hunk.k in self._reviewed
        if not is_current or self._cursor is None:
            return Attention(is_current, is_reviewed)
        cursor = self._cursor
        return Attention(is_current, is_reviewed, cursor.covered, cursor.head, len(cursor.rows))

    # Keys.

    def action_scroll_up(self) -> None:
        """Move the line cursor up, or scroll."""
        if not self.move_line(-1):
            self.scroll_up(animate=False)

    def action_scroll_down(self) -> None:
        """Move the line cursor down, or scroll."""
        if not self.move_line(1):
            self.scroll_down(animate=False)

    def action_extend_lines(self, step: int) -> None:
        """Select up to the next (1) or previous (-1) changed line."""
        self.move_line(step, extend=True)

    def action_page_up(self) -> None:
        """Scroll one screen up at once: hundreds of hunks are not to be animated past."""
        self.scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Scroll one screen down at once."""
        self.scroll_page_down(animate=False)

    # The mouse.

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Remember where a selection of lines may begin."""
        self._has_dragged = False
        self._pressed = self._row_under(event) if event.button == _LEFT else None

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select lines while the button is held."""
        here = self._row_under(event) if self._pressed is not None else None
        if self._pressed is None or here is None:
            return
        if here == self._pressed and not self._has_dragged:
            return
        (at, start), (at_now, end) = self._pressed, here
        layout = self._layout_now
        if at != at_now or layout is None or at not in layout.stops:
            return
        if layout.stops[self._current] != at:
            self._make_current(layout.stops.index(at), reveal=False)
        if not self._has_dragged:
            self._has_dragged = True
            self.capture_mouse()
        self.select_lines(start, end)

    def on_mouse_up(self, _: events.MouseUp) -> None:
        """End a selection by dragging."""
        self._pressed = None
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Make what is clicked current, or select its line; a click on a decision decides."""
        if self._has_dragged:
            self._has_dragged = False
            return
        meta = event.style.meta
        if "decide" in meta and event.button == _LEFT:
            self._click_decision(meta["k"], is_accept=meta["decide"] == "accept")
            return
        offset, layout = event.get_content_offset(self), self._layout_now
        if offset is None or layout is None or offset.y + self._view[0] >= layout.height:
            return
        at = layout.locate(offset.y + self._view[0]).at
        if at not in layout.stops:
            return
        self._make_current(layout.stops.index(at), reveal=False)
        clicked = self._row_under(event) if event.button == _LEFT else None
        if self._cursor is not None and clicked is not None:
            row = clicked[1]
            self.select_lines(self._cursor.anchor if event.shift else row, row)

    def _click_decision(self, k: int, *, is_accept: bool) -> None:
        is_selecting = self._cursor is not None and self._cursor.k == k
        rows = self.selected_rows if is_selecting else None
        if rows != ():  # context alone was selected: there is nothing to decide
            self.post_message(self.HunkClicked(k, is_accept, rows))

    def _row_under(self, event: events.MouseEvent) -> tuple[int, int] | None:
        """The block under the mouse, and the row of ``Hunk.lines`` there."""
        offset, layout, paper = event.get_content_offset(self), self._layout_now, self._paper
        if offset is None or layout is None or paper is None:
            return None
        y = offset.y + self._view[0]
        if y >= layout.height:
            return None
        at, inner = layout.locate(y)
        pieces = layout.laid[at].pieces(inner - 1)
        piece = pieces[-1] if paper.is_right(offset.x) else pieces[0] if pieces else None
        return (at, piece.line.row) if piece is not None and piece.line.row >= 0 else None


def _signature(hunk: Hunk) -> tuple[object, ...]:
    """What makes a hunk the same for a reader: its file and its changed lines."""
    changed = ((line.kind, line.text) for line in hunk.lines if line.kind != " ")
    return (hunk.path, *changed)
