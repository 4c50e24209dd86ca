"""What the room's tests share: a clock that is set by hand, a ledger, values."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vibe_tui.analytics.ledger import Ledger
from vibe_tui.analytics.model import (
    BudgetLimit,
    Provenance,
    RequestInfo,
    RequestStatus,
    Settlement,
    TokenUsage,
)
from vibe_tui.analytics.pricing import PriceBook
from vibe_tui.analytics.token_counter import TokenCounter


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **amount: float) -> None:
        self.now += timedelta(**amount)


def request(
    model: str = "openai/gpt-4o",
    *,
    session: str = "s1",
    operation: str = "chat",
    project: str = "/p",
    provider: str = "openai",
) -> RequestInfo:
    return RequestInfo(session, project, operation, provider, model)


def settled(
    cost_nano_usd: int | None,
    *,
    tokens: tuple[int, int] = (100, 20),
    provenance: Provenance = Provenance.EXACT,
    status: RequestStatus = RequestStatus.OK,
) -> Settlement:
    return Settlement(TokenUsage(*tokens), cost_nano_usd, provenance, status, 1.5, 0.2)


def hard(period: str, limit_nano_usd: int) -> BudgetLimit:
    return BudgetLimit("global", period, limit_nano_usd)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 5, 20, 12, 0, tzinfo=UTC))


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "data" / "ledger.sqlite", clock)
    yield ledger
    ledger.close()


@pytest.fixture(scope="session")
def prices() -> PriceBook:
    return PriceBook()


@pytest.fixture(scope="session")
def counter() -> TokenCounter:
    return TokenCounter()
