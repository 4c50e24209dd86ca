"""What lies over the panes: the first run, the preview, the help, questions, and the palette."""

import os
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import OptionList

from tests.test_ui.conftest import OpenWorkspace
from tests.test_ui.pilots import SIZES, footer_of, screen_lines, send, text_of, until
from vibe_tui.events import Asked
from vibe_tui.llm.model import ModelTarget, ProviderOffer
from vibe_tui.llm.recorded import tour_prompts
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.screens.ask import AskScreen
from vibe_tui.ui.screens.first_run import FirstRunScreen
from vibe_tui.ui.screens.help import HelpScreen
from vibe_tui.ui.screens.preview import PreviewScreen
from vibe_tui.ui.tour import TOUR_PROMPTS
from vibe_tui.ui.widgets.code_view import CodeView
from vibe_tui.workspace import Workspace

KEY = ProviderOffer("Anthropic, key in ANTHROPIC_API_KEY", "key", ModelTarget("tour/a-key"))
SERVER = ProviderOffer(
    "[red]Ollama\x1b[31m on port 11434",
    "server",
    ModelTarget("tour/a-server", "http://127.0.0.1:11434"),
    ("llama3", "qwen"),
)


def is_open(app: VibeApp) -> bool:
    return app.desk.screen.top_bar.facts.mapped_files is not None


def offering(workspace: Workspace, *offers: ProviderOffer) -> VibeApp:
    async def find() -> tuple[ProviderOffer, ...]:
        return offers

    workspace.offers = find  # type: ignore[method-assign] # what this machine has must not matter
    return VibeApp(workspace)


@pytest.mark.parametrize("size", SIZES)
async def test_the_first_run_offers_what_was_found_and_how_to_set_any_other_model(
    open_workspace: OpenWorkspace, size: tuple[int, int]
) -> None:
    app = offering(open_workspace(), SERVER, KEY)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: "Anthropic, key in ANTHROPIC_API_KEY" in text_of(app))
        text = text_of(app)
        places = [text.index(t) for t in ("Anthropic", "[red]Ollama on port", "three-minute")]
        assert places == sorted(places)
        assert "2 models" in text
        assert "not installed here" in text
        for words in ("/model openai/NAME", "vibe-tui --model", "export VIBE_TUI_MODEL="):
            assert words in text
        assert "no model yet" in screen_lines(app)[0]


async def test_choosing_by_key_sets_the_model(open_workspace: OpenWorkspace) -> None:
    workspace = open_workspace()
    app = offering(workspace, KEY, SERVER)
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "Ollama" in text_of(app))
        await pilot.press("j", "j", "k", "enter")
        await until(pilot, lambda: workspace.target is not None)
        assert workspace.target == SERVER.target
        await until(pilot, lambda: "tour/a-server" in screen_lines(app)[0])


async def test_choosing_by_mouse_sets_the_model(open_workspace: OpenWorkspace) -> None:
    workspace = open_workspace()
    app = offering(workspace, KEY)
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "Anthropic" in text_of(app))
        await pilot.click(OptionList, offset=(5, 0))
        await until(pilot, lambda: workspace.target == KEY.target)


async def test_looking_around_first_is_fine_and_a_prompt_asks_again(
    open_workspace: OpenWorkspace,
) -> None:
    workspace = open_workspace()
    local = ProviderOffer("embedded", "local", ModelTarget("tour/recorded"))
    app = offering(workspace, local)
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "The embedded model" in text_of(app))
        assert "not installed" not in text_of(app)
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.desk.screen)
        assert workspace.target is None
        await send(pilot, app, "hello")
        await until(pilot, lambda: isinstance(app.screen, FirstRunScreen))
        await until(pilot, lambda: "The embedded model" in text_of(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: workspace.session.messages != [])
        assert workspace.session.messages[0].content == "hello"


async def test_the_machine_is_really_searched(open_workspace: OpenWorkspace) -> None:
    app = VibeApp(open_workspace())
    async with app.run_test(size=(100, 40)) as pilot:
        await until(pilot, lambda: "looking for" not in text_of(app))
        assert "No key in the environment" in text_of(app)


def test_the_tour_names_the_prompts_that_have_answers() -> None:
    assert tour_prompts() == TOUR_PROMPTS


async def test_enter_in_the_map_previews_the_file_at_its_symbol(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: is_open(app))
        app.desk.screen.map_pane.post_message(
            app.desk.screen.map_pane.PreviewRequested("src/atlas/router.py", 10)
        )
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
        view = app.screen.query_one(CodeView)
        await until(pilot, lambda: any(line.spans for line in view._lines))
        assert "10 ▸     def register(self, name: str" in text_of(app)
        assert "src/atlas/router.py" in text_of(app)
        assert "20 lines" in text_of(app)
        assert "esc close" in footer_of(app)
        await pilot.press("j", "k", "c")
        await until(pilot, lambda: app.screen is app.desk.screen)
        assert workspace.pinned == ("src/atlas/router.py",)
        assert "1 file in context" in str(app.desk.screen.map_pane.border_subtitle)


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_a_preview_shows_foreign_text_as_text(
    open_workspace: OpenWorkspace, atlas: Path, theme: str
) -> None:
    (atlas / "evil.py").write_text("x = '[@click=app.bell]a[/]'\n\ty\x1b[31mred\x1b[0m = 1\n")
    app = VibeApp(open_workspace(model__name="tour/recorded", ui__theme=theme))
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: is_open(app))
        pane = app.desk.screen.map_pane
        pane.post_message(pane.PreviewRequested("evil.py", 1))
        await until(pilot, lambda: isinstance(app.screen, PreviewScreen))
        view = app.screen.query_one(CodeView)
        await until(pilot, lambda: any(line.spans for line in view._lines))
        assert "'[@click=app.bell]a[/]'" in text_of(app)
        assert "2       yred = 1" in text_of(app)
        await pilot.press("q")
        await until(pilot, lambda: app.screen is app.desk.screen)


async def test_a_file_that_cannot_be_shown_is_one_line(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40), notifications=True) as pilot:
        await until(pilot, lambda: is_open(app))
        (atlas / "README.md").unlink()
        pane = app.desk.screen.map_pane
        pane.post_message(pane.PreviewRequested("README.md", 1))
        await until(pilot, lambda: text_of(app).count("README.md") > 1)
        assert app.screen is app.desk.screen


async def test_help_lists_the_keys_of_every_pane(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(100, 160)) as pilot:
        await until(pilot, lambda: is_open(app))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        text = text_of(app)
        for section in ("Everywhere", "Chat", "Review", "Map", "Map, while searching"):
            assert section in text
        for row in ("f2  alt+a", "accept hunk", "add to context", "next pane", "palette"):
            assert row in text
        await pilot.press("f1")
        await until(pilot, lambda: app.screen is app.desk.screen)


async def test_help_scrolls_where_it_does_not_fit(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: is_open(app))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        assert "back to the tree" not in text_of(app)
        await pilot.press("end")
        await until(pilot, lambda: "back to the tree" in text_of(app))


async def test_many_offers_scroll_and_leave_the_rest_on_the_screen(
    open_workspace: OpenWorkspace,
) -> None:
    app = offering(open_workspace(), *[KEY] * 9)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Anthropic" in text_of(app))
        assert "three-minute" not in text_of(app)
        assert "export VIBE_TUI_MODEL=" in text_of(app)
        await pilot.press("end")
        await until(pilot, lambda: "three-minute" in text_of(app))
        assert "enter chooses" in text_of(app)


async def test_the_engine_s_question_is_answered_by_the_person(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    answers: list[tuple[str, str]] = []
    workspace.answer = lambda request_id, choice: answers.append((request_id, choice))  # type: ignore[method-assign] # nothing asks yet
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: is_open(app))
        question = Asked("q1", "permission", ("yes", "no"), "Run [b]make[/b]?")
        workspace.publish(question)
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        assert "Run [b]make[/b]?" in text_of(app)
        await pilot.press("right", "left", "enter")
        await until(pilot, lambda: answers == [("q1", "yes")])
        workspace.publish(question)
        await until(pilot, lambda: isinstance(app.screen, AskScreen))
        await pilot.press("escape")
        await until(pilot, lambda: answers[1:] == [("q1", "no")])


async def test_the_palette_offers_what_works_now(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(100, 60)) as pilot:
        await until(pilot, lambda: is_open(app))
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert "Accept the proposal" not in titles
        assert {"Find a file", "Take the tour", "Theme", "Keys", "/help", "Quit"} <= set(titles)
        assert "Leave the tour" not in titles
        await pilot.press("ctrl+p", *"find a file")
        await until(pilot, lambda: "Search the map" in text_of(app))
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is app.desk.screen.map_pane.search)
        commands = {c.title: c.callback for c in app.get_system_commands(app.screen)}
        commands["History"]()
        await until(pilot, lambda: "nothing was proposed here yet" in text_of(app))


async def test_a_theme_that_is_picked_is_kept(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(100, 60)) as pilot:
        await until(pilot, lambda: is_open(app))
        assert app.theme == "tokyo-night"
        app.run_slash("/theme")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        await pilot.press(*"gruvbox")
        await until(pilot, lambda: "gruvbox" in text_of(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.theme == "gruvbox")
        settings = workspace.rooms.locations.config_dir / "config.toml"
        await until(pilot, settings.exists)
        assert 'theme = "gruvbox"' in settings.read_text()


def test_nothing_of_the_person_s_own_is_touched() -> None:
    assert "VIBE_TUI_MODEL" not in os.environ
