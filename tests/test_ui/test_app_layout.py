"""Panes at three sizes: what is shown, how it is resized, and where the keys lead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.binding import Binding

from tests.test_ui.pilots import SIZES, screen_lines, text_of, until
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.layout import NARROW_BELOW, PaneWidths
from vibe_tui.ui.screens.main import PANES, MainScreen
from vibe_tui.ui.widgets.pane_tabs import PaneTab
from vibe_tui.ui.widgets.splitter import Splitter
from vibe_tui.workspace import Workspace

WIDTHS = PaneWidths(34, 62)


def mapped(app: VibeApp) -> bool:
    return app.desk.screen.top_bar.facts.mapped_files is not None


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_a_prompt_that_has_the_focus(
    workspace: Workspace, size: tuple[int, int]
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: mapped(app))
        main = app.desk.screen
        shown = [pane_id for pane_id in PANES if main.query_one(f"#{pane_id}").display]
        assert shown == (["map", "chat", "review"] if size[0] >= NARROW_BELOW else ["chat"])
        assert main.tabs.display == (size[0] < NARROW_BELOW)
        assert app.focused is main.chat.prompt.text_input
        assert "Ask, or say what to change" in text_of(app)
        lines = screen_lines(app)
        assert lines[-2].strip().startswith("today $0")
        assert "palette" in lines[-1]
        assert all(len(line) == size[0] for line in lines)


async def test_wide_panes_fill_the_screen_and_the_chat_gets_the_rest(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await pilot.pause()
        widths = [app.desk.screen.query_one(f"#{pane_id}").region.width for pane_id in PANES]
        assert widths == [34, 52, 62]
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert app.desk.screen.chat.region.width == 100
        await pilot.resize_terminal(150, 40)
        await pilot.pause()
        assert app.desk.screen.map_pane.region.width == 34


async def test_one_pane_at_a_time_follows_keys_and_clicks(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: mapped(app))
        main = app.desk.screen

        def shown() -> list[str]:
            return [pane_id for pane_id in PANES if main.query_one(f"#{pane_id}").display]

        await pilot.press("f6")
        assert shown() == ["review"]
        await pilot.press("f6")
        assert shown() == ["map"]
        assert main.map_pane.files.has_focus
        await pilot.press("shift+f6")
        assert shown() == ["review"]
        await pilot.press("alt+c")
        assert shown() == ["chat"]
        assert main.chat.prompt.text_input.has_focus
        await pilot.press("alt+r", "escape")
        assert shown() == ["chat"]
        await pilot.press("alt+m")
        await pilot.click(list(main.query(PaneTab))[1])
        assert shown() == ["chat"]
        active = [tab.pane_id for tab in main.query(PaneTab) if tab.has_class("-active")]
        assert active == ["chat"]


async def test_what_waits_is_seen_in_the_tabs_and_the_top_line(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: mapped(app))
        app.desk.screen.show_waiting(2)
        await pilot.pause()
        assert "Review ●2" in text_of(app)
        assert "● 2 to review" in screen_lines(app)[0]
        app.desk.screen.show_waiting(0)
        await pilot.pause()
        assert "●" not in text_of(app)


async def test_keys_resize_the_pane_of_the_focus(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await pilot.pause()
        main = app.desk.screen
        await pilot.press("alt+m", "alt+right")
        await pilot.pause()
        assert main.map_pane.region.width == 38
        await pilot.press("alt+left", "alt+left", "alt+r", "alt+left")
        await pilot.pause()
        assert (main.map_pane.region.width, main.review.region.width) == (30, 58)
        await pilot.press("alt+c", "alt+right")
        await pilot.pause()
        assert main.review.region.width == 54
        await pilot.resize_terminal(80, 24)
        await pilot.press("alt+right")
        await pilot.resize_terminal(150, 40)
        await pilot.pause()
        assert main.review.region.width == 54


async def test_the_mouse_drags_the_splitters(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await pilot.pause()
        main = app.desk.screen
        left, right = main.query(Splitter)
        await pilot.hover(left)
        assert "┃" in screen_lines(app)[20]
        await pilot.mouse_down(left)
        await pilot.hover(main, offset=(44, 20))
        await pilot.mouse_up(main, offset=(44, 20))
        await pilot.pause()
        assert main.map_pane.region.width == 44
        await pilot.mouse_down(right)
        await pilot.hover(main, offset=(100, 20))
        await pilot.mouse_up(main, offset=(100, 20))
        await pilot.hover(main, offset=(90, 20))
        await pilot.pause()
        assert main.review.region.width == 49
        assert "┃" not in screen_lines(app)[20]


@given(st.integers(NARROW_BELOW, 400), st.integers(1, 400), st.integers(1, 400))
def test_any_wish_leaves_room_for_every_pane(columns: int, wanted_map: int, wanted: int) -> None:
    map_columns, review_columns = PaneWidths(wanted_map, wanted).fit(columns)
    assert map_columns >= 20
    assert review_columns >= 36
    assert columns - 2 - map_columns - review_columns >= 36


@given(
    st.integers(NARROW_BELOW, 300),
    st.lists(st.tuples(st.sampled_from(list(PANES)), st.integers(-80, 80)), max_size=8),
)
def test_any_resizing_leaves_room_for_every_pane(
    columns: int, steps: list[tuple[str, int]]
) -> None:
    widths = WIDTHS
    for pane_id, cells in steps:
        widths = widths.resized(pane_id, cells, columns)
    map_columns, review_columns = widths.fit(columns)
    assert min(map_columns, review_columns, columns - 2 - map_columns - review_columns) >= 20


def keys_of(sent: str) -> list[str]:
    """What Textual makes of a terminal's bytes."""
    parser = XTermParser()
    messages = [*parser.feed(sent), *parser.feed("")]
    return [message.key for message in messages if isinstance(message, events.Key)]


def test_every_alt_chord_arrives_as_such_from_a_plain_terminal() -> None:
    keys = [binding.key for binding in Binding.make_bindings(MainScreen.BINDINGS)]
    letters = [key.removeprefix("alt+") for key in keys if len(key) == len("alt+x")]
    assert sorted(set(letters)) == ["a", "c", "m", "r", "u", "x"]
    for letter in letters:
        assert keys_of(f"\x1b{letter}") == [f"alt+{letter}"]
