"""The monitor reports how much later than asked the loop wakes it, and stops when told."""

import asyncio
import time
from collections.abc import Iterable, Iterator

import pytest

from vibe_tui.monitoring.loop_lag import LoopLag, LoopLagMonitor


class LaggingLoop:
    """Time that passes only in sleep, each sleep late by the next of the given seconds."""

    def __init__(self, lags_s: Iterable[float]) -> None:
        self.now_s = 100.0
        self.done = asyncio.Event()
        self._lags_s: Iterator[float] = iter(lags_s)

    def clock(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        lag_s = next(self._lags_s, None)
        if lag_s is None:
            self.done.set()
            await asyncio.Event().wait()
        else:
            self.now_s += seconds + lag_s


async def measured(lags_s: list[float]) -> LoopLag | None:
    loop = LaggingLoop(lags_s)
    monitor = LoopLagMonitor(0.5, loop.clock, loop.sleep)
    monitor.start()
    monitor.start()
    await loop.done.wait()
    return await monitor.stop()


async def test_the_report_has_median_p95_and_worst() -> None:
    lag = await measured([each / 1024 for each in range(100)])
    assert lag is not None
    assert lag.samples == 100
    assert lag.p50_s == pytest.approx(49 / 1024)
    assert lag.p95_s == pytest.approx(94 / 1024)
    assert lag.max_s == pytest.approx(99 / 1024)


async def test_the_worst_is_kept_however_long_ago() -> None:
    lag = await measured([7.0] + [0.0] * 10_000)
    assert lag == LoopLag(10_001, 0.0, 0.0, 7.0)


async def test_waking_early_is_no_lag() -> None:
    assert await measured([-0.25]) == LoopLag(1, 0.0, 0.0, 0.0)


async def test_before_the_first_sample_there_is_no_report() -> None:
    assert await measured([]) is None
    assert await LoopLagMonitor().stop() is None


async def test_a_loop_that_is_really_blocked_is_seen_and_no_task_is_left() -> None:
    async with LoopLagMonitor(interval_s=0.0) as monitor:
        await asyncio.sleep(0)
        until_s = time.perf_counter() + 0.02
        while time.perf_counter() < until_s:
            pass
        await asyncio.sleep(0)
    lag = monitor.report()
    assert lag is not None
    assert lag.max_s >= 0.02
    assert asyncio.all_tasks() == {asyncio.current_task()}
