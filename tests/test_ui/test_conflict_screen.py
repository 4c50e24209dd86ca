"""Both sides of a conflict: shown whole, chosen by key and by mouse, and never written here."""

from typing import ClassVar

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Button, Static

from tests.test_ui.review_host import screen_rows
from vibe_tui.changes.model import ConflictChoice, ConflictRegion, ConflictView
from vibe_tui.ui.screens.conflict import ConflictScreen, Settlement
from vibe_tui.ui.styles import style_sheets
from vibe_tui.ui.widgets.conflict_body import ConflictBody
from vibe_tui.ui.widgets.conflict_rows import conflict_rows

OURS, THEIRS, BOTH = ConflictChoice.OURS, ConflictChoice.THEIRS, ConflictChoice.BOTH


def stretch(*lines: str, left_out: int = 0) -> ConflictRegion:
    return ConflictRegion(lines, lines, lines, False, 1, 1, left_out)


VIEW = ConflictView(
    "c-1",
    2,
    "src/a.py",
    "it changed on the disk, in two places",
    "changed, 12 lines",
    "changed, 13 lines",
    "0" * 64,
    (
        stretch("one", "two", "three", "eight", "nine", "ten", left_out=4),
        ConflictRegion(("base",), ("mine",), ("its", "its too"), True, 11, 11),
        ConflictRegion(("old",), ("old",), ("merged",), False, 12, 13),
        ConflictRegion(("gone",), (), ("kept \x1b[2J",), True, 13, 14),
    ),
)
DELETED = ConflictView("c-1", 2, "src/a.py", "it was deleted", "deleted", "changed, 13 lines", None)


class Host(App[None]):
    CSS_PATH: ClassVar = [
        sheet for sheet in style_sheets() if sheet.stem in {"review_dialogs", "conflict_body"}
    ]

    def __init__(self, view: ConflictView) -> None:
        super().__init__()
        self.view = view
        self.settled: list[Settlement | None] = []

    def on_mount(self) -> None:
        self.push_screen(ConflictScreen(self.view), self.settled.append)

    @property
    def body(self) -> ConflictBody:
        return self.screen.query_one(ConflictBody)

    @property
    def state(self) -> str:
        return str(self.screen.query_one("#conflict-state", Static).content)


def text_of(view: ConflictView, width: int, **options: bool) -> list[str]:
    rows = conflict_rows(view, {}, width, **options)
    return [" | ".join(f"{c.sign}{c.text}" if c else "" for c in row.cells) for row in rows]


def test_both_sides_stand_beside_each_other_where_there_is_room() -> None:
    text = text_of(VIEW, 100)
    assert "‹mine | ›its" in text
    assert " | ›its too" in text
    assert " (nothing) | ›kept ‹U+001B›[2J" in text
    assert " ⋯ 4 unchanged lines" in text
    assert "·merged" in text


def test_and_below_each_other_where_there_is_not() -> None:
    text = text_of(VIEW, 60)
    mine = text.index("‹mine")
    assert text[mine : mine + 3] == ["‹mine", "›its", "›its too"]


def test_what_both_started_from_is_shown_on_demand() -> None:
    assert "│base" not in text_of(VIEW, 100)
    assert "│base" in text_of(VIEW, 100, with_base=True)
    assert "│gone" in text_of(VIEW, 100, with_base=True)


def test_long_lines_are_folded_and_lose_nothing() -> None:
    line = "x = " + ", ".join(f"item_{n}" for n in range(60))
    view = ConflictView("c", 1, "a", "", "", "", None, (
        ConflictRegion((), (line,), ("y",), True, 1, 1),
    ))  # fmt: skip
    rows = conflict_rows(view, {}, 90)
    left = "".join(row.cells[0].text for row in rows if row.cells and row.cells[0])
    assert left == line


async def test_each_conflict_is_chosen_and_the_choice_proposed() -> None:
    app = Host(VIEW)
    async with app.run_test(size=(110, 40)) as pilot:
        await pilot.pause()
        assert app.body.total == 2
        assert app.state.startswith("2 of 2 still to choose")
        assert app.screen.query_one("#settle", Button).disabled
        await pilot.press("ctrl+s")
        assert app.settled == []
        await pilot.press("1")
        assert app.body.current == 1
        assert app.state.startswith("1 of 2 still")
        await pilot.press("3")
        assert app.state.startswith("All chosen")
        await pilot.press("p", "2", "ctrl+s")
        await pilot.pause()
    assert app.settled == [Settlement("choices", (THEIRS, BOTH))]
    assert app.settled[0] is not None
    assert app.settled[0].by_region(VIEW) == {1: THEIRS, 3: BOTH}


async def click_on(app: Host, pilot: Pilot[None], words: str, nth: int = 0) -> None:
    hits = [
        (row.index(words), y)
        for y, row in enumerate(screen_rows(app.body))
        if words in row
    ]  # fmt: skip
    await pilot.click(ConflictBody, offset=hits[nth])


async def test_sides_are_chosen_by_mouse() -> None:
    app = Host(VIEW)
    async with app.run_test(size=(110, 40)) as pilot:
        await pilot.pause()
        await click_on(app, pilot, "3 both", 1)
        assert app.body.chosen == {1: BOTH}
        await click_on(app, pilot, "mine")
        assert app.body.chosen == {0: OURS, 1: BOTH}
        await click_on(app, pilot, "its too")
        assert app.body.chosen == {0: THEIRS, 1: BOTH}
        await pilot.press("n")
        await pilot.click("#take-theirs")
        await pilot.click("#settle")
        await pilot.pause()
    assert app.settled == [Settlement("choices", (THEIRS, THEIRS))]


@pytest.mark.parametrize(
    ("key", "button", "expected"),
    [
        ("k", "#keep", Settlement("keep")),
        ("o", "#outside", Settlement("editor", (OURS, None))),
        ("escape", None, None),
    ],
)
async def test_other_ways_out(key: str, button: str | None, expected: Settlement | None) -> None:
    for way in (key, button):
        app = Host(VIEW)
        async with app.run_test(size=(110, 40)) as pilot:
            await pilot.pause()
            await pilot.press("1")
            if way is not None and way.startswith("#"):
                await pilot.click(way)
            else:
                await pilot.press(key)
            await pilot.pause()
        assert app.settled == [expected]


async def test_a_file_without_lines_to_compare_is_taken_whole() -> None:
    app = Host(DELETED)
    async with app.run_test(size=(110, 40)) as pilot:
        await pilot.pause()
        assert any("‹ deleted" in row for row in screen_rows(app.body))
        assert app.screen.query_one("#take-both", Button).disabled
        await pilot.press("3")
        assert app.body.chosen == {}
        await pilot.press("2", "ctrl+s")
        await pilot.pause()
    assert app.settled == [Settlement("choices", (THEIRS,))]
    assert app.settled[0] is not None
    assert app.settled[0].by_region(DELETED) == {0: THEIRS}


async def test_a_conflict_that_is_over_can_only_be_left() -> None:
    calm = ConflictView("c-1", 2, "a", "a is not in conflict", "", "", "0", (stretch("a"),))
    app = Host(calm)
    async with app.run_test(size=(110, 40)) as pilot:
        await pilot.pause()
        assert "Nothing is in conflict any more" in app.state
        await pilot.press("1", "2", "n", "b", "ctrl+s")
        assert app.settled == []
        await pilot.press("escape")
        await pilot.pause()
    assert app.settled == [None]


async def test_the_base_comes_and_goes_and_the_current_conflict_stays_in_sight() -> None:
    many = [stretch("a", "b", "c", "x", "y", "z", left_out=3)]
    for number in range(20):
        many += [ConflictRegion(("b",), (f"m{number}",), (f"t{number}",), True, 1, 1), stretch("q")]
    app = Host(ConflictView("c", 1, "a", "", "", "", "0", tuple(many)))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert not any("│ b" in row for row in screen_rows(app.body))
        await pilot.press("b", *"n" * 15)
        await pilot.pause()
        rows = screen_rows(app.body)
        assert any("m15" in row for row in rows)
        assert any("│ b" in row for row in rows)
        assert sum(row.startswith("▌") for row in rows) >= 3


@pytest.mark.parametrize("size", [(150, 40), (100, 30), (80, 24), (60, 20)])
async def test_it_fits(size: tuple[int, int]) -> None:
    app = Host(VIEW)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        frame = app.screen.query_one("#conflict-frame")
        assert app.screen.region.contains_region(frame.region)
        buttons = [button for button in frame.query(Button) if button.display]
        assert {"settle", "keep", "outside"} <= {button.id for button in buttons}
        for button in buttons:
            assert frame.content_region.contains_region(button.region), button
        assert app.body.size.height >= 6
