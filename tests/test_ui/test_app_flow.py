"""The way through the app: ask, read, review, accept, roll back, stop, and start again."""

from pathlib import Path

from tests.test_ui.conftest import OpenWorkspace
from tests.test_ui.pilots import footer_of, screen_lines, text_of, until
from vibe_tui.changes.model import ChangeState
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.tour import TOUR_PROMPTS
from vibe_tui.ui.widgets.review_pane import ReviewPane
from vibe_tui.workspace import Workspace

PATCH = """\
--- a/src/atlas/router.py
+++ b/src/atlas/router.py
@@ -4,2 +4,5 @@
 class Router:
     \"\"\"Finds views.\"\"\"
+
+    def clear(self) -> None:
+        self.views.clear()
"""


def review_state(app: VibeApp) -> ChangeState | None:
    change = app.desk.screen.review.change
    return change.state if change else None


def opened(app: VibeApp) -> bool:
    return app.desk.screen.top_bar.facts.mapped_files is not None


async def test_the_tour_from_the_first_screen_to_a_change_that_is_rolled_back(
    open_workspace: OpenWorkspace,
) -> None:
    app = VibeApp(open_workspace())
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: "The three-minute tour" in text_of(app))
        await until(pilot, lambda: "looking for" not in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: len(app._desks) == 2 and opened(app))
        assert "the tour: bakery" in screen_lines(app)[0]
        assert TOUR_PROMPTS[0] in text_of(app)
        prices = app.desk.workspace.root / "bakery" / "prices.py"
        before = prices.read_bytes()

        await pilot.press("enter")
        await until(pilot, lambda: app.desk.screen.chat.is_streaming)
        assert "esc stop" in footer_of(app)
        await until(pilot, lambda: not app.desk.screen.chat.is_streaming)
        await until(pilot, lambda: "✓ valid" in text_of(app) or "√ valid" in text_of(app))
        assert "1 file staged" in text_of(app)
        assert "● 1 to review" in screen_lines(app)[0]
        assert "f2 accept" in footer_of(app)
        assert prices.read_bytes() == before
        assert "○ prices.py" in text_of(app)

        app.desk.screen.review._clock = lambda: 1e12
        await decide(pilot, app, "f2", ChangeState.ACCEPTED)
        assert prices.read_bytes() != before
        assert "to review" not in screen_lines(app)[0]
        await decide(pilot, app, "alt+u", ChangeState.ROLLED_BACK)
        assert prices.read_bytes() == before

        app.run_slash("/leave")
        await until(pilot, lambda: len(app._desks) == 1)
        assert not prices.exists()
        assert app.desk.screen is app.screen


async def decide(pilot, app: VibeApp, key: str, state: ChangeState) -> None:  # type: ignore[no-untyped-def] # a pilot of any app
    await until(pilot, lambda: app.desk.screen.review.accepts_keys)
    await pilot.press(key)
    await until(pilot, lambda: review_state(app) is state)


async def propose(app: VibeApp, workspace: Workspace) -> str:
    from vibe_tui.events import ChangeProposed

    proposed = await workspace.propose_patch(PATCH)
    change = proposed.change
    assert change is not None
    paths = tuple(file.path for file in change.files)
    workspace.publish(ChangeProposed(change.change_id, change.revision, paths))
    return change.change_id
