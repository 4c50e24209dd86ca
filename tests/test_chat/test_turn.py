"""A turn always ends with one last event, whatever happens to it, and never without its cost."""

import asyncio
from collections.abc import AsyncIterator

from vibe_tui.chat.turn import Turn
from vibe_tui.errors import DeniedError
from vibe_tui.events import Event, TextDelta, TurnFailed, TurnFinished


async def collect(turn: Turn) -> list[Event]:
    return [event async for event in turn]


async def test_events_reach_the_reader_and_the_watchers() -> None:
    seen: list[Event] = []

    async def produce(turn: Turn) -> AsyncIterator[Event]:
        turn.add_cost(1_500_000)
        yield TextDelta("hello")

    events = await collect(Turn("s-1", produce, seen.append))
    assert events == seen == [TextDelta("hello"), TurnFinished("s-1", 0.0015)]


async def test_an_unknown_cost_makes_the_whole_unknown() -> None:
    async def produce(turn: Turn) -> AsyncIterator[Event]:
        turn.add_cost(5)
        turn.add_cost(None)
        turn.add_cost(5)
        yield TextDelta("x")

    events = await collect(Turn("s-1", produce, lambda _: None))
    assert events[-1] == TurnFinished("s-1", None)


async def test_cancelling_stops_at_once_and_says_so() -> None:
    started = asyncio.Event()

    async def produce(_: Turn) -> AsyncIterator[Event]:
        yield TextDelta("x")
        started.set()
        await asyncio.Event().wait()

    turn = Turn("s-1", produce, lambda _: None)
    await started.wait()
    assert turn.is_running
    await turn.cancel()
    assert not turn.is_running
    assert (await collect(turn))[-1] == TurnFinished("s-1", 0.0, stopped=True)


async def test_a_turn_cancelled_before_its_first_step_ends_too() -> None:
    async def produce(_: Turn) -> AsyncIterator[Event]:
        yield TextDelta("never")

    turn = Turn("s-1", produce, lambda _: None)
    await turn.cancel()
    assert await collect(turn) == [TurnFinished("s-1", 0.0, stopped=True)]


async def test_our_own_errors_keep_their_words() -> None:
    async def produce(_: Turn) -> AsyncIterator[Event]:
        yield TextDelta("x")
        raise DeniedError("No room", "raise the budget")

    events = await collect(Turn("s-1", produce, lambda _: None))
    assert events[-1] == TurnFailed("denied", "No room", "raise the budget")


async def test_a_defect_ends_the_turn_and_not_the_app() -> None:
    async def produce(_: Turn) -> AsyncIterator[Event]:
        yield TextDelta("x")
        raise ZeroDivisionError("oops")

    last = (await collect(Turn("s-1", produce, lambda _: None)))[-1]
    assert isinstance(last, TurnFailed)
    assert (last.code, last.message) == ("internal", "ZeroDivisionError: oops")


async def test_the_clock_ends_a_turn() -> None:
    async def produce(_: Turn) -> AsyncIterator[Event]:
        yield TextDelta("x")
        await asyncio.Event().wait()

    last = (await collect(Turn("s-1", produce, lambda _: None, timeout_s=0.01)))[-1]
    assert isinstance(last, TurnFailed)
    assert last.code == "timeout"


async def test_queued_prompts_come_in_order() -> None:
    asked: list[str | None] = []

    async def produce(turn: Turn) -> AsyncIterator[Event]:
        turn.send("one")
        turn.send("two")
        asked.extend([turn.next_prompt(), turn.next_prompt(), turn.next_prompt()])
        yield TextDelta("x")

    turn = Turn("s-1", produce, lambda _: None)
    await turn.wait()
    assert asked == ["one", "two", None]
