"""What the gateway needs of whoever holds the money."""

from collections.abc import Sequence
from typing import Protocol

from vibe_tui.analytics.model import Hold, RequestInfo, Settlement, TokenCount, TokenUsage


class ReservationPort(Protocol):
    """Money set aside for one send, and what was counted on the way."""

    @property
    def hold(self) -> Hold:
        """The money."""
        ...

    @property
    def input_tokens(self) -> int:
        """The best estimate of the prompt's tokens."""
        ...

    @property
    def max_output_tokens(self) -> int:
        """The output limit to send: the one asked for, or what the budget leaves."""
        ...


class SpendingPort(Protocol):
    """Reserves before a send and settles after. Safe to call from any thread."""

    def reserve(
        self,
        request: RequestInfo,
        messages: Sequence[tuple[str, str]],
        max_output_tokens: int,
        cap_nano_usd: int | None = None,
    ) -> ReservationPort:
        """Hold the worst case of a request.

        Args:
            request: For the ledger's row.
            messages: Role and text of each message.
            max_output_tokens: The output limit asked for.
            cap_nano_usd: Limit of this one request; None is none.

        Raises:
            DeniedError: If a hard budget has no room.
        """
        ...

    def settle(self, hold: Hold, settlement: Settlement) -> None:
        """Record what a request cost and let the hold go."""
        ...

    def release(self, hold: Hold) -> None:
        """Let a hold go: nothing was billed."""
        ...

    def cost(self, model: str, usage: TokenUsage) -> int | None:
        """Nano-USD of a usage; None when the model is unpriced."""
        ...

    def count(self, text: str, model: str) -> TokenCount:
        """Tokens of a text."""
        ...
