"""Turns as a person sees them: streamed, ended, read back, safe, and never moving under them."""

import pytest
from textual.pilot import Pilot

from tests.test_ui.chat_host import ChatHost
from vibe_tui.ui.row_window import MOST_ROWS
from vibe_tui.ui.widgets.transcript_view import TranscriptView

SIZES = [(150, 40), (100, 30), (80, 24)]
EDIT = """\
src/atlas/router.py
```python
<<<<<<< SEARCH
old = 1
kept = 2
=======
new = 1
kept = 2
>>>>>>> REPLACE
```
"""


def turns(count: int) -> list[tuple[str, str]]:
    return [(f"prompt {n}", f"Answer {n}.\n\n- one\n- two {n}") for n in range(count)]


async def settle(pilot: Pilot[None]) -> None:
    """Let everything that is due happen: messages, layout, scrolling."""
    for _ in range(3):
        await pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_a_turn_from_prompt_to_end(size: tuple[int, int]) -> None:
    app = ChatHost()
    async with app.run_test(size=size):
        pane = app.pane
        pane.start_turn("Fix @src/atlas/router.py")
        assert pane.is_streaming
        assert "waiting for the model" in app.draw()
        pane.add_text("It compares **strict")
        assert "It compares **strict▌" in app.draw()
        pane.add_text("** with `=`.")
        text = app.draw()
        assert "▌ Fix @src/atlas/router.py" in text
        assert "It compares strict with =.▌" in text
        assert "waiting" not in text
        pane.end_turn("1 file staged · 1.9 s · $0.0087")
        text = app.draw()
        assert not app.pane.is_streaming
        assert "It compares strict with =.\n" in text
        assert "1 file staged · 1.9 s · $0.0087" in text


async def test_an_edit_is_peeked_at_then_folded_then_opened() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 30)) as pilot:
        app.pane.start_turn("p")
        app.pane.add_text(EDIT[: EDIT.index(">>>>>>> ")])
        text = app.draw()
        assert "▾ edit src/atlas/router.py" in text
        assert "writing…" in text
        assert "+ new = 1" in text
        app.pane.add_text(EDIT[EDIT.index(">>>>>>> ") :])
        app.pane.add_edit_seen("src/atlas/router.py")
        app.pane.end_turn("done")
        text = app.draw()
        assert "▸ edit src/atlas/router.py  +1 -1" in text
        assert "in Review" in text
        assert "new = 1" not in text
        row = next(y for y, line in enumerate(app.rows()) if "edit src" in line)
        await pilot.click(TranscriptView, offset=(6, row))
        await pilot.pause()
        assert "- old = 1" in app.draw()
        assert "+ new = 1" in app.draw()
        app.pane.view.focus()
        await pilot.press("o")
        assert "new = 1" not in app.draw()
        await pilot.press("o")
        assert "+ new = 1" in app.draw()


async def test_what_follows_a_note_stands_below_it() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 30)):
        pane = app.pane
        pane.start_turn("p")
        pane.add_text("One sen")
        pane.add_note("asked next")
        pane.add_text("tence.\nTwo.")
        pane.add_note("the edit does not apply", "warning")
        pane.add_text("Second answer.\n```\nx")
        pane.add_note("kept whole", "warning")
        pane.add_text("y\n```\n")
        pane.show_report("# Report")
        pane.add_text("Third.")
        rows = [row.strip() for row in app.draw().splitlines() if row.strip()]
        assert rows[1:] == [
            "One sentence.",
            "· asked next",
            "Two.",
            "! the edit does not apply",
            "Second answer.",
            "text",
            "xy",
            "! kept whole",
            "Report",
            "Third.▌",
        ]


async def test_a_long_edit_shows_its_last_lines_while_it_grows() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 40)):
        app.pane.start_turn("p")
        lines = "".join(f"line {n}\n" for n in range(30))
        app.pane.add_text(f"a.py\n<<<<<<< SEARCH\n=======\n{lines}")
        text = app.draw()
        assert "+ line 29" in text
        assert "line 10" not in text


async def test_an_edit_that_the_answer_does_not_show_is_a_note() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)):
        app.pane.start_turn("p")
        app.pane.add_text("Text.")
        app.pane.add_edit_seen("other.py")
        app.pane.add_note("the edit of app.py does not apply", "warning")
        text = app.draw()
        assert "· edit other.py, in Review" in text
        assert "! the edit of app.py does not apply" in text


async def test_failures_and_stops_say_so_in_words() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)):
        app.pane.start_turn("p")
        app.pane.fail_turn("The provider refused the key", "set OPENAI_API_KEY")
        text = app.draw()
        assert "✗ The provider refused the key" in text
        assert "→ set OPENAI_API_KEY" in text
        assert "waiting" not in text
        app.pane.start_turn("q")
        app.pane.add_text("Half a sen")
        app.pane.end_turn("stopped · 0.4 s", stopped=True)
        assert "Half a sen\n\n  stopped · 0.4 s" in app.draw()
        app.pane.add_text("late words of nobody")
        assert "late" not in app.draw()


async def test_a_turn_that_begins_before_the_last_one_ended_closes_it() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)):
        app.pane.start_turn("one")
        app.pane.add_text("```python\nx = 1")
        app.pane.start_turn("two")
        app.pane.add_text("Text of two.")
        text = app.draw()
        assert "x = 1\n" in text
        assert "Text of two.▌" in text


HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x1b[0m \u202eevil\u202c [@click=app.bell]x[/] [/x] &#27;[2J"


async def test_foreign_text_drives_nothing() -> None:
    app = ChatHost()
    async with app.run_test(size=(100, 30)) as pilot:
        app.pane.start_turn(f"@{HOSTILE}")
        for character in f"{HOSTILE}\n\n```python {HOSTILE}\n{HOSTILE}\n```\n{HOSTILE}":
            app.pane.add_text(character)
        app.pane.add_note(HOSTILE)
        app.pane.add_edit_seen(HOSTILE)
        app.pane.fail_turn(HOSTILE, HOSTILE)
        app.pane.set_estimate(HOSTILE)
        app.pane.set_footnote("ok")
        text = app.draw()
        assert text.replace("\n", "").isprintable()
        assert "owned" not in text
        assert "[@click=app.bell]x[/] [/x]" in text
        assert "\u202e" not in text
        await pilot.pause()
        assert app.is_running


async def test_a_line_end_cut_in_two_is_one() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)):
        app.pane.start_turn("p")
        for piece in ("```\r", "\nx\r", "\ny\r\n``", "`\r\nend"):
            app.pane.add_text(piece)
        assert "  x\n  y\n\n  end▌" in app.draw()


async def test_code_blocks_are_titled_and_wrapped_with_their_indentation() -> None:
    app = ChatHost()
    async with app.run_test(size=(50, 24)):
        app.pane.start_turn("p")
        app.pane.add_text("```python\n    value = some_function(first, second, third)\n```\n")
        text = app.draw()
        assert "  python\n      value = some_function(first, second,\n        third)" in text


async def test_the_reader_at_the_bottom_follows() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.start_turn("p")
        for n in range(60):
            app.pane.add_text(f"- item {n}\n")
            app.pane.view.write_now()
        await settle(pilot)
        assert "item 59" in app.draw()
        assert app.pane.view.is_following


async def test_a_reader_further_up_is_never_moved() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        pane, view = app.pane, app.pane.view
        pane.show_turns(turns(40))
        pane.start_turn("p")
        pane.add_text("Begin.\n\n")
        app.draw()
        await settle(pilot)
        view.scroll_to(y=view.scroll_y - 12, animate=False)
        await settle(pilot)
        before = app.rows()
        assert not view.is_following
        for n in range(50):
            pane.add_text(f"Line {n}\n\n")
            view.write_now()
        await settle(pilot)
        assert app.rows() == before
        assert str(pane.border_subtitle) == "↓ new text below"
        pane.set_footnote("session $0.01")
        assert str(pane.border_subtitle) == "↓ new text below"
        await pilot.press("ctrl+end")
        await settle(pilot)
        assert "Line 49" in app.draw()
        assert str(pane.border_subtitle) == "session $0.01"


async def test_folding_above_the_reader_does_not_move_them() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        pane, view = app.pane, app.pane.view
        pane.show_turns([("first", EDIT), *turns(30)])
        app.draw()
        await settle(pilot)
        view.scroll_to(y=view.max_scroll_y - 20, animate=False)
        await settle(pilot)
        before = app.rows()
        view.action_fold_edits()
        await settle(pilot)
        assert app.rows() == before


async def test_a_growing_prompt_keeps_the_bottom_in_view() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        app.pane.show_turns(turns(20))
        await settle(pilot)
        assert "two 19" in app.draw()
        await pilot.press("a", "ctrl+j", "b", "ctrl+j", "c")
        await settle(pilot)
        assert app.pane.view.is_following
        assert "two 19" in app.draw()
        await pilot.press("ctrl+u", "backspace", "ctrl+u", "backspace")
        await settle(pilot)
        assert app.pane.view.is_following
        assert "two 19" in app.draw()


async def test_thousands_of_turns_are_a_window() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.pane.view
        app.pane.show_turns(turns(3_000))
        await settle(pilot)
        assert "two 2999" in app.draw()
        assert view.virtual_size.height < 1_000
        assert len(list(app.screen.query("*"))) < 40
        view.focus()
        seen = view.virtual_size.height
        view.scroll_to(y=5, animate=False)
        await settle(pilot)
        assert view.virtual_size.height > seen
        top = app.rows()[0]
        assert "prompt 0" not in app.draw()
        await pilot.press("home")
        await settle(pilot)
        assert "▌ prompt 0" in app.draw()
        assert app.rows()[0] != top
        app.pane.start_turn("and now")
        await settle(pilot)
        assert "▌ and now" in app.draw()
        assert view.is_following


async def test_reading_all_the_way_up_and_down_meets_every_turn() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 220)) as pilot:
        view = app.pane.view
        app.pane.show_turns(turns(480))
        await settle(pilot)
        met: list[int] = []
        while not met or met[-1] > 0:
            met += reversed(prompts_on(app))
            view.scroll_to(y=max(0, view.scroll_y - 150), animate=False)
            await settle(pilot)
            met += reversed(prompts_on(app))
        assert sorted(set(met)) == list(range(480))
        assert view.virtual_size.height <= MOST_ROWS + 1_000
        met.clear()
        while not view.is_following:
            met += prompts_on(app)
            view.scroll_to(y=view.scroll_y + 150, animate=False)
            await settle(pilot)
        met += prompts_on(app)
        assert sorted(set(met)) == list(range(480))


def prompts_on(app: ChatHost) -> list[int]:
    return [int(row.split()[2]) for row in app.rows() if row.startswith("▌ prompt")]


async def test_a_new_width_keeps_the_readers_place() -> None:
    app = ChatHost()
    async with app.run_test(size=(90, 30)) as pilot:
        view = app.pane.view
        app.pane.show_turns([(f"prompt {n}", f"word {n} " * 60) for n in range(60)])
        await settle(pilot)
        view.scroll_to(y=view.max_scroll_y // 2, animate=False)
        await settle(pilot)
        first = next(row for row in app.rows() if row.startswith("▌ prompt"))
        view.scroll_to(y=view.scroll_y + app.rows().index(first), animate=False)
        await settle(pilot)
        assert app.rows()[0] == first
        await pilot.resize_terminal(60, 30)
        await settle(pilot)
        assert app.rows()[0] == first
        view.show_end()
        await pilot.resize_terminal(110, 20)
        await settle(pilot)
        assert view.is_following
        assert "word 59" in app.draw()


async def test_text_can_be_selected_and_copied() -> None:
    app = ChatHost()
    async with app.run_test(size=(60, 24)) as pilot:
        app.pane.start_turn("ask me")
        app.pane.add_text("First **words** here.\n\n- item one\n- item two")
        app.pane.end_turn("done · 1 s")
        app.draw()
        await settle(pilot)
        rows = app.rows()
        first = next(y for y, row in enumerate(rows) if "First" in row)
        last = next(y for y, row in enumerate(rows) if "item two" in row)
        await pilot.mouse_down(TranscriptView, offset=(8, first))
        await pilot.hover(TranscriptView, offset=(7, last))
        await pilot.mouse_up(TranscriptView, offset=(7, last))
        await settle(pilot)
        assert app.screen.get_selected_text() == "words here.\n\nitem one\nitem"
        assert [row.rstrip() for row in app.rows()] == rows


async def test_a_report_is_shown_as_markdown() -> None:
    app = ChatHost()
    async with app.run_test(size=(80, 24)):
        app.pane.show_report("## Spend\n\n| day | usd |\n|---|---|\n| today | 0.42 |")
        text = app.draw()
        assert "Spend" in text
        assert "today │ 0.42" in text
        app.pane.clear()
        assert app.draw().strip() == ""


@pytest.mark.parametrize("theme", ["tokyo-night", "textual-light", "ansi-dark", "ansi-light"])
async def test_every_part_is_drawn_in_every_kind_of_theme(theme: str) -> None:
    app = ChatHost(theme)
    async with app.run_test(size=(80, 60)) as pilot:
        app.pane.start_turn("Fix @a.py")
        app.pane.add_text(f"# T\n\n> q `x` *e* [l](http://u)\n\n```go\nfunc f() {{}}\n```\n{EDIT}")
        app.pane.add_note("careful", "warning")
        app.pane.fail_turn("bad", "do that")
        app.pane.view.action_fold_edits()
        before = app.draw()
        app.theme = "nord"
        await settle(pilot)
        assert app.draw() == before


async def test_muted_words_can_be_read_on_light_and_dark_ground() -> None:
    """A theme's automatic colours are resolved against what is really behind the text."""
    for theme, is_dark_ink in (("textual-light", True), ("textual-dark", False)):
        app = ChatHost(theme)
        async with app.run_test(size=(80, 24)):
            app.pane.start_turn("p")
            app.draw()
            view = app.pane.view
            row = next(y for y, line in enumerate(app.rows()) if "waiting" in line)
            (segment,) = [part for part in view.render_line(row) if "waiting" in part.text]
            assert segment.style is not None
            assert segment.style.color is not None
            ink = segment.style.color.get_truecolor()
            assert (sum(ink) < 384) == is_dark_ink
