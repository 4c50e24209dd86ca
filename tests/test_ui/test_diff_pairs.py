"""Which removed line stands beside which added one: in order, like beside like, in bounded time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.ui.widgets.line_pairs import equal_pairs, without_white_space

SIDES = st.lists(st.sampled_from(["a", "b", "c", "d", "e", ""]), max_size=14)


@given(removed=SIDES, added=SIDES)
def test_pairs_are_equal_lines_in_rising_order(removed: list[str], added: list[str]) -> None:
    pairs = equal_pairs(removed, added)
    assert all(removed[i] == added[j] for i, j in pairs)
    assert [i for i, _ in pairs] == sorted({i for i, _ in pairs})
    assert [j for _, j in pairs] == sorted({j for _, j in pairs})


@given(lines=SIDES, inserted=st.lists(st.sampled_from(["x", "y"]), max_size=4), at=st.integers(0))
def test_lines_around_an_insertion_are_all_paired(
    lines: list[str], inserted: list[str], at: int
) -> None:
    place = at % (len(lines) + 1)
    added = [*lines[:place], *inserted, *lines[place:]]
    assert len(equal_pairs(lines, added)) == len(lines)


def test_a_line_that_stands_once_holds_its_neighbours() -> None:
    removed = ["x", "}", "only", "}", "y"]
    added = ["}", "only", "}", "new"]
    assert equal_pairs(removed, added) == [(1, 0), (2, 1), (3, 2)]


def test_lines_that_changed_places_are_paired_once() -> None:
    assert equal_pairs(["q", "one", "two", "r"], ["s", "two", "one", "t"]) in ([(1, 2)], [(2, 1)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("\tif x:", "        if x:"),
        ("f(a,b)", "f( a, b )"),
        ("total=a+b", "total = a + b"),
        ("end", "end   \t"),
        ("end\r", "end"),
        ("return  x", "return x"),
    ],
)
def test_white_space_that_says_nothing_is_left_out(one: str, other: str) -> None:
    assert without_white_space(one) == without_white_space(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("not x", "notx"),
        ("a - -b", "a --b"),
        ("x < -1", "x <-1"),
        ("a b", "a\u00a0b"),
        ("a", "a\u200b"),
    ],
)
def test_white_space_that_says_something_is_kept(one: str, other: str) -> None:
    assert without_white_space(one) != without_white_space(other)
