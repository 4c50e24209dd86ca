"""Decisions in Review: each key and button asks for the right thing, and only when it may."""

from dataclasses import replace

import pytest
from textual.widgets import Button, Static

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
from vibe_tui.changes.model import ChangeState, CheckRecord, FileDiff, HunkState
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.review_files import ReviewFiles
from vibe_tui.ui.widgets.review_keys import KEYS
from vibe_tui.ui.widgets.review_pane import ReviewPane
from vibe_tui.ui.widgets.review_requests import Decision

Accept, Reject = ReviewPane.AcceptRequested, ReviewPane.RejectRequested
"""Short for the two messages that most tests are about."""
SIZE = (80, 50)
ACCEPTED = {1: HunkState.ACCEPTED, 2: HunkState.ACCEPTED, 3: HunkState.ACCEPTED}


def text_of(app: Host, selector: str) -> str:
    return str(app.query_one(selector, Static).content)


def footer_of(app: Host) -> dict[str, str]:
    active = app.screen.active_bindings
    return {key: found.binding.description for key, found in active.items() if found.binding.show}


@pytest.mark.parametrize(
    ("key", "button", "expected"),
    [
        ("a", "#accept-all", Accept("c-1", 1)),
        ("h", "#accept-hunk", Accept("c-1", 1, hunks=(1,))),
        ("x", "#reject", Reject("c-1", 1)),
        ("X", None, Reject("c-1", 1, hunks=(1,))),
    ],
)
async def test_keys_and_buttons_ask_for_the_same(
    key: str, button: str | None, expected: Decision
) -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*router_change())
        app.pane.focus()
        await settle(app, pilot)
        app.rest()
        await pilot.press(key)
        assert app.posted == [expected]
        assert type(app.posted[0]) is type(expected)
        app.rest()
        if button is not None:
            await pilot.click(button)
            assert app.posted == [expected, expected]
            assert isinstance(app.focused, DiffView)


async def test_roll_back_by_key_and_button() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*decide(*router_change(), ACCEPTED, ChangeState.ACCEPTED))
        app.pane.focus()
        await settle(app, pilot)
        app.rest()
        await pilot.press("u")
        app.rest()
        await pilot.click("#rollback")
        assert app.posted == [ReviewPane.RollBackRequested("c-1")] * 2


async def test_a_file_without_hunks_is_decided_as_a_file() -> None:
    change, (_, new) = router_change()
    moved = replace(new.change, hunk_states=())
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(replace(change, files=(moved,)), (FileDiff(moved, (), "binary file"),))
        app.pane.focus()
        await settle(app, pilot)
        app.rest()
        assert app.pane.open_count == 1
        await pilot.press("h")
        assert app.posted == [Accept("c-1", 1, files=(TEST,))]


async def test_keys_do_nothing_just_after_a_proposal_came() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.focus()
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        app.clock.now += 0.49
        await pilot.press("a", "h", "x", "X")
        assert app.posted == []
        assert "Just arrived" in text_of(app, "#review-reason")
        app.clock.now += 0.02
        await pilot.press("a")
        assert app.posted == [Accept("c-1", 1)]


async def test_typing_that_runs_on_into_review_decides_nothing() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.click("#prompt")
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        app.rest()
        await pilot.press("a", "h", "x")
        assert app.posted == []
        app.pane.focus()
        await pilot.press("a", "h", "x")
        assert app.posted == []
        app.clock.now += 0.5
        await pilot.press("h")
        assert app.posted == [Accept("c-1", 1, hunks=(1,))]


async def test_a_focused_button_waits_too_but_the_mouse_does_not() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.focus()
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        app.query_one("#accept-all").focus()
        await pilot.press("enter")
        assert app.posted == []
        await pilot.click("#accept-all")
        assert app.posted == [Accept("c-1", 1)]


async def test_hunks_can_be_accepted_one_after_the_other_without_waiting() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        change, diffs = router_change()
        app.pane.show_change(change, diffs)
        app.pane.focus()
        await settle(app, pilot)
        app.rest()
        for k in (1, 2, 3):
            await settle(app, pilot)
            await pilot.press("h")
            assert app.posted[-1] == Accept("c-1", k, hunks=(k,))
            state = ChangeState.PARTLY_ACCEPTED if k < 3 else ChangeState.ACCEPTED
            change, diffs = decide(change, diffs, {k: HunkState.ACCEPTED}, state)
            app.pane.show_change(change, diffs)
        await settle(app, pilot)
        assert app.pane.open_count == 0
        assert str(app.pane.border_subtitle).startswith("accepted")


async def test_a_revision_with_other_lines_is_new_to_the_reader() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*router_change())
        app.pane.focus()
        await settle(app, pilot)
        app.rest()
        app.pane.show_change(*propose({ROUTER: ("a\n", "healed\n")}, revision=2))
        await settle(app, pilot)
        await pilot.press("a")
        assert app.posted == []
        app.rest()
        await pilot.press("a")
        assert app.posted == [Accept("c-1", 2)]


async def test_a_decision_is_asked_for_once_until_it_is_answered() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*router_change())
        app.pane.focus()
        await settle(app, pilot)
        app.rest()
        await pilot.press("a", "a", "x")
        assert app.posted == [Accept("c-1", 1)]
        app.pane.show_problem("src/atlas/router.py changed:\x1b[2J ask again")
        await pilot.pause()
        assert text_of(app, "#review-problem") == "! src/atlas/router.py changed: ask again"
        await pilot.press("x")
        assert app.posted == [Accept("c-1", 1), Reject("c-1", 1)]
        assert not app.query_one("#review-problem").display


async def test_a_problem_stays_while_the_same_revision_is_shown_again() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        change, diffs = router_change()
        app.pane.show_change(change, diffs)
        app.pane.show_problem("no room on the disk")
        app.pane.show_change(change, diffs)
        await settle(app, pilot)
        assert app.query_one("#review-problem").display
        app.pane.show_change(*decide(change, diffs, {}, ChangeState.PROPOSED))
        await settle(app, pilot)
        assert not app.query_one("#review-problem").display


async def test_moving_shows_where_one_is() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*router_change())
        app.pane.focus()
        await settle(app, pilot)
        files = app.query_one(ReviewFiles)
        assert app.pane.border_subtitle == "hunk 1 of 3 · unified"
        assert screen_rows(files)[0].startswith(f"▸ {ROUTER}")
        await pilot.press("n", "n")
        assert app.pane.border_subtitle == "hunk 3 of 3 · unified"
        assert screen_rows(files)[1].startswith(f"▸ {TEST}")
        await pilot.press("[")
        assert app.pane.border_subtitle == "hunk 1 of 3 · unified"
        await pilot.press("]", "p")
        assert app.pane.border_subtitle == "hunk 2 of 3 · unified"
        await pilot.click(ReviewFiles, offset=(4, 1))
        assert app.pane.border_subtitle == "hunk 3 of 3 · unified"
        await pilot.click(ReviewFiles, offset=(4, 2))
        assert app.pane.border_subtitle == "hunk 3 of 3 · unified"


async def test_files_show_counts_and_states_in_columns() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*router_change(checks=[CheckRecord(ROUTER, "syntax", True)]))
        app.pane.set_checking(TEST)
        await settle(app, pilot)
        assert screen_rows(app.query_one(ReviewFiles)) == [
            f"▸ {ROUTER}   +3 −2   ✓ valid",
            f"  {TEST}  +9      ⟳ checking",
        ]
        app.pane.set_check(TEST, "syntax", False, ["1:1 invalid syntax"])
        await settle(app, pilot)
        assert screen_rows(app.query_one(ReviewFiles))[1].endswith("✗ invalid")


async def test_many_files_scroll_and_long_paths_lose_their_front() -> None:
    texts: dict[str, tuple[str | None, str | None]] = {
        f"a/very/long/folder/with/many/parts/module_{i:02}.py": ("a\n", "b\n") for i in range(20)
    }
    app = Host()
    async with app.run_test(size=(50, 40)) as pilot:
        app.pane.show_change(*propose(texts))
        await settle(app, pilot)
        files = app.query_one(ReviewFiles)
        assert files.size.height == 8
        assert screen_rows(files)[0].startswith("▸ …/")
        app.query_one(DiffView).go(15)
        await settle(app, pilot)
        assert any(row.startswith("▸") and "module_15" in row for row in screen_rows(files))


async def test_checks_are_named_with_what_they_found() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*router_change(checks=[CheckRecord(TEST, "syntax", True, (), 0.002)]))
        app.pane.set_check(ROUTER, "lint", False, ["1:1 F401 [red]unused[/]", "2:1 E1", "3:1 E2"])
        app.pane.set_check("", "types", None, ["mypy is not installed"])
        await settle(app, pilot)
        rows = text_of(app, "#review-checks").splitlines()
    assert rows[0].split() == ["✓", "syntax", "2", "ms", "✗", "lint", "–", "types", "skipped"]
    assert rows[1:] == [
        f"{ROUTER}: 1:1 F401 [red]unused[/]",
        f"{ROUTER}: 2:1 E1",
        "… and 2 more",
    ]


async def test_the_footer_offers_only_what_works() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.focus()
        await settle(app, pilot)
        assert not {"a", "h", "x", "u", "n"} & footer_of(app).keys()
        change, diffs = router_change()
        app.pane.show_change(change, diffs)
        await settle(app, pilot)
        assert {"a", "h", "x", "n"} <= footer_of(app).keys()
        assert "u" not in footer_of(app)
        app.pane.show_change(*decide(change, diffs, ACCEPTED, ChangeState.ACCEPTED))
        await settle(app, pilot)
        assert "u" in footer_of(app)
        assert not {"a", "h", "x"} & footer_of(app).keys()
        await pilot.press("a", "x", "h", "X")
        assert app.posted == []
        await pilot.click("#prompt")
        assert not {"a", "u", "n"} & footer_of(app).keys()


async def test_buttons_that_are_off_say_why() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        assert all(button.disabled for button in app.pane.query(Button))
        assert text_of(app, "#review-reason") == "Nothing to accept, reject or roll back yet"
        assert "reach no file until you accept them" in text_of(app, "#review-empty")
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        off = [button.id for button in app.pane.query(Button) if button.disabled]
        assert off == ["rollback"]
        assert text_of(app, "#review-reason") == "Roll back: nothing is accepted yet"
        assert "Off. Nothing is accepted yet." in str(app.query_one("#rollback").tooltip)
        assert "(a)" in str(app.query_one("#accept-all").tooltip)


async def test_clearing_leaves_nothing_to_decide() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*router_change())
        app.pane.show_problem("stale")
        await settle(app, pilot)
        app.pane.clear()
        await settle(app, pilot)
        assert app.pane.change is None
        assert app.pane.open_count == 0
        assert app.query_one("#review-empty").display
        assert not app.query_one(DiffView).display
        assert all(button.disabled for button in app.pane.query(Button))


async def test_earlier_changes_are_asked_for() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.show_change(*router_change())
        app.pane.focus()
        await settle(app, pilot)
        await pilot.press("e")
        assert app.posted == [ReviewPane.EarlierRequested()]
        assert not app.pane.check_action("leave", ())


async def test_a_proposal_that_came_while_hidden_is_laid_out_when_shown() -> None:
    app = Host()
    async with app.run_test(size=SIZE) as pilot:
        app.pane.display = False
        await settle(app, pilot)
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        app.pane.display = True
        await settle(app, pilot)
        assert app.pane.border_subtitle == "hunk 1 of 3 · unified"
        assert any("@@ imports" in row for row in screen_rows(app.query_one(DiffView)))


@pytest.mark.parametrize(
    ("size", "button_rows"),
    [((150, 40), 3), ((100, 30), 3), ((80, 24), 1), ((42, 24), 1), ((34, 24), 1)],
)
async def test_it_fits(size: tuple[int, int], button_rows: int) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        app.pane.show_change(*router_change())
        app.pane.focus()
        await settle(app, pilot)
        inside = app.pane.content_region
        for button in app.pane.query(Button):
            assert button.region.height == button_rows
            assert inside.contains_region(button.region)
        assert app.query_one(DiffView).size.height >= 8
        assert any("[ h " in row for row in screen_rows(app.query_one(DiffView)))


def test_every_key_has_a_name_that_lasts() -> None:
    names = {str(key.id) for key in KEYS}
    assert len({name for name in names if name.startswith("review.")}) == len(KEYS)
