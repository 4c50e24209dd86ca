"""What the gauge shows, from the ledger's indexes."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

from vibe_tui.analytics.calendar import Calendar
from vibe_tui.analytics.model import BudgetLimit, SpendSnapshot
from vibe_tui.analytics.sums import Sums, text_of, used_fraction

_BURN_WINDOW = timedelta(hours=1)
_BURN_AFTER = timedelta(minutes=5)


def build_snapshot(
    connection: sqlite3.Connection,
    session_id: str,
    limits: Sequence[BudgetLimit],
    calendar: Calendar,
    now: datetime,
) -> SpendSnapshot:
    """Sum up for the gauge.

    Args:
        connection: In a transaction.
        session_id: The session to show.
        limits: Budgets; the one with the largest used part is the tightest.
        calendar: Where days begin.
        now: The time, aware.
    """
    sums = Sums(connection, session_id, calendar, now)
    today = calendar.start_of(calendar.day_of(now))
    (tokens,) = connection.execute(
        "SELECT SUM(input_tokens + output_tokens) FROM requests WHERE session = ?", (session_id,)
    ).fetchone()
    (unpriced,) = connection.execute(
        "SELECT COUNT(*) FROM requests WHERE at >= ? AND cost_nano IS NULL", (text_of(today),)
    ).fetchone()
    lasting = [sums.status(limit) for limit in limits if limit.scope != "turn"]
    return SpendSnapshot(
        session_nano_usd=sums.spent("session"),
        today_nano_usd=sums.spent("daily"),
        month_nano_usd=sums.spent("monthly"),
        held_nano_usd=sums.held(),
        session_tokens=tokens or 0,
        unpriced_requests_today=unpriced,
        tightest=max(lasting, key=used_fraction, default=None),
        burn_nano_usd_per_hour=_burn(connection, session_id, now),
    )


def _burn(connection: sqlite3.Connection, session_id: str, now: datetime) -> int | None:
    """Spending an hour, over the session's last hour or its whole life if that is shorter."""
    (first,) = connection.execute(
        "SELECT MIN(at) FROM requests WHERE session = ?", (session_id,)
    ).fetchone()
    if first is None:
        return None
    span = min(_BURN_WINDOW, now - datetime.fromisoformat(first))
    count, spent = connection.execute(
        "SELECT COUNT(*), SUM(cost_nano) FROM requests WHERE session = ? AND at >= ?",
        (session_id, text_of(now - span)),
    ).fetchone()
    if span < _BURN_AFTER or count < 2 or spent is None:
        return None
    return int(spent * 3600 // int(span.total_seconds()))
