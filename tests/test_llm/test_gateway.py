"""The gateway's own law: every send is reserved before and settled or released once after.

A scripted backend stands in for the provider, so that each moment of a try can be made to fail;
``test_litellm`` proves the same over the wire.
"""

import pytest

from tests.test_llm.fakes import (
    ASK,
    HELLO,
    TARGET,
    USAGE,
    FakeBackend,
    FakeClock,
    FakeSpending,
    Script,
    collect_into,
    drain,
    failing,
    make,
    quick,
    send,
)
from vibe_tui.analytics.model import Provenance, TokenUsage
from vibe_tui.config.schema import Settings
from vibe_tui.errors import DeniedError
from vibe_tui.llm.backend import Finished
from vibe_tui.llm.errors import HoldExceededError, LocalModelMissingError, ModelFailureError
from vibe_tui.llm.gateway import ANY_PROVIDER, Gateway, open_gateway
from vibe_tui.llm.model import (
    FailureKind,
    GatewayEvent,
    ModelTarget,
    Reserved,
    RetryNotice,
    RunningEstimate,
    Settled,
    TextChunk,
    ThinkingChunk,
)


async def test_a_try_is_reserved_streamed_and_settled(spending: FakeSpending) -> None:
    backend = FakeBackend(HELLO)
    events = await drain(send(make(spending, backend)))
    assert events == [
        Reserved(3_000 + 100 * 5_000, 3),
        TextChunk("Hello"),
        TextChunk(" world"),
        Settled("openai/gpt-4o", USAGE, 30_000, Provenance.EXACT, "stop"),
    ]
    [request] = spending.requests
    assert (request.provider, request.model, request.operation) == (
        "openai",
        "openai/gpt-4o",
        "chat",
    )
    assert backend.closed_streams == 1


async def test_a_refused_budget_sends_nothing(spending: FakeSpending) -> None:
    spending.refusal = DeniedError("the day's budget is used up")
    backend = FakeBackend(HELLO)
    with pytest.raises(DeniedError, match="used up"):
        await drain(send(make(spending, backend)))
    assert backend.sends == []


async def test_the_limit_that_the_budget_leaves_is_what_is_sent(spending: FakeSpending) -> None:
    spending.output_limit = 7
    backend = FakeBackend(HELLO)
    await drain(send(make(spending, backend)))
    assert backend.sends[0][1].max_output_tokens == 7


async def test_a_cap_of_one_request_reaches_the_reservation(spending: FakeSpending) -> None:
    backend = FakeBackend(HELLO)
    with pytest.raises(DeniedError, match="over the cap"):
        await drain(send(make(spending, backend), quick(max_cost_nano_usd=1)))
    assert backend.sends == []


async def test_a_model_that_cannot_be_prepared_costs_nothing(spending: FakeSpending) -> None:
    missing = LocalModelMissingError("the weights are missing", "run make setup")
    with pytest.raises(LocalModelMissingError):
        await drain(send(make(spending, FakeBackend(HELLO, prepare_error=missing))))
    assert len(spending.released) == 1
    assert spending.settled == []


RETRIED = ["rate", "overloaded", "server", "network", "timeout"]


@pytest.mark.parametrize("kind", list(FailureKind))
async def test_only_what_may_pass_is_tried_again(kind: FailureKind, spending: FakeSpending) -> None:
    clock = FakeClock()
    scripts: list[Script] = [[failing(kind)], [failing(kind)], HELLO]
    gateway = make(spending, FakeBackend(*scripts), clock)
    events: list[GatewayEvent] = []
    if kind.value in RETRIED:
        await collect_into(events, send(gateway))
        assert clock.slept == [0.5, 1.0]
        assert isinstance(events[-1], Settled)
    else:
        with pytest.raises(ModelFailureError):
            await collect_into(events, send(gateway))
        assert clock.slept == []
    assert spending.open_holds == {}
    assert len(spending.released) == (2 if kind.value in RETRIED else 1)


async def test_tries_end_and_the_last_failure_is_raised(spending: FakeSpending) -> None:
    clock = FakeClock()
    scripts: list[Script] = [[failing(FailureKind.SERVER)]] * 9
    backend = FakeBackend(*scripts)
    with pytest.raises(ModelFailureError):
        await drain(send(make(spending, backend, clock, jitter=0.5), quick(tries=4)))
    assert len(backend.sends) == 4
    assert clock.slept == [0.75, 1.5, 3.0]


async def test_nothing_is_sent_again_after_the_first_token(spending: FakeSpending) -> None:
    backend = FakeBackend([TextChunk("Hel"), failing(FailureKind.SERVER, sent=True)], HELLO)
    with pytest.raises(ModelFailureError):
        await drain(send(make(spending, backend)))
    assert len(backend.sends) == 1
    assert [s.usage for s in spending.settled] == [TokenUsage(3, 1)]


async def test_a_wait_that_passes_the_deadline_is_not_begun(spending: FakeSpending) -> None:
    clock = FakeClock()
    backend = FakeBackend([failing(FailureKind.RATE, after=30)], HELLO)
    with pytest.raises(ModelFailureError):
        await drain(send(make(spending, backend, clock), quick(total_timeout_s=20)))
    assert clock.slept == []


@pytest.mark.parametrize(("asked_s", "waits"), [(7.0, [7.0]), (0.0, [0.0]), (3600.0, None)])
async def test_what_the_provider_asks_is_waited_for_unless_it_is_too_long(
    asked_s: float, waits: list[float] | None, spending: FakeSpending
) -> None:
    clock = FakeClock()
    gateway = make(spending, FakeBackend([failing(FailureKind.RATE, after=asked_s)], HELLO), clock)
    options = quick(total_timeout_s=9000)
    if waits is None:
        with pytest.raises(ModelFailureError):
            await drain(send(gateway, options))
    else:
        notices = [e for e in await drain(send(gateway, options)) if isinstance(e, RetryNotice)]
        assert [notice.in_s for notice in notices] == clock.slept == waits


async def test_unpriced_is_said_and_never_a_price(spending: FakeSpending) -> None:
    target = ModelTarget("openai/unpriced")
    events = await drain(send(make(spending, FakeBackend(HELLO)), target=target))
    assert events[0] == Reserved(None, 3)
    assert isinstance(events[-1], Settled)
    assert (events[-1].cost_nano_usd, events[-1].provenance) == (None, Provenance.UNPRICED)


async def test_running_estimates_come_at_most_ten_a_second(spending: FakeSpending) -> None:
    clock = FakeClock(step_s=0.03)
    pieces = [TextChunk(f" word{n}") for n in range(200)]
    gateway = make(spending, FakeBackend([*pieces, Finished("stop", USAGE)]), clock)
    options = quick(max_output_tokens=1000, total_timeout_s=9000)
    events = await drain(send(gateway, options))
    estimates = [e for e in events if isinstance(e, RunningEstimate)]
    assert 0 < len(estimates) <= clock.now_s * 10
    counts = [estimate.output_tokens for estimate in estimates]
    assert counts == sorted(counts)
    assert estimates[-1].cost_nano_usd == 3_000 + counts[-1] * 5_000


async def test_a_stream_that_passes_its_hold_is_stopped(spending: FakeSpending) -> None:
    """The provider ignores the limit of 10 tokens; its connection is closed and all is booked."""
    clock = FakeClock(step_s=0.05)
    pieces = [TextChunk(f" word{n}") for n in range(200)]
    backend = FakeBackend([*pieces, Finished("stop", USAGE)])
    gateway = make(spending, backend, clock)
    with pytest.raises(HoldExceededError) as raised:
        await drain(send(gateway, quick(max_output_tokens=10, total_timeout_s=9000)))
    assert (raised.value.code, raised.value.exit_code) == ("budget", 1)
    assert isinstance(raised.value, DeniedError)
    [settlement] = spending.settled
    assert 10 < settlement.usage.output_tokens <= 20
    assert settlement.provenance is Provenance.INTERRUPTED
    assert backend.closed_streams == 1


async def test_thinking_counts_as_output(spending: FakeSpending) -> None:
    script: Script = [ThinkingChunk("one two"), TextChunk(" three"), Finished("stop", None)]
    events = await drain(send(make(spending, FakeBackend(script))))
    assert isinstance(events[-1], Settled)
    assert events[-1].usage == TokenUsage(3, 3)
    assert events[-1].provenance is Provenance.ESTIMATED


async def test_providers_with_a_backend_of_their_own_are_sent_to_it(
    spending: FakeSpending,
) -> None:
    usual, tour = FakeBackend(HELLO), FakeBackend(HELLO)
    gateway = Gateway(spending, {ANY_PROVIDER: usual, "tour": tour})
    await drain(send(gateway, target=ModelTarget("tour/recorded")))
    assert (len(usual.sends), len(tour.sends)) == (0, 1)
    await gateway.warm_up(TARGET)
    assert (usual.warmed_up, tour.warmed_up) == (True, False)
    await gateway.close()
    assert usual.closed
    assert tour.closed


async def test_the_programs_gateway_has_every_backend(spending: FakeSpending) -> None:
    gateway = open_gateway(spending, Settings(), {})
    tour = ModelTarget("tour/recorded")
    events = await drain(send(gateway, quick(max_output_tokens=2), tour))
    assert isinstance(events[-1], Settled)
    with pytest.raises(LocalModelMissingError, match="local/other"):
        await drain(send(gateway, target=ModelTarget("local/other")))
    await gateway.close()


async def test_the_plans_client_sends_streams_and_checks(spending: FakeSpending) -> None:
    backend = FakeBackend(HELLO, HELLO, HELLO, [failing(FailureKind.AUTH)])
    client = make(spending, backend).client(TARGET, quick(), session_id="s", project="p")
    response = await client.send_request(ASK)
    assert (response.content, response.usage) == ("Hello world", USAGE)
    assert isinstance((await drain(client.stream_request(ASK)))[-1], Settled)
    report = await client.validate_connection()
    assert report
    assert report.message == "openai/gpt-4o answers; this check cost <$0.0001"
    assert report.cost_nano_usd == 30_000
    assert backend.sends[2][1].max_output_tokens == 16
    assert spending.requests[2].operation == "connection_check"
    report = await client.validate_connection()
    assert not report
    assert (report.message, report.hint) == ("openai/gpt-4o: failed", "do")


async def test_a_check_of_unknown_price_says_so(spending: FakeSpending) -> None:
    client = make(spending, FakeBackend(HELLO)).client(
        ModelTarget("openai/unpriced"), quick(), session_id="s", project="p"
    )
    report = await client.validate_connection()
    assert "an unknown amount" in report.message


async def test_a_reply_is_the_whole_answer(spending: FakeSpending) -> None:
    gateway = make(spending, FakeBackend([failing(FailureKind.SERVER)], HELLO))
    reply = await gateway.send_request(ASK, TARGET, quick(), session_id="s", project="p")
    assert (reply.content, reply.cost_nano_usd) == ("Hello world", 30_000)
