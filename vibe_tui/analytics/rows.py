"""How holds and requests are written into the ledger's tables."""

import sqlite3
from datetime import datetime

from vibe_tui.analytics.calendar import Calendar
from vibe_tui.analytics.model import Hold, Provenance, RequestStatus, Settlement
from vibe_tui.analytics.owner import Owner
from vibe_tui.analytics.sums import text_of

MOST_NANO_USD = 10**15
"""A million USD for one request: a provider's absurd usage must not overflow SQLite's sums."""
MOST_TOKENS = 10**12

_HOLD = """
INSERT INTO holds (hold_id, parent_id, at, zone, session, project, operation, provider, model,
    nano, pid, process_started, boot_id, pid_namespace)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_REQUEST = """
INSERT INTO requests (hold_id, parent_id, at, zone, session, project, operation, provider, model,
    input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens,
    held_nano, cost_nano, provenance, status, seconds, first_token_s, price_source)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

_ABANDONED = """
INSERT INTO requests (hold_id, parent_id, at, zone, session, project, operation, provider, model,
    input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens,
    held_nano, cost_nano, provenance, status, seconds, price_source, is_abandoned)
SELECT hold_id, parent_id, at, zone, session, project, operation, provider, model,
    0, 0, 0, 0, 0, nano, nano, ?, ?, 0, 'held worst case', 1
FROM holds WHERE hold_id = ?
"""


def insert_hold(
    connection: sqlite3.Connection, hold: Hold, owner: Owner, now: datetime, calendar: Calendar
) -> None:
    """Write a hold of the process ``owner``."""
    amount = _bounded(hold.nano_usd, MOST_NANO_USD)
    place = (owner.pid, owner.started, owner.boot_id, owner.pid_namespace)
    connection.execute(_HOLD, (*_head(hold, text_of(now), now, calendar), amount, *place))


def insert_request(
    connection: sqlite3.Connection,
    hold: Hold,
    settlement: Settlement,
    at: str | None,
    now: datetime,
    calendar: Calendar,
    price_source: str,
) -> None:
    """Write a settled request.

    Args:
        connection: In a transaction.
        hold: What was held for it.
        settlement: How it ended.
        at: When it was reserved, as stored; None when that is lost, then it is ``now``.
        now: The time, aware.
        calendar: Names the zone.
        price_source: Which prices the cost was computed with.
    """
    usage = settlement.usage
    tokens = (
        usage.input_tokens,
        usage.output_tokens,
        usage.cached_tokens,
        usage.cache_write_tokens,
        usage.reasoning_tokens,
    )
    connection.execute(
        _REQUEST,
        (
            *_head(hold, at or text_of(now), now, calendar),
            *(_bounded(amount, MOST_TOKENS) for amount in tokens),
            _bounded(hold.nano_usd, MOST_NANO_USD),
            _bounded(settlement.cost_nano_usd, MOST_NANO_USD),
            settlement.provenance.value,
            settlement.status.value,
            settlement.seconds,
            settlement.first_token_s,
            price_source,
        ),
    )


def abandon_hold(connection: sqlite3.Connection, hold_id: str) -> None:
    """Turn the hold of a dead process into a row that costs what was held."""
    outcome = (Provenance.INTERRUPTED.value, RequestStatus.FAILED.value, hold_id)
    connection.execute(_ABANDONED, outcome)
    connection.execute("DELETE FROM holds WHERE hold_id = ?", (hold_id,))


def _head(hold: Hold, at: str, now: datetime, calendar: Calendar) -> tuple[str | None, ...]:
    request = hold.request
    return (
        hold.hold_id,
        request.parent_id,
        at,
        calendar.zone_at(now),
        request.session_id,
        _storable(request.project),
        _storable(request.operation),
        _storable(request.provider),
        _storable(request.model),
    )


def _storable(text: str) -> str:
    """Text that SQLite takes: a path that is no valid text holds surrogates."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _bounded(amount: int | None, most: int) -> int | None:
    return None if amount is None else max(0, min(amount, most))
