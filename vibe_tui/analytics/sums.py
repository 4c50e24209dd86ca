"""What is spent and held, summed by the ledger's indexes."""

import sqlite3
from datetime import UTC, datetime

from vibe_tui.analytics.calendar import Calendar
from vibe_tui.analytics.model import BudgetLimit, BudgetStatus
from vibe_tui.errors import UsageError


def text_of(moment: datetime) -> str:
    """A moment as the ledger stores it: ISO 8601 UTC with microseconds, sortable as text."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Sums:
    """Sums inside one transaction, each computed once.

    Args:
        connection: A connection in a transaction.
        session_id: The session that ``session`` limits mean.
        calendar: Where days begin.
        now: The time, aware.
    """

    def __init__(
        self, connection: sqlite3.Connection, session_id: str, calendar: Calendar, now: datetime
    ) -> None:
        self._connection = connection
        self._session_id = session_id
        self._calendar = calendar
        self._now = now
        self._spent_since: dict[datetime | None, int] = {}

    def spent(self, period: str) -> int:
        """Known costs of a period (``session``, ``daily``, …, ``total``) in nano-USD."""
        if period == "session":
            return self._sum(
                "SELECT SUM(cost_nano) FROM requests WHERE session = ?", self._session_id
            )
        start = self._calendar.start_of_period(period, self._now)
        if start not in self._spent_since:
            since = text_of(start) if start else ""
            self._spent_since[start] = self._sum(
                "SELECT SUM(cost_nano) FROM requests WHERE at >= ?", since
            )
        return self._spent_since[start]

    def held(self, period: str = "total") -> int:
        """Money held now in nano-USD: this session's for ``session``, else everybody's."""
        if period == "session":
            return self._sum("SELECT SUM(nano) FROM holds WHERE session = ?", self._session_id)
        return self._sum("SELECT SUM(nano) FROM holds")

    def status(self, limit: BudgetLimit) -> BudgetStatus:
        """How much of a limit is used. A ``turn`` limit is what is left of it for one request.

        Raises:
            UsageError: If the limit's scope or period is unknown: it is never passed over.
        """
        if limit.scope == "turn":
            return BudgetStatus(limit, 0, 0)
        if limit.scope != "global":
            raise UsageError(f"Budgets of scope {limit.scope!r} are not built yet")
        return BudgetStatus(limit, self.spent(limit.period), self.held(limit.period))

    def _sum(self, query: str, *values: str) -> int:
        (total,) = self._connection.execute(query, values).fetchone()
        return total or 0


def used_fraction(status: BudgetStatus) -> float:
    """How much of a limit is spent or held; 1.0 is all, and a limit of 0 is always used up."""
    used = status.spent_nano_usd + status.held_nano_usd
    limit = status.budget.limit_nano_usd
    return used / limit if limit > 0 else float("inf")
