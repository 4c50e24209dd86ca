"""Word marks: spans lie in their lines, what is outside them is the same, and help to read."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.changes.hunks.intraline import changed_words, with_marks
from vibe_tui.changes.hunks.pairing import paired
from vibe_tui.changes.model import DiffLine

WORDS = st.sampled_from(
    ["a", "b", "foo", "foo_bar", " ", "  ", "(", ")", ".", "é", "名", "前", "\t"]
)
LINE = st.lists(WORDS, max_size=12).map("".join)


def _marked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    parts = []
    done = 0
    for start, end in spans:
        parts += [text[done:start], "[", text[start:end], "]"]
        done = end
    return "".join([*parts, text[done:]])


def _unmarked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    kept = [
        text[end:start]
        for end, start in zip(
            [0, *(e for _, e in spans)], [*(s for s, _ in spans), len(text)], strict=True
        )
    ]
    return "".join(kept)


@given(LINE, LINE)
def test_outside_the_marks_both_lines_are_the_same(old: str, new: str) -> None:
    left, right = changed_words(old, new)
    if not left and not right:
        return
    assert _unmarked(old, left) == _unmarked(new, right)
    for text, spans in ((old, left), (new, right)):
        flat = [place for span in spans for place in span]
        assert flat == sorted(set(flat))
        assert all(0 <= place <= len(text) for place in flat)


@given(LINE, LINE)
def test_marks_leave_something_to_compare(old: str, new: str) -> None:
    assert changed_words(old, old) == ((), ())
    for text, spans in zip((old, new), changed_words(old, new), strict=True):
        visible = "".join(text.split())
        kept = "".join(_unmarked(text, spans).split())
        assert not spans or not visible or len(kept) >= 0.3 * len(visible)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f(a, b=[1]):", "def f(a, b=[2, c=None]):"),
        (
            "    return total_[price](x)".replace("total_[price]", "[total_price]"),
            "    return [total_cost](x)",
        ),
        ("我[今]天去学校", "我[昨]天去学校"),
        ("import os", "import os[.path]"),
        ("[  ]done()", "[      ]done()"),
        ("for item in items:", "for [index, ]item in [enumerate(]items[)]:"),
        ("a, [b = b], a", "a, [c = c], a"),
        ("e = [cafe\u0301] + 1", "e = [cafe] + 1"),
    ],
)
def test_words_are_marked_whole(old: str, new: str) -> None:
    plain = [text.replace("[", "").replace("]", "") for text in (old, new)]
    left, right = changed_words(*plain)
    assert (_marked(plain[0], left), _marked(plain[1], right)) == (old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("same", "same"),
        ("x = 1", "while not done(queue): queue.pop()"),
        ("{", "}"),
        ("a " * 600, "b " + "a " * 600),
    ],
)
def test_no_marks_where_they_do_not_help(old: str, new: str) -> None:
    assert changed_words(old, new) == ((), ())


@given(st.lists(LINE, max_size=8), st.lists(LINE, max_size=8))
def test_pairs_do_not_cross(removed: list[str], added: list[str]) -> None:
    pairs = paired(removed, added)
    for one, other in pairwise(pairs):
        assert one[0] < other[0]
        assert one[1] < other[1]
    assert all(0 <= i < len(removed) and 0 <= j < len(added) for i, j in pairs)


def test_lines_find_their_like_ones_around_what_was_put_between() -> None:
    removed = ["width = 1", "height = 2", "depth = 3"]
    added = ["units = 'cm'", "width = 10", "", "height = 20", "    depth = 3"]
    assert paired(removed, added) == [(0, 1), (1, 3), (2, 4)]


@pytest.mark.parametrize("count", [40, 200])
def test_blocks_of_any_size_are_paired_in_step(count: int) -> None:
    removed = [f"value_{n} = compute(self.first, {n})" for n in range(count)]
    added = [f"value_{n} = compute(this.first, {n})" for n in range(count)]
    assert paired(removed, added) == [(n, n) for n in range(count)]
    middle = count // 2
    added[middle] = "something else entirely, unlike"
    assert paired(removed, added) == [(n, n) for n in range(count) if n != middle]


def test_large_blocks_that_begin_and_end_otherwise_are_not_paired() -> None:
    lines = [f"value_{n} = compute(self.first, {n})" for n in range(200)]
    other = ["first", *(line.replace("self", "this") for line in lines), "last"]
    assert paired(lines[:40], other[:41]) == [(n, n + 1) for n in range(40)]
    assert paired(lines, other) == []


def _lines(*rows: str) -> list[DiffLine]:
    return [
        DiffLine(row[0], None if row[0] == "+" else 1, None if row[0] == "-" else 1, row[1:])
        for row in rows
    ]


def test_a_hunks_lines_get_marks_beside_their_like_ones() -> None:
    lines = _lines(" def f():", "-    a = one(1)", "-    gone", "+    a = one(2)", " ", "+new")
    marked = with_marks(lines)
    assert [line.marks for line in marked] == [(), ((12, 13),), (), ((12, 13),), (), ()]
    assert [line.text for line in marked] == [line.text for line in lines]


@pytest.mark.parametrize(
    "rows",
    [
        ["-" + "x = 1 " * 20_000, "+" + "x = 2 " * 20_000],
        [f"-x = {n}" for n in range(2_000)] + [f"+y = {n}" for n in range(2_000)],
    ],
)
def test_beyond_the_bound_there_are_no_marks(rows: list[str]) -> None:
    lines = _lines(*rows)
    assert with_marks(lines) == tuple(lines)


def test_effort_ends_where_words_repeat_without_end() -> None:
    rows = [f"-{'a b c d ' * 60}{n}" for n in range(60)] + [
        f"+{'b a d c ' * 60}{n}" for n in range(60)
    ]
    assert len(with_marks(_lines(*rows))) == 120
