"""How a diff can be read: one column or two, more context or less, without white space."""

from dataclasses import replace

import pytest

from tests.test_ui.diff_host import DiffApp, read, settle
from vibe_tui.changes.model import ChangeAction, HunkComment
from vibe_tui.ui.widgets import diff_sheet
from vibe_tui.ui.widgets.hunk_block import HunkBlock
from vibe_tui.ui.widgets.paper import AUTO_SPLIT, LEAST_SPLIT

OLD = "".join(f"value_{n} = {n}\n" for n in range(1, 41))
NEW = (
    OLD.replace("value_10 = 10\n", "value_10 = 1000\n")
    .replace("value_20 = 20\n", "value_20  =  20\n")
    .replace("value_30 = 30\n", "value_30 = 30\nnew_line = True\n")
)
PATH = "lib/values.py"
WIDE, NARROW = (140, 60), (70, 60)


def in_force(app: DiffApp) -> str:
    return app.view.layout_in_force


async def test_two_columns_from_120_cells_of_a_pane_on_and_one_below() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=(AUTO_SPLIT + 1, 60)) as pilot:  # one for the scroll bar
        await settle(app, pilot)
        assert in_force(app) == "split"
        await pilot.resize_terminal(AUTO_SPLIT, 60)
        await settle(app, pilot)
        assert in_force(app) == "unified"
        assert not any("│" in row for row in app.rows)


async def test_two_columns_show_both_sides_level() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        rows = app.shown
    middle = rows[1].index("│")
    assert [row[:middle].rstrip() for row in rows[3:6]] == [
        "▌ 9   value_9 = 9",
        "▌10 - value_10 = 10",
        "▌11   value_11 = 11",
    ]
    assert [row[middle:] for row in rows[3:6]] == [
        "│ 9   value_9 = 9",
        "│10 + value_10 = 1000",
        "│11   value_11 = 11",
    ]
    added = next(row for row in rows if "new_line" in row)
    assert added[:middle].strip() == ""
    assert {row.index("│") for row in rows if "│" in row} == {middle}


async def test_a_person_chooses_the_columns() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        app.view.go(1)
        app.view.layout_mode = "unified"
        await settle(app, pilot)
        assert in_force(app) == "unified"
        assert app.view.position == (2, 3)
        app.view.layout_mode = "split"
        await pilot.resize_terminal(LEAST_SPLIT + 1, 60)
        await settle(app, pilot)
        assert in_force(app) == "split"
        assert any("│" in row for row in app.rows)
        await pilot.resize_terminal(LEAST_SPLIT, 60)
        await settle(app, pilot)
        assert in_force(app) == "unified"
        assert app.view.position == (2, 3)


async def test_long_lines_fold_level_on_both_sides() -> None:
    old, new = f"a = {'x' * 90}\nend = 1\n", f"a = {'x' * 200}\nend = 1\n"
    app = DiffApp(read({PATH: (old, new)}))
    async with app.run_test(size=WIDE) as pilot:
        await settle(app, pilot)
        rows = app.shown
    ends = [row for row in rows if "end = 1" in row]
    assert len(ends) == 1
    assert ends[0].count("end = 1") == 2
    left = [row[: row.index("│")] for row in rows[1:-1]]
    assert "".join(left).count("x") == 90
    assert sum("↳" in row for row in left) == 1
    assert sum("↳" in row[row.index("│") :] for row in rows[1:-1]) == 3


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_context_grows_and_shrinks_in_steps(size: tuple[int, int]) -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        view = app.view
        counts = []
        for step in (view.narrow_context, view.narrow_context, view.widen_context,
                     view.widen_context, view.widen_context, view.widen_context):  # fmt: skip
            counts.append((step(), view.context_lines))
            await settle(app, pilot)
        assert counts == [(True, 0), (False, 0), (True, 3), (True, 10), (True, None), (False, None)]
        rows = view.virtual_size.height
        lines = 41 if view.layout_in_force == "split" else 43
        assert rows == lines + 3 * 2  # a header and an empty row each
        assert view.position == (1, 3)
        view.context_lines = 0
        await settle(app, pilot)
        assert not any("value_9 " in row for row in app.rows)
        assert any("- value_10 = 10" in row for row in app.rows)


async def test_more_context_keeps_the_readers_line_where_it_is() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=(70, 14)) as pilot:
        await settle(app, pilot)
        app.view.go(1)
        app.view.scroll_to(y=app.view.scroll_offset.y + 2, animate=False)
        await settle(app, pilot)
        before = next(y for y, row in enumerate(app.rows) if "- value_20" in row)
        app.view.widen_context()
        await settle(app, pilot)
        assert "- value_20" in app.rows[before]
        assert app.view.position == (2, 3)


async def test_a_long_hunk_is_shown_from_where_it_changes() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=(70, 12)) as pilot:
        await settle(app, pilot)
        app.view.context_lines = None
        await settle(app, pilot)
        app.view.go(2)
        await settle(app, pilot)
        assert any("+ new_line" in row for row in app.rows)


async def test_white_space_hides_and_comes_back() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        app.view.hides_white_space = True
        await settle(app, pilot)
        rows = app.shown
        assert rows[0] == " 1 white-space-only hunk hidden"
        hidden = next(row for row in rows if "only white space differs" in row)
        assert hidden.startswith(" @@ lines 17–23")
        assert hidden.endswith("[ accept  reject ]")
        assert not any("value_20" in row for row in rows)
        assert app.view.hidden_hunks == 1
        assert app.view.position == (1, 3)
        app.view.go(1)
        assert not app.view.enter_lines()
        app.view.hides_white_space = False
        await settle(app, pilot)
        assert any("+ value_20  =  20" in row for row in app.rows)
        assert app.view.hidden_hunks == 0


@pytest.mark.parametrize(("size", "sides"), [(NARROW, 1), (WIDE, 2)])
async def test_white_space_beside_other_changes_is_quiet(size: tuple[int, int], sides: int) -> None:
    old = "if a:\n    one()\n    two()\n"
    new = "if a and b:\n        one()\n        two()\n"
    app = DiffApp(read({PATH: (old, new)}))
    async with app.run_test(size=size) as pilot:
        await settle(app, pilot)
        app.view.hides_white_space = True
        await settle(app, pilot)
        rows = app.shown
    assert any("- if a:" in row for row in rows)
    quiet = [row for row in rows if "two()" in row]
    assert len(quiet) == 1
    assert quiet[0].count("~") == quiet[0].count("two()") == sides
    assert "hidden" not in "".join(rows)


async def test_words_that_changed_are_underlined_in_any_theme() -> None:
    for theme in ("tokyo-night", "textual-light", "ansi-dark"):
        app = DiffApp(read({PATH: (OLD, NEW)}), theme)
        async with app.run_test(size=NARROW) as pilot:
            await settle(app, pilot)
            y = next(y for y, row in enumerate(app.rows) if "+ value_10 = 1000" in row)
            line = app.view.render_line(y)
            marked = "".join(s.text for s in line if s.style and s.style.underline)
            assert marked == "1000"


async def test_marks_fall_on_the_right_words_behind_tabs_and_hidden_characters() -> None:
    old, new = "\tcall(one, 'x\u200b')\n", "\tcall(two, 'x\u200b')\n"
    app = DiffApp(read({PATH: (old, new)}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        y = next(y for y, row in enumerate(app.rows) if " + " in row)
        marked = [s.text for s in app.view.render_line(y) if s.style and s.style.underline]
        assert marked == ["two"]
        assert "‹U+200B›" in app.rows[y]


MOVED = "def moved_about(name):\n    first = name.strip()\n    return first.title()\n"


async def test_moved_lines_say_from_where_and_to_where() -> None:
    head = "".join(f"a{n} = {n}\n" for n in range(9))
    texts = {
        "one.py": (head + MOVED, head),
        "two.py": (head, head + MOVED),
    }
    app = DiffApp(read(texts))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        rows = app.shown
    assert any(row.endswith("def moved_about(name):  ⇄ moved to two.py:10") for row in rows)
    assert any(row.endswith("def moved_about(name):  ⇄ moved from one.py:10") for row in rows)
    assert sum("⇄- " in row for row in rows) == 3
    assert sum("⇄+ " in row for row in rows) == 3
    assert sum("moved to" in row for row in rows) == 1


async def test_comments_stand_under_their_hunk_and_lost_ones_in_the_heading() -> None:
    diffs = read({PATH: (OLD, NEW)})
    quoted = "\n".join(line.kind + line.text for line in diffs[0].hunks[0].lines)
    comments = (
        HunkComment(PATH, "Why a thousand?\nMeasure " + "it first, " * 9, quoted, "now"),
        HunkComment(PATH, "of old", "-gone\n+came", "now"),
        HunkComment("other.py", "elsewhere", quoted, "now"),
    )
    app = DiffApp(diffs)
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        height = app.view.virtual_size.height
        assert not app.view.show(diffs, comments=comments)
        await settle(app, pilot)
        rows = app.shown
        at = rows.index("▌   ✎ Why a thousand?")
        assert "value_13" in rows[at - 1]
        assert rows[at + 1].startswith("▌     Measure it first,")
        assert rows[0] == "  ✎ of lines that changed since: of old".replace("  ", " ", 1)
        assert not any("elsewhere" in row for row in rows)
        assert app.view.virtual_size.height == height + 4
        app.view.show(diffs)
        await settle(app, pilot)
        assert app.view.virtual_size.height == height


async def test_a_heading_says_what_is_to_know_of_a_file_in_full() -> None:
    (diff,) = read({PATH: (OLD, NEW)})
    reason = "the file changed on the disk since, and both changed lines 9 to 12 of it; settle it"
    file = replace(
        diff.change, conflict=reason, remarks=("ignored by git",), action=ChangeAction.CREATE
    )
    app = DiffApp((replace(diff, change=file),))
    async with app.run_test(size=(50, 40)) as pilot:
        await settle(app, pilot)
        rows = app.rows
    assert rows[:2] == [" new file", " ignored by git"]
    assert " ".join(row.strip() for row in rows[2:5]) == f"! conflict: {reason}"


async def test_a_resize_while_lines_are_laid_out_in_a_thread_is_safe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(diff_sheet, "MANY_LINES", 5)
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=WIDE) as pilot:
        for width in (90, 140, 70):
            app.view.context_lines = 10 if width == 140 else 3
            await pilot.resize_terminal(width, 40)
        await settle(app, pilot)
        assert app.view.position == (1, 3)
        assert all(len(row) <= 70 for row in app.rows)


async def test_colours_know_what_a_hunk_begins_in() -> None:
    doc = "".join(f"    text with for and if {n}\n" for n in range(20))
    old = f'def f():\n    """Doc.\n{doc}    """\n    return None\n'
    app = DiffApp(read({PATH: (old, old.replace("return None", "return True"))}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        y = next(y for y, row in enumerate(app.rows) if "if 19" in row)
        string = app.view._looks("context", "string")
        texts = [s.text.strip() for s in app.view.render_line(y) if s.style == string]
        assert "text with for and if 19" in texts
        y = next(y for y, row in enumerate(app.rows) if "+ " in row)
        coloured = [s for s in app.view.render_line(y) if "return" in s.text]
        assert coloured[0].style == app.view._looks("added", "keyword")


async def test_pages_turn_at_once_and_take_the_current_hunk_along() -> None:
    old = "".join(f"value_{n} = {n}\n" for n in range(400))
    new = "".join(f"value_{n} = {n}{'0' * (n % 10 == 5)}\n" for n in range(400))
    app = DiffApp(read({PATH: (old, new)}))
    async with app.run_test(size=(70, 20)) as pilot:
        await settle(app, pilot)
        for _ in range(3):
            await pilot.press("pagedown")
        assert app.view.scroll_offset.y == 60
        number, total = app.view.position
        assert total == 40
        assert number > 3
        await pilot.press("down", "up", "up", "pageup")
        assert app.view.scroll_offset.y == 39
        assert app.view.position[0] < number


async def test_a_long_new_file_is_coloured_to_its_end() -> None:
    text = "    if and for are words\n" * 8
    new = "".join(f'def f{n}():\n    """Doc.\n{text}    """\n    return None\n' for n in range(100))
    app = DiffApp(read({PATH: ("", new)}))
    async with app.run_test(size=(70, 20)) as pilot:
        await settle(app, pilot)
        app.view.scroll_to(y=600, animate=False)
        await settle(app, pilot)
        block = app.view.current
        assert isinstance(block, HunkBlock)
        assert list(block.spans) == [0]
        app.view.scroll_end(animate=False)
        await settle(app, pilot)
        assert list(block.spans) == [0, 1]
        assert block.lines[1_000].text == "    if and for are words"
        assert block.spans[1][0] == ((0, 24, "string"),)
        assert block.spans[1][-1] == ((4, 10, "keyword"), (11, 15, "literal"))


async def test_a_proposal_that_ends_leaves_an_empty_view() -> None:
    app = DiffApp(read({PATH: (OLD, NEW)}))
    async with app.run_test(size=NARROW) as pilot:
        await settle(app, pilot)
        app.view.context_lines = None
        app.view.show(())
        await settle(app, pilot)
        assert app.shown == []
        assert (app.view.position, app.view.current) == ((0, 0), None)
        assert not app.view.enter_lines()
        app.view.hides_white_space = True
        app.view.show(read({PATH: (OLD, NEW)}))
        await settle(app, pilot)
        assert app.view.hidden_hunks == 1
