"""/cost: what was spent, from the ledger."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from vibe_tui.analytics.model import CostReport, CostRow, format_nano_usd, usd
from vibe_tui.commands.table import markdown_table
from vibe_tui.errors import UsageError
from vibe_tui.events import Event, Reported
from vibe_tui.foreign import clean_line

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

PERIODS = ("today", "week", "month", "all")
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula, in East Asian versions also in full width."""
GROUPS = ("model", "provider", "operation", "project", "session", "day")


def _row(row: CostRow) -> dict[str, Any]:
    return {
        "key": row.key,
        "requests": row.requests,
        "tokens": row.tokens,
        "cost_usd": usd(row.cost_nano_usd) if row.requests > row.unpriced else None,
        "unpriced": row.unpriced,
    }


def payload(report: CostReport) -> dict[str, Any]:
    """The report as CLI.md says it. Savings belong to features still to come."""
    dearest = report.most_expensive
    return {
        "schema_version": 1,
        "period": report.period,
        "by": report.by,
        "total_cost": usd(report.total_nano_usd),
        "total_requests": report.total_requests,
        "total_tokens": report.total_tokens,
        "unpriced_requests": report.unpriced_requests,
        "rows": [_row(row) for row in report.rows],
        "daily_average": usd(report.daily_average_nano_usd),
        "projected_monthly": usd(report.projected_monthly_nano_usd),
        "most_expensive_request": _row(dearest) if dearest else None,
        "savings": None,
        "prices_as_of": report.prices_as_of,
    }


def _money(row: CostRow) -> str:
    known = row.requests > row.unpriced
    cost = format_nano_usd(row.cost_nano_usd) if known else "unknown"
    return f"{cost} + {row.unpriced} unpriced" if row.unpriced and known else cost


def text(report: CostReport) -> str:
    """The report for people, as Markdown."""
    unpriced = report.unpriced_requests
    more = f" and {unpriced} requests of unknown price" if unpriced else ""
    lines = [
        f"**{format_nano_usd(report.total_nano_usd)}** {_period_words(report.period)} in "
        f"{report.total_requests} requests, {report.total_tokens:,} tokens{more}."
    ]
    if report.rows:
        rows = [(r.key, str(r.requests), f"{r.tokens:,}", _money(r)) for r in report.rows]
        lines.append(
            markdown_table((report.by, "requests", "tokens", "cost"), rows, right=(1, 2, 3))
        )
    lines.append(f"{_pace(report)}Prices as of {report.prices_as_of}.")
    return "\n\n".join(lines)


def _pace(report: CostReport) -> str:
    average, projected = report.daily_average_nano_usd, report.projected_monthly_nano_usd
    if average is None:
        return ""
    course = "" if projected is None else f", on course for {format_nano_usd(projected)} a month"
    return f"Daily average {format_nano_usd(average)}{course}. "


def _period_words(period: str) -> str:
    return {"today": "today", "week": "this week", "month": "this month", "all": "in all"}[period]


def csv_text(report: CostReport) -> str:
    """The rows as CSV that a spreadsheet cannot mistake for formulas."""
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((report.by, "requests", "tokens", "cost_usd", "unpriced"))
    for row in map(_row, report.rows):
        cost = "" if row["cost_usd"] is None else f"{row['cost_usd']:.9f}"
        key = clean_line(str(row["key"]))
        safe = f"'{key}" if key.startswith(_FORMULA_STARTS) else key
        writer.writerow((safe, row["requests"], row["tokens"], cost, row["unpriced"]))
    return buffer.getvalue()


def make_report(workspace: "Workspace", period: str, by: str) -> CostReport:
    """Read the ledger.

    Raises:
        UsageError: If the period or the grouping is unknown.
    """
    if period not in PERIODS:
        raise UsageError(f"There is no period {period!r}", f"choose of {', '.join(PERIODS)}")
    if by not in GROUPS:
        raise UsageError(f"Spending cannot be grouped by {by!r}", f"choose of {', '.join(GROUPS)}")
    return workspace.rooms.spending.report(period, by)


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Report spending: ``/cost``, ``/cost today``, ``/cost month by day``.

    Raises:
        UsageError: If a word is not understood.
    """
    words = [word for word in args if word != "by"]
    if len(words) > 2:
        raise UsageError("/cost takes a period and a grouping", "such as /cost month by day")
    period = next((word for word in words if word in PERIODS), "month")
    by = next((word for word in words if word not in PERIODS), "model")
    report = make_report(workspace, period, by)
    yield Reported("cost", text(report), payload(report))
