"""The tree of the map pane: a line a row, drawn only where the eye is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from vibe_tui.intelligence.model import FileNode
from vibe_tui.ui.outline import MapOutline, Row, RowKind
from vibe_tui.ui.widgets.map_rows import INKS, row_content

_EMPTY = "reading the project…"


class MapTree(ScrollView, can_focus=True):
    """Folders, files, and the classes and functions inside them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*INKS, "map-tree--cursor", "map-tree--hover"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="map.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="map.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="map.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="map.page_down"),
        Binding("home", "jump(0)", "First", show=False, id="map.first"),
        Binding("end", "jump(-1)", "Last", show=False, id="map.last"),
        Binding("right", "open", "Open", show=False, id="map.open"),
        Binding("left", "close", "Close, or to the folder", show=False, id="map.close"),
        Binding("space", "fold", "Open or close", show=False, id="map.toggle"),
        Binding("enter", "choose", "preview", id="map.preview"),
        Binding("c", "pin", "add to context", id="map.pin"),
    ]

    cursor: reactive[int] = reactive(0, init=False)
    """Index of the row that keys act on."""
    hovered: reactive[int] = reactive(-1, init=False)

    @dataclass
    class Chosen(Message):
        """A file, or a symbol in it, is to be looked at."""

        row: Row

    @dataclass
    class Pinned(Message):
        """A file is to enter the context, or leave it."""

        path: str

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.outline = MapOutline()
        self._pinned: frozenset[str] = frozenset()
        self._mentioned: frozenset[str] = frozenset()
        self._empty_text = _EMPTY

    # What is shown.

    def show_paths(self, paths: Iterable[str]) -> None:
        """Show a project's files."""
        key = self._cursor_key()
        self.outline.set_paths(paths)
        self._empty_text = "no files here yet"
        self._rows_changed(key)

    def show_nodes(self, nodes: Mapping[str, FileNode]) -> None:
        """Show what the map knows of every file."""
        key = self._cursor_key()
        self.outline.set_nodes(nodes)
        self._rows_changed(key)

    def update_files(self, nodes: Mapping[str, FileNode | None]) -> None:
        """Draw some files anew; None: the file is gone."""
        key = self._cursor_key()
        if self.outline.update(nodes):
            self._rows_changed(key)
        else:
            self._redraw_files(nodes)

    def show_matches(self, paths: Sequence[str] | None) -> None:
        """Show a search's matches; None goes back to the tree, at the row that was found."""
        key = self._cursor_key()
        was_filtered = self.outline.is_filtered
        self.outline.show_matches(paths)
        self._empty_text = "nothing matches" if paths is not None else "no files here yet"
        if paths is None and was_filtered and key is not None:
            self.outline.reveal(key[0])
        self._rows_changed(key if paths is None else None)

    def set_context(self, pinned: Collection[str], mentioned: Collection[str]) -> None:
        """Mark the files that a request carries."""
        changed = self._pinned ^ frozenset(pinned) | self._mentioned ^ frozenset(mentioned)
        self._pinned, self._mentioned = frozenset(pinned), frozenset(mentioned)
        self._redraw_files(changed)

    @property
    def cursor_row(self) -> Row | None:
        """The row that keys act on."""
        rows = self.outline.rows
        return rows[self.cursor] if self.cursor < len(rows) else None

    # Keys and mouse.

    def action_move(self, step: int) -> None:
        """Move the cursor by rows."""
        self.cursor += step

    def action_page(self, step: int) -> None:
        """Move the cursor by screenfuls."""
        self.cursor += step * max(1, self.size.height - 1)

    def action_jump(self, index: int) -> None:
        """Move the cursor to the first (0) or the last (-1) row."""
        self.cursor = len(self.outline.rows) - 1 if index < 0 else 0

    def action_open(self) -> None:
        """Show what is inside."""
        if self.cursor_row is not None:
            self.outline.open_row(self.cursor)
            self._rows_changed(self._cursor_key())

    def action_close(self) -> None:
        """Hide what is inside, or go to the row that holds this one."""
        row = self.cursor_row
        if row is None:
            return
        if row.symbol is None and self.outline.is_open(row.path):
            self.outline.close_row(self.cursor)
            self._rows_changed(row.key)
        else:
            self.cursor = self.outline.parent_of(self.cursor)

    def action_fold(self) -> None:
        """Show what is inside, or hide it."""
        row = self.cursor_row
        if row is not None and row.symbol is None and self.outline.is_open(row.path):
            self.action_close()
        else:
            self.action_open()

    def action_choose(self) -> None:
        """Look at the file; open or close a folder."""
        row = self.cursor_row
        if row is None:
            return
        if row.kind is RowKind.FOLDER:
            self.action_fold()
        else:
            self.post_message(self.Chosen(row))

    def action_pin(self) -> None:
        """Put the file into the context, or take it out."""
        row = self.cursor_row
        if row is not None and row.is_file:
            self.post_message(self.Pinned(row.path))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor; the arrow or a folder opens, a second click looks at the file."""
        index = event.y + self.scroll_offset.y
        if index >= len(self.outline.rows):
            return
        self.cursor = index
        row = self.outline.rows[index]
        if row.kind is RowKind.FOLDER or 0 <= event.x - 2 * row.depth < 2:
            self.action_fold()
        elif event.chain > 1:
            self.action_choose()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the row under the mouse."""
        self.hovered = event.y + self.scroll_offset.y

    def on_leave(self) -> None:
        """Let the row go dark."""
        self.hovered = -1

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draw one line of the view."""
        width = self.scrollable_content_region.width
        index = y + self.scroll_offset.y
        rows = self.outline.rows
        if index >= len(rows):
            text = self._empty_text if not rows and index == 0 else ""
            content = Content.assemble((text, ".map-tree--muted"))
            return self._strip(content, width, ())
        row = rows[index]
        content = row_content(
            row,
            width,
            node=self.outline.nodes.get(row.path),
            is_open=self.outline.is_open(row.path) if self.outline.has_children(row) else None,
            mark=self._mark(row.path),
        )
        return self._strip(content, width, self._row_inks(index))

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(cursor, len(self.outline.rows) - 1))

    def watch_cursor(self, before: int, now: int) -> None:
        """Draw both rows, and bring the new one into view."""
        self.refresh_line(before)
        self.refresh_line(now)
        self.scroll_to_region(Region(0, now, 1, 1), animate=False, force=True)

    def watch_hovered(self, before: int, now: int) -> None:
        """Draw both rows."""
        self.refresh_line(before)
        self.refresh_line(now)

    def on_resize(self) -> None:
        """Rows are as wide as the view."""
        self._measure()

    def _row_inks(self, index: int) -> tuple[str, ...]:
        if index == self.cursor:
            return ("map-tree--cursor",)
        return ("map-tree--hover",) if index == self.hovered else ()

    def _strip(self, content: Content, width: int, inks: tuple[str, ...]) -> Strip:
        style = self.get_visual_style(*inks)
        strips = Visual.to_strips(self, content, width, 1, style, pad=True)
        return strips[0] if strips else Strip.blank(width)

    def _mark(self, path: str) -> str:
        if path in self._pinned:
            return "●"
        return "○" if path in self._mentioned else " "

    def _cursor_key(self) -> tuple[str, str, int] | None:
        row = self.cursor_row
        return row.key if row else None

    def _rows_changed(self, key: tuple[str, str, int] | None) -> None:
        found = self.outline.find(key) if key is not None else 0
        self._measure()
        self.cursor = self.cursor if found is None else found
        self.refresh()

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        self.virtual_size = Size(width, max(1, len(self.outline.rows)))

    def _redraw_files(self, paths: Collection[str]) -> None:
        for index, row in enumerate(self.outline.rows):
            if row.kind is RowKind.FILE and row.path in paths:
                self.refresh_line(index)
