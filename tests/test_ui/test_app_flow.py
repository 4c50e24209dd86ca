"""The way through the app: ask, read, review, accept, roll back, stop, and start again."""

from pathlib import Path

from textual import events
from textual.pilot import Pilot

from tests.test_ui.conftest import ROUTER, OpenWorkspace
from tests.test_ui.pilots import footer_of, pass_grace, screen_lines, send, text_of, until
from vibe_tui.changes.model import ChangeState
from vibe_tui.events import ChangeProposed
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.screens.first_run import FirstRunScreen
from vibe_tui.ui.tour import TOUR_PROMPTS
from vibe_tui.ui.widgets.chat_pane import ChatPane
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


def is_open(app: VibeApp) -> bool:
    return app.desk.screen.top_bar.facts.mapped_files is not None


async def decide(pilot: Pilot[None], app: VibeApp, key: str, state: ChangeState) -> None:
    """Press a key once Review listens, and wait for what becomes of the proposal."""
    review = app.desk.screen.review
    pass_grace(review)
    assert review.accepts_keys()
    await pilot.press(key)
    await until(pilot, lambda: review.change is not None and review.change.state is state)


async def propose(workspace: Workspace) -> None:
    """Store a proposal and say so, as an answer with an edit does."""
    change = (await workspace.review.propose_patch(PATCH)).change
    assert change is not None
    paths = tuple(file.path for file in change.files)
    workspace.publish(ChangeProposed(change.change_id, change.revision, paths))


async def test_the_tour_from_the_first_screen_to_a_change_that_is_rolled_back(
    open_workspace: OpenWorkspace,
) -> None:
    app = VibeApp(open_workspace())
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, FirstRunScreen))
        await until(pilot, lambda: "looking for" not in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: len(app._desks) == 2 and is_open(app))
        chat = app.desk.screen.chat
        assert "the tour: bakery" in screen_lines(app)[0]
        assert chat.prompt.text_input.text == TOUR_PROMPTS[0]
        prices = app.desk.workspace.root / "bakery" / "prices.py"
        before = prices.read_bytes()

        await pilot.press("enter")
        await until(pilot, lambda: chat.is_streaming)
        await until(pilot, lambda: "esc stop" in footer_of(app))
        await until(pilot, lambda: not chat.is_streaming)
        await until(pilot, lambda: "valid" in text_of(app, app.desk.screen.review))
        assert "1 file staged" in text_of(app)
        assert "● 1 to review" in screen_lines(app)[0]
        assert "f2 accept" in footer_of(app)
        assert prices.read_bytes() == before
        assert "○ prices.py" in text_of(app)

        await decide(pilot, app, "f2", ChangeState.ACCEPTED)
        assert prices.read_bytes() != before
        await until(pilot, lambda: "to review" not in screen_lines(app)[0])
        await decide(pilot, app, "alt+u", ChangeState.ROLLED_BACK)
        assert prices.read_bytes() == before

        app.run_slash("/leave")
        await until(pilot, lambda: len(app._desks) == 1)
        assert not prices.exists()
        await until(pilot, lambda: app.screen is app.desk.screen)


async def test_accepting_writes_the_file_and_changes_its_row_without_a_rescan(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: is_open(app))
        assert f"router.py {ROUTER.count(chr(10))} · 3ƒ" in text_of(app)
        assert workspace.repository_map is not None
        scan = workspace.repository_map.timings
        await propose(workspace)
        await until(pilot, lambda: "f2 accept" in footer_of(app))
        await pilot.press("alt+r")
        await decide(pilot, app, "a", ChangeState.ACCEPTED)
        assert "def clear" in (atlas / "src/atlas/router.py").read_text()
        await until(pilot, lambda: "· 4ƒ" in text_of(app, app.desk.screen.map_pane))
        assert workspace.repository_map.timings == scan
        await decide(pilot, app, "u", ChangeState.ROLLED_BACK)
        assert (atlas / "src/atlas/router.py").read_text() == ROUTER


async def test_rejecting_leaves_the_file_and_a_later_start_shows_what_waits(
    open_workspace: OpenWorkspace, atlas: Path
) -> None:
    first = open_workspace(model__name="tour/recorded")
    await propose(first)
    app = VibeApp(open_workspace(model__name="tour/recorded"))
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: "● 1 to review" in screen_lines(app)[0])
        assert "def clear" in text_of(app, app.desk.screen.review)
        await decide(pilot, app, "f3", ChangeState.REJECTED)
        await until(pilot, lambda: "to review" not in screen_lines(app)[0])
        assert (atlas / "src/atlas/router.py").read_text() == ROUTER


async def test_a_file_that_changed_meanwhile_is_a_problem_said_in_review(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: is_open(app))
        await propose(workspace)
        await until(pilot, lambda: "f2 accept" in footer_of(app))
        (atlas / "src/atlas/router.py").write_text("# somebody else was here\n")
        pass_grace(app.desk.screen.review)
        await pilot.press("f2")
        await until(pilot, lambda: "router.py" in text_of(app, app.desk.screen.review))
        problem = app.desk.screen.review.query_one("#review-problem")
        await until(pilot, lambda: problem.display)
        assert (atlas / "src/atlas/router.py").read_text() == "# somebody else was here\n"


async def test_on_a_narrow_screen_f2_shows_the_proposal_before_it_accepts(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: is_open(app))
        await propose(workspace)
        await until(pilot, lambda: "f2 review" in footer_of(app))
        await pilot.press("f2")
        await until(pilot, lambda: "def clear" in text_of(app))
        assert (atlas / "src/atlas/router.py").read_text() == ROUTER
        await decide(pilot, app, "f2", ChangeState.ACCEPTED)
        assert "def clear" in (atlas / "src/atlas/router.py").read_text()


async def test_chords_decide_from_the_prompt_and_never_type_a_letter(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: is_open(app))
        prompt = app.desk.screen.chat.prompt.text_input
        app.post_message(events.Key("alt+a", "a"))  # as a terminal sends it: with its letter
        await propose(workspace)
        await until(pilot, lambda: "f2 accept" in footer_of(app))
        pass_grace(app.desk.screen.review)
        app.post_message(events.Key("alt+a", "a"))
        await until(pilot, lambda: "def clear" in (atlas / "src/atlas/router.py").read_text())
        assert prompt.has_focus
        assert prompt.text == ""


async def test_buttons_decide_by_mouse(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: is_open(app))
        await propose(workspace)
        review = app.desk.screen.review
        await until(pilot, lambda: not review.query_one("#accept-all").disabled)
        await pilot.click("#accept-all")
        await until(pilot, lambda: not review.query_one("#rollback").disabled)
        assert "def clear" in (atlas / "src/atlas/router.py").read_text()
        await pilot.click("#rollback")
        await until(pilot, lambda: (atlas / "src/atlas/router.py").read_text() == ROUTER)


async def test_escape_stops_a_running_answer_from_any_pane(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: is_open(app))
        chat = app.desk.screen.chat
        await send(pilot, app, "hello")
        await until(pilot, lambda: chat.is_streaming)
        await pilot.press("alt+m", "escape")
        await until(pilot, lambda: not chat.is_streaming)
        assert "stopped" in text_of(app, chat)
        await pilot.press("escape")
        assert app.focused is chat.prompt.text_input


async def test_a_prompt_sent_while_an_answer_streams_is_asked_next(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: is_open(app))
        chat = app.desk.screen.chat
        for prompt in ("first", "second"):
            chat.post_message(ChatPane.Submitted(prompt))
        await until(pilot, lambda: "asked next" in text_of(app, chat))
        await until(pilot, lambda: len(workspace.session.messages) == 4)
        said = [m.content for m in workspace.session.messages if m.role == "user"]
        assert said == ["first", "second"]


async def test_an_earlier_change_is_picked_from_the_list(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: is_open(app))
        await propose(workspace)
        review = app.desk.screen.review
        await until(pilot, lambda: review.change is not None)
        older = review.change.change_id if review.change else ""
        await decide(pilot, app, "f3", ChangeState.REJECTED)
        await propose(workspace)
        await until(pilot, lambda: review.change is not None and review.change.change_id != older)
        await pilot.press("alt+r", "e")
        await until(pilot, lambda: "✗ rejected" in text_of(app))
        await pilot.press("down", "r")
        await until(pilot, lambda: review.change is not None and review.change.change_id == older)


async def test_a_conversation_that_is_continued_is_shown(open_workspace: OpenWorkspace) -> None:
    before = open_workspace(model__name="tour/recorded")
    before.session.say("user", "what is a router?")
    before.session.say("assistant", "It finds **views**.")
    again = open_workspace(model__name="tour/recorded")
    again.resume()
    app = VibeApp(again)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: "It finds views." in text_of(app))
        assert "what is a router?" in text_of(app)
