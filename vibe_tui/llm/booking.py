"""The money side of one try: reserved, then settled or released exactly once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from vibe_tui.analytics.model import Provenance, RequestStatus, Settlement, TokenUsage
from vibe_tui.llm.model import Settled
from vibe_tui.llm.port import ReservationPort, SpendingPort

_Result = TypeVar("_Result")


def start_in_thread(work: Callable[[], _Result]) -> "asyncio.Future[_Result]":
    """Start work in a thread at once; await it shielded, so that it ends whoever is cancelled."""
    return asyncio.get_running_loop().run_in_executor(None, work)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a try ended. ``usage`` None: the provider told none, ``counted`` is used."""

    status: RequestStatus
    finish_reason: str
    usage: TokenUsage | None
    counted: Callable[[], TokenUsage]
    provenance: Provenance
    """Exact, estimated or interrupted; an unpriced model becomes unpriced."""
    seconds: float
    first_token_s: float | None


class Booking:
    """Settles or releases one hold, once.

    Args:
        spending: Holds the money.
        model: Whose price applies.
        reservation: What is held.
    """

    def __init__(self, spending: SpendingPort, model: str, reservation: ReservationPort) -> None:
        self._spending = spending
        self._model = model
        self._reservation = reservation
        self.is_open = True

    def settle(self, ending: Ending) -> Awaitable[Settled]:
        """Record what the try cost; begins at once, also if nobody waits for the result."""
        assert self.is_open
        self.is_open = False
        return asyncio.shield(start_in_thread(lambda: self._record(ending)))

    def release(self) -> Awaitable[None]:
        """Let the hold go: nothing was billed."""
        assert self.is_open
        self.is_open = False
        hold = self._reservation.hold
        return asyncio.shield(start_in_thread(lambda: self._spending.release(hold)))

    def _record(self, ending: Ending) -> Settled:
        usage = ending.usage or ending.counted()
        cost = self._spending.cost(self._model, usage)
        provenance = Provenance.UNPRICED if cost is None else ending.provenance
        settlement = Settlement(
            usage, cost, provenance, ending.status, ending.seconds, ending.first_token_s
        )
        self._spending.settle(self._reservation.hold, settlement)
        return Settled(self._model, usage, cost, provenance, ending.finish_reason)
