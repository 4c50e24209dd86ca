"""One turn: a task that produces events, and the iterator a face reads them from."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from vibe_tui.analytics.model import usd
from vibe_tui.chat.errors import TurnDefectError, TurnTimeoutError
from vibe_tui.errors import VibeError
from vibe_tui.events import Event, TurnFailed, TurnFinished

_LOG = logging.getLogger(__name__)

Produce = Callable[["Turn"], AsyncIterator[Event]]


class Turn:
    """The events of one prompt, produced whether or not anybody reads them.

    Args:
        session_id: The conversation this turn belongs to.
        produce: Yields the turn's events; gets the turn to ask for queued prompts and its cost.
        publish: Called with every event, for those who watch the whole workspace.
        timeout_s: Seconds that the turn may take; None for no limit.
    """

    def __init__(
        self,
        session_id: str,
        produce: Produce,
        publish: Callable[[Event], None],
        timeout_s: float | None = None,
    ) -> None:
        self.session_id = session_id
        self.cost_nano_usd: int | None = 0
        """Spent in this turn so far; None once a request's cost is unknown."""
        self.failure: VibeError | None = None
        """Why the turn did not end well; known once ``TurnFailed`` is out."""
        self._publish = publish
        self._produce = produce
        self._timeout_s = timeout_s
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._queued: list[str] = []
        self._task = asyncio.create_task(self._run(), name=f"turn of {session_id}")
        self._task.add_done_callback(self._end)

    @property
    def is_running(self) -> bool:
        """Whether events are still to come."""
        return not self._task.done()

    def add_cost(self, cost_nano_usd: int | None) -> None:
        """Count one request's cost; unknown makes the whole unknown."""
        if cost_nano_usd is None or self.cost_nano_usd is None:
            self.cost_nano_usd = None
        else:
            self.cost_nano_usd += cost_nano_usd

    def send(self, text: str) -> None:
        """Queue a further prompt; it is asked when the present answer has ended."""
        self._queued.append(text)

    def next_prompt(self) -> str | None:
        """Take the oldest queued prompt."""
        return self._queued.pop(0) if self._queued else None

    async def cancel(self) -> None:
        """Stop at once; returns when the provider's connection is closed and money settled."""
        self._task.cancel()
        await asyncio.wait([self._task])

    async def wait(self) -> None:
        """Return when the turn has ended."""
        await asyncio.wait([self._task])

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._read()

    async def _read(self) -> AsyncIterator[Event]:
        while (event := await self._events.get()) is not None:
            yield event

    def emit(self, event: Event) -> None:
        """Tell the reader and the watchers; for what happens while the turn is being stopped."""
        self._events.put_nowait(event)
        self._publish(event)

    async def _run(self) -> None:
        try:
            async with asyncio.timeout(self._timeout_s):
                async for event in self._produce(self):
                    self.emit(event)
            self.emit(self._finished(stopped=False))
        except asyncio.CancelledError:
            self.emit(self._finished(stopped=True))
        except TimeoutError:
            hint = "allow more time, or ask for less at once"
            self._fail(TurnTimeoutError(f"The turn took over {self._timeout_s} s", hint))
        except VibeError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 - the boundary of a turn: a defect must not end the app
            _LOG.exception("a turn failed")
            hint = "see the log (vibe-tui doctor names it) and try again"
            self._fail(TurnDefectError(f"{type(error).__name__}: {error}", hint))

    def _fail(self, error: VibeError) -> None:
        self.failure = error
        self.emit(TurnFailed(error.code, error.message, error.hint))

    def _end(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():  # before its first step
            self.emit(self._finished(stopped=True))
        self._events.put_nowait(None)

    def _finished(self, *, stopped: bool) -> TurnFinished:
        return TurnFinished(self.session_id, usd(self.cost_nano_usd), stopped=stopped)
