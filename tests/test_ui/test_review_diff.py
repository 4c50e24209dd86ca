"""The diff on screen: right rows, nothing cut, colours only for what is seen, readable always."""

from dataclasses import replace

import pytest
from rich.style import Style
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from tests.test_ui.review_host import (
    ROUTER,
    ROUTER_NEW,
    ROUTER_OLD,
    TEST,
    Host,
    decide,
    propose,
    router_change,
    screen_rows,
    settle,
)
from vibe_tui.changes.model import ChangeAction, ChangeState, FileDiff, HunkState
from vibe_tui.ui.widgets import diff_sheet
from vibe_tui.ui.widgets.diff_looks import INKS
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.hunk_block import FileBlock, HunkBlock
from vibe_tui.ui.widgets.hunk_syntax import ROLES
from vibe_tui.ui.widgets.readable import LEAST_CONTRAST, contrast, readable

WIDE = (70, 60)


def diff_of(app: Host) -> DiffView:
    return app.query_one(DiffView)


def many_hunks(count: int) -> tuple[str, str]:
    old = [f"value_{i} = {i}" for i in range(count * 10)]
    new = [f"{line}0" if i % 10 == 5 else line for i, line in enumerate(old)]
    return "\n".join(old), "\n".join(new)


async def test_rows_carry_numbers_and_signs() -> None:
    app = Host()
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        rows = screen_rows(diff_of(app))
    assert rows[0].startswith(f" {ROUTER} ──")
    assert rows[1] == "▌@@ imports  1–5                          [ h accept  X reject ]"
    assert rows[2:5] == [
        "▌ 1  1   from collections.abc import Mapping",
        "▌    2 + from atlas.errors import DuplicateViewError",
        "▌ 2  3   from atlas.views import View",
    ]
    assert " 14    -         if name in self.views and strict = True" in rows
    assert " @@ Router.register  12–18                    [ accept  reject ]" in rows
    assert " new file" in rows
    assert '     9 +         router.register("home", view, strict=True)' in rows


async def test_a_narrow_pane_folds_lines_and_keeps_one_column_of_numbers() -> None:
    app = Host()
    async with app.run_test(size=(40, 60)) as pilot:
        app.pane.show_change(*propose({ROUTER: (ROUTER_OLD, ROUTER_NEW)}))
        await settle(app, pilot)
        view = diff_of(app)
        rows = screen_rows(view)
        joined = "".join(row.replace("↳", " ")[6:] for row in rows)
    assert "▌ 2 + from atlas.errors import" in rows
    assert "▌   ↳ DuplicateViewError" in rows
    for line in ROUTER_NEW.splitlines()[1:3]:
        assert line.replace(" ", "") in joined.replace(" ", "")


async def test_a_new_width_folds_again_and_stays_at_the_hunk() -> None:
    app = Host()
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        view = diff_of(app)
        view.go(1)
        wide_height = view.virtual_size.height
        await pilot.resize_terminal(40, 30)
        await settle(app, pilot)
        assert view.position == (2, 3)
        assert view.virtual_size.height > wide_height
        assert view.virtual_size.width <= view.size.width


async def test_hunks_and_files_are_stepped_through() -> None:
    app = Host()
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        view = diff_of(app)
        assert [view.go(-1), view.go(1), view.position] == [False, True, (2, 3)]
        assert [view.go_file(1), view.position] == [True, (3, 3)]
        assert [view.go_file(1), view.go(1)] == [False, False]
        assert [view.go_file(-1), view.position] == [True, (1, 3)]
        assert not view.go_to_path("elsewhere.py")


async def test_nothing_is_stepped_through_when_nothing_is_shown() -> None:
    app = Host()
    async with app.run_test(size=WIDE):
        view = diff_of(app)
        assert [view.go(1), view.go_file(1), view.current] == [False, False, None]


async def test_the_current_hunk_is_always_in_sight() -> None:
    app = Host()
    async with app.run_test(size=(70, 24)) as pilot:
        app.pane.show_change(*propose({"big.py": many_hunks(40)}))
        await settle(app, pilot)
        view = diff_of(app)
        view.scroll_to(y=200, animate=False)
        await settle(app, pilot)
        number, total = view.position
        assert total == 40
        assert 1 < number < 40
        assert any(row.startswith("▌") for row in screen_rows(view))
        view.scroll_end(animate=False)
        await settle(app, pilot)
        assert view.position[0] >= 38
        view.go(-30)
        await settle(app, pilot)
        assert screen_rows(view)[0].startswith("▌@@")


async def test_only_hunks_in_sight_are_coloured() -> None:
    app = Host()
    async with app.run_test(size=(70, 24)) as pilot:
        app.pane.show_change(*propose({"big.py": many_hunks(60)}))
        await settle(app, pilot)
        view = diff_of(app)
        assert view._layout_now is not None
        blocks = [b for b in view._layout_now.blocks if isinstance(b, HunkBlock)]
        coloured = [block.hunk.k for block in blocks if block.spans]
        assert coloured[0] == 1
        assert len(coloured) <= 3
        view.scroll_end(animate=False)
        await settle(app, pilot)
        assert blocks[-1].spans
        assert not blocks[30].spans


async def test_a_large_proposal_is_laid_out_in_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diff_sheet, "MANY_LINES", 50)
    app = Host()
    async with app.run_test(size=(70, 24)) as pilot:
        change, diffs = propose({"big.py": many_hunks(40)})
        app.pane.show_change(change, diffs)
        view = diff_of(app)
        assert view.current is None
        app.pane.show_change(change, diffs)
        await settle(app, pilot)
        assert view.position == (1, 40)
        app.pane.show_change(
            *decide(change, diffs, {1: HunkState.ACCEPTED}, ChangeState.PARTLY_ACCEPTED)
        )
        assert view.position == (2, 40)
        await pilot.resize_terminal(50, 24)
        await settle(app, pilot)
        assert view.position == (2, 40)


async def test_a_second_proposal_replaces_one_that_is_still_laid_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diff_sheet, "MANY_LINES", 50)
    app = Host()
    async with app.run_test(size=(70, 24)) as pilot:
        app.pane.show_change(*propose({"big.py": many_hunks(40)}))
        app.pane.show_change(*propose({"other.py": ("a\n", "b\n")}, change_id="c-2"))
        await settle(app, pilot)
        assert diff_of(app).position == (1, 1)
        assert any("+ b" in row for row in screen_rows(diff_of(app)))


async def test_decided_hunks_say_so() -> None:
    app = Host()
    async with app.run_test(size=WIDE) as pilot:
        change, diffs = router_change()
        app.pane.show_change(change, diffs)
        states = {1: HunkState.ACCEPTED, 2: HunkState.REJECTED}
        change, diffs = decide(change, diffs, states, ChangeState.PARTLY_ACCEPTED)
        app.pane.show_change(change, diffs)
        await settle(app, pilot)
        headers = [row for row in screen_rows(diff_of(app)) if "@@" in row]
        assert headers[0].endswith("[✓ accepted]")
        assert headers[1].endswith("[✗ rejected]")
        assert headers[2].startswith("▌@@ lines 1–9")
        app.pane.show_change(replace(change, state=ChangeState.ROLLED_BACK), diffs)
        await settle(app, pilot)
        headers = [row for row in screen_rows(diff_of(app)) if "@@" in row]
        assert headers[0].endswith("[↶ rolled back]")
        assert headers[1].endswith("[✗ rejected]")


async def test_what_is_to_know_of_a_file_stands_before_its_hunks() -> None:
    change, (router, new) = router_change()
    moved = replace(
        new.change,
        path="tests/moved.py",
        action=ChangeAction.RENAME,
        renamed_from=TEST,
        hunk_states=(),
    )
    torn = replace(router.change, conflict="changed since", reversible=False)
    gone = replace(new.change, path="old.py", action=ChangeAction.DELETE, hunk_states=())
    files = (torn, moved, gone)
    diffs = (
        FileDiff(torn, router.hunks, "whole file, −2 lines"),
        FileDiff(moved, ()),
        FileDiff(gone, (), "binary file"),
    )
    app = Host()
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(replace(change, files=files), diffs)
        await settle(app, pilot)
        view = diff_of(app)
        rows = screen_rows(view)
        assert rows[1:4] == [
            " whole file, −2 lines",
            " cannot be rolled back once accepted",
            " ! conflict: changed since",
        ]
        assert f" renamed from {TEST}" in rows
        assert " no lines change" in rows
        assert rows[-3:] != [""] * 3 or " binary file" in rows
        assert view.position == (1, 4)
        view.go_to_path("old.py")
        assert isinstance(view.current, FileBlock)


async def test_foreign_text_is_only_text() -> None:
    app = Host()
    evil = "[bold]x[/] [@click=app.bell]y[/] \x1b[2J\u202e"
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(*propose({"[b]a\x1b[31m.py": ("", evil)}, symbols={1: evil}))
        await settle(app, pilot)
        rows = "\n".join(screen_rows(diff_of(app)))
        names = app.query_one("#review-files").render_line(0).text
    assert "[bold]x[/] [@click=app.bell]y[/]" in rows
    assert "‹U+001B›[2J‹U+202E›" in rows
    assert "\x1b" not in rows + names
    assert "[b]a.py" in names


async def test_a_hunk_without_lines_is_shown() -> None:
    change, diffs = propose({"logo.png": ("a", "b")})
    bare = replace(diffs[0].hunks[0], lines=(), header="@@ @@")
    app = Host()
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(change, (replace(diffs[0], hunks=(bare,), note="binary file"),))
        await settle(app, pilot)
        rows = screen_rows(diff_of(app))
    assert rows[0] == " binary file"
    assert rows[1].startswith("▌@@ whole file")


async def test_every_text_can_be_read_in_every_theme() -> None:
    app = Host()
    changed = ("added", "removed", "added-word", "removed-word")
    on_rows = ("", "number", "warning", "remark", *ROLES)
    styles = {(row, ink) for row in (*changed, "context") for ink in on_rows}
    styles |= {("context", ink) for ink in set(INKS) - {"rule", "current"}} | {("selected", "")}
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(*router_change())
        view = diff_of(app)
        for theme in [name for name, theme in BUILTIN_THEMES.items() if not theme.ansi]:
            app.theme = theme
            await pilot.pause()
            for row, ink in sorted(styles):
                style = view._looks(row, ink)
                assert style.color is not None
                assert style.bgcolor is not None
                front = Color.from_rich_color(style.color)
                back = Color.from_rich_color(style.bgcolor)
                assert contrast(front, back) >= LEAST_CONTRAST, (theme, row, ink)
            fills = {view._looks(row).bgcolor for row in (*changed, "context", "selected")}
            assert len(fills) == 6, theme
            assert all(view._looks(row).underline for row in changed[2:])


def test_a_colour_too_close_to_its_background_is_moved_and_any_other_is_kept() -> None:
    assert readable(Style(color="#777777", bgcolor="#777777")) == Style(
        color="#000000", bgcolor="#777777"
    )
    for kept in (Style(color="#ffffff", bgcolor="#000000"), Style(color="red"), Style()):
        assert readable(kept) == kept


@pytest.mark.parametrize("theme", ["ansi-dark", "ansi-light"])
async def test_a_terminals_own_palette_has_no_fills(theme: str) -> None:
    app = Host(theme)
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        view = diff_of(app)
        for y in range(view.size.height):
            for segment in view.render_line(y):
                assert segment.style is not None
                assert segment.style.bgcolor is None or segment.style.bgcolor.is_default
        added, removed = view._looks("added").color, view._looks("removed").color  # green, red
        assert added is not None
        assert removed is not None
        assert (added.number, removed.number) == (2, 1)


async def test_a_change_of_theme_is_drawn_at_once() -> None:
    app = Host("tokyo-night")
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        before = diff_of(app)._looks("added")
        app.theme = "textual-light"
        await settle(app, pilot)
        assert diff_of(app)._looks("added") != before


async def test_clicks_choose_hunks_and_decide() -> None:
    app = Host()
    async with app.run_test(size=WIDE) as pilot:
        app.pane.show_change(*router_change())
        await settle(app, pilot)
        view = diff_of(app)
        rows = screen_rows(view)
        second = next(y for y, row in enumerate(rows) if "Router.register" in row)
        await pilot.click(DiffView, offset=(20, second + 2))
        assert view.position == (2, 3)
        header = screen_rows(view)[second]
        await pilot.click(DiffView, offset=(header.index("reject"), second))
        await pilot.click(DiffView, offset=(3, 0))
        await pilot.click(DiffView, offset=(3, view.size.height - 1))
        assert view.position == (2, 3)
        (posted,) = app.posted
        assert posted == app.pane.RejectRequested("c-1", 1, hunks=(2,))
