"""Money keeps every nano-dollar on its way in, and people and programs read it right."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.analytics.bundled import litellm_version
from vibe_tui.analytics.model import format_nano_usd, nano, usd


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ("0.000000001", 1),
        (0.1, 100_000_000),
        (Decimal("0.0000000005"), 1),
        ("0.00000000049", 0),
        ("12.5", 12_500_000_000),
    ],
)
def test_usd_becomes_nano_usd(amount: float | Decimal | str, expected: int) -> None:
    assert nano(amount) == expected


@given(st.integers(0, 10**15))
def test_nano_usd_survives_json(amount: int) -> None:
    dollars = usd(amount)
    assert dollars is not None
    assert nano(dollars) == amount


def test_unknown_stays_unknown() -> None:
    assert usd(None) is None
    assert format_nano_usd(None) == "unknown"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0"),
        (1, "<$0.0001"),
        (99_999, "<$0.0001"),
        (100_000, "$0.0001"),
        (13_100_000, "$0.0131"),
        (7_900_000_000, "$7.90"),
    ],
)
def test_money_for_people(amount: int, text: str) -> None:
    assert format_nano_usd(amount) == text


def test_an_uninstalled_litellm_has_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    assert litellm_version()[0].isdigit()
    monkeypatch.setattr("sys.path", [])
    assert litellm_version() == "unknown"
