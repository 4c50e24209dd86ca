"""How long the event loop keeps others waiting."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from vibe_tui.monitoring.quantiles import quantile

_KEPT_SAMPLES = 10_000


@dataclass(frozen=True, slots=True)
class LoopLag:
    """How late the loop ran a waiting task, in seconds."""

    samples: int
    """How many were taken since the start; the quantiles are of the last 10,000."""
    p50_s: float
    p95_s: float
    max_s: float
    """The worst since the start."""


class LoopLagMonitor:
    """Sleeps for a short time again and again, and notes how much later it wakes than it should.

    Args:
        interval_s: Seconds between two samples.
        clock: Seconds that only grow.
        sleep: Waits for that many seconds.
    """

    def __init__(
        self,
        interval_s: float = 0.02,
        clock: Callable[[], float] = time.perf_counter,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._interval_s = interval_s
        self._clock = clock
        self._sleep = sleep
        self._lags_s: deque[float] = deque(maxlen=_KEPT_SAMPLES)
        self._samples = 0
        self._max_s = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin measuring on the running loop; no effect when it has begun."""
        if self._task is None:
            self._task = asyncio.create_task(self._measure(), name="loop-lag")

    async def stop(self) -> LoopLag | None:
        """End measuring.

        Returns:
            The report.
        """
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        return self.report()

    def report(self) -> LoopLag | None:
        """What was measured so far; None before the first sample."""
        if not self._lags_s:
            return None
        ascending = sorted(self._lags_s)
        p50_s, p95_s = quantile(ascending, 0.5), quantile(ascending, 0.95)
        return LoopLag(self._samples, p50_s, p95_s, self._max_s)

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self.stop()

    async def _measure(self) -> None:
        while True:
            before = self._clock()
            await self._sleep(self._interval_s)
            lag_s = max(0.0, self._clock() - before - self._interval_s)
            self._lags_s.append(lag_s)
            self._samples += 1
            self._max_s = max(self._max_s, lag_s)
