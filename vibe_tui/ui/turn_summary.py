"""The line under an answer: what it staged, how long it took, and what it cost."""

from vibe_tui.analytics.model import format_nano_usd, nano
from vibe_tui.events import ChangeProposed, Event, Spent, TurnFinished
from vibe_tui.ui.fitting import short_count


class TurnSummary:
    """Gathers what the events of one turn say.

    Args:
        started_s: Monotonic seconds when the prompt entered.
    """

    def __init__(self, started_s: float) -> None:
        self._started_s = started_s
        self._files: set[str] = set()
        self._tokens = 0
        self._is_exact = True

    def add(self, event: Event) -> None:
        """Take an event into account."""
        if isinstance(event, ChangeProposed):
            self._files.update(event.files)
        elif isinstance(event, Spent):
            self._tokens += event.input_tokens + event.output_tokens
            self._is_exact &= event.provenance == "exact"

    def line(self, event: TurnFinished, now_s: float) -> str:
        """Write the line at the end of the turn."""
        parts = ["stopped"] if event.stopped else []
        if self._files:
            count = len(self._files)
            parts.append(f"{count} file{'s' * (count != 1)} staged")
        parts.append(f"{now_s - self._started_s:.1f} s")
        sign = "" if self._is_exact else "≈ "
        if self._tokens:
            parts.append(f"{sign}{short_count(self._tokens)} tok")
        if event.cost_usd is None:
            parts.append("cost unknown")
        else:
            parts.append(f"{sign if event.cost_usd else ''}{format_nano_usd(nano(event.cost_usd))}")
        return " · ".join(parts)
