"""What a person does with a hunk in Review: every key, the menu, the boxes, and the mouse."""

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList, Static, TextArea

from tests.test_ui.review_host import (
    ROUTER,
    TEST,
    Host,
    decide,
    propose,
    router_change,
    screen_rows,
    settle,
)
from vibe_tui.changes.model import ChangeState, HunkState
from vibe_tui.ui.screens.review_menu import ReviewMenu
from vibe_tui.ui.screens.text_box import TextBox
from vibe_tui.ui.widgets import review_requests as asks
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.review_keys import TOOLS
from vibe_tui.ui.widgets.review_pane import ReviewPane

SIZE = (100, 50)
FIRST = ("c-1", 1)


async def shown(app: Host, pilot: Pilot[None]) -> None:
    """The picture's proposal has the keys, and the grace is over."""
    app.pane.show_change(*router_change())
    app.pane.focus()
    await settle(app, pilot)
    app.rest()


def reason_of(app: Host) -> str:
    return str(app.query_one("#review-reason", Static).content)


def diff_of(app: Host) -> DiffView:
    return app.query_one(DiffView)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("f", asks.AcceptRequested(*FIRST, files=(ROUTER,))),
        ("F", asks.RejectRequested(*FIRST, files=(ROUTER,))),
        ("s", asks.SplitRequested(*FIRST, 2)),
        ("y", asks.CopyRequested("c-1", 2)),
        ("o", asks.OpenRequested(*FIRST, ROUTER, 15)),
        ("A", asks.AutoAcceptRequested((ROUTER, TEST))),
        ("z", ReviewPane.ZoomToggled()),
    ],
)
async def test_a_key_and_the_menu_ask_for_the_same(keys: str, expected: object) -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("n", keys)
        app.rest()
        await pilot.press("enter")
        assert isinstance(app.screen, ReviewMenu)
        await pilot.press(keys)
        await settle(app, pilot)
        assert not isinstance(app.screen, ReviewMenu)
        if isinstance(expected, ReviewPane.ZoomToggled):
            assert [type(message) for message in app.posted] == [type(expected)] * 2
        else:
            assert app.posted == [expected, expected]


async def test_the_menu_lists_everything_and_does_it_by_mouse() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("n")
        await pilot.click("#more")
        menu = app.screen.query_one(OptionList)
        ids = [option.id for option in menu.options if option.id]
        assert ids == [tool.action for tool in TOOLS]
        assert menu.get_option("roll_back").disabled
        assert "off: Nothing is accepted yet" in str(menu.get_option("roll_back").prompt)
        menu.highlighted = menu.get_option_index("split")
        await pilot.press("enter")
        await settle(app, pilot)
        assert app.posted == [asks.SplitRequested(*FIRST, 2)]
        assert isinstance(app.focused, DiffView)


async def test_the_right_button_opens_the_menu_on_the_hunk_below_it() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        row = next(y for y, text in enumerate(screen_rows(diff_of(app))) if "@@ Router" in text)
        await pilot.click(DiffView, offset=(4, row + 1), button=3)
        await settle(app, pilot)
        assert isinstance(app.screen, ReviewMenu)
        assert "Hunk 2 of 3" in str(app.screen.query_one("#menu-frame").border_title)
        await pilot.press("escape")
        text = screen_rows(diff_of(app))[row]
        await pilot.click(DiffView, offset=(text.index("accept"), row), button=3)
        await settle(app, pilot)
        assert isinstance(app.screen, ReviewMenu)
        await pilot.press("escape")
        assert app.posted == []


async def test_the_menu_waits_for_the_grace_as_the_keys_do() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.focus()
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        await pilot.press("enter", "a")
        await settle(app, pilot)
        assert app.posted == []
        assert "Just arrived" in reason_of(app)


@pytest.mark.parametrize("key", ["a", "h", "f", "x", "X", "F", "s", "u"])
async def test_no_deciding_key_counts_in_the_first_moment(key: str) -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.focus()
        states = {1: HunkState.ACCEPTED}
        app.pane.show_change(*decide(*router_change(), states, ChangeState.PARTLY_ACCEPTED))
        await settle(app, pilot)
        await pilot.press(key)
        assert app.posted == []
        app.rest()
        await pilot.press(key)
        assert len(app.posted) == 1


async def test_chosen_lines_wait_too() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.focus()
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        await pilot.press("v", "h", "X")
        assert app.posted == []
        app.rest()
        await pilot.press("h")
        assert len(app.posted) == 1


async def test_lines_shown_again_are_new_to_the_reader() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("a")
        app.pane.show_problem("router.py has changed and was merged", is_shown_again=True)
        app.pane.show_change(*router_change(revision=2))
        await settle(app, pilot)
        assert "was merged" in str(app.query_one("#review-problem", Static).content)
        assert app.query_one("#review-problem").display
        await pilot.press("a")
        assert len(app.posted) == 1
        app.rest()
        await pilot.press("a")
        assert app.posted[1] == asks.AcceptRequested("c-1", 2)
        assert not app.query_one("#review-problem").display


async def test_a_proposal_that_came_behind_a_box_is_new_when_the_box_closes() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("enter")
        app.pane.show_change(*propose({"b.py": ("a\n", "b\n")}, change_id="c-2"))
        await settle(app, pilot)
        app.rest()
        await pilot.press("escape")
        app.pane.keys_came()  # as the main screen tells it
        await pilot.press("a")
        assert app.posted == []
        app.rest()
        await pilot.press("a")
        assert app.posted == [asks.AcceptRequested("c-2", 1)]


async def test_keys_wait_after_coming_back_from_elsewhere() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        app.pane.start_grace()
        await pilot.press("a", "x")
        assert app.posted == []
        app.rest()
        await pilot.press("a")
        assert len(app.posted) == 1


async def test_lines_are_chosen_extended_and_decided() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("n", "v")
        rows = diff_of(app).selected_rows
        assert len(rows) == 1
        active = app.screen.active_bindings
        assert active["h"].binding.description == "accept lines"
        assert active["X"].binding.description == "reject lines"
        await pilot.press("shift+down")
        chosen = diff_of(app).selected_rows
        assert len(chosen) == 2
        await pilot.press("h")
        app.rest()
        await pilot.press("X")
        assert app.posted == [
            asks.LinesDecided(*FIRST, 2, chosen, is_accept=True),
            asks.LinesDecided(*FIRST, 2, chosen, is_accept=False),
        ]
        await pilot.press("escape")
        assert diff_of(app).line_cursor is None
        assert active["h"].binding.description == "accept lines"
        app.rest()
        await pilot.press("h")
        assert app.posted[2:] == [asks.AcceptRequested(*FIRST, hunks=(2,))]


async def test_lines_are_chosen_by_dragging_and_accepted_by_a_click() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        view = diff_of(app)
        top = next(y for y, text in enumerate(screen_rows(view)) if "KeyError" in text)
        await pilot.mouse_down(DiffView, offset=(20, top))
        await pilot.hover(DiffView, offset=(20, top + 1))
        await pilot.mouse_up(DiffView, offset=(20, top + 1))
        await settle(app, pilot)
        rows = view.selected_rows
        assert rows
        head = next(y for y, text in enumerate(screen_rows(view)) if "h accept" in text)
        text = screen_rows(view)[head]
        await pilot.click(DiffView, offset=(text.index("h accept"), head))
        assert app.posted == [asks.LinesDecided(*FIRST, 2, rows, is_accept=True)]


async def test_marks_lead_to_the_next_unseen_and_are_counted() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("m")
        await settle(app, pilot)
        assert app.pane.border_subtitle == "hunk 2 of 3 · 1 of 3 seen · unified"
        await pilot.press("n", "m")
        await settle(app, pilot)
        assert app.pane.border_subtitle == "hunk 2 of 3 · 2 of 3 seen · unified"
        await pilot.press("m")
        await settle(app, pilot)
        assert app.pane.border_subtitle == "hunk 2 of 3 · 3 of 3 seen · unified"
        await pilot.press("m")
        await settle(app, pilot)
        assert "2 of 3 seen" in str(app.pane.border_subtitle)
        assert app.posted == []


async def test_context_white_space_and_layout_are_told() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        view = diff_of(app)
        await pilot.press("plus")
        assert view.context_lines == 10
        assert "context 10" in str(app.pane.border_subtitle)
        await pilot.press("+", "+")
        assert view.context_lines is None
        assert "All context is shown" in reason_of(app)
        await pilot.press("-", "-", "-", "-")
        assert view.context_lines == 0
        await pilot.press("w")
        await settle(app, pilot)
        assert view.hides_white_space
        assert "white space hidden" in str(app.pane.border_subtitle)
        await pilot.press("t")
        assert (view.layout_mode, view.layout_in_force) == ("unified", "unified")
        await pilot.press("t")
        await settle(app, pilot)
        assert (view.layout_mode, view.layout_in_force) == ("split", "split")
        assert str(app.pane.border_subtitle).endswith("split")
        await pilot.press("t")
        assert view.layout_mode == "auto"


async def test_two_columns_that_do_not_fit_are_said() -> None:
    app = Host()
    async with app.run_test(size=(44, 40)) as pilot:
        await shown(app, pilot)
        await pilot.press("t", "t")
        await pilot.pause()
        assert "Too narrow for two columns" in reason_of(app)


async def test_a_key_that_is_off_says_why() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        for key, words in (
            ("u", "Nothing is accepted yet"),
            ("r", "not in conflict"),
            ("p", "no further"),
        ):
            await pilot.press(key)
            assert words in reason_of(app), key
        assert app.posted == []


async def test_escape_leaves_the_lines_then_the_whole_screen() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        app.pane.set_room(is_alone=True, is_zoomed=True)
        await pilot.press("v", "escape")
        assert diff_of(app).line_cursor is None
        assert app.posted == []
        await pilot.press("escape")
        assert [type(message) for message in app.posted] == [ReviewPane.ZoomToggled]


# Boxes to write in.


async def test_a_hunk_is_edited_in_place() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("i")
        box = app.screen
        assert isinstance(box, TextBox)
        before = box.area.text
        assert before == "from atlas.errors import DuplicateViewError\n"
        assert "from collections.abc import Mapping" in str(
            box.query_one("#text-above", Static).content
        )
        await pilot.press("ctrl+s")
        assert "Nothing is changed yet" in str(box.query_one("#text-hint", Static).content)
        await pilot.press("#", "enter", "tab", "x", "ctrl+s")
        await settle(app, pilot)
        assert app.posted == [asks.HunkEdited(*FIRST, 1, f"#\n    x{before}")]
        assert isinstance(app.focused, DiffView)


async def test_a_comment_is_written_in_one_line_or_more() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("c", "enter")
        box = app.screen
        assert isinstance(box, TextBox)
        assert "Nothing is written yet" in str(box.query_one("#text-hint", Static).content)
        await pilot.press("w", "h", "y", "ctrl+j", "?", "enter")
        await settle(app, pilot)
        assert app.posted == [asks.HunkCommented("c-1", 1, "why\n?")]


@pytest.mark.parametrize("key", ["i", "c"])
async def test_leaving_a_changed_text_is_asked_about(key: str) -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press(key, "escape")
        assert not isinstance(app.screen, TextBox)
        await pilot.press(key, "x", "escape")
        box = app.screen
        assert isinstance(box, TextBox)
        assert "yet. Escape goes on writing." in str(box.query_one("#text-hint", Static).content)
        await pilot.press("escape")
        assert box.area.has_focus
        assert box.area.text.startswith("x")
        await pilot.press("escape")
        await pilot.click("#text-discard")
        assert not isinstance(app.screen, TextBox)
        assert app.posted == []


async def test_buttons_send_and_close() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("c")
        await pilot.click("#text-close")
        assert not isinstance(app.screen, TextBox)
        await pilot.press("c", "o", "k")
        await pilot.click("#text-send")
        await settle(app, pilot)
        assert app.posted == [asks.HunkCommented("c-1", 1, "ok")]


async def test_what_could_not_be_taken_is_not_lost() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        app.pane.keep_draft(asks.HunkEdited(*FIRST, 1, "my own line\n"))
        app.pane.keep_draft(asks.HunkCommented("c-1", 1, "my words"))
        for key, text in (("i", "my own line\n"), ("c", "my words")):
            await pilot.press(key)
            box = app.screen
            assert isinstance(box, TextBox)
            assert box.area.text == text
            assert "still here" in str(box.query_one("#text-hint", Static).content)
            await pilot.press("ctrl+s" if key == "i" else "enter")
            await settle(app, pilot)
        assert app.posted == [
            asks.HunkEdited(*FIRST, 1, "my own line\n"),
            asks.HunkCommented("c-1", 1, "my words"),
        ]


async def test_what_is_pasted_cannot_drive_the_terminal() -> None:
    from textual import events

    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await shown(app, pilot)
        await pilot.press("c")
        app.post_message(events.Paste("a\x1b[2Jb‮c"))
        await pilot.pause()
        assert app.screen.query_one(TextArea).text == "abc"


@pytest.mark.parametrize("size", [(150, 40), (100, 30), (80, 24), (60, 20)])
@pytest.mark.parametrize("key", ["i", "c", "enter"])
async def test_the_boxes_fit(size: tuple[int, int], key: str) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await shown(app, pilot)
        await pilot.press(key)
        await pilot.pause()
        frame = app.screen.query("#text-frame, #menu-frame").first()
        assert app.screen.region.contains_region(frame.region)
        for button in frame.query("Button"):
            if button.display:
                assert frame.region.contains_region(button.region)
