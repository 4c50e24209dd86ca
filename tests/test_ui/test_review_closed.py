"""A change that is rolled back or rejected: Review says so everywhere and offers no decision."""

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Static

from tests.test_ui.review_host import Host, decide, propose, router_change, screen_rows, settle
from vibe_tui.changes.model import ChangeSet, ChangeState, CheckRecord, FileDiff, HunkState
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.review_files import ReviewFiles
from vibe_tui.ui.widgets.review_pane import ReviewPane
from vibe_tui.workspace import Workspace

SIZES = [(80, 50), (42, 40)]
ACCEPTED, REJECTED = HunkState.ACCEPTED, HunkState.REJECTED
Shown = tuple[ChangeSet, tuple[FileDiff, ...]]
PATCH = """\
--- a/README.md
+++ b/README.md
@@ -1 +1,2 @@
 # Atlas
+A router.
"""


def checked() -> Shown:
    """An open proposal whose checks found nothing."""
    change, diffs = router_change()
    checks = tuple(CheckRecord(file.path, "syntax", True) for file in change.files)
    return replace(change, checks=checks), diffs


def rolled_back(*, rejected: int = 0) -> Shown:
    """What the engine keeps after a rollback: the hunks as they were decided."""
    states = {k: REJECTED if k == rejected else ACCEPTED for k in (1, 2, 3)}
    return decide(*checked(), states, ChangeState.ROLLED_BACK)


def turned_down() -> Shown:
    """What the engine keeps when all was rejected."""
    return decide(*checked(), dict.fromkeys((1, 2, 3), REJECTED), ChangeState.REJECTED)


async def show(app: Host, pilot: Pilot[None], shown: Shown) -> None:
    """Show a change, let the grace pass, and give Review the keys."""
    app.pane.show_change(*shown)
    app.pane.focus()
    await settle(app, pilot)
    app.rest()


def headers_of(app: Host) -> list[str]:
    return [row for row in screen_rows(app.query_one(DiffView)) if "@@" in row]


def spots_that_decide(app: Host) -> set[tuple[int, int]]:
    """Cells of the diff where a click would decide."""
    view = app.query_one(DiffView)
    spots = set()
    for y in range(view.size.height):
        x = 0
        for segment in view.render_line(y):
            if segment.style is not None and "decide" in segment.style.meta:
                spots.add((x, y))
            x += segment.cell_length
    return spots


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("shown", "badge"), [(rolled_back(), "↶ rolled back"), (turned_down(), "✗ rejected")]
)
async def test_every_part_of_review_says_what_became_of_it(
    size: tuple[int, int], shown: Shown, badge: str
) -> None:
    app = Host()
    async with app.run_test(size=size) as pilot:
        await show(app, pilot, checked())
        assert spots_that_decide(app)
        await show(app, pilot, shown)
        rows = screen_rows(app.query_one(ReviewFiles))
        assert [row.endswith(badge) for row in rows] == [True, True]
        headers = headers_of(app)
        assert headers
        assert all(header.endswith(f"[{badge}]") for header in headers)
        assert not spots_that_decide(app)
        word = badge.split(" ", 1)[1]
        assert str(app.pane.border_subtitle).startswith(f"{word} · hunk ")
        reason = str(app.query_one("#review-reason", Static).content)
        assert reason == f"{word.capitalize()}: nothing left to decide or undo"
        assert app.pane.open_count == 0


@pytest.mark.parametrize(
    ("shown", "reason", "why_no_roll_back"),
    [
        (rolled_back(), "Rolled back: nothing left", "It is rolled back already."),
        (turned_down(), "Rejected: nothing left", "Nothing of it was accepted."),
    ],
)
async def test_keys_and_buttons_are_off_and_say_why(
    shown: Shown, reason: str, why_no_roll_back: str
) -> None:
    app = Host()
    async with app.run_test(size=(80, 50)) as pilot:
        await show(app, pilot, shown)
        assert not {"a", "h", "x", "X", "u"} & app.screen.active_bindings.keys()
        assert {"n", "e"} <= app.screen.active_bindings.keys()
        await pilot.press("a", "h", "x", "X", "u")
        off = [button for button in app.pane.query(Button) if button.disabled]
        assert [button.id for button in off] == ["accept-all", "accept-hunk", "reject", "rollback"]
        for button in off:
            why = why_no_roll_back if button.id == "rollback" else reason
            assert f"\nOff. {why}" in str(button.tooltip)
            await pilot.click(button)
        assert app.posted == []


async def test_a_click_that_comes_after_the_roll_back_decides_nothing() -> None:
    app = Host()
    async with app.run_test(size=(80, 50)) as pilot:
        await show(app, pilot, checked())
        click = DiffView.HunkClicked(1, is_accept=True)
        app.query_one(DiffView).post_message(click)
        await pilot.pause()
        assert app.posted == [ReviewPane.AcceptRequested("c-1", 1, (1,))]
        await show(app, pilot, rolled_back())
        app.query_one(DiffView).post_message(click)
        await pilot.pause()
        assert len(app.posted) == 1


async def test_what_was_rejected_before_the_roll_back_stays_rejected() -> None:
    app = Host()
    async with app.run_test(size=(80, 50)) as pilot:
        await show(app, pilot, checked())
        await show(app, pilot, rolled_back(rejected=3))
        ends = ["[↶ rolled back]", "[↶ rolled back]", "[✗ rejected]"]
        assert [row[row.rindex("[") :] for row in headers_of(app)] == ends
        rows = screen_rows(app.query_one(ReviewFiles))
        assert rows[0].endswith("↶ rolled back")
        assert rows[1].endswith("✗ rejected")


async def test_the_reader_stays_at_the_hunk_that_was_rolled_back_from() -> None:
    app = Host()
    async with app.run_test(size=(80, 50)) as pilot:
        await show(app, pilot, rolled_back(rejected=2))
        await pilot.press("n")
        app.pane.show_change(*rolled_back(rejected=2))
        await settle(app, pilot)
        assert app.query_one(DiffView).position == (2, 3)


async def test_accepting_it_again_elsewhere_is_shown_and_can_be_rolled_back() -> None:
    app = Host()
    async with app.run_test(size=(80, 50)) as pilot:
        shown = rolled_back()
        await show(app, pilot, shown)
        states = dict.fromkeys((1, 2, 3), HunkState.ACCEPTED)
        await show(app, pilot, decide(*shown, states, ChangeState.ACCEPTED))
        assert all(header.endswith("[✓ accepted]") for header in headers_of(app))
        await pilot.press("u")
        assert app.posted == [ReviewPane.RollBackRequested("c-1")]


async def test_another_proposal_can_be_decided_again() -> None:
    app = Host()
    async with app.run_test(size=(80, 50)) as pilot:
        await show(app, pilot, rolled_back())
        await show(app, pilot, propose({"other.py": ("a\n", "b\n")}, change_id="c-2"))
        assert spots_that_decide(app)
        await pilot.press("a")
        assert app.posted == [ReviewPane.AcceptRequested("c-2", 1)]


async def test_what_the_engine_stores_is_shown_so(workspace: Workspace, atlas: Path) -> None:
    change = (await workspace.review.propose_patch(PATCH)).change
    assert change is not None
    await workspace.review.accept(change.change_id, change.revision)
    assert (atlas / "README.md").read_text() == "# Atlas\nA router.\n"
    await workspace.review.roll_back(change.change_id)
    rollback, stored = await workspace.review.changes()
    assert rollback.reverts == (stored.change_id,)
    diffs = await workspace.review.diffs(stored.change_id)
    assert [hunk.state for diff in diffs for hunk in diff.hunks] == [ACCEPTED]
    app = Host()
    async with app.run_test(size=(80, 50)) as pilot:
        await show(app, pilot, (stored, diffs))
        assert screen_rows(app.query_one(ReviewFiles))[0].endswith("↶ rolled back")
        assert headers_of(app)[0].endswith("[↶ rolled back]")
        await pilot.press("a", "h", "x", "X", "u")
        assert app.posted == []
