"""The map pane by keys and mouse: opening, searching, pinning, and redrawing only what changed."""

from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot

from tests.test_ui.pilots import footer_of, text_of, until
from vibe_tui.intelligence.model import FileNode, FunctionSignature, RepositoryMap
from vibe_tui.ui.styles import style_sheets
from vibe_tui.ui.widgets.map_pane import MapPane
from vibe_tui.ui.widgets.map_tree import MapTree

PATHS = ["README.md", "src/app.py", "src/router.py", "tests/test_app.py"]


def function(name: str, line: int) -> FunctionSignature:
    return FunctionSignature(name, "m", "m.py", line, line + 3)


def repository_map(**lines: int) -> RepositoryMap:
    nodes = {
        path: FileNode(path, "python", lines.get(path, 10), (function("go", 4),)) for path in PATHS
    }
    return RepositoryMap("/p", len(PATHS), 40, {"python": 4}, nodes, None, None, None, "now")


class MapApp(App[None]):
    """The pane alone; keeps the messages that leave it."""

    def __init__(self) -> None:
        super().__init__(css_path=[*style_sheets()])
        self.left: list[Message] = []
        self.queries: list[str] = []

    def compose(self) -> ComposeResult:
        from textual.widgets import Footer

        yield MapPane(self.find_paths, id="map")
        yield Footer()

    async def find_paths(self, query: str, limit: int) -> Sequence[str]:
        self.queries.append(query)
        return [path for path in PATHS if query in path][:limit]

    def on_map_pane_context_toggled(self, message: Message) -> None:
        self.left.append(message)

    def on_map_pane_preview_requested(self, message: Message) -> None:
        self.left.append(message)

    @property
    def pane(self) -> MapPane:
        return self.query_one(MapPane)

    @property
    def tree_text(self) -> list[str]:
        return [line for line in text_of(self, self.query_one(MapTree)).split("\n") if line]


@pytest.fixture
def app() -> MapApp:
    return MapApp()


async def shown(app: MapApp, pilot: Pilot[None]) -> None:
    app.pane.show_paths(PATHS)
    app.pane.show_map(repository_map())
    app.pane.files.focus()
    await pilot.pause()


async def test_paths_show_before_anything_is_analysed(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        assert app.tree_text == ["reading the project…"]
        app.pane.show_paths(PATHS)
        await pilot.pause()
        assert [line.split() for line in app.tree_text] == [
            ["▼", "src"], ["app.py"], ["router.py"], ["▼", "tests"], ["test_app.py"], ["README.md"],
        ]  # fmt: skip
        assert app.pane.border_subtitle == "4 files"


async def test_an_empty_project_says_so(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        app.pane.show_paths([])
        await pilot.pause()
        assert app.tree_text == ["no files here yet"]
        await pilot.press("up", "enter", "c", "right", "left", "space", "end")
        assert app.left == []


async def test_keys_open_close_and_move(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        await pilot.press("down", "right")
        assert "    go()" in "\n".join(app.tree_text)
        await pilot.press("down", "left")
        assert app.pane.files.cursor_row is not None
        assert app.pane.files.cursor_row.path == "src/app.py"
        await pilot.press("space", "left")
        await pilot.pause()
        assert app.pane.files.cursor == 0
        await pilot.press("left")
        await pilot.pause()
        assert [line.split()[0] for line in app.tree_text] == ["▶", "▼", "▶", "▶"]
        await pilot.press("end")
        assert app.pane.files.cursor == len(app.pane.files.outline.rows) - 1
        await pilot.press("home", "pagedown", "pageup", "up")
        assert app.pane.files.cursor == 0


async def test_enter_previews_the_symbol_under_the_cursor(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        await pilot.press("enter")
        assert not app.pane.files.outline.is_open("src")
        await pilot.press("enter", "down", "enter", "right", "down", "enter")
        await pilot.pause()
        assert app.left == [
            MapPane.PreviewRequested("src/app.py", 1),
            MapPane.PreviewRequested("src/app.py", 4),
        ]


async def test_c_asks_for_the_file_in_the_context_and_the_mark_shows_it(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        await pilot.press("c", "down", "c")
        await pilot.pause()
        assert app.left == [MapPane.ContextToggled("src/app.py")]
        app.pane.set_context(["src/app.py"], ["README.md"], 4180)
        await pilot.pause()
        assert "● app.py" in app.tree_text[1]
        assert "○ README.md" in app.tree_text[-1]
        assert app.pane.border_subtitle == "2 in context · 4.2k tok"
        app.pane.set_context(["src/app.py"])
        assert app.pane.border_subtitle == "1 file in context"


async def test_the_mouse_opens_selects_and_previews(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        await pilot.click(MapTree, offset=(3, 0))
        assert not app.pane.files.outline.is_open("src")
        await pilot.click(MapTree, offset=(3, 0))
        await pilot.click(MapTree, offset=(2, 1))
        assert app.pane.files.outline.is_open("src/app.py")
        await pilot.click(MapTree, offset=(10, 3), times=2)
        await pilot.click(MapTree, offset=(10, 15))
        await pilot.pause()
        assert app.left == [MapPane.PreviewRequested("src/router.py", 1)]


async def test_the_mouse_lights_up_a_row_and_lets_it_go(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        await pilot.hover(MapTree, offset=(3, 2))
        assert app.pane.files.hovered == 2
        await pilot.hover("Footer")
        assert app.pane.files.hovered == -1


async def test_slash_searches_and_escape_returns_to_the_row_that_was_found(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        app.pane.files.action_close()
        await pilot.press("slash", *"test")
        await until(pilot, lambda: app.pane.files.outline.is_filtered)
        await until(pilot, lambda: len(app.tree_text) == 1)
        assert app.tree_text[0].split()[:3] == ["▶", "test_app.py", "tests"]
        assert app.queries[-1] == "test"
        await pilot.press("enter")
        await pilot.pause()
        assert app.left == [MapPane.PreviewRequested("tests/test_app.py", 1)]
        await pilot.press("escape")
        await until(pilot, lambda: not app.pane.files.outline.is_filtered)
        assert app.pane.files.has_focus
        assert app.pane.files.cursor_row is not None
        assert app.pane.files.cursor_row.path == "tests/test_app.py"
        assert not app.pane.search.display


async def test_arrows_steer_the_matches_while_typing_and_an_empty_query_shows_the_tree(
    app: MapApp,
) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        await pilot.press("slash", *"py")
        await until(pilot, lambda: len(app.tree_text) == 3)
        await pilot.press("down", "down", "up", "enter")
        await pilot.pause()
        assert app.left == [MapPane.PreviewRequested("src/router.py", 1)]
        await pilot.press("backspace", "backspace")
        await until(pilot, lambda: not app.pane.files.outline.is_filtered)
        await pilot.press(*"zzz")
        await until(pilot, lambda: app.tree_text == ["nothing matches"])


async def test_an_update_redraws_the_rows_of_that_file_alone(
    app: MapApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        redrawn: list[Region] = []
        real = app.pane.files.refresh

        def refresh(*regions: Region, **how: bool) -> MapTree:
            redrawn.extend(regions or [Region(0, 0, 99, 99)])
            return real(*regions, **how)

        monkeypatch.setattr(app.pane.files, "refresh", refresh)
        node = FileNode("src/router.py", "python", 4711, (function("go", 4),))
        app.pane.update_files({"src/router.py": node})
        await pilot.pause()
        assert "router.py 4,711 · 1ƒ" in app.tree_text[2]
        assert {(region.y, region.height) for region in redrawn} == {(2, 1)}


async def test_files_that_come_and_go_change_the_rows_and_keep_the_cursor(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        await shown(app, pilot)
        await pilot.press("down", "down")
        new = FileNode("src/a_new.py", "python", 1)
        app.pane.update_files({"src/a_new.py": new, "src/app.py": None, "README.md": None})
        await pilot.pause()
        assert [line.split()[1:2] for line in app.tree_text] == [
            ["src"], ["1"], ["router.py"], ["tests"], ["test_app.py"],
        ]  # fmt: skip
        assert app.pane.files.cursor_row is not None
        assert app.pane.files.cursor_row.path == "src/router.py"
        assert app.pane.border_subtitle == "3 files"


async def test_a_hundred_thousand_files_are_drawn_a_screenful_at_a_time(app: MapApp) -> None:
    async with app.run_test(size=(40, 20)) as pilot:
        app.pane.show_paths(
            f"pkg{a}/mod{b}/file{c}.py" for a in range(10) for b in range(100) for c in range(100)
        )
        app.pane.files.focus()
        await pilot.pause()
        assert len(app.pane.files.outline.rows) == 10
        await pilot.press("right", "end")
        assert len(app.pane.files.outline.rows) == 110
        await pilot.press("home", "right", "down", "right", "end")
        await pilot.pause()
        assert len(app.pane.files.outline.rows) == 210
        assert app.pane.files.scroll_offset.y == 210 - app.pane.files.size.height


async def test_the_footer_tells_the_keys_of_the_map(app: MapApp) -> None:
    async with app.run_test(size=(80, 20)) as pilot:
        await shown(app, pilot)
        for words in ("preview", "add to context", "find"):
            assert words in footer_of(app)
