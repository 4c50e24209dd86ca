"""A provider on loopback, and the gateway before it."""

import socket
from collections.abc import Iterator

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.test_llm.fakes import FakeClock, FakeSpending, no_keyring
from vibe_tui.llm.gateway import ANY_PROVIDER, Gateway
from vibe_tui.llm.keys import KeyFinder
from vibe_tui.llm.litellm_backend import LiteLLMBackend
from vibe_tui.llm.route import ProviderRoutes

KEY = "sk-test-0123456789abcdefghij"
ENVIRON = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY, "GEMINI_API_KEY": KEY}


@pytest.fixture(scope="session")
def provider_session() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


@pytest.fixture
def provider(provider_session: ProviderServer) -> ProviderServer:
    provider_session.reset()
    return provider_session


@pytest.fixture
def spending() -> FakeSpending:
    return FakeSpending()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def gateway(spending: FakeSpending, clock: FakeClock) -> Gateway:
    """The real gateway over real LiteLLM; only the waits between tries are not real."""
    routes = ProviderRoutes(KeyFinder(ENVIRON, no_keyring), ENVIRON)
    return Gateway(
        spending, {ANY_PROVIDER: LiteLLMBackend(routes)}, sleep=clock.sleep, jitter=lambda: 0.0
    )


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A loopback port on which nothing listens; bound, so that nobody else takes it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]
