"""Spend reports: totals, groups, averages and a projection."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from vibe_tui.analytics.calendar import Calendar, days_in_month
from vibe_tui.analytics.model import CostReport, CostRow
from vibe_tui.analytics.sums import text_of
from vibe_tui.errors import UsageError

_COLUMNS = "COUNT(*), SUM(input_tokens + output_tokens), SUM(cost_nano), SUM(cost_nano IS NULL)"
_KEYS = {
    "model": "model",
    "provider": "provider",
    "operation": "operation",
    "project": "project",
    "session": "session",
    "day": "substr(at, 1, 16)",  # the minute: zones differ from UTC by whole minutes
}
_GROUPED = {
    by: f"SELECT {key}, {_COLUMNS} FROM requests WHERE at >= ? GROUP BY 1"  # noqa: S608 - from the table above
    for by, key in _KEYS.items()
}


def build_report(
    connection: sqlite3.Connection,
    period: str,
    by: str,
    prices_as_of: str,
    calendar: Calendar,
    now: datetime,
) -> CostReport:
    """Sum up a period.

    Args:
        connection: In a transaction.
        period: ``today``, ``week``, ``month`` or ``all``.
        by: ``model``, ``provider``, ``operation``, ``project``, ``session`` or ``day``.
        prices_as_of: Which prices are in use.
        calendar: Where days begin.
        now: The time, aware.

    Returns:
        Rows by falling cost, days in their order. The daily average is over the days of the period
        so far, from the first day that the ledger knows of.

    Raises:
        UsageError: If there is no such period or grouping.
    """
    if by not in _GROUPED:
        raise UsageError(f"Spending cannot be grouped by {by!r}", f"use one of {', '.join(_KEYS)}")
    start = calendar.start_of_period(period, now)
    since = text_of(start) if start else ""
    rows = _rows(connection, by, since, calendar)
    priced = sum(row.requests - row.unpriced for row in rows)
    total = sum(row.cost_nano_usd for row in rows)
    days = _days(connection, period, calendar, now)
    return CostReport(
        period=period,
        by=by,
        total_nano_usd=total,
        total_requests=sum(row.requests for row in rows),
        total_tokens=sum(row.tokens for row in rows),
        unpriced_requests=sum(row.unpriced for row in rows),
        rows=tuple(rows),
        daily_average_nano_usd=_mean(total, days) if priced else None,
        projected_monthly_nano_usd=_projection(connection, calendar, now),
        most_expensive=_most_expensive(connection, since),
        prices_as_of=prices_as_of,
    )


def _rows(connection: sqlite3.Connection, by: str, since: str, calendar: Calendar) -> list[CostRow]:
    found = connection.execute(_GROUPED[by], (since,)).fetchall()
    rows = [
        CostRow(key, count, tokens, cost or 0, none) for key, count, tokens, cost, none in found
    ]
    if by == "day":
        return _days_of_minutes(rows, calendar)
    return sorted(rows, key=lambda row: (-row.cost_nano_usd, row.key))


@dataclass(slots=True)
class _DayTotal:
    requests: int = 0
    tokens: int = 0
    cost_nano_usd: int = 0
    unpriced: int = 0


def _days_of_minutes(minutes: list[CostRow], calendar: Calendar) -> list[CostRow]:
    days: dict[date, _DayTotal] = defaultdict(_DayTotal)
    for minute in minutes:
        day = days[calendar.day_of(datetime.fromisoformat(f"{minute.key}:00+00:00"))]
        day.requests += minute.requests
        day.tokens += minute.tokens
        day.cost_nano_usd += minute.cost_nano_usd
        day.unpriced += minute.unpriced
    return [
        CostRow(day.isoformat(), sums.requests, sums.tokens, sums.cost_nano_usd, sums.unpriced)
        for day, sums in sorted(days.items())
    ]


def _days(connection: sqlite3.Connection, period: str, calendar: Calendar, now: datetime) -> int:
    """Days of the period so far, today included, from the first one that the ledger knows of."""
    today = calendar.day_of(now)
    (first_at,) = connection.execute("SELECT MIN(at) FROM requests").fetchone()
    known_from = calendar.day_of(datetime.fromisoformat(first_at)) if first_at else today
    first = max(known_from, calendar.first_day(period, now) or known_from)
    return max(1, (today - first).days + 1)


def _mean(total: int, days: int) -> int:
    return (2 * total + days) // (2 * days)


def _projection(connection: sqlite3.Connection, calendar: Calendar, now: datetime) -> int | None:
    """This month's spending, and its daily average for each day that is left of it."""
    start = calendar.start_of_period("month", now)
    spent, priced = connection.execute(
        "SELECT SUM(cost_nano), COUNT(cost_nano) FROM requests WHERE at >= ?",
        (text_of(start) if start else "",),
    ).fetchone()
    if not priced:
        return None
    today = calendar.day_of(now)
    days_left = days_in_month(today) - today.day
    return int(spent + _mean(spent * days_left, _days(connection, "month", calendar, now)))


def _most_expensive(connection: sqlite3.Connection, since: str) -> CostRow | None:
    found = connection.execute(
        "SELECT model, at, input_tokens + output_tokens, cost_nano FROM requests"
        " WHERE at >= ? AND cost_nano IS NOT NULL ORDER BY cost_nano DESC, at LIMIT 1",
        (since,),
    ).fetchone()
    if found is None:
        return None
    model, at, tokens, cost = found
    return CostRow(f"{model} · {at}", 1, tokens, cost, 0)
