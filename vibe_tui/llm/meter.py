"""Counts an answer while it arrives: the running estimate, and the watch over the hold."""

from collections.abc import Callable
from typing import Final

from vibe_tui.analytics.model import TokenUsage
from vibe_tui.llm.model import RunningEstimate, TextChunk, ThinkingChunk
from vibe_tui.llm.port import ReservationPort, SpendingPort

_ESTIMATE_EVERY_S: Final = 0.1
_RECOUNT_GROWTH: Final = 1.02
"""An answer near its hold is counted again as a whole each time it grew by 2 %."""


class Meter:
    """Counts one try's answer.

    Args:
        spending: Counts tokens and knows prices.
        model: Whose price and tokenizer apply.
        reservation: What is held.
        clock: Seconds, monotonic.
    """

    def __init__(
        self,
        spending: SpendingPort,
        model: str,
        reservation: ReservationPort,
        clock: Callable[[], float],
    ) -> None:
        self._spending = spending
        self._model = model
        self._reservation = reservation
        self._clock = clock
        self._pieces: list[str] = []
        self._pending: list[str] = []
        self._counted_tokens = 0
        self._characters = 0
        self._recount_at = 0.0
        self._last_estimate = clock()
        self.began = False
        """Whether the answer's first piece arrived."""

    def take(self, piece: TextChunk | ThinkingChunk) -> RunningEstimate | None:
        """Count a piece.

        Returns:
            An estimate, at most ten a second; else None.
        """
        self.began = True
        self._pieces.append(piece.text)
        self._pending.append(piece.text)
        self._characters += len(piece.text)
        now = self._clock()
        if now - self._last_estimate < _ESTIMATE_EVERY_S:
            return None
        self._last_estimate = now
        return self._estimate()

    def _estimate(self) -> RunningEstimate:
        """Count what is new only, so that a long answer does not become slow."""
        new_text = "".join(self._pending)
        self._pending.clear()
        self._counted_tokens += self._spending.count(new_text, self._model).tokens
        usage = TokenUsage(self._reservation.input_tokens, self._counted_tokens)
        cost = self._spending.cost(self._model, usage)
        return RunningEstimate(usage.input_tokens, usage.output_tokens, cost)

    def may_pass_hold(self, estimate: RunningEstimate) -> bool:
        """Whether the whole answer should be counted, because it seems to cost its hold."""
        held = self._reservation.hold.nano_usd
        if held is None or estimate.cost_nano_usd is None or estimate.cost_nano_usd <= held:
            return False
        if self._characters < self._recount_at:
            return False
        self._recount_at = self._characters * _RECOUNT_GROWTH
        return True

    def passes_hold(self) -> bool:
        """Whether the answer surely costs more than is held, by the lowest possible count."""
        held = self._reservation.hold.nano_usd
        low = self._spending.count("".join(self._pieces), self._model).low
        cost = self._spending.cost(self._model, TokenUsage(self._reservation.input_tokens, low))
        return held is not None and cost is not None and cost > held

    def estimated_usage(self) -> TokenUsage:
        """What was sent and received, counted by us."""
        received = self._spending.count("".join(self._pieces), self._model).tokens
        return TokenUsage(self._reservation.input_tokens, received)
