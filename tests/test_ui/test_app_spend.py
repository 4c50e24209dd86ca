"""Real money over a real provider's wire: the gauge moves, settles on the bill, and remembers."""

from collections.abc import Iterator

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import ScriptedAnswer, StubUsage
from tests.test_ui.conftest import OpenWorkspace
from tests.test_ui.pilots import send, text_of, until
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.widgets.spend_gauge import SpendGauge

BILLED = StubUsage(input=1_000, output=200)
"""At gpt-4o's bundled price of $2.50 and $10 a million tokens this is $0.0045."""


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderServer]:
    with ProviderServer(tokens_per_s=60) as server:
        yield server


def gauge_text(app: VibeApp) -> str:
    return text_of(app, app.desk.screen.query_one(SpendGauge))


def is_open(app: VibeApp) -> bool:
    return app.desk.screen.top_bar.facts.mapped_files is not None


async def test_the_gauge_moves_settles_on_the_bill_and_remembers_today(
    open_workspace: OpenWorkspace, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer("word " * 120, usage=BILLED))
    settings = {"model__name": "openai/gpt-4o", "model__api_base": provider.api_base("openai")}
    app = VibeApp(open_workspace(**settings, budget__daily_usd="5"))
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: is_open(app))
        await send(pilot, app, "hello")
        await until(pilot, lambda: "≈" in gauge_text(app) and "tok/s" in gauge_text(app))
        await until(pilot, lambda: "session $0.0045" in gauge_text(app))
        assert "today ━" in gauge_text(app)
        assert "$0.0045 of $5.00" in gauge_text(app)
        await until(pilot, lambda: "1.2k tok · $0.0045" in text_of(app))
    again = VibeApp(open_workspace(**settings))
    async with again.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: "today $0.0045" in gauge_text(again))
        assert gauge_text(again).endswith("session $0")


async def test_escape_hangs_up_on_the_provider(
    open_workspace: OpenWorkspace, provider: ProviderServer
) -> None:
    provider.reset()
    provider.script(ScriptedAnswer("word " * 5_000))
    settings = {"model__name": "openai/gpt-4o", "model__api_base": provider.api_base("openai")}
    app = VibeApp(open_workspace(**settings))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: is_open(app))
        await send(pilot, app, "hello")
        await until(pilot, lambda: "word word" in text_of(app))
        await pilot.press("escape")
        await until(pilot, lambda: provider.requests[0].hung_up)
        await until(pilot, lambda: "stopped" in text_of(app))
        await until(pilot, lambda: "≈" not in gauge_text(app))
