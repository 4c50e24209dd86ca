"""What can go wrong with money: refused, unknown, or not recordable."""

from vibe_tui.analytics.model import BudgetLimit, format_nano_usd
from vibe_tui.errors import DeniedError, OutsideError, UsageError
from vibe_tui.foreign import clean_line


class BudgetExceededError(DeniedError):
    """Nothing was reserved: a hard limit has no room for the request's worst case.

    Args:
        limit: The limit that has no room.
        spent_nano_usd: Spent under it so far.
        held_nano_usd: Held under it by requests that are under way.
        needed_nano_usd: The request's worst case.
        offers: Sentences of what would fit.
    """

    code = "budget_exceeded"

    def __init__(
        self,
        limit: BudgetLimit,
        spent_nano_usd: int,
        held_nano_usd: int,
        needed_nano_usd: int,
        offers: tuple[str, ...] = (),
    ) -> None:
        self.limit = limit
        self.scope = limit.scope
        self.period = limit.period
        self.limit_nano_usd = limit.limit_nano_usd
        self.spent_nano_usd = spent_nano_usd
        self.held_nano_usd = held_nano_usd
        self.needed_nano_usd = needed_nano_usd
        missing = format_nano_usd(needed_nano_usd - self.left_nano_usd)
        self.offers = (*offers, f"raise the {limit_name(limit)} by {missing} or more")
        left = format_nano_usd(self.left_nano_usd)
        super().__init__(
            f"The {limit_name(limit)} of {format_nano_usd(limit.limit_nano_usd)} has {left} left "
            f"and this request may cost {format_nano_usd(needed_nano_usd)}",
            "; or ".join(self.offers),
        )

    @property
    def left_nano_usd(self) -> int:
        """What the limit still has room for; never negative."""
        return max(0, self.limit_nano_usd - self.spent_nano_usd - self.held_nano_usd)

    def with_offers(self, *offers: str) -> "BudgetExceededError":
        """The same refusal that also says what else would fit."""
        return BudgetExceededError(
            self.limit, self.spent_nano_usd, self.held_nano_usd, self.needed_nano_usd, offers
        )


class UnpricedRefusedError(DeniedError):
    """Nothing was reserved: a hard limit applies and the model's price is unknown.

    Args:
        model: The model's name.
        limit: The hard limit.
    """

    code = "unpriced"

    def __init__(self, model: str, limit: BudgetLimit) -> None:
        super().__init__(
            f"No price is known for {clean_line(model, 200)}, "
            f"and the {limit_name(limit)} is a hard limit",
            "choose a model with a known price (vibe-tui models), or lift the limit",
        )
        self.model = model
        self.scope = limit.scope
        self.period = limit.period


class HoldUnknownError(UsageError):
    """The ledger never gave out this hold, or it was released."""

    code = "unknown_hold"

    def __init__(self, hold_id: str) -> None:
        super().__init__(f"The ledger holds no money under {hold_id}")


class HoldSettledError(UsageError):
    """A hold is settled once."""

    code = "settled_hold"

    def __init__(self, hold_id: str) -> None:
        super().__init__(f"The request {hold_id} is already settled")


class LedgerError(OutsideError):
    """The ledger cannot be read or written."""

    code = "ledger"


class LedgerBusyError(LedgerError):
    """Another process kept the ledger locked for too long."""

    code = "ledger_busy"


class LedgerTooNewError(LedgerError):
    """A newer version of the program wrote the ledger."""

    code = "ledger_too_new"


class PriceFileError(OutsideError):
    """The price file cannot be found or read."""

    code = "price_file"


def limit_name(limit: BudgetLimit) -> str:
    """A limit in words: ``monthly budget``, ``turn's cap``, ``daily budget of …``."""
    if limit.scope == "turn":
        return "turn's cap"
    scope = "" if limit.scope == "global" else f" of {limit.scope}"
    return f"{limit.period} budget{scope}"
