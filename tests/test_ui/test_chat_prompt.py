"""Writing a prompt: keys, history, completions, and what Escape leaves first."""

import asyncio
from collections.abc import Sequence

import pytest
from textual.events import Paste

from tests.test_ui.chat_host import COMMANDS, ChatHost
from vibe_tui.ui.widgets.chat_pane import ChatPane
from vibe_tui.ui.widgets.completion import (
    Completion,
    Token,
    command_choices,
    file_choice,
    token_before,
)
from vibe_tui.ui.widgets.prompt_input import PromptInput
from vibe_tui.ui.widgets.transcript_view import TranscriptView


def text_of(app: ChatHost) -> str:
    return app.pane.prompt.text_input.text


async def test_enter_sends_and_clears() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"hello", "enter")
        await pilot.press("enter", "space", "enter")
        assert app.messages == ["submitted hello"]
        assert text_of(app) == " "


@pytest.mark.parametrize("key", ["ctrl+j", "shift+enter", "alt+enter"])
async def test_several_lines(key: str) -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a", key, "b")
        await pilot.pause()
        assert text_of(app) == "a\nb"
        assert app.pane.prompt.text_input.size.height == 2
        await pilot.press("enter")
        assert app.messages == ["submitted a\nb"]


async def test_history_begins_at_the_edges_and_keeps_the_draft() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.prompt.text_input.set_history(["older", " "])
        await pilot.press(*"one", "enter", *"two", "ctrl+j", *"lines", "enter", *"one", "enter")
        await pilot.press("o", "enter", "d", "up")
        assert text_of(app) == "o"
        await pilot.press("up", "up")
        assert text_of(app) == "two\nlines"
        await pilot.press("up")
        assert text_of(app) == "two\nlines"
        await pilot.press("up")
        assert text_of(app) == "one"
        await pilot.press("up", "up", "up")
        assert text_of(app) == "older"
        await pilot.press("down")
        assert text_of(app) == "one"
        await pilot.press(*["down"] * 8)
        assert text_of(app) == "d"


async def test_a_wrapped_line_is_walked_before_the_history() -> None:
    app = ChatHost()
    async with app.run_test(size=(40, 24)) as pilot:
        app.pane.prompt.text_input.set_history(["older"])
        long = "word " * 20
        app.pane.write(long)
        await pilot.pause()
        await pilot.press("up")
        assert text_of(app) == long


@pytest.mark.parametrize(
    ("line", "first", "expected"),
    [
        ("@", True, Token("file", "", 1)),
        ("fix @src/a", False, Token("file", "src/a", 6)),
        ('fix @"my no', True, Token("file", "my", 4)),
        ("mail a@b", True, None),
        ("@src/a.py done", True, None),
        ("/he", True, Token("command", "he", 3)),
        ("/he", False, None),
        ("x /he", True, None),
        ("/help me", True, None),
        ("", True, None),
    ],
)
def test_the_word_to_complete(line: str, first: bool, expected: Token | None) -> None:
    if line == 'fix @"my no':  # a blank ends the word, also after a quote
        expected = None
    assert token_before(line, is_first_line=first) == expected


def test_choices() -> None:
    assert file_choice("docs/my notes.md").text == '@"docs/my notes.md"'
    assert file_choice("src/a.py").text == "@src/a.py"
    assert [choice.text for choice in command_choices(COMMANDS, "HE")] == ["/help", "/heal"]
    assert [choice.text for choice in command_choices(COMMANDS, "el")] == ["/help", "/model"]


async def test_a_file_is_completed_with_the_keyboard() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"see @src")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [choice.label for choice in app.completion.choices] == [
            "src/atlas/router.py",
            "src/atlas/errors.py",
        ]
        assert app.completion.region.bottom <= app.pane.prompt.text_input.region.y
        await pilot.press("down", "tab")
        assert text_of(app) == "see @src/atlas/errors.py "
        assert not app.completion.is_shown
        await pilot.press(*"@no")
        await app.workers.wait_for_complete()
        await pilot.press("up", "up", "enter")
        assert text_of(app) == 'see @src/atlas/errors.py @"docs/my notes.md" '
        assert app.messages == []
        await pilot.press("enter")
        assert app.messages == ['submitted see @src/atlas/errors.py @"docs/my notes.md"']


async def test_a_command_is_completed_and_a_finished_one_is_sent() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("/")
        assert [choice.text for choice in app.completion.choices] == ["/help", "/heal", "/model"]
        assert "what there is" in app.completion.render_line(0).text
        await pilot.press(*"mo", "enter")
        assert text_of(app) == "/model "
        await pilot.press("ctrl+u", *"/help", "enter")
        assert app.messages == ["submitted /help"]
        assert not app.completion.is_shown


async def test_a_choice_is_taken_with_the_mouse() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("/")
        await pilot.pause()
        await pilot.click(Completion, offset=(5, 2))
        await pilot.pause()
        assert text_of(app) == "/heal "
        assert app.pane.prompt.text_input.has_focus


async def test_many_choices_scroll_and_the_cursor_goes_round() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        commands = [(f"c{n:02}", "") for n in range(30)]
        app.pane.set_completions(None, commands)
        await pilot.press("/")
        await pilot.pause()
        assert app.completion.size.height == 8
        await pilot.press("up")
        assert app.completion.current is not None
        assert app.completion.current.text == "/c29"
        assert "▸ /c29" in app.completion.render_line(7).text
        await pilot.press("down")
        assert "▸ /c00" in app.completion.render_line(0).text


async def test_late_answers_to_an_old_query_are_dropped() -> None:
    app = ChatHost()
    release = asyncio.Event()

    async def slow(query: str) -> Sequence[str]:
        if query == "a":
            await release.wait()
        return [f"{query}.py"]

    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.set_completions(slow, ())
        await pilot.press("@", "a", "b")
        release.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert [choice.label for choice in app.completion.choices] == ["ab.py"]
        await pilot.press("space")
        assert not app.completion.is_shown


async def test_moving_away_from_the_word_closes_the_list() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*"/he")
        assert app.completion.is_shown
        await pilot.press("home")
        await pilot.pause()
        assert not app.completion.is_shown


async def test_escape_closes_then_stops_then_leaves() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.start_turn("p")
        await pilot.press("/", "escape")
        assert not app.completion.is_shown
        assert app.messages == []
        await pilot.press("escape")
        assert app.messages == ["stop"]
        app.pane.end_turn("stopped", stopped=True)
        await pilot.press("escape")
        assert app.messages == ["stop"]
        assert app.pane.view.has_focus
        assert text_of(app) == "/"
        await pilot.press("enter")
        assert app.pane.prompt.text_input.has_focus


def shown_keys(app: ChatHost) -> dict[str, str]:
    return {
        key: active.binding.description
        for key, active in app.screen.active_bindings.items()
        if active.binding.show and active.enabled and key in ("enter", "tab", "escape", "o")
    }


async def test_the_footer_shows_what_works_where_the_focus_is() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        assert shown_keys(app) == {"enter": "send"}
        app.pane.start_turn("p")
        assert shown_keys(app) == {"enter": "send", "escape": "stop"}
        await pilot.press("/")
        assert shown_keys(app)["tab"] == "take"
        assert shown_keys(app)["escape"] == "close the list"
        app.pane.view.focus()
        await pilot.pause()
        assert shown_keys(app) == {"enter": "write", "o": "open or fold edits", "escape": "stop"}


def test_every_key_has_a_name_of_its_own() -> None:
    bindings = [
        binding
        for widget in (ChatPane, PromptInput, TranscriptView)
        for binding in widget.__dict__["BINDINGS"]
    ]
    names = [binding.id for binding in bindings]
    assert all(names)
    assert len(set(names)) == len(names)


async def test_a_prompt_can_be_sent_while_an_answer_streams() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.start_turn("p")
        await pilot.press(*"next", "enter")
        assert app.messages == ["submitted next"]


async def test_pasted_text_is_cleaned_and_kept_whole() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.prompt.text_input.post_message(Paste("a\x1b[31m\r\nb\u202e\tc [/x]"))
        await pilot.pause()
        assert text_of(app) == "a\nb\tc [/x]"


async def test_the_transcript_is_read_from_the_prompt() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.pane.view
        app.pane.show_turns([(f"prompt {n}", f"answer {n}") for n in range(50)])
        await pilot.pause()
        await pilot.press("pageup")
        await pilot.wait_for_animation()
        await pilot.pause()
        assert not view.is_following
        assert isinstance(app.focused, PromptInput)
        await pilot.press("pagedown")
        await pilot.wait_for_animation()
        await pilot.pause()
        assert app.pane.view.is_following
        await pilot.press("pageup", "ctrl+end")
        await pilot.wait_for_animation()
        assert app.pane.view.is_following
        await pilot.press("up")
        assert text_of(app) == "prompt 49"


@pytest.mark.parametrize("width", [150, 80, 36])
async def test_the_hint_line_fits_and_shows_the_estimate(width: int) -> None:
    app = ChatHost()
    async with app.run_test(size=(width, 24)) as pilot:
        app.pane.set_estimate("≈ 5.6k tok · $0.006")
        await pilot.pause()
        hints = app.pane.prompt.hints
        text = str(hints.render())
        assert text.endswith("≈ 5.6k tok · $0.006")
        assert len(text) == hints.size.width
        app.pane.start_turn("p")
        assert str(hints.render()).startswith("esc stop")
