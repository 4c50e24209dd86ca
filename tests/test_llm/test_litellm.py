"""Real LiteLLM to a real server: each wire format, each fault, and what the ledger sees.

Nothing between the gateway and the socket is replaced, because LiteLLM is what misleads: it
retries by itself, invents usage, and ends broken streams as if they were complete.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import Fault, FaultKind, ScriptedAnswer, StubUsage
from tests.test_llm.conftest import ENVIRON, KEY
from tests.test_llm.fakes import FakeClock, FakeSpending, collect_into, drain, no_keyring, quick
from vibe_tui.analytics.model import Provenance, RequestStatus, TokenUsage
from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.gateway import ANY_PROVIDER, Gateway
from vibe_tui.llm.keys import KeyFinder
from vibe_tui.llm.litellm_backend import LiteLLMBackend, load_litellm
from vibe_tui.llm.model import (
    ChatMessage,
    FailureKind,
    GatewayEvent,
    ModelTarget,
    RequestOptions,
    RetryNotice,
    Settled,
    TextChunk,
    ThinkingChunk,
)
from vibe_tui.llm.route import ProviderRoutes

MODELS = {
    "openai": "openai/gpt-4o",
    "anthropic": "anthropic/claude-sonnet-4-5",
    "gemini": "gemini/gemini-2.5-flash",
}
WIRES = tuple(MODELS)
ASK = [ChatMessage("system", "be brief"), ChatMessage("user", "say hello")]
ANSWER = "Hello big world and so on"


@pytest.fixture(scope="module", autouse=True)
def litellm_loaded() -> None:
    load_litellm()


def target_of(wire: str, provider: ProviderServer) -> ModelTarget:
    return ModelTarget(MODELS[wire], provider.api_base(wire))


def send(
    gateway: Gateway, target: ModelTarget, options: RequestOptions | None = None
) -> AsyncGenerator[GatewayEvent, None]:
    return gateway.stream_request(
        ASK, target, options or quick(), session_id="session", project="project"
    )


def text_of(events: list[GatewayEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextChunk))


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer_streams_and_settles_on_the_providers_usage(
    wire: str, provider: ProviderServer, gateway: Gateway, spending: FakeSpending
) -> None:
    written = 10 if wire == "anthropic" else 0
    reasoning = 0 if wire == "anthropic" else 5  # Anthropic bills thinking within the output
    usage = StubUsage(100, 20, cached=40, cache_write=written, reasoning=reasoning)
    provider.script(ScriptedAnswer(ANSWER, thinking="hm hm", usage=usage))
    events = await drain(send(gateway, target_of(wire, provider)))
    assert text_of(events) == ANSWER
    assert "".join(e.text for e in events if isinstance(e, ThinkingChunk)) == "hm hm"
    settled = events[-1]
    assert isinstance(settled, Settled)
    assert settled.usage == TokenUsage(100, 20, 40, written, reasoning)
    assert (settled.provenance, settled.finish_reason) == (Provenance.EXACT, "stop")
    assert [s.status for s in spending.settled] == [RequestStatus.OK]
    assert spending.open_holds == {}


@pytest.mark.parametrize("wire", WIRES)
async def test_what_is_sent_is_the_conversation_and_the_reserved_limit(
    wire: str, provider: ProviderServer, gateway: Gateway, spending: FakeSpending
) -> None:
    spending.output_limit = 3
    events = await drain(send(gateway, target_of(wire, provider)))
    [request] = provider.requests
    assert request.parsed is not None
    assert request.parsed.messages == (("system", "be brief"), ("user", "say hello"))
    assert request.parsed.max_tokens == 3
    assert request.parsed.wants_usage
    assert request.parsed.model == MODELS[wire].partition("/")[2]
    assert isinstance(events[-1], Settled)
    assert events[-1].finish_reason == "length"
    assert events[-1].usage.output_tokens == 3


@pytest.mark.parametrize("wire", WIRES)
async def test_an_answer_may_repeat_itself(
    wire: str, provider: ProviderServer, gateway: Gateway
) -> None:
    """LiteLLM breaks off after 100 equal chunks; a wide table has more."""
    provider.script(ScriptedAnswer(" ----" * 300))
    options = quick(max_output_tokens=1000)
    events = await drain(send(gateway, target_of(wire, provider), options))
    assert text_of(events) == " ----" * 300


@dataclass(frozen=True)
class Case:
    """What a fault must become: kind, sends with two tries, and what was received before."""

    kind: FailureKind
    sends: int
    billed: bool
    received: int = 0


FAULTS = {
    FaultKind.UNAUTHORIZED: Case(FailureKind.AUTH, 1, False),
    FaultKind.FORBIDDEN: Case(FailureKind.PERMISSION, 1, False),
    FaultKind.NOT_FOUND: Case(FailureKind.NOT_FOUND, 1, False),
    FaultKind.RATE_LIMITED: Case(FailureKind.RATE, 2, False),
    FaultKind.QUOTA: Case(FailureKind.QUOTA, 1, False),
    FaultKind.SERVER_ERROR: Case(FailureKind.SERVER, 2, False),
    FaultKind.OVERLOADED: Case(FailureKind.OVERLOADED, 2, False),
    FaultKind.BAD_REQUEST: Case(FailureKind.BAD_REQUEST, 1, False),
    FaultKind.CONTEXT_OVERFLOW: Case(FailureKind.CONTEXT, 1, False),
    FaultKind.POLICY: Case(FailureKind.POLICY, 1, False),
    FaultKind.SLOW_FIRST_BYTE: Case(FailureKind.TIMEOUT, 2, True),
    FaultKind.STALL: Case(FailureKind.TIMEOUT, 1, True, received=3),
    FaultKind.DROP: Case(FailureKind.INTERRUPTED, 1, True, received=3),
    FaultKind.DROP_AT_ONCE: Case(FailureKind.NETWORK, 2, True),
    FaultKind.MALFORMED_SSE: Case(FailureKind.INTERRUPTED, 1, True, received=3),
    FaultKind.NO_FINISH: Case(FailureKind.INTERRUPTED, 1, True, received=6),
}
"""``STREAM_ERROR`` and ``NO_USAGE`` have tests of their own."""
TIMEOUTS = (FaultKind.SLOW_FIRST_BYTE, FaultKind.STALL)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("fault", FAULTS)
async def test_each_fault_has_its_kind_its_retries_and_its_place_in_the_ledger(
    fault: FaultKind,
    wire: str,
    provider: ProviderServer,
    gateway: Gateway,
    spending: FakeSpending,
) -> None:
    case = FAULTS[fault]
    provider.script(*[ScriptedAnswer(ANSWER, fault=Fault(fault))] * 2)
    options = quick(tries=2, idle_timeout_s=0.3 if fault in TIMEOUTS else 10)
    events: list[GatewayEvent] = []
    with pytest.raises(ModelFailureError) as raised:
        await collect_into(events, send(gateway, target_of(wire, provider), options))
    failure = raised.value
    assert (failure.kind, failure.sent) == (case.kind, case.billed)
    assert failure.code == case.kind.value
    assert failure.exit_code == 3
    assert MODELS[wire] in failure.message
    assert failure.hint
    assert KEY not in str(failure)
    assert len(provider.requests) == case.sends
    assert sum(isinstance(e, RetryNotice) for e in events) == case.sends - 1
    assert spending.open_holds == {}
    if case.billed:
        expected = TokenUsage(4, case.received)
        assert [s.usage for s in spending.settled] == [expected] * case.sends
        assert {s.provenance for s in spending.settled} == {Provenance.INTERRUPTED}
        assert {s.status for s in spending.settled} == {RequestStatus.FAILED}
        assert len([e for e in events if isinstance(e, Settled)]) == case.sends
    else:
        assert (len(spending.released), spending.settled) == (case.sends, [])


@pytest.mark.parametrize("wire", WIRES)
async def test_an_error_in_mid_stream_settles_what_arrived(
    wire: str, provider: ProviderServer, gateway: Gateway, spending: FakeSpending
) -> None:
    provider.script(ScriptedAnswer(ANSWER, fault=Fault(FaultKind.STREAM_ERROR)))
    with pytest.raises(ModelFailureError) as raised:
        await drain(send(gateway, target_of(wire, provider)))
    assert raised.value.kind in (FailureKind.INTERRUPTED, FailureKind.OVERLOADED)
    assert [s.usage.output_tokens for s in spending.settled] == [3]
    assert len(provider.requests) == 1


@pytest.mark.parametrize("wire", WIRES)
async def test_usage_that_no_provider_told_is_estimated_never_invented(
    wire: str, provider: ProviderServer, gateway: Gateway
) -> None:
    provider.script(ScriptedAnswer(ANSWER, fault=Fault(FaultKind.NO_USAGE)))
    events = await drain(send(gateway, target_of(wire, provider)))
    assert isinstance(events[-1], Settled)
    assert events[-1].provenance is Provenance.ESTIMATED
    assert events[-1].usage == TokenUsage(4, 6)


@pytest.mark.parametrize("wire", WIRES)
async def test_retry_after_is_honoured_and_the_second_try_answers(
    wire: str,
    provider: ProviderServer,
    gateway: Gateway,
    spending: FakeSpending,
    clock: FakeClock,
) -> None:
    limited = Fault(FaultKind.RATE_LIMITED, retry_after="7")
    provider.script(ScriptedAnswer(fault=limited), ScriptedAnswer(ANSWER))
    events = await drain(send(gateway, target_of(wire, provider)))
    assert clock.slept == [7.0]
    assert [e.in_s for e in events if isinstance(e, RetryNotice)] == [7.0]
    assert text_of(events) == ANSWER
    assert (len(spending.released), len(spending.settled)) == (1, 1)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("how", ["aclose", "cancel"])
async def test_stopping_hangs_up_within_a_second_and_settles_once(
    how: str, wire: str, provider: ProviderServer, gateway: Gateway, spending: FakeSpending
) -> None:
    provider.script(ScriptedAnswer(ANSWER, fault=Fault(FaultKind.STALL)))
    told: list[Settled] = []
    started = asyncio.Event()

    async def listen() -> None:
        stream = gateway.stream_request(
            ASK,
            target_of(wire, provider),
            quick(),
            session_id="session",
            project="project",
            on_settled=told.append,
        )
        received = 0
        async with aclosing(stream):
            async for event in stream:
                received += isinstance(event, TextChunk)
                if received == 3:
                    started.set()
                    if how == "aclose":
                        return

    listener = asyncio.create_task(listen())
    await started.wait()
    if how == "cancel":
        listener.cancel()
    await asyncio.wait([listener])
    [request] = provider.requests
    assert await asyncio.to_thread(request.done.wait, 1.0), (
        "the provider was still at work after a second"
    )
    assert request.hung_up
    assert [(s.status, s.usage) for s in spending.settled] == [
        (RequestStatus.CANCELLED, TokenUsage(4, 3))
    ]
    assert [s.provenance for s in told] == [Provenance.INTERRUPTED]
    assert spending.open_holds == {}


@pytest.mark.parametrize("wire", WIRES)
async def test_cancelling_before_the_first_byte_hangs_up_too(
    wire: str, provider: ProviderServer, gateway: Gateway, spending: FakeSpending
) -> None:
    provider.script(ScriptedAnswer(ANSWER, fault=Fault(FaultKind.SLOW_FIRST_BYTE)))
    listener = asyncio.create_task(drain(send(gateway, target_of(wire, provider))))
    assert await asyncio.to_thread(provider.arrived.wait, 5.0)
    listener.cancel()
    await asyncio.wait([listener])
    assert await asyncio.to_thread(provider.requests[0].done.wait, 1.0)
    assert provider.requests[0].hung_up
    assert [s.usage for s in spending.settled] == [TokenUsage(4, 0)]


@pytest.mark.parametrize("wire", WIRES)
async def test_a_refused_connection_is_a_network_failure_that_costs_nothing(
    wire: str, gateway: Gateway, spending: FakeSpending, closed_port: int
) -> None:
    base = f"http://127.0.0.1:{closed_port}" + ("/v1" if wire == "openai" else "")
    with pytest.raises(ModelFailureError) as raised:
        await drain(send(gateway, ModelTarget(MODELS[wire], base), quick(tries=2)))
    assert (raised.value.kind, raised.value.sent) == (FailureKind.NETWORK, False)
    assert f"127.0.0.1:{closed_port}" in raised.value.message
    assert (len(spending.released), spending.settled) == (2, [])


async def test_a_name_that_litellm_does_not_know_is_refused_without_a_send(
    provider: ProviderServer, gateway: Gateway, spending: FakeSpending
) -> None:
    with pytest.raises(ModelFailureError) as raised:
        await drain(send(gateway, ModelTarget("nosuch/model", provider.api_base("openai"))))
    assert raised.value.kind is FailureKind.NOT_FOUND
    assert provider.requests == []
    assert len(spending.released) == 1


async def test_a_redirect_is_not_followed_so_that_keys_stay_where_they_belong(
    provider: ProviderServer, gateway: Gateway
) -> None:
    elsewhere = f"{provider.url}/v1/chat/completions"
    with ProviderServer(redirect_to=elsewhere) as redirecting:
        target = ModelTarget("openai/gpt-4o", redirecting.api_base("openai"))
        with pytest.raises(ModelFailureError) as raised:
            await drain(send(gateway, target))
    assert raised.value.kind is FailureKind.BAD_REQUEST
    assert provider.requests == []


@pytest.mark.parametrize(
    ("name", "path"),
    [("ollama/llama3.2", "/v1/chat/completions"), ("qwen-coder", "/v1/chat/completions")],
)
async def test_other_names_reach_an_openai_compatible_server(
    name: str, path: str, provider: ProviderServer, gateway: Gateway
) -> None:
    provider.script(ScriptedAnswer(ANSWER))
    events = await drain(send(gateway, ModelTarget(name, provider.url)))
    assert text_of(events) == ANSWER
    assert [request.path for request in provider.requests] == [path]
    assert isinstance(events[-1], Settled)
    assert events[-1].model == name


async def test_keys_reach_the_provider_and_nothing_else(
    provider: ProviderServer,
    spending: FakeSpending,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    backend = LiteLLMBackend(ProviderRoutes(KeyFinder(ENVIRON, no_keyring), ENVIRON))
    gateway = Gateway(spending, {ANY_PROVIDER: backend})
    for wire, header in (("openai", "authorization"), ("anthropic", "x-api-key")):
        provider.reset()
        provider.script(ScriptedAnswer(ANSWER, fault=Fault(FaultKind.UNAUTHORIZED)))
        with pytest.raises(ModelFailureError) as raised:
            await drain(send(gateway, target_of(wire, provider)))
        assert KEY in provider.requests[0].headers[header]
        assert KEY not in str(raised.value) + repr(raised.value)
    printed = capfd.readouterr()
    assert printed.out + printed.err == ""
    assert KEY not in caplog.text
    assert KEY not in repr(backend) + repr(vars(backend))
    assert KEY not in json.dumps(dict(os.environ))


async def test_a_provider_that_repeats_the_key_is_not_believed(
    provider: ProviderServer, spending: FakeSpending
) -> None:
    environ = {"OPENAI_API_KEY": "a key of no known form"}
    provider.echo_key = True
    backend = LiteLLMBackend(ProviderRoutes(KeyFinder(environ, no_keyring), environ))
    gateway = Gateway(spending, {ANY_PROVIDER: backend})
    try:
        with pytest.raises(ModelFailureError) as raised:
            await drain(send(gateway, target_of("openai", provider)))
    finally:
        provider.echo_key = False
    assert "no known form" not in str(raised.value)
    assert "…" in raised.value.message


def test_litellm_is_set_up_to_stay_quiet_and_at_home() -> None:
    litellm = sys.modules["litellm"]
    assert os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] == "True"
    for name, value in {
        "suppress_debug_info": True,
        "telemetry": False,
        "disable_token_counter": True,
        "num_retries": 0,
        "callbacks": [],
        "failure_callback": [],
        "cache": None,
    }.items():
        assert getattr(litellm, name) == value, name
    assert set(litellm.success_callback) <= {"cache"}  # added by LiteLLM's Gemini code, for itself
    for name in ("LiteLLM", "httpx", "openai"):
        logger = logging.getLogger(name)
        assert not logger.propagate
        assert not any(type(h) is logging.StreamHandler for h in logger.handlers)


def test_loopback_stays_out_of_a_proxy_also_where_one_is_set() -> None:
    assert "127.0.0.1" in os.environ["NO_PROXY"].split(",")
