"""The whole way with the real ledger and real prices: what is held, sent, and written down."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import Fault, FaultKind, ModelRequest, ScriptedAnswer, StubUsage
from tests.test_llm.conftest import ENVIRON
from tests.test_llm.fakes import FakeClock, drain, no_keyring, quick
from vibe_tui.analytics.errors import BudgetExceededError
from vibe_tui.analytics.ledger import Ledger
from vibe_tui.analytics.model import NANO_PER_USD, BudgetLimit, Provenance
from vibe_tui.analytics.pricing import PriceBook
from vibe_tui.analytics.spending import Spending
from vibe_tui.analytics.token_counter import TokenCounter
from vibe_tui.llm.backend import Backend
from vibe_tui.llm.gateway import ANY_PROVIDER, Gateway
from vibe_tui.llm.keys import KeyFinder
from vibe_tui.llm.litellm_backend import LiteLLMBackend
from vibe_tui.llm.model import ChatMessage, GatewayEvent, ModelTarget, Reserved, Settled
from vibe_tui.llm.recorded import RecordedBackend
from vibe_tui.llm.route import ProviderRoutes

ASK = [ChatMessage("user", "Say something about bread, please.")]
MODELS = {
    "openai": "openai/gpt-4o",
    "anthropic": "anthropic/claude-sonnet-4-5",
    "gemini": "gemini/gemini-2.5-flash",
}
limits: list[BudgetLimit] = []


@pytest.fixture
def ledger_and_prices(tmp_path: Path) -> Iterator[Spending]:
    limits.clear()
    spending = Spending(
        Ledger(tmp_path / "ledger.sqlite"),
        PriceBook(),
        TokenCounter(),
        session_id="s",
        project="p",
        limits=lambda: limits,
        zone="UTC",
    )
    yield spending
    spending.close()


@pytest.fixture
def bank(ledger_and_prices: Spending, clock: FakeClock) -> Gateway:
    routes = ProviderRoutes(KeyFinder(ENVIRON, no_keyring), ENVIRON)
    backends: dict[str, Backend] = {
        ANY_PROVIDER: LiteLLMBackend(routes),
        "tour": RecordedBackend(sleep=clock.sleep),
    }
    return Gateway(ledger_and_prices, backends, sleep=clock.sleep)


async def ask(
    gateway: Gateway, target: ModelTarget, max_output_tokens: int = 1000
) -> list[GatewayEvent]:
    options = quick(max_output_tokens=max_output_tokens)
    return await drain(gateway.stream_request(ASK, target, options, session_id="s", project="p"))


@pytest.mark.parametrize("wire", MODELS)
async def test_the_providers_usage_is_what_is_written_down(
    wire: str, provider: ProviderServer, bank: Gateway, ledger_and_prices: Spending
) -> None:
    provider.script(ScriptedAnswer("Bread rises.", usage=StubUsage(1200, 300, cached=1000)))
    events = await ask(bank, ModelTarget(MODELS[wire], provider.api_base(wire)))
    settled = events[-1]
    assert isinstance(settled, Settled)
    price = ledger_and_prices.prices.price(MODELS[wire])
    assert price is not None
    exact = 200 * price.input_usd + 1000 * price.cache_read_usd + 300 * price.output_usd
    assert settled.cost_nano_usd == round(exact * NANO_PER_USD)
    assert settled.provenance is Provenance.EXACT
    snapshot = ledger_and_prices.snapshot()
    assert snapshot.session_nano_usd == settled.cost_nano_usd
    assert snapshot.held_nano_usd == 0


async def test_a_tight_budget_lowers_the_limit_that_is_sent(
    provider: ProviderServer, bank: Gateway
) -> None:
    limits.append(BudgetLimit("global", "daily", 7_000_000))  # gpt-4o: 10 000 nano-USD a token
    target = ModelTarget(MODELS["openai"], provider.api_base("openai"))
    events = await ask(bank, target, max_output_tokens=4096)
    assert isinstance(events[0], Reserved)
    assert events[0].nano_usd is not None
    assert events[0].nano_usd <= 7_000_000
    parsed = provider.requests[0].parsed
    assert parsed is not None
    assert parsed.max_tokens is not None
    assert 512 <= parsed.max_tokens < 700


async def test_many_at_once_never_pass_a_budget(
    provider: ProviderServer, bank: Gateway, ledger_and_prices: Spending
) -> None:
    """Every answer uses its whole limit; some fail, and give back what they held."""
    limit = 40_000_000
    limits.append(BudgetLimit("global", "daily", limit))

    def greedy(request: ModelRequest) -> ScriptedAnswer:
        assert request.max_tokens is not None
        broken = len(provider.requests) % 3 == 0
        usage = StubUsage(5, request.max_tokens)
        fault = Fault(FaultKind.BAD_REQUEST) if broken else None
        return ScriptedAnswer("Bread.", usage=usage, fault=fault)

    provider.reset(greedy)
    target = ModelTarget(MODELS["openai"], provider.api_base("openai"))
    outcomes = await asyncio.gather(
        *[ask(bank, target, max_output_tokens=1000) for _ in range(12)], return_exceptions=True
    )
    assert any(isinstance(outcome, BudgetExceededError) for outcome in outcomes)
    snapshot = ledger_and_prices.snapshot()
    assert 0 < snapshot.today_nano_usd <= limit
    assert snapshot.held_nano_usd == 0


async def test_the_tour_costs_nothing(bank: Gateway, ledger_and_prices: Spending) -> None:
    limits.append(BudgetLimit("global", "daily", 1))
    events = await ask(bank, ModelTarget("tour/recorded"))
    assert isinstance(events[-1], Settled)
    assert events[-1].cost_nano_usd == 0
    assert ledger_and_prices.snapshot().unpriced_requests_today == 0


async def test_an_unpriced_model_is_recorded_as_unknown(
    provider: ProviderServer, bank: Gateway, ledger_and_prices: Spending
) -> None:
    events = await ask(bank, ModelTarget("openai/home-made", provider.api_base("openai")))
    assert events[0] == Reserved(None, events[0].input_tokens)  # type: ignore[union-attr]  # the first event is the hold
    assert isinstance(events[-1], Settled)
    assert events[-1].cost_nano_usd is None
    assert ledger_and_prices.snapshot().unpriced_requests_today == 1
