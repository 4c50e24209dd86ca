"""What it costs: tokens, prices, holds and reports. Money is integer nano-USD inside."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

NANO_PER_USD = 1_000_000_000


def usd(nano_usd: int | None) -> float | None:
    """Nano-USD as a JSON number of USD with at most 9 decimals; None stays unknown."""
    return None if nano_usd is None else round(nano_usd / NANO_PER_USD, 9)


def nano(amount_usd: float | Decimal | str) -> int:
    """USD as integer nano-USD, rounded half up.

    Raises:
        decimal.InvalidOperation: If the text is no number.
    """
    exact = Decimal(str(amount_usd)) * NANO_PER_USD
    return int(exact.to_integral_value(rounding="ROUND_HALF_UP"))


def format_nano_usd(nano_usd: int | None) -> str:
    """Money for people: ``$0.0131``, ``$7.90``, ``<$0.0001``, ``$0``, or ``unknown``."""
    if nano_usd is None:
        return "unknown"
    if nano_usd == 0:
        return "$0"
    if 0 < nano_usd < NANO_PER_USD // 10_000:
        return "<$0.0001"
    amount = Decimal(nano_usd) / NANO_PER_USD
    return f"${amount:.2f}" if amount >= 1 else f"${amount:.4f}"


class CountMethod(StrEnum):
    """How sure a token count is."""

    EXACT = "exact"
    CALIBRATED = "calibrated"
    ESTIMATED = "estimated"


class Provenance(StrEnum):
    """How sure a settled cost is."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    INTERRUPTED = "interrupted"
    UNPRICED = "unpriced"


class RequestStatus(StrEnum):
    """How a request ended."""

    OK = "ok"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class TokenCount:
    """A count of tokens and the band in which the truth lies."""

    tokens: int
    low: int
    high: int
    method: CountMethod
    expected_error: float
    """Expected relative error, 0.05 = 5 %."""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """What a provider billed. ``input_tokens`` includes cached and cache-written ones."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    reasoning_tokens: int = 0
    """Part of ``output_tokens``."""


class ModelTier(StrEnum):
    """How dear a model is, by its blended price (3 parts input, 1 part output)."""

    CHEAP = "cheap"
    STANDARD = "standard"
    EXPENSIVE = "expensive"


@dataclass(frozen=True, slots=True)
class PriceTier:
    """Prices in USD a token of a whole request whose prompt is longer than ``above_tokens``."""

    above_tokens: int
    input_usd: Decimal
    output_usd: Decimal
    cache_read_usd: Decimal
    cache_write_usd: Decimal


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """Prices in USD a token. All zero means free (and known to be)."""

    model: str
    provider: str
    input_usd: Decimal
    output_usd: Decimal
    cache_read_usd: Decimal
    cache_write_usd: Decimal
    context: int | None
    """Largest prompt, in tokens."""
    max_output: int | None
    tier: ModelTier
    source: str
    """Where the price comes from and its date, for "prices as of …"."""
    reasoning_usd: Decimal | None = None
    """Of reasoning tokens, where they are billed apart; None: as other output."""
    tiers: tuple[PriceTier, ...] = ()
    """Dearer prices of long prompts, the longest last."""

    @property
    def is_free(self) -> bool:
        """Whether nothing is ever billed."""
        return not (self.input_usd or self.output_usd)


@dataclass(frozen=True, slots=True)
class BudgetLimit:
    """A limit on spending. ``scope`` e.g. ``global``, ``turn``; ``period`` e.g. ``session``."""

    scope: str
    period: str
    limit_nano_usd: int
    hard: bool = True


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """A budget and how much of it is used."""

    budget: BudgetLimit
    spent_nano_usd: int
    held_nano_usd: int


@dataclass(frozen=True, slots=True)
class RequestInfo:
    """What is about to be sent, for the ledger's row."""

    session_id: str
    project: str
    operation: str
    """``chat``, ``code_generation``, ``heal``, ``analyze``, ``summary``, ``plugin:NAME``."""
    provider: str
    model: str
    parent_id: str | None = None
    """The hold of the first try, when this request repeats one."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Money set aside for one request. ``nano_usd`` is None when the model is unpriced."""

    hold_id: str
    request: RequestInfo
    nano_usd: int | None


@dataclass(frozen=True, slots=True)
class Reservation:
    """Money set aside for one send, and what was counted on the way."""

    hold: Hold
    input_tokens: int
    """The best estimate of the prompt, which the hold exceeds."""
    max_output_tokens: int
    """The output limit to send: the one asked for, or what the tightest budget leaves."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """How one request ended and what it cost. ``cost_nano_usd`` None: unknown."""

    usage: TokenUsage
    cost_nano_usd: int | None
    provenance: Provenance
    status: RequestStatus
    seconds: float
    first_token_s: float | None = None


@dataclass(frozen=True, slots=True)
class SpendSnapshot:
    """What the gauge shows. Amounts in nano-USD; requests of unknown price are counted apart."""

    session_nano_usd: int
    today_nano_usd: int
    month_nano_usd: int
    held_nano_usd: int
    session_tokens: int
    unpriced_requests_today: int
    tightest: BudgetStatus | None
    burn_nano_usd_per_hour: int | None
    """Over the session's last hour; None before five minutes or two requests."""


@dataclass(frozen=True, slots=True)
class CostRow:
    """One line of a spend report."""

    key: str
    requests: int
    tokens: int
    cost_nano_usd: int
    unpriced: int
    """Requests among them whose cost is unknown."""


@dataclass(frozen=True, slots=True)
class CostReport:
    """Spending over a period, grouped. ``cost`` sums known costs only."""

    period: str
    by: str
    total_nano_usd: int
    total_requests: int
    total_tokens: int
    unpriced_requests: int
    rows: tuple[CostRow, ...]
    daily_average_nano_usd: int | None
    projected_monthly_nano_usd: int | None
    most_expensive: CostRow | None
    """``key`` is ``model · ISO time``."""
    prices_as_of: str
