"""The gauge's cells stay inside it at any amount, and its word changes at 80 and 95 %."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.analytics.display import budget_word, gauge_cells


@pytest.mark.parametrize(
    ("spent", "held", "limit", "cells"),
    [
        (0, 0, 100, (0, 0)),
        (50, 0, 100, (10, 0)),
        (50, 25, 100, (10, 5)),
        (1, 0, 1_000_000, (1, 0)),  # anything spent shows
        (0, 1, 1_000_000, (0, 1)),
        (99, 0, 100, (19, 0)),  # full only when it is
        (100, 0, 100, (20, 0)),
        (100, 50, 100, (20, 0)),
        (500, 0, 100, (20, 0)),
        (0, 0, 0, (20, 0)),
        (5, 5, 0, (20, 0)),
        (-5, -5, 100, (0, 0)),
    ],
)
def test_cells(spent: int, held: int, limit: int, cells: tuple[int, int]) -> None:
    assert gauge_cells(spent, held, limit, 20) == cells


def test_no_width_has_no_cells() -> None:
    assert gauge_cells(5, 5, 10, 0) == (0, 0)
    assert gauge_cells(5, 5, 10, -3) == (0, 0)


MONEY = st.integers(-10, 10**12)


@given(MONEY, MONEY, MONEY, st.integers(0, 200))
def test_cells_stay_inside(spent: int, held: int, limit: int, width: int) -> None:
    spent_cells, held_cells = gauge_cells(spent, held, limit, width)
    assert spent_cells >= 0
    assert held_cells >= 0
    assert spent_cells + held_cells <= width


@pytest.mark.parametrize(
    ("fraction", "word"),
    [
        (0.0, "ok"),
        (0.799, "ok"),
        (0.8, "watch"),
        (0.949, "watch"),
        (0.95, "stop"),
        (float("inf"), "stop"),
    ],
)
def test_words(fraction: float, word: str) -> None:
    assert budget_word(fraction) == word
