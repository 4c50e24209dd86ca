"""The ledger: money is held before a request is sent, and every request is settled once.

A hold whose process died without settling becomes a row that costs what was held (provenance
``interrupted``): nobody can tell how far the provider came, and money is never counted too low.
"""

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from vibe_tui.analytics.calendar import Calendar
from vibe_tui.analytics.errors import (
    BudgetExceededError,
    HoldSettledError,
    HoldUnknownError,
    UnpricedRefusedError,
)
from vibe_tui.analytics.model import (
    BudgetLimit,
    BudgetStatus,
    CostReport,
    Hold,
    RequestInfo,
    Settlement,
    SpendSnapshot,
)
from vibe_tui.analytics.owner import Owner, is_gone, this_process
from vibe_tui.analytics.report import build_report
from vibe_tui.analytics.rows import abandon_hold, insert_hold, insert_request
from vibe_tui.analytics.snapshot import build_snapshot
from vibe_tui.analytics.store import Store
from vibe_tui.analytics.sums import Sums

UNSEEN_HOLD_AGE = timedelta(hours=1)
"""A hold of another container, whose processes cannot be seen, lasts as long at most."""


class Ledger:
    """Holds and requests in one SQLite file. Safe for threads and for several processes.

    Args:
        path: The file; made when missing.
        clock: The time, aware.

    Raises:
        LedgerError: If the file cannot be opened. A damaged one is set aside, see ``problem``.
    """

    def __init__(
        self, path: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._clock = clock
        self._store = Store(path, clock)
        if self._store.read(_has_holds):
            self._store.write(self._expire)

    @property
    def problem(self) -> str | None:
        """What a person must know of the ledger's file; None while all is well."""
        return self._store.problem

    @property
    def path(self) -> Path:
        """The ledger's file."""
        return self._store.path

    def reserve(
        self,
        request: RequestInfo,
        nano_usd: int | None,
        limits: Sequence[BudgetLimit],
        *,
        cap_nano_usd: int | None = None,
        calendar: Calendar | None = None,
    ) -> Hold:
        """Hold a request's worst case against every limit that applies, in one transaction.

        Args:
            request: What is about to be sent.
            nano_usd: Its worst case; None when its price is unknown.
            limits: Budgets; only hard ones refuse. A free request is never refused.
            cap_nano_usd: What this one request may cost at most; None is no cap.
            calendar: Where days begin; the system's zone by default.

        Returns:
            The hold, to be settled or released once.

        Raises:
            BudgetExceededError: If a hard limit has no room.
            UnpricedRefusedError: If the price is unknown and a hard limit applies.
            LedgerError: If the ledger cannot be written.
        """
        return self.reserve_within(
            request, lambda _: nano_usd, limits, cap_nano_usd=cap_nano_usd, calendar=calendar
        )

    def reserve_within(
        self,
        request: RequestInfo,
        choose: Callable[[int | None], int | None],
        limits: Sequence[BudgetLimit],
        *,
        cap_nano_usd: int | None = None,
        calendar: Calendar | None = None,
    ) -> Hold:
        """Hold an amount that is chosen once the room is known, in one transaction.

        Args:
            request: What is about to be sent.
            choose: From what the tightest hard limit leaves in nano-USD (None: no limit) to the
                amount to hold (None: its price is unknown). It only computes.
            limits: As in ``reserve``.
            cap_nano_usd: As in ``reserve``.
            calendar: As in ``reserve``.

        Raises:
            BudgetExceededError: If the chosen amount is more than the room.
            UnpricedRefusedError: If the price is unknown and a hard limit applies.
            LedgerError: If the ledger cannot be written.
        """
        calendar = calendar or Calendar()
        hard = [limit for limit in limits if limit.hard]
        if cap_nano_usd is not None:
            hard.append(BudgetLimit("turn", "request", cap_nano_usd))

        def work(connection: sqlite3.Connection) -> Hold:
            self._expire(connection)
            now = self._clock()
            sums = Sums(connection, request.session_id, calendar, now)
            tightest = min(map(sums.status, hard), key=_left, default=None)
            amount = choose(max(0, _left(tightest)) if tightest else None)
            _refuse(request, amount, tightest)
            hold = Hold(uuid4().hex, request, amount)
            insert_hold(connection, hold, this_process(), now, calendar)
            return hold

        return self._store.write(work)

    def settle(
        self,
        hold: Hold,
        settlement: Settlement,
        *,
        price_source: str = "",
        calendar: Calendar | None = None,
    ) -> None:
        """Record what a request cost and let its hold go. What exceeds the hold is recorded too.

        Args:
            hold: As ``reserve`` gave it.
            settlement: How the request ended.
            price_source: Which prices the cost was computed with.
            calendar: Names the zone of the row; the system's by default.

        Raises:
            HoldSettledError: If it is settled already.
            HoldUnknownError: If it was released, or never given out.
            LedgerError: If the ledger cannot be written.
        """

        def work(connection: sqlite3.Connection) -> None:
            at = self._take(connection, hold)
            now = self._clock()
            insert_request(
                connection, hold, settlement, at, now, calendar or Calendar(), price_source
            )

        self._store.write(work)

    def release(self, hold: Hold) -> None:
        """Let a hold go: nothing was billed.

        Args:
            hold: As ``reserve`` gave it.

        Raises:
            HoldSettledError: If it is settled already.
            HoldUnknownError: If it was released, or never given out.
            LedgerError: If the ledger cannot be written.
        """
        self._store.write(lambda connection: self._take(connection, hold))

    def statuses(
        self,
        limits: Sequence[BudgetLimit],
        session_id: str,
        calendar: Calendar | None = None,
    ) -> tuple[BudgetStatus, ...]:
        """How much of each limit is used, in the limits' order."""

        def work(connection: sqlite3.Connection) -> tuple[BudgetStatus, ...]:
            sums = Sums(connection, session_id, calendar or Calendar(), self._clock())
            return tuple(map(sums.status, limits))

        return self._store.read(work)

    def snapshot(
        self,
        session_id: str,
        limits: Sequence[BudgetLimit],
        calendar: Calendar | None = None,
    ) -> SpendSnapshot:
        """What the gauge shows, in about a millisecond.

        Args:
            session_id: The session to show.
            limits: Budgets, hard and soft.
            calendar: Where days begin.
        """
        return self._store.read(
            lambda connection: build_snapshot(
                connection, session_id, limits, calendar or Calendar(), self._clock()
            )
        )

    def report(
        self,
        period: str,
        by: str,
        *,
        prices_as_of: str = "",
        calendar: Calendar | None = None,
    ) -> CostReport:
        """Spending over a period, grouped.

        Args:
            period: ``today``, ``week``, ``month`` or ``all``.
            by: ``model``, ``provider``, ``operation``, ``project``, ``session`` or ``day``.
            prices_as_of: Which prices are in use.
            calendar: Where days begin.

        Raises:
            UsageError: If there is no such period or grouping.
        """
        return self._store.read(
            lambda connection: build_report(
                connection, period, by, prices_as_of, calendar or Calendar(), self._clock()
            )
        )

    def close(self) -> None:
        """Close the file; the ledger is not used again."""
        self._store.close()

    def _take(self, connection: sqlite3.Connection, hold: Hold) -> str | None:
        """Remove a hold, or the row that stands in for it; returns when it was reserved."""
        for query in (
            "DELETE FROM holds WHERE hold_id = ? RETURNING at",
            "DELETE FROM requests WHERE hold_id = ? AND is_abandoned RETURNING at",
        ):
            if found := connection.execute(query, (hold.hold_id,)).fetchall():
                return str(found[0][0])
        settled = "SELECT 1 FROM requests WHERE hold_id = ?"
        if connection.execute(settled, (hold.hold_id,)).fetchone():
            raise HoldSettledError(hold.hold_id)
        if self._store.problem is None:
            raise HoldUnknownError(hold.hold_id)
        return None  # the hold went with the damaged file; what was spent must not

    def _expire(self, connection: sqlite3.Connection) -> None:
        """Turn the holds of dead processes into rows that cost what was held."""
        here, now = this_process(), self._clock()
        holds = connection.execute(
            "SELECT hold_id, at, pid, process_started, boot_id, pid_namespace FROM holds"
        ).fetchall()
        for hold_id, at, *owner in holds:
            gone = is_gone(Owner(*owner), here)
            if gone is None:
                gone = now - datetime.fromisoformat(at) > UNSEEN_HOLD_AGE
            if gone:
                abandon_hold(connection, hold_id)


def _has_holds(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM holds LIMIT 1").fetchone() is not None


def _left(status: BudgetStatus) -> int:
    return status.budget.limit_nano_usd - status.spent_nano_usd - status.held_nano_usd


def _refuse(request: RequestInfo, amount: int | None, tightest: BudgetStatus | None) -> None:
    """Refuse an amount that the tightest hard limit has no room for."""
    if tightest is None or amount == 0:
        return
    if amount is None:
        raise UnpricedRefusedError(request.model, tightest.budget)
    if amount > _left(tightest):
        raise BudgetExceededError(
            tightest.budget, tightest.spent_nano_usd, tightest.held_nano_usd, amount
        )
