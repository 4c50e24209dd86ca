"""Costs equal hand-computed amounts to the nano-dollar, and no worst case is below a real cost."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.analytics.cost import (
    affordable_input_tokens,
    affordable_output_tokens,
    cost_nano_usd,
    worst_case_nano_usd,
)
from vibe_tui.analytics.model import ModelPrice, ModelTier, PriceTier, TokenUsage


def priced(
    input_usd: str,
    output_usd: str,
    cache_read_usd: str | None = None,
    cache_write_usd: str | None = None,
    reasoning_usd: str | None = None,
    tiers: tuple[PriceTier, ...] = (),
) -> ModelPrice:
    return ModelPrice(
        "m",
        "p",
        Decimal(input_usd),
        Decimal(output_usd),
        Decimal(cache_read_usd or input_usd),
        Decimal(cache_write_usd or input_usd),
        None,
        None,
        ModelTier.STANDARD,
        "by hand",
        Decimal(reasoning_usd) if reasoning_usd else None,
        tiers,
    )


GPT_4O = priced("0.0000025", "0.00001", "0.00000125")
SONNET = priced("0.000003", "0.000015", "0.0000003", "0.00000375")
MINI = priced("0.00000015", "0.0000006", "0.000000075")
LONG = PriceTier(
    200_000, Decimal("0.0000025"), Decimal("0.000015"), Decimal("2.5E-7"), Decimal("0.0000025")
)
LONGER = PriceTier(
    500_000, Decimal("0.000005"), Decimal("0.00003"), Decimal("5E-7"), Decimal("0.000005")
)
GEMINI = priced("0.00000125", "0.00001", "1.25E-7", tiers=(LONG, LONGER))
THINKER = priced("0.000001", "0.000002", reasoning_usd="0.000004")
FINE = priced("2.5E-10", "5E-10", "1E-10")
FREE = priced("0", "0")

VECTORS: list[tuple[ModelPrice, int, int, int, int, int, int]] = [
    (GPT_4O, 0, 0, 0, 0, 0, 0),
    (GPT_4O, 1, 0, 0, 0, 0, 2_500),
    (GPT_4O, 0, 1, 0, 0, 0, 10_000),
    (GPT_4O, 1_000, 500, 0, 0, 0, 7_500_000),
    (GPT_4O, 1_000, 500, 400, 0, 0, 7_000_000),  # 600 x 2500 + 400 x 1250 + 500 x 10000
    (GPT_4O, 1_000, 500, 1_000, 0, 0, 6_250_000),
    (GPT_4O, 1_000, 500, 0, 0, 500, 7_500_000),  # reasoning is part of the output
    (GPT_4O, 1_000_000, 1_000_000, 0, 0, 0, 12_500_000_000),
    (SONNET, 1_000, 100, 0, 0, 0, 4_500_000),
    (SONNET, 1_000, 100, 800, 0, 0, 2_340_000),  # 200 x 3000 + 800 x 300 + 100 x 15000
    (SONNET, 1_000, 100, 0, 800, 0, 5_100_000),  # 200 x 3000 + 800 x 3750 + 100 x 15000
    (SONNET, 1_000, 100, 500, 400, 0, 3_450_000),  # 300000 + 150000 + 1500000 + 1500000
    (SONNET, 10, 0, 20, 0, 0, 6_000),  # more cached than input: only what is stated
    (SONNET, -5, -7, -1, -1, -1, 0),
    (MINI, 1, 0, 1, 0, 0, 75),
    (MINI, 3, 0, 1, 0, 0, 375),
    (MINI, 7, 3, 0, 0, 0, 2_850),
    (GEMINI, 200_000, 1_000, 0, 0, 0, 260_000_000),  # at the threshold: the base prices
    (GEMINI, 200_001, 1_000, 0, 0, 0, 515_002_500),  # above it: the whole request is dearer
    (GEMINI, 200_001, 1_000, 100_000, 0, 0, 290_002_500),
    (GEMINI, 500_001, 0, 0, 0, 0, 2_500_005_000),
    (THINKER, 100, 50, 0, 0, 0, 200_000),
    (THINKER, 100, 50, 0, 0, 30, 260_000),  # 100000 + 20 x 2000 + 30 x 4000
    (THINKER, 100, 50, 0, 0, 80, 300_000),  # at most all output is reasoning
    (FINE, 1, 0, 0, 0, 0, 0),  # 0.25 nano
    (FINE, 2, 0, 0, 0, 0, 1),  # 0.5 nano: half up
    (FINE, 1, 1, 0, 0, 0, 1),  # 0.75 nano: rounded once, at the end
    (FINE, 3, 3, 0, 0, 0, 2),  # 2.25 nano
    (FINE, 10, 0, 5, 0, 0, 2),  # 1.25 + 0.5 = 1.75 nano
    (FREE, 10**9, 10**9, 10**6, 10**6, 10**6, 0),
]
"""Price; tokens of input, output, cached, written, reasoning; and the cost in nano-USD."""


@pytest.mark.parametrize(
    ("price", "given", "output", "cached", "written", "reasoning", "expected"), VECTORS
)
def test_cost_equals_the_amount_computed_by_hand(
    price: ModelPrice,
    given: int,
    output: int,
    cached: int,
    written: int,
    reasoning: int,
    expected: int,
) -> None:
    usage = TokenUsage(given, output, cached, written, reasoning)
    assert cost_nano_usd(price, usage) == expected


def test_worst_case_takes_the_dearest_input_price_and_rounds_up() -> None:
    assert worst_case_nano_usd(SONNET, 1_000, 100) == 1_000 * 3_750 + 100 * 15_000
    assert worst_case_nano_usd(FINE, 1, 0) == 1
    assert worst_case_nano_usd(THINKER, 0, 10) == 10 * 4_000
    assert worst_case_nano_usd(GEMINI, 200_001, 0) == 200_001 * 2_500


def test_an_affordable_prompt_stops_at_the_threshold_of_a_dearer_tier() -> None:
    assert affordable_input_tokens(GEMINI, 0, 10**12) == 200_000
    assert affordable_input_tokens(GPT_4O, 512, 0) == 0
    assert affordable_input_tokens(GPT_4O, 512, 512 * 10_000 + 2_500) == 1


PRICES = st.sampled_from([GPT_4O, SONNET, MINI, GEMINI, THINKER, FINE])
COUNTS = st.integers(0, 800_000)


@given(PRICES, COUNTS, COUNTS, st.data())
def test_no_usage_within_the_bounds_costs_more_than_the_worst_case(
    price: ModelPrice, most_input: int, most_output: int, data: st.DataObject
) -> None:
    given_tokens = data.draw(st.integers(0, most_input))
    cached = data.draw(st.integers(0, given_tokens))
    written = data.draw(st.integers(0, given_tokens - cached))
    output = data.draw(st.integers(0, most_output))
    reasoning = data.draw(st.integers(0, output))
    usage = TokenUsage(given_tokens, output, cached, written, reasoning)
    assert cost_nano_usd(price, usage) <= worst_case_nano_usd(price, most_input, most_output)


@given(PRICES, COUNTS, st.integers(0, 10**11))
def test_the_affordable_output_is_the_largest_that_fits(
    price: ModelPrice, prompt: int, room: int
) -> None:
    fits = affordable_output_tokens(price, prompt, room)
    if fits >= 0:
        assert worst_case_nano_usd(price, prompt, fits) <= room
        assert worst_case_nano_usd(price, prompt, fits + 1) > room
    else:
        assert worst_case_nano_usd(price, prompt, 0) > room
