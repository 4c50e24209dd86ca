"""The gauge line: what is spent, held and left, and how fast tokens arrive."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget

from vibe_tui.analytics.model import BudgetStatus, SpendSnapshot, format_nano_usd, nano
from vibe_tui.events import SpendEstimated
from vibe_tui.ui.fitting import Piece, fit_line, short_count
from vibe_tui.ui.speed import SpeedMeter

_BAR_CELLS = 24
_WATCH_FRACTION = 0.8
_STOP_FRACTION = 0.95
_REDRAW_S = 0.1
_PERIOD_WORDS = {"daily": "today", "weekly": "week", "monthly": "month"}


@dataclass(frozen=True, slots=True)
class BarCells:
    """How a bar's cells are shared; they add up to its width."""

    spent: int
    held: int
    rest: int


def bar_cells(spent: int, held: int, limit: int, width: int) -> BarCells:
    """Share a bar's cells; anything above nothing shows, and a bar never overflows.

    Args:
        spent: Nano-USD that are gone.
        held: Nano-USD set aside for what runs.
        limit: Nano-USD of the budget; 0 is a budget that is used up.
        width: Cells of the bar.
    """
    if limit <= 0:
        return BarCells(width, 0, 0)
    spent_cells = min(width, _cells(spent, limit, width))
    held_cells = min(width - spent_cells, _cells(held, limit, width))
    return BarCells(spent_cells, held_cells, width - spent_cells - held_cells)


def _cells(part: int, limit: int, width: int) -> int:
    if part <= 0:
        return 0
    return max(1, (2 * part * width + limit) // (2 * limit))


class SpendGauge(Widget):
    """One line, always of the same size, drawn at most ten times a second.

    Args:
        clock: Monotonic seconds.
        id: The widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"spend-gauge--{name}"
        for name in ("label", "money", "muted", "spent", "held", "rest", "watch", "stop", "curve")
    }

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 - Textual's own word
    ) -> None:
        super().__init__(id=id)
        self._clock = clock
        self._snapshot: SpendSnapshot | None = None
        self._estimate: SpendEstimated | None = None
        self._speed = SpeedMeter()
        self._drawn_at = float("-inf")
        self._timer: Timer | None = None

    def show(self, snapshot: SpendSnapshot) -> None:
        """Show what the ledger says."""
        self._snapshot = snapshot
        self._redraw()

    def stream(self, estimate: SpendEstimated) -> None:
        """Move while an answer streams."""
        self._estimate = estimate
        self._speed.add(self._clock(), estimate.output_tokens)
        self._redraw()

    def settle(self) -> None:
        """The answer has ended: from now on the ledger alone speaks."""
        self._estimate = None
        self._speed = SpeedMeter()
        self._redraw()

    def render(self) -> Content:
        """Write the line."""
        return fit_line(self._left(), self._right(), self.content_size.width)

    def _redraw(self) -> None:
        wait_s = self._drawn_at + _REDRAW_S - self._clock()
        if wait_s <= 0:
            self._draw()
        elif self._timer is None:
            self._timer = self.set_timer(wait_s, self._draw)

    def _draw(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._drawn_at = self._clock()
        self.refresh()

    @property
    def _running_nano_usd(self) -> int:
        estimate = self._estimate
        if estimate is None or estimate.cost_usd is None:
            return 0
        return nano(estimate.cost_usd)

    def _left(self) -> list[Piece]:
        snapshot = self._snapshot
        if snapshot is None:
            return [Piece.of(("spend …", ".spend-gauge--muted"))]
        running = self._running_nano_usd
        pieces = self._budget(snapshot.tightest) if snapshot.tightest else []
        pieces.append(self._amount("today", snapshot.today_nano_usd + running, 2))
        pieces.append(self._amount("session", snapshot.session_nano_usd + running, 1))
        if snapshot.tightest is None and snapshot.held_nano_usd > running:
            held = snapshot.held_nano_usd - running
            pieces.append(Piece.of((f"{format_nano_usd(held)} held", ".spend-gauge--held"), rank=3))
        if snapshot.burn_nano_usd_per_hour is not None:
            burn = format_nano_usd(snapshot.burn_nano_usd_per_hour)
            pieces.append(Piece.of((f"{burn}/h", ".spend-gauge--muted"), rank=5))
        if snapshot.unpriced_requests_today:
            text = f"unpriced {snapshot.unpriced_requests_today}"
            pieces.append(Piece.of((text, ".spend-gauge--watch"), rank=3))
        return pieces

    def _amount(self, label: str, nano_usd: int, rank: int) -> Piece:
        sign = "≈ " if self._estimate is not None and self._running_nano_usd else ""
        return Piece.of(
            (f"{label} ", ".spend-gauge--label"),
            (f"{sign}{format_nano_usd(nano_usd)}", ".spend-gauge--money"),
            rank=rank,
        )

    def _budget(self, status: BudgetStatus) -> list[Piece]:
        limit = status.budget.limit_nano_usd
        running = self._running_nano_usd
        spent = status.spent_nano_usd + running
        held = max(0, status.held_nano_usd - running)
        ink, mark = _urgency(spent, limit)
        period = status.budget.period
        cells = bar_cells(spent, held, limit, _BAR_CELLS)
        figures = f"{'≈ ' if running else ''}{format_nano_usd(spent)}"
        label = (f"{_PERIOD_WORDS.get(period, period)} ", ".spend-gauge--label")
        bar = Piece.of(
            label,
            ("━" * cells.spent, f".spend-gauge--{ink}"),
            ("╍" * cells.held, ".spend-gauge--held"),
            ("─" * cells.rest, ".spend-gauge--rest"),
            (mark, f".spend-gauge--{ink}"),
            rank=4,
        )
        held_text = f" + {format_nano_usd(held)} held" if held else ""
        amount = Piece.of(
            (figures, ".spend-gauge--money"),
            (held_text, ".spend-gauge--held"),
            (f" of {format_nano_usd(limit)}", ".spend-gauge--label"),
        )
        return [bar, amount]

    def _right(self) -> list[Piece]:
        if self._estimate is None:
            tokens = self._snapshot.session_tokens if self._snapshot else 0
            text = f"{short_count(tokens)} tok" if tokens else ""
            return [Piece.of((text, ".spend-gauge--muted"), rank=6)] if text else []
        rate = self._speed.rate
        speed = f"{rate:.0f} tok/s" if rate is not None else "… tok/s"
        return [
            Piece.of((self._speed.curve, ".spend-gauge--curve"), rank=7),
            Piece.of((speed, ".spend-gauge--label"), rank=3),
        ]


def _urgency(spent: int, limit: int) -> tuple[str, str]:
    """The ink of the bar, and a word beside it so that colour is not all that warns."""
    fraction = spent / limit if limit > 0 else 1.0
    if fraction >= _STOP_FRACTION:
        return "stop", f" ▲ {fraction:.0%}"
    if fraction >= _WATCH_FRACTION:
        return "watch", f" ▴ {fraction:.0%}"
    return "spent", ""
