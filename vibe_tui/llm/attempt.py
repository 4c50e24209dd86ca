"""One try of a request: reserve, stream, settle."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from vibe_tui.analytics.model import Provenance, RequestInfo, RequestStatus
from vibe_tui.errors import VibeError
from vibe_tui.llm.backend import Backend, BackendPiece, Finished
from vibe_tui.llm.booking import Booking, Ending, start_in_thread
from vibe_tui.llm.errors import HoldExceededError, ModelFailureError
from vibe_tui.llm.meter import Meter
from vibe_tui.llm.model import (
    ChatMessage,
    FailureKind,
    GatewayEvent,
    ModelTarget,
    RequestOptions,
    Reserved,
    Settled,
)
from vibe_tui.llm.port import ReservationPort, SpendingPort
from vibe_tui.llm.wording import hint_for, sentence_for


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, and on whose account."""

    messages: Sequence[ChatMessage]
    target: ModelTarget
    options: RequestOptions
    info: RequestInfo


class Attempt:
    """Sends a request once, its money reserved before and settled after, whatever happens.

    Args:
        request: What is asked.
        backend: Who sends it.
        spending: Who holds the money.
        deadline: When the whole request must be over, on ``clock``.
        clock: Seconds, monotonic.
        on_settled: Told once when the try is settled, also when nobody listens any more.
    """

    def __init__(
        self,
        request: Request,
        backend: Backend,
        spending: SpendingPort,
        *,
        deadline: float,
        clock: Callable[[], float] = time.monotonic,
        on_settled: Callable[[Settled], None] | None = None,
    ) -> None:
        self._request = request
        self._backend = backend
        self._spending = spending
        self._deadline = deadline
        self._clock = clock
        self._on_settled = on_settled
        self._started = clock()
        self._first_token_s: float | None = None
        self._finished: Finished | None = None
        self._sent = False
        self.began = False
        """Whether the first token arrived, after which nothing is sent again."""

    async def events(self) -> AsyncGenerator[GatewayEvent, None]:
        """Run the try.

        Raises:
            ModelFailureError: If it failed; its ``Settled`` came before if anything may be billed.
            DeniedError: If a budget has no room; nothing was sent.
        """
        reservation = await self._reserve()
        model = self._request.target.name
        booking = Booking(self._spending, model, reservation)
        meter = Meter(self._spending, model, reservation, self._clock)
        status = RequestStatus.CANCELLED
        try:
            yield Reserved(reservation.hold.nano_usd, reservation.input_tokens)
            async with aclosing(self._answer(reservation, meter)) as answer:
                async for event in answer:
                    yield event
            yield await self._settle(booking, meter, RequestStatus.OK)
        except VibeError as error:
            status = RequestStatus.FAILED
            if booking.is_open and isinstance(error, ModelFailureError) and error.sent:
                yield await self._settle(booking, meter, status, error.kind.value)
            elif booking.is_open:
                await booking.release()
            raise
        except Exception:
            status = RequestStatus.FAILED
            raise
        finally:
            if booking.is_open and self._sent:
                await self._settle(booking, meter, status, status.value)
            elif booking.is_open:
                await booking.release()

    async def _reserve(self) -> ReservationPort:
        """Reserve in a thread; whoever is cancelled meanwhile gives the hold back."""
        request = self._request
        reserving = start_in_thread(
            lambda: self._spending.reserve(
                request.info,
                [(message.role, message.content) for message in request.messages],
                request.options.max_output_tokens,
                request.options.max_cost_nano_usd,
            )
        )
        try:
            return await asyncio.shield(reserving)
        except asyncio.CancelledError:
            reserving.add_done_callback(self._give_back)
            raise

    def _give_back(self, reserving: "asyncio.Future[ReservationPort]") -> None:
        if not reserving.cancelled() and reserving.exception() is None:
            hold = reserving.result().hold
            start_in_thread(lambda: self._spending.release(hold))

    async def _answer(
        self, reservation: ReservationPort, meter: Meter
    ) -> AsyncGenerator[GatewayEvent, None]:
        request = self._request
        await self._backend.prepare(request.target)
        options = replace(request.options, max_output_tokens=reservation.max_output_tokens)
        self._sent = True
        stream = self._backend.stream(request.target, request.messages, options)
        async with aclosing(stream) as pieces:
            while (piece := await self._next(pieces)) is not None:
                if isinstance(piece, Finished):
                    self._finished = piece
                    continue
                if not self.began:
                    self.began = True
                    self._first_token_s = self._clock() - self._started
                estimate = meter.take(piece)  # before the yield, at which we may be stopped
                yield piece
                if estimate is not None:
                    yield estimate
                    if meter.may_pass_hold(estimate) and await start_in_thread(meter.passes_hold):
                        raise self._over_hold()

    async def _next(self, pieces: AsyncGenerator[BackendPiece, None]) -> BackendPiece | None:
        left_s = self._deadline - self._clock()
        try:
            async with asyncio.timeout(max(0.0, min(self._request.options.idle_timeout_s, left_s))):
                return await anext(pieces, None)
        except TimeoutError:
            target = self._request.target
            kind = FailureKind.TIMEOUT
            raise ModelFailureError(
                kind, sentence_for(kind, target), hint_for(kind, target), sent=True
            ) from None

    def _over_hold(self) -> HoldExceededError:
        target, kind = self._request.target, FailureKind.BUDGET
        return HoldExceededError(
            kind, sentence_for(kind, target), hint_for(kind, target), sent=True
        )

    async def _settle(
        self, booking: Booking, meter: Meter, status: RequestStatus, reason: str = ""
    ) -> Settled:
        """Settle on the provider's usage; without it, on what was sent and received."""
        finished = self._finished
        if finished is None:
            provenance = Provenance.INTERRUPTED
        else:
            provenance = Provenance.ESTIMATED if finished.usage is None else Provenance.EXACT
        settled = await booking.settle(
            Ending(
                status=status,
                finish_reason=finished.finish_reason if finished else reason,
                usage=finished.usage if finished else None,
                counted=meter.estimated_usage,
                provenance=provenance,
                seconds=self._clock() - self._started,
                first_token_s=self._first_token_s,
            )
        )
        if self._on_settled is not None:
            self._on_settled(settled)
        return settled
