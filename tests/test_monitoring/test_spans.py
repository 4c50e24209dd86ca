"""Spans keep their parents and lanes through tasks and threads, and vanish without a profile."""

import asyncio
import contextvars
import subprocess
import sys
import threading
from collections.abc import AsyncIterator

import pytest

from vibe_tui.monitoring import spans
from vibe_tui.monitoring.spans import FinishedSpan, Profile, span


def by_name(profile: Profile) -> dict[str, FinishedSpan]:
    return {each.name: each for each in profile.spans}


def test_without_a_profile_every_span_is_one_and_the_same_nothing() -> None:
    with span("a", path="a.py") as first, span("b") as second:
        first.note(files=1)
    assert first is second
    with pytest.raises(KeyError), span("c"):
        raise KeyError
    with Profile() as profile:
        pass
    assert profile.spans == []


def test_spans_know_their_parents_durations_and_attributes() -> None:
    with Profile() as profile:
        with span("outer", path="a.py") as outer:
            with span("inner"):
                pass
            outer.note(files=2)
        with span("next"):
            pass
    assert [each.name for each in profile.spans] == ["inner", "outer", "next"]
    found = by_name(profile)
    assert found["outer"].parent_id is None
    assert found["next"].parent_id is None
    assert found["inner"].parent_id == found["outer"].span_id
    assert found["outer"].attributes == {"path": "a.py", "files": 2}
    assert 0 <= found["outer"].start_ns <= found["inner"].start_ns
    assert found["inner"].duration_ns <= found["outer"].duration_ns


def test_a_failure_is_recorded_and_passes() -> None:
    with Profile() as profile:
        with pytest.raises(KeyError), span("work"):
            raise KeyError
        with span("after"):
            pass
    assert by_name(profile)["work"].attributes == {"failed": "KeyError"}
    assert by_name(profile)["after"].parent_id is None


async def test_tasks_have_lanes_of_their_own_and_the_parent_that_started_them() -> None:
    both_inside = asyncio.Barrier(2)

    async def work(name: str) -> None:
        with span(name):
            await both_inside.wait()
            with span(f"{name}.inner"):
                await both_inside.wait()

    with Profile() as profile, span("all"):
        await asyncio.gather(work("a"), work("b"))
    found = by_name(profile)
    assert len({found[name].lane for name in ("all", "a", "b")}) == 3
    for name in ("a", "b"):
        assert found[name].parent_id == found["all"].span_id
        assert found[f"{name}.inner"].parent_id == found[name].span_id
        assert found[f"{name}.inner"].lane == found[name].lane
        assert "MainThread · Task-" in profile.lanes[found[name].lane]


def test_threads_have_lanes_of_their_own() -> None:
    def work() -> None:
        with span("threaded"):
            pass

    with Profile() as profile, span("main"):
        thread = threading.Thread(target=work, name="worker")
        thread.start()
        thread.join()
    found = by_name(profile)
    assert profile.lanes[found["threaded"].lane] == "worker"
    assert profile.lanes[found["main"].lane] == "MainThread"
    assert found["threaded"].parent_id is None


def test_many_threads_lose_no_span_and_share_no_number() -> None:
    def work() -> None:
        for _ in range(200):
            with span("work"):
                pass

    with Profile() as profile:
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len({each.span_id for each in profile.spans}) == 1600


async def test_an_async_generator_may_be_closed_in_another_context() -> None:
    async def stream() -> AsyncIterator[int]:
        with span("stream"):
            yield 1

    with Profile() as profile:
        generator = stream()
        assert await anext(generator) == 1
        closing = generator.aclose()  # type: ignore[attr-defined]  # a generator, to be precise
        await asyncio.create_task(closing, context=contextvars.Context())
    assert by_name(profile)["stream"].attributes == {"failed": "GeneratorExit"}


def test_a_span_may_outlast_its_profile() -> None:
    with Profile() as first:
        late = span("late")
        late.__enter__()
    with Profile() as second:
        late.__exit__(None, None, None)
    assert [each.name for each in first.spans] == ["late"]
    assert second.spans == []


def test_one_profile_runs_at_a_time() -> None:
    with Profile() as outer:
        with pytest.raises(RuntimeError, match="running already"), Profile():
            pass
        with span("still recorded"):
            pass
    assert len(outer.spans) == 1


def test_a_long_profile_keeps_to_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "MOST_SPANS", 3)
    with Profile() as profile:
        for _ in range(5):
            with span("work"):
                pass
    assert (len(profile.spans), profile.dropped) == (3, 2)


def test_spans_import_nothing_heavy_and_work_without_asyncio() -> None:
    program = """
import sys
from vibe_tui.monitoring.spans import Profile, span
with Profile() as profile, span("work"):
    pass
assert profile.lanes == {1: "MainThread"}
print([name for name in ("asyncio", "json", "logging", "pydantic") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
