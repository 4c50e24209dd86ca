"""Single lines of a hunk, chosen by key and by mouse, and hunks marked as seen."""

from dataclasses import replace

import pytest
from textual.events import MouseDown, MouseMove, MouseUp
from textual.pilot import Pilot

from tests.test_ui.diff_host import DiffApp, read, settle
from vibe_tui.changes.model import FileDiff, HunkState
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.hunk_block import HunkBlock
from vibe_tui.ui.widgets.line_cursor import LineCursor

PATH = "lib/values.py"
OLD = "".join(f"value_{n} = {n}\n" for n in range(1, 41))
NEW = OLD.replace("value_10 = 10\nvalue_11 = 11\n", "ten = 10\neleven = 11\ntwelve = 12\n").replace(
    "value_30 = 30\n", "thirty = 30\n"
)
NARROW, WIDE = (70, 40), (140, 40)
ROWS = (3, 4, 5, 6, 7)
"""Two removed lines and three added ones below three of context."""


def chosen(app: DiffApp) -> tuple[int, ...]:
    return app.view.selected_rows


def cursor(app: DiffApp) -> int | None:
    return app.view.line_cursor


def selected(app: DiffApp) -> list[str]:
    """The rows whose edge says that they are chosen, without that edge."""
    return [row[1:].strip() for row in app.rows if row.startswith(("▌", ">")) and "@@" not in row]


async def test_lines_are_chosen_by_key() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        view = app.view
        assert (cursor(app), chosen(app)) == (None, ())
        await pilot.press("shift+down")
        assert cursor(app) is None
        assert view.enter_lines()
        assert (cursor(app), chosen(app)) == (3, (3,))
        await pilot.press("down", "down", "shift+down", "shift+down", "shift+down")
        assert chosen(app) == (5, 6, 7)
        assert cursor(app) == 7
        assert selected(app) == ["10 + ten = 10", "11 + eleven = 11", "12 + twelve = 12"]
        assert any(row.startswith(">   12 +") for row in app.rows)
        assert any(row.endswith("[ h accept 3 lines  X reject ]") for row in app.rows)
        await pilot.press("shift+up", "shift+up", "shift+up")
        assert chosen(app) == (4, 5)
        await pilot.press("up")
        assert chosen(app) == (3,)
        view.leave_lines()
        assert chosen(app) == ()
        await pilot.pause()
        assert app.told[-1] == DiffView.LinesSelected(1, None)
        assert app.told[0] == DiffView.LinesSelected(1, (3,))
        assert app.rows[1].startswith("▌")


async def test_a_range_is_selected_by_its_rows() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        assert app.view.select_lines(6, 0)
        assert chosen(app) == (3, 4, 5, 6)
        assert cursor(app) == 0
        assert app.view.move_line(1)
        assert chosen(app) == (3,)


async def test_two_columns_mark_the_side_that_is_chosen() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        app.view.select_lines(4, 5)
        rows = app.rows
        left = next(row for row in rows if "- value_11" in row)
        right = next(row for row in rows if "+ ten" in row)
        assert left.startswith("▌11 -")
        assert not right.startswith(("▌", ">"))
        assert ">10 + ten" in right
        assert "│11 + eleven" in left


async def test_the_cursor_is_always_in_sight() -> None:
    new = OLD.replace("value_2 = 2\n", "".join(f"more_{n} = {n}\n" for n in range(60)))
    app = DiffApp(read({PATH: (OLD, new)}))
    async with app.run_test(size=(70, 12)) as pilot:
        await settle(app, pilot)
        app.view.enter_lines()
        for _ in range(30):
            app.view.move_line(1)
        await settle(app, pilot)
        assert any(row.startswith(">") for row in app.rows)
        for _ in range(30):
            app.view.move_line(-1)
        await settle(app, pilot)
        assert any(row.startswith("> 2 ") for row in app.rows)
        assert app.view.position == (1, 1)


async def test_another_hunk_or_a_decided_one_ends_the_choice() -> None:
    diffs = read({PATH: (OLD, NEW)})
    app = DiffApp(diffs)
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        view = app.view
        view.enter_lines()
        view.go(1)
        assert cursor(app) is None
        view.go(-1)
        view.enter_lines()
        view.show(decided(diffs, HunkState.ACCEPTED))
        await settle(app, pilot)
        assert cursor(app) is None
        assert not view.enter_lines()
        assert not view.select_lines(3, 4)


def decided(diffs: tuple[FileDiff, ...], state: HunkState) -> tuple[FileDiff, ...]:
    hunks = tuple(replace(hunk, state=state) for hunk in diffs[0].hunks)
    return (replace(diffs[0], hunks=hunks),)


async def test_what_is_rolled_back_offers_no_lines() -> None:
    diffs = read({PATH: (OLD, NEW)})
    app = DiffApp(diffs)
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        app.view.show(diffs, is_rolled_back=True)
        assert not app.view.enter_lines()


async def test_lines_that_are_hidden_meanwhile_are_let_go_of() -> None:
    old = "if a:\n    one()\n    two()\n"
    app = DiffApp(read({PATH: (old, "if b:\n        one()\n        two()\n")}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        app.view.select_lines(0, 5)
        assert chosen(app) == (0, 1, 2, 3, 4, 5)
        app.view.hides_white_space = True
        await settle(app, pilot)
        assert chosen(app) == (0,)
        app.view.select_lines(0, 5)
        assert chosen(app) == (0, 3)


async def test_a_choice_outlives_another_layout() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        app.view.select_lines(4, 6)
        app.view.layout_mode = "unified"
        app.view.context_lines = 10
        await settle(app, pilot)
        assert chosen(app) == (4, 5, 6)
        assert selected(app) == ["11    - value_11 = 11", "10 + ten = 10", "11 + eleven = 11"]


def test_a_cursor_stays_inside_its_hunk() -> None:
    at_start = LineCursor(1, (3, 4, 9), 3, 3)
    assert at_start.moved(-1, extend=False).head == 3
    assert at_start.moved(1, extend=True).moved(1, extend=True).moved(1, extend=True).rows == (
        3,
        4,
        9,
    )
    assert LineCursor.at_start(HunkBlock(None, "", "", ())) is None  # type: ignore[arg-type]  # no hunk is looked at


async def drag(pilot: Pilot[None], start: tuple[int, int], end: tuple[int, int]) -> None:
    """Press at one place, move to another, and let go there."""
    events = ((MouseDown, start, 1), (MouseMove, end, 1), (MouseUp, end, 1))
    for kind, offset, button in events:
        await pilot._post_mouse_events([kind], DiffView, offset=offset, button=button)
    await pilot.pause()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_dragging_chooses_lines(size: tuple[int, int]) -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        x = size[0] - 20  # on the right column, where there are two
        first = next(y for y, row in enumerate(app.rows) if "+ ten" in row)
        last = next(y for y, row in enumerate(app.rows) if "+ twelve" in row)
        await drag(pilot, (x, first), (x, last))
        assert chosen(app) == (5, 6, 7)
        await pilot.click(DiffView, offset=(x, first))
        assert chosen(app) == (5,)
        await pilot.click(DiffView, offset=(x, last), shift=True)
        assert chosen(app) == (5, 6, 7)


async def test_dragging_over_two_hunks_chooses_nothing_of_the_second() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        app.view.go(1)
        first = next(y for y, row in enumerate(app.rows) if "+ ten" in row)
        second = next(y for y, row in enumerate(app.rows) if "+ thirty" in row)
        await drag(pilot, (20, first), (20, first))
        assert chosen(app) == ()
        await drag(pilot, (20, first), (20, second))
        assert chosen(app) == ()
        await drag(pilot, (20, first), (20, first + 1))
        assert (app.view.position, chosen(app)) == ((1, 2), (5, 6))


async def test_a_click_on_a_decision_is_about_the_chosen_lines() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        accept = app.rows[0].index("accept")
        await pilot.click(DiffView, offset=(accept, 0), button=3)
        await pilot.click(DiffView, offset=(accept, 0))
        app.view.select_lines(3, 4)
        await pilot.click(DiffView, offset=(app.rows[0].index("reject"), 0))
        app.view.select_lines(0, 1)  # context alone
        await pilot.click(DiffView, offset=(app.rows[0].index("accept"), 0))
        clicks = [message for message in app.told if isinstance(message, DiffView.HunkClicked)]
        assert clicks == [
            DiffView.HunkClicked(1, is_accept=True),
            DiffView.HunkClicked(1, is_accept=False, rows=(3, 4)),
        ]


async def test_seen_hunks_say_so_and_stand_back() -> None:
    diffs = read({PATH: (OLD, NEW)})
    app = DiffApp(diffs)
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        view = app.view
        y = next(y for y, row in enumerate(app.rows) if "+ ten" in row)
        loud = view.render_line(y)
        assert view.mark_reviewed()
        assert view.mark_reviewed(2)
        assert not view.mark_reviewed(99)
        assert view.reviewed == {1, 2}
        assert app.rows[0].endswith("✓ seen  [ h accept  X reject ]")
        assert view.render_line(y) != loud
        assert not view.mark_reviewed(2)
        await pilot.pause()
        told = [message for message in app.told if isinstance(message, DiffView.Reviewed)]
        assert [(message.k, message.is_reviewed) for message in told] == [
            (1, True), (2, True), (2, False),
        ]  # fmt: skip
        view.show(decided(diffs, HunkState.ACCEPTED))
        assert view.reviewed == {1}


async def test_a_mark_stays_with_the_lines_over_revisions() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        app.view.mark_reviewed(1)
        app.view.mark_reviewed(2)
        app.view.show(read({PATH: (OLD, "first = 1\n" + NEW.replace("thirty = 30", "x = 30"))}))
        await settle(app, pilot)
        assert app.view.reviewed == {2}
        app.view.show(read({PATH: (OLD, OLD + "y\n")}))
        await settle(app, pilot)
        assert app.view.reviewed == frozenset()
        app.view.show(())
        assert not app.view.mark_reviewed()
