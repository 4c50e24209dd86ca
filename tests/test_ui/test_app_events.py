"""Every event of the engine reaches its pane, and what fails becomes one line."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.test_ui.conftest import OpenWorkspace
from tests.test_ui.pilots import screen_lines, send, text_of, until
from vibe_tui.errors import OutsideError, VibeError
from vibe_tui.events import (
    BudgetRefused,
    ChangeRevised,
    CheckFinished,
    ContextChosen,
    EditRefused,
    EditSeen,
    Event,
    MapProgress,
    Noticed,
    Reported,
    Retrying,
    SessionStarted,
    SpendEstimated,
    Spent,
    TextDelta,
    ToolCalled,
    TurnFailed,
    TurnFinished,
    TurnStarted,
)
from vibe_tui.ui import app as app_module
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.turn_summary import TurnSummary
from vibe_tui.workspace import Workspace


@pytest.fixture
async def app(workspace: Workspace) -> AsyncIterator[VibeApp]:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40), notifications=True) as pilot:
        await until(pilot, lambda: app.desk.screen.top_bar.facts.mapped_files is not None)
        yield app


async def shows(app: VibeApp, words: str, *events: Event) -> None:
    """Publish events and wait for words on the screen."""
    from textual.pilot import Pilot

    for event in events:
        app.desk.workspace.publish(event)
    await until(Pilot(app), lambda: words in text_of(app))


async def test_a_turn_streams_into_the_chat_and_ends_with_what_it_cost(app: VibeApp) -> None:
    await shows(app, "why?", TurnStarted("s", "why?"))
    await shows(app, "Because of this", TextDelta("Because "), TextDelta("of **this**\n\n"))
    await shows(app, "src/a.py", EditSeen("src/a.py"))
    await shows(
        app,
        "1.2k tok · $0.0087",
        Spent("m", 1_000, 200, 0, 0.0087, "exact"),
        TurnFinished("s", 0.0087),
    )
    assert not app.desk.screen.chat.is_streaming


async def test_a_turn_that_fails_says_why_and_what_to_do(app: VibeApp) -> None:
    await shows(app, "hm", TurnStarted("s", "hm"))
    await shows(app, "set a key", TurnFailed("auth", "The key was refused", "set a key"))
    assert "The key was refused" in text_of(app)


async def test_the_gauge_moves_while_tokens_arrive_and_settles(app: VibeApp) -> None:
    await shows(app, "≈ $0.0100", TurnStarted("s", "x"), SpendEstimated(10, 50, 0.01))
    app.desk.workspace.publish(TurnFinished("s", 0.0))
    await shows(app, "session $0")
    assert "≈ $0.0100" not in text_of(app)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (EditRefused("src/a.py", "its SEARCH text is nowhere"), "a.py: its SEARCH text"),
        (Retrying("overloaded", 2.5), "overloaded; sent again in 2.5 s"),
        (BudgetRefused("global", "daily", 0.1, ("ask a cheaper model",)), "ask a cheaper model"),
        (Noticed("take note", "warning"), "take note"),
        (Noticed("odd severity", "shouting"), "odd severity"),
        (Reported("cost", "| a | b |\n| --- | --- |\n| cell one | cell two |", {}), "cell two"),
        (MapProgress(3, 9), "mapping 3 of 9"),
    ],
)
async def test_what_a_person_should_know_is_said(app: VibeApp, event: Event, words: str) -> None:
    await shows(app, words, event)


async def test_foreign_words_in_events_are_text(app: VibeApp) -> None:
    await shows(app, "[@click=app.bell]x[/]", Noticed("[@click=app.bell]x[/]\x1b[2J"))


async def test_what_a_request_carried_is_marked_in_the_map(app: VibeApp) -> None:
    items = ({"path": "", "tokens": 9}, {"path": "src/atlas/router.py", "tokens": 200})
    await shows(app, "○ router.py", ContextChosen(4180, items))
    assert "context 4.2k tok" in screen_lines(app)[0]
    assert "1 in context · 4.2k tok" in text_of(app)


async def test_a_new_conversation_starts_empty(app: VibeApp) -> None:
    await shows(app, "remember me", Noticed("remember me"))
    app.desk.workspace.publish(SessionStarted("s2"))
    await shows(app, "done", Noticed("done"))
    assert "remember me" not in text_of(app)


async def test_events_of_later_features_do_not_disturb(app: VibeApp) -> None:
    await shows(app, "still here", ToolCalled("read_file", "{}"), Noticed("still here"))


async def test_an_event_about_a_change_that_is_gone_does_not_disturb(app: VibeApp) -> None:
    await shows(
        app,
        "still here",
        ChangeRevised("c-none", 2, "healed"),
        CheckFinished("c-none", "syntax", True, "a.py"),
        Noticed("still here"),
    )


async def test_a_defect_ends_neither_the_app_nor_the_events(
    app: VibeApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> None:
        raise RuntimeError(f"a defect in {text}")

    monkeypatch.setattr(app.desk.screen.chat, "show_report", broken)
    await shows(app, "still here", Reported("x", "[b]this[/b]", {}), Noticed("still here"))
    assert "RuntimeError: a defect in" in text_of(app)
    assert "[b]this[/b]" in text_of(app)
    assert "a defect in" in caplog.text


async def test_an_error_of_the_engine_is_one_clean_line(app: VibeApp) -> None:
    app.say(OutsideError("the [red]disk\x1b[31m is\nfull", "make room"))
    await shows(app, "the [red]disk is full: make room")


async def test_slash_commands_report_into_the_chat(app: VibeApp) -> None:
    app.run_slash("/tokens how many are these")
    await shows(app, "if sent")
    app.run_slash("/clear")
    await shows(app, "A new conversation")
    app.run_slash("/nonsense")
    await shows(app, "There is no command /nonsense")
    app.run_slash("/heal")
    await shows(app, "not built yet")


async def test_a_model_chosen_by_command_is_named_at_once(app: VibeApp) -> None:
    from textual.pilot import Pilot

    await send(Pilot(app), app, "/model tour/other")
    await until(Pilot(app), lambda: "tour/other" in screen_lines(app)[0])
    assert app.desk.workspace.target is not None
    assert app.desk.workspace.target.name == "tour/other"


async def test_a_file_pinned_by_command_is_marked(app: VibeApp) -> None:
    app.run_slash("/context README.md")
    await shows(app, "● README.md")


async def test_a_git_project_shows_its_branch(open_workspace: OpenWorkspace, in_git: Path) -> None:
    app = VibeApp(open_workspace(in_git, model__name="tour/recorded"))
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: "main ±1" in screen_lines(app)[0])


async def test_settings_that_were_left_out_are_named(
    open_workspace: OpenWorkspace, atlas: Path
) -> None:
    folder = atlas / ".vibe-tui"
    folder.mkdir()
    (folder / "config.toml").write_text('[model]\nname = "evil/model"\n')
    app = VibeApp(open_workspace(model__name="tour/recorded"))
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: "model.name" in text_of(app))


@pytest.mark.parametrize(
    ("cost_usd", "provenance", "words"),
    [
        (0.0087, "exact", "1.5 s · 30 tok · $0.0087"),
        (0.0087, "estimated", "1.5 s · ≈ 30 tok · ≈ $0.0087"),
        (None, "unpriced", "1.5 s · ≈ 30 tok · cost unknown"),
        (0.0, "estimated", "1.5 s · ≈ 30 tok · $0"),
    ],
)
def test_the_line_under_an_answer_says_how_sure_it_is(
    cost_usd: float | None, provenance: str, words: str
) -> None:
    summary = TurnSummary(10.0)
    summary.add(Spent("m", 20, 10, 0, cost_usd, provenance))
    assert summary.line(TurnFinished("s", cost_usd), 11.5) == words


def test_leaving_the_app_closes_the_workspace(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Workspace] = []

    async def close() -> None:
        closed.append(workspace)

    async def leave_badly(self: VibeApp) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workspace, "close", close)
    monkeypatch.setattr(app_module.VibeApp, "run_async", leave_badly)
    with pytest.raises(KeyboardInterrupt):
        app_module.run_app(workspace)
    assert closed == [workspace]


def test_every_error_of_ours_is_a_vibe_error() -> None:
    assert issubclass(OutsideError, VibeError)
    assert asyncio.iscoroutinefunction(VibeApp.attempt)
