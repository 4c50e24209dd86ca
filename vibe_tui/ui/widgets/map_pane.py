"""The map pane: the project's tree, a search over it, and what is in the context."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message
from textual.widgets import Input

from vibe_tui.intelligence.model import FileNode, RepositoryMap
from vibe_tui.ui.fitting import short_count
from vibe_tui.ui.widgets.map_tree import MapTree

FindPaths = Callable[[str, int], Awaitable[Sequence[str]]]
"""Ranks the project's paths by a query, best first, at most so many."""

_MOST_MATCHES = 200


class MapFilter(Input):
    """The search line; up and down move in the tree below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "steer(-1)", "Up", show=False, id="map_filter.up"),
        Binding("down", "steer(1)", "Down", show=False, id="map_filter.down"),
        Binding("enter", "submit", "preview", id="map_filter.preview"),
        Binding("escape", "leave", "back to the tree", id="map_filter.leave"),
    ]

    @dataclass
    class Steered(Message):
        """The cursor in the tree is to move by ``step`` rows."""

        step: int

    class Left(Message):
        """The search is over."""

    def action_steer(self, step: int) -> None:
        """Move in the tree."""
        self.post_message(self.Steered(step))

    def action_leave(self) -> None:
        """End the search."""
        self.post_message(self.Left())


class MapPane(Vertical):
    """What the project is made of.

    Args:
        find_paths: Ranks paths for the search.
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "find", "find", id="map.find"),
    ]

    files = query_one(MapTree)
    search = query_one(MapFilter)

    @dataclass
    class ContextToggled(Message):
        """A file is to enter the context of every request, or leave it."""

        path: str

    @dataclass
    class PreviewRequested(Message):
        """A file is to be looked at, from a 1-based line on."""

        path: str
        line: int

    def __init__(self, find_paths: FindPaths, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._find_paths = find_paths
        self._context_count = 0
        self._context_tokens: int | None = None
        self.border_title = "Map"

    def compose(self) -> ComposeResult:
        """The search line, hidden until asked for, above the tree."""
        search = MapFilter(placeholder="find a file", select_on_focus=False, compact=True)
        search.display = False
        yield search
        yield MapTree()

    def show_paths(self, paths: Iterable[str]) -> None:
        """Show the project's files, before they are analysed."""
        self.files.show_paths(paths)
        self._tell()

    def show_map(self, repository_map: RepositoryMap) -> None:
        """Show what the scan found."""
        self.files.show_paths(repository_map.modules)
        self.files.show_nodes(repository_map.modules)
        self._tell()

    def update_files(self, nodes: Mapping[str, FileNode | None]) -> None:
        """Draw these files' rows anew; None: the file is gone."""
        self.files.update_files(nodes)
        self._tell()

    def set_context(
        self, pinned: Sequence[str], mentioned: Sequence[str] = (), tokens: int | None = None
    ) -> None:
        """Mark what requests carry.

        Args:
            pinned: Files in every request.
            mentioned: Files that were in the last one besides.
            tokens: Size of the last request's context; None while unknown.
        """
        self.files.set_context(pinned, mentioned)
        self._context_count = len(set(pinned) | set(mentioned))
        self._context_tokens = tokens
        self._tell()

    def action_find(self) -> None:
        """Search the paths."""
        self.search.display = True
        self.search.focus()

    @on(MapFilter.Changed)
    def _search(self, event: MapFilter.Changed) -> None:
        event.stop()
        self.run_worker(self._show_matches(event.value), group="map-filter", exclusive=True)

    async def _show_matches(self, query: str) -> None:
        matches = await self._find_paths(query, _MOST_MATCHES) if query.strip() else None
        if self.search.display:
            self.files.show_matches(matches)

    @on(MapFilter.Steered)
    def _steer(self, event: MapFilter.Steered) -> None:
        event.stop()
        self.files.action_move(event.step)

    @on(MapFilter.Left)
    def _leave(self, event: MapFilter.Left) -> None:
        event.stop()
        self.search.display = False
        self.files.show_matches(None)
        self.files.focus()
        with self.prevent(MapFilter.Changed):
            self.search.value = ""

    @on(MapFilter.Submitted)
    def _submit(self, event: MapFilter.Submitted) -> None:
        event.stop()
        self.files.action_choose()

    @on(MapTree.Chosen)
    def _preview(self, event: MapTree.Chosen) -> None:
        event.stop()
        self.post_message(self.PreviewRequested(event.row.path, event.row.line))

    @on(MapTree.Pinned)
    def _pin(self, event: MapTree.Pinned) -> None:
        event.stop()
        self.post_message(self.ContextToggled(event.path))

    def _tell(self) -> None:
        count = self._context_count
        if not count:
            total = self.files.outline.total_files
            self.border_subtitle = f"{total:,} file{'s' * (total != 1)}" if total else None
            return
        tokens = self._context_tokens
        if tokens is None:
            self.border_subtitle = f"{count} file{'s' * (count != 1)} in context"
        else:
            self.border_subtitle = f"{count} in context · {short_count(tokens)} tok"
