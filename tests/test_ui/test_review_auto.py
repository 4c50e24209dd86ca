"""Auto-accept on the screen: a badge while it is on, a key that ends it, one that undoes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.stubs.provider_server import ProviderServer
from tests.test_ui import scenes
from tests.test_ui.pilots import SIZES, footer_of, screen_lines, text_of, until
from tests.test_ui.scenes import BROKEN, FILES, Stage
from vibe_tui.ui.app import VibeApp

PATH = "src/atlas/router.py"


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path, provider: ProviderServer, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setenv("HOME", str(tmp_path))
    provider.reset()
    built = Stage(tmp_path, provider)
    built.build()
    return built


async def switched_on(pilot: Pilot[None], app: VibeApp, paths: str) -> None:
    """Auto-accept is on for some paths, by the keys."""
    await scenes.opened(pilot, app)
    await pilot.press("f7")
    await until(pilot, lambda: app.screen.query("#auto-paths"))
    app.screen.query_one(Input).value = paths
    await pilot.press("enter")
    await until(pilot, lambda: "AUTO" in screen_lines(app)[0])


@pytest.mark.parametrize("size", SIZES)
async def test_a_valid_answer_is_written_and_taken_back_by_one_key(
    stage: Stage, size: tuple[int, int]
) -> None:
    stage.answer()
    app = VibeApp(stage.open())
    file = stage.root / PATH
    async with app.run_test(size=size) as pilot:
        await switched_on(pilot, app, "src/** docs/*.md")
        assert "AUTO src/** +1" in screen_lines(app)[0]
        await scenes.asked(pilot, app)
        await until(pilot, lambda: "DuplicateViewError" in file.read_text())
        await until(pilot, lambda: "f8 undo auto" in screen_lines(app)[0] + footer_of(app))
        assert f"Auto-accept: accepted {PATH}" in text_of(app, app.desk.screen.chat)
        assert "AUTO src/**" in screen_lines(app)[0]
        await pilot.press("f8")
        await until(pilot, lambda: file.read_text() == FILES[PATH])
        await until(pilot, lambda: not app.desk.screen.top_bar.facts.auto_undo_id)
        await pilot.press("f7")
        await until(pilot, lambda: "AUTO" not in screen_lines(app)[0])
    await app.close()


async def test_an_invalid_answer_waits_and_says_why(stage: Stage) -> None:
    stage.answer(BROKEN)
    app = VibeApp(stage.open())
    async with app.run_test(size=(150, 40)) as pilot:
        await switched_on(pilot, app, "src/**")
        await scenes.asked(pilot, app)
        await until(pilot, lambda: "Auto-accept: left to you" in text_of(app))
        assert "● 1 to review" in screen_lines(app)[0]
        assert (stage.root / PATH).read_text() == FILES[PATH]
    await app.close()


async def test_it_is_never_on_by_itself_and_escape_keeps_it_off(stage: Stage) -> None:
    stage.answer()
    app = VibeApp(stage.open())
    async with app.run_test(size=(150, 40)) as pilot:
        await scenes.opened(pilot, app)
        await pilot.press("f7")
        await until(pilot, lambda: app.screen.query("#auto-paths"))
        await pilot.press("enter")
        assert "Name a path" in str(app.screen.query_one("#auto-problem", Static).content)
        app.screen.query_one(Input).value = "'src"
        await pilot.press("enter")
        assert "Close the quote" in str(app.screen.query_one("#auto-problem", Static).content)
        await pilot.press("escape")
        await scenes.asked(pilot, app)
        assert (stage.root / PATH).read_text() == FILES[PATH]
        assert "AUTO" not in screen_lines(app)[0]
    await app.close()


async def test_paths_that_lead_out_are_refused_in_one_line(stage: Stage) -> None:
    app = VibeApp(stage.open())
    async with app.run_test(size=(150, 40)) as pilot:
        await scenes.opened(pilot, app)
        await pilot.press("f7")
        await until(pilot, lambda: app.screen.query("#auto-paths"))
        app.screen.query_one(Input).value = "../**"
        await pilot.press("enter")
        problem = app.desk.screen.review.query_one("#review-problem", Static)
        await until(pilot, lambda: problem.display)
        assert "leads out of the project" in str(problem.content)
        assert not app.desk.reviewing.auto_accept.is_on
    await app.close()


async def test_a_new_conversation_switches_it_off(stage: Stage) -> None:
    app = VibeApp(stage.open())
    async with app.run_test(size=(150, 40)) as pilot:
        await switched_on(pilot, app, "src/**")
        app.run_slash("/clear")
        await until(pilot, lambda: "AUTO" not in screen_lines(app)[0])
    await app.close()


async def test_the_badge_and_its_undo_can_be_clicked(stage: Stage) -> None:
    stage.answer()
    app = VibeApp(stage.open())
    file = stage.root / PATH
    async with app.run_test(size=(150, 40)) as pilot:
        await switched_on(pilot, app, "src/**")
        await scenes.asked(pilot, app)
        await until(pilot, lambda: "f8 undo auto" in screen_lines(app)[0])
        await pilot.click(offset=(screen_lines(app)[0].index("f8 undo"), 0))
        await until(pilot, lambda: file.read_text() == FILES[PATH])
        await pilot.click(offset=(screen_lines(app)[0].index("f7 off"), 0))
        await until(pilot, lambda: "AUTO" not in screen_lines(app)[0])
    await app.close()
