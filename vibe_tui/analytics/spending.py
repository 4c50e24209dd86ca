"""The one door to money: counts, prices, the ledger and its budgets, behind one object."""

from collections.abc import Callable, Sequence

from vibe_tui.analytics.calendar import LOCAL, Calendar
from vibe_tui.analytics.cost import (
    affordable_input_tokens,
    affordable_output_tokens,
    cost_nano_usd,
    worst_case_nano_usd,
)
from vibe_tui.analytics.errors import BudgetExceededError
from vibe_tui.analytics.ledger import Ledger
from vibe_tui.analytics.model import (
    BudgetLimit,
    BudgetStatus,
    CostReport,
    Hold,
    ModelPrice,
    RequestInfo,
    Reservation,
    Settlement,
    SpendSnapshot,
    TokenCount,
    TokenUsage,
)
from vibe_tui.analytics.pricing import PriceBook
from vibe_tui.analytics.token_counter import TokenCounter
from vibe_tui.monitoring.spans import span

LEAST_OUTPUT_TOKENS = 512
"""An answer shorter than this is of no use: rather than ask for it, nothing is sent."""


class Spending:
    """Reserves before a send, settles after it, and tells what was spent. Safe for threads.

    Args:
        ledger: Where it is written; closed with this object.
        prices: What models cost.
        counter: Counts tokens.
        session_id: The session that the gauge shows.
        project: The project's root, for reports.
        limits: The budgets in force, asked for at each use.
        zone: Where days begin: an IANA name, or ``local``.

    Raises:
        UsageError: If there is no such zone.
    """

    def __init__(
        self,
        ledger: Ledger,
        prices: PriceBook,
        counter: TokenCounter,
        *,
        session_id: str,
        project: str,
        limits: Callable[[], Sequence[BudgetLimit]],
        zone: str = LOCAL,
    ) -> None:
        self.ledger = ledger
        self.prices = prices
        self.counter = counter
        self.session_id = session_id
        self.project = project
        self._limits = limits
        self._calendar = Calendar(zone)

    @property
    def problems(self) -> tuple[str, ...]:
        """What a person must know: a ledger set aside, a missing vocabulary."""
        return tuple(text for text in (self.ledger.problem, self.counter.problem) if text)

    def request_info(self, operation: str, provider: str, model: str) -> RequestInfo:
        """A request of this session and project, for ``reserve``."""
        return RequestInfo(self.session_id, self.project, operation, provider, model)

    def reserve(
        self,
        request: RequestInfo,
        messages: Sequence[tuple[str, str]],
        max_output_tokens: int,
        cap_nano_usd: int | None = None,
    ) -> Reservation:
        """Hold a request's worst case.

        That is an upper bound of its prompt at the dearest input price, and the output limit at
        the output price. The output limit is lowered to what the tightest hard limit leaves, down
        to 512 tokens or to what was asked for if that is less.

        Args:
            request: What is about to be sent.
            messages: Role and text of each message.
            max_output_tokens: The output limit asked for.
            cap_nano_usd: What this one request may cost at most; None is no cap.

        Returns:
            The hold, the best estimate of the prompt, and the output limit to send.

        Raises:
            BudgetExceededError: If not even the shortest answer fits; it says what would.
            UnpricedRefusedError: If the price is unknown and a hard limit applies.
            LedgerError: If the ledger cannot be written.
        """
        with span("spend.count"):
            count, most_input = self.counter.measure_messages(messages, request.model)
        price = self.prices.price(request.model)
        fit = _Fit(price, most_input, max_output_tokens)
        try:
            hold = self.ledger.reserve_within(
                request,
                fit.choose,
                self._limits(),
                cap_nano_usd=cap_nano_usd,
                calendar=self._calendar,
            )
        except BudgetExceededError as error:
            raise error.with_offers(*fit.offers(error.left_nano_usd)) from None
        return Reservation(hold, count.tokens, fit.output_tokens)

    def cost(self, model: str, usage: TokenUsage) -> int | None:
        """What a usage costs in nano-USD; None when the model's price is unknown."""
        price = self.prices.price(model)
        return cost_nano_usd(price, usage) if price else None

    def settle(self, hold: Hold, settlement: Settlement) -> None:
        """Record what a request cost and let its hold go; once.

        Raises:
            HoldSettledError: If it is settled already.
            HoldUnknownError: If it was released, or never given out.
            LedgerError: If the ledger cannot be written.
        """
        price = self.prices.price(hold.request.model)
        source = price.source if price else ""
        with span("spend.settle"):
            self.ledger.settle(hold, settlement, price_source=source, calendar=self._calendar)

    def release(self, hold: Hold) -> None:
        """Let a hold go: nothing was billed; once.

        Raises:
            HoldSettledError: If it is settled already.
            HoldUnknownError: If it was released, or never given out.
            LedgerError: If the ledger cannot be written.
        """
        self.ledger.release(hold)

    def snapshot(self) -> SpendSnapshot:
        """What the gauge shows."""
        return self.ledger.snapshot(self.session_id, self._limits(), self._calendar)

    def budgets(self) -> tuple[BudgetStatus, ...]:
        """The budgets in force and how much of each is used."""
        return self.ledger.statuses(self._limits(), self.session_id, self._calendar)

    def report(self, period: str = "month", by: str = "model") -> CostReport:
        """Spending over a period, grouped.

        Args:
            period: ``today``, ``week``, ``month`` or ``all``.
            by: ``model``, ``provider``, ``operation``, ``project``, ``session`` or ``day``.

        Raises:
            UsageError: If there is no such period or grouping.
        """
        with span("spend.report", period=period, by=by):
            return self.ledger.report(
                period, by, prices_as_of=self.prices.as_of, calendar=self._calendar
            )

    def count(self, text: str, model: str) -> TokenCount:
        """Tokens of a raw text for a model."""
        return self.counter.count(text, model)

    def close(self) -> None:
        """Close the ledger."""
        self.ledger.close()


class _Fit:
    """Chooses the output limit of one request by the room that a budget leaves."""

    def __init__(self, price: ModelPrice | None, most_input: int, asked_output: int) -> None:
        self._price = price
        self._most_input = most_input
        self._least_output = min(LEAST_OUTPUT_TOKENS, asked_output)
        self._asked_output = asked_output
        self.output_tokens = asked_output

    def choose(self, room_nano_usd: int | None) -> int | None:
        """The amount to hold; None when the price is unknown."""
        self.output_tokens = self._asked_output  # the ledger may ask again, on a new file
        if self._price is None:
            return None
        if self._price.is_free:
            return 0
        if room_nano_usd is not None:
            fits = affordable_output_tokens(self._price, self._most_input, room_nano_usd)
            self.output_tokens = max(self._least_output, min(self._asked_output, fits))
        return worst_case_nano_usd(self._price, self._most_input, self.output_tokens)

    def offers(self, room_nano_usd: int) -> tuple[str, ...]:
        """Sentences of what would fit into the room."""
        if self._price is None or self._price.is_free:
            return ()
        tokens = affordable_input_tokens(self._price, self._least_output, room_nano_usd)
        cheaper = "choose a cheaper model"
        if tokens <= 0:
            return (cheaper,)
        return (f"trim the context to {tokens} tokens or less", cheaper)
