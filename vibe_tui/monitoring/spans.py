"""Spans: named stretches of work, recorded only while a profile runs.

``with span("parse", path=path):`` stands wherever time may go, in plain and in async code alike.
Without a profile it costs one look at a global.
"""

import itertools
import sys
import threading
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import asyncio

MOST_SPANS = 500_000
"""Spans that one profile keeps, so that a long session does not fill the memory."""

_active: "Profile | None" = None
_current: ContextVar[int | None] = ContextVar("vibe_tui_span", default=None)


@dataclass(frozen=True, slots=True)
class FinishedSpan:
    """One recorded stretch of work. Times are in nanoseconds since the profile began."""

    span_id: int
    parent_id: int | None
    """The span in whose context it began, also across tasks."""
    name: str
    start_ns: int
    duration_ns: int
    lane: int
    """Which thread or asyncio task did it; see ``Profile.lanes``."""
    attributes: Mapping[str, object]


class Span:
    """A stretch of work; this one, given out while no profile runs, records nothing."""

    __slots__ = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def note(self, **attributes: object) -> None:
        """Add what is known only later, such as a number of results."""


class _RecordedSpan(Span):
    __slots__ = ("_attributes", "_name", "_parent_id", "_profile", "_span_id", "_start_ns")

    def __init__(self, profile: "Profile", name: str, attributes: dict[str, object]) -> None:
        self._profile = profile
        self._name = name
        self._attributes = attributes

    def __enter__(self) -> Self:
        self._span_id = self._profile.next_id()
        self._parent_id = _current.get()
        _current.set(self._span_id)
        self._start_ns = time.perf_counter_ns()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        failure: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        duration_ns = time.perf_counter_ns() - self._start_ns
        # Not reset(token): an async generator may be closed in another context than it began in.
        _current.set(self._parent_id)
        if kind is not None:
            self._attributes["failed"] = kind.__name__
        profile = self._profile
        profile.add(
            FinishedSpan(
                self._span_id,
                self._parent_id,
                self._name,
                self._start_ns - profile.began_ns,
                duration_ns,
                profile.current_lane(),
                self._attributes,
            )
        )

    def note(self, **attributes: object) -> None:
        self._attributes.update(attributes)


_IDLE = Span()


def span(name: str, **attributes: object) -> Span:
    """A stretch of work to enter with ``with``.

    Args:
        name: What is done, such as ``map.parse``; the same for every time it is done.
        attributes: What it is done to.
    """
    if _active is None:
        return _IDLE
    return _RecordedSpan(_active, name, attributes)


class Profile:
    """Collects the spans of the whole process while it is entered; one at a time."""

    def __init__(self) -> None:
        self.spans: list[FinishedSpan] = []
        """In the order in which they ended."""
        self.dropped = 0
        """Spans beyond ``MOST_SPANS``."""
        self.began_ns = time.perf_counter_ns()
        self.lanes: dict[int, str] = {}
        """Names of threads and tasks, by number."""
        self._lane_of: dict[tuple[int, int], int] = {}
        self._lane_lock = threading.Lock()
        self._ids = itertools.count(1)

    def __enter__(self) -> Self:
        global _active
        if _active is not None:
            raise RuntimeError("a profile is running already")
        _active = self
        return self

    def __exit__(self, *failure: object) -> None:
        global _active
        _active = None

    def next_id(self) -> int:
        """A number that no other span of this profile has."""
        return next(self._ids)

    def add(self, finished: FinishedSpan) -> None:
        """Keep a span."""
        if len(self.spans) < MOST_SPANS:
            self.spans.append(finished)
        else:
            self.dropped += 1

    def current_lane(self) -> int:
        """The number of the thread, or of the asyncio task, that asks."""
        task = _current_task()
        key = (threading.get_ident(), id(task) if task else 0)
        with self._lane_lock:
            lane = self._lane_of.setdefault(key, len(self._lane_of) + 1)
            if lane not in self.lanes:
                thread = threading.current_thread().name
                self.lanes[lane] = f"{thread} · {task.get_name()}" if task else thread
        return lane


def _current_task() -> "asyncio.Task[object] | None":
    loaded = sys.modules.get("asyncio")
    if loaded is None:  # then no task runs, and importing it here would slow down every start
        return None
    try:
        task: asyncio.Task[object] | None = loaded.current_task()
    except RuntimeError:  # no loop runs in this thread
        return None
    return task
