"""Stopped at any moment, by anyone, for any reason: each hold is closed exactly once.

What stops a request here is a person, a timeout, a second cancel while it settles, or a bug.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_llm.fakes import (
    ASK,
    HELLO,
    TARGET,
    USAGE,
    FakeBackend,
    FakeSpending,
    Script,
    drain,
    failing,
    make,
    quick,
    send,
)
from vibe_tui.analytics.model import RequestStatus, TokenUsage
from vibe_tui.llm.backend import BackendPiece, Finished
from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.gateway import ANY_PROVIDER, Gateway
from vibe_tui.llm.model import (
    ChatMessage,
    FailureKind,
    ModelTarget,
    RequestOptions,
    Reserved,
    Settled,
    TextChunk,
    ThinkingChunk,
)


class StalledBackend(FakeBackend):
    """Sends one piece and then nothing, until it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.stalled = asyncio.Event()

    async def stream(
        self, target: ModelTarget, messages: Sequence[ChatMessage], options: RequestOptions
    ) -> AsyncGenerator[BackendPiece, None]:
        try:
            yield TextChunk("one")
            self.stalled.set()
            await asyncio.Event().wait()
        finally:
            self.closed_streams += 1


@pytest.mark.parametrize("limits", [{"idle_timeout_s": 0.05}, {"total_timeout_s": 0.05}])
async def test_idle_and_total_timeouts_end_a_stalled_stream(
    limits: dict[str, float], spending: FakeSpending
) -> None:
    backend = StalledBackend()
    gateway = Gateway(spending, {ANY_PROVIDER: backend})
    with pytest.raises(ModelFailureError) as raised:
        await drain(send(gateway, quick(**limits)))
    assert raised.value.kind is FailureKind.TIMEOUT
    assert [s.usage for s in spending.settled] == [TokenUsage(3, 1)]
    assert backend.closed_streams == 1


async def test_a_second_cancel_cannot_lose_the_settlement(spending: FakeSpending) -> None:
    """The ledger is slow; the listener is cancelled, and cancelled again while it settles."""
    backend = StalledBackend()
    settling, go_on = threading.Event(), threading.Event()

    def slow_disk() -> None:
        settling.set()
        go_on.wait(10)

    spending.on_settle = slow_disk
    task = asyncio.create_task(drain(send(make(spending, backend))))
    await backend.stalled.wait()
    task.cancel()
    await asyncio.to_thread(settling.wait, 10)
    task.cancel()
    await asyncio.wait([task])
    assert spending.settled == []
    go_on.set()
    await asyncio.get_running_loop().shutdown_default_executor()
    assert [s.status for s in spending.settled] == [RequestStatus.CANCELLED]
    assert spending.open_holds == {}


async def test_cancelling_while_it_reserves_gives_the_hold_back(spending: FakeSpending) -> None:
    reserving, go_on, released = threading.Event(), threading.Event(), threading.Event()

    def slow_disk() -> None:
        reserving.set()
        go_on.wait(10)

    spending.on_reserve = slow_disk
    spending.on_release = released.set
    backend = FakeBackend(HELLO)
    task = asyncio.create_task(drain(send(make(spending, backend))))
    await asyncio.to_thread(reserving.wait, 10)
    task.cancel()
    await asyncio.wait([task])
    go_on.set()
    assert await asyncio.to_thread(released.wait, 10)
    assert spending.open_holds == {}
    assert backend.sends == []


async def test_closing_after_the_hold_and_before_the_send_releases_it(
    spending: FakeSpending,
) -> None:
    backend = FakeBackend(HELLO)
    stream = send(make(spending, backend))
    async with aclosing(stream):
        assert isinstance(await anext(stream), Reserved)
    assert backend.sends == []
    assert len(spending.released) == 1


async def test_a_bug_below_is_booked_as_failed_and_raised(spending: FakeSpending) -> None:
    with pytest.raises(ZeroDivisionError):
        await drain(send(make(spending, FakeBackend([TextChunk("a"), ZeroDivisionError()]))))
    assert [s.status for s in spending.settled] == [RequestStatus.FAILED]


async def test_a_retry_can_be_cancelled_while_it_waits(spending: FakeSpending) -> None:
    async def forever(seconds: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    waiting = asyncio.Event()
    backend = FakeBackend([failing(FailureKind.SERVER)], HELLO)
    gateway = Gateway(spending, {ANY_PROVIDER: backend}, sleep=forever)
    task = asyncio.create_task(drain(send(gateway)))
    await waiting.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert len(backend.sends) == 1
    assert spending.open_holds == {}


PIECES: list[BackendPiece | Exception] = [
    TextChunk("a b "),
    ThinkingChunk("c "),
    TextChunk("d"),
]
failures = st.builds(
    failing,
    st.sampled_from(list(FailureKind)),
    sent=st.booleans(),
    after=st.sampled_from([None, 0.0, 5.0, 900.0]),
)
endings = st.one_of(
    st.just(Finished("stop", USAGE)), st.just(Finished("length", None)), failures, st.none()
)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """An answer that ends in any way, also in none at all."""
    script = draw(st.lists(st.sampled_from(PIECES), max_size=4))
    ending = draw(endings)
    if ending is not None:
        script.append(ending)
    return script


@settings(max_examples=150, deadline=None)
@given(
    answers=st.lists(scripts(), min_size=4, max_size=4),
    tries=st.integers(1, 4),
    stop_after=st.one_of(st.none(), st.integers(0, 8)),
)
def test_whatever_happens_every_hold_is_closed_exactly_once(
    answers: list[Script], tries: int, stop_after: int | None
) -> None:
    """The fake ledger raises when a hold is closed twice; here none stays open either."""
    spending, backend, told = FakeSpending(), FakeBackend(*answers), list[Settled]()

    async def run() -> None:
        stream = make(spending, backend).stream_request(
            ASK,
            TARGET,
            quick(tries=tries),
            session_id="s",
            project="p",
            on_settled=told.append,
        )
        async with aclosing(stream):
            seen = 0
            async for _ in stream:
                seen += 1
                if seen == stop_after:
                    return

    with suppress(ModelFailureError):
        asyncio.run(run())
    assert spending.open_holds == {}
    assert len(spending.settled) + len(spending.released) == len(spending.requests)
    assert len(told) == len(spending.settled)
    assert backend.closed_streams == len(backend.sends) <= tries
