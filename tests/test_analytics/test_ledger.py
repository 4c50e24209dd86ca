"""Money is held before it is spent, settled once, and no hard limit is passed by reservations."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.test_analytics.conftest import Clock, hard, request, settled
from vibe_tui.analytics.calendar import Calendar
from vibe_tui.analytics.errors import (
    BudgetExceededError,
    HoldSettledError,
    HoldUnknownError,
    UnpricedRefusedError,
)
from vibe_tui.analytics.ledger import Ledger
from vibe_tui.analytics.model import (
    BudgetLimit,
    Hold,
    Provenance,
    RequestInfo,
    RequestStatus,
    Settlement,
    TokenUsage,
)
from vibe_tui.errors import UsageError

UTC_DAYS = Calendar("UTC")


def rows(ledger: Ledger, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(ledger.path)) as connection:
        return connection.execute(query).fetchall()


def spend(ledger: Ledger, cost: int | None, request_info: RequestInfo | None = None) -> None:
    hold = ledger.reserve(request_info or request(), cost, [], calendar=UTC_DAYS)
    ledger.settle(hold, settled(cost), calendar=UTC_DAYS)


def used(ledger: Ledger, period: str, session: str = "s1") -> tuple[int, int]:
    (status,) = ledger.statuses([hard(period, 1)], session, UTC_DAYS)
    return status.spent_nano_usd, status.held_nano_usd


def test_a_settled_request_is_one_whole_row(ledger: Ledger) -> None:
    info = RequestInfo("s1", "/p", "chat", "openai", "openai/gpt-4o", parent_id="first-try")
    hold = ledger.reserve(info, 500, [], calendar=UTC_DAYS)
    usage = TokenUsage(100, 20, 60, 10, 5)
    ledger.settle(
        hold,
        Settlement(usage, 321, Provenance.EXACT, RequestStatus.OK, 2.5, 0.25),
        price_source="by hand",
        calendar=Calendar("Asia/Tokyo"),
    )
    assert rows(ledger, "SELECT * FROM requests") == [
        (
            hold.hold_id,
            "first-try",
            "2026-05-20T12:00:00.000000Z",
            "Asia/Tokyo",
            "s1",
            "/p",
            "chat",
            "openai",
            "openai/gpt-4o",
            100,
            20,
            60,
            10,
            5,
            500,
            321,
            "exact",
            "ok",
            2.5,
            0.25,
            "by hand",
            0,
        )
    ]
    assert rows(ledger, "SELECT * FROM holds") == []


def test_a_hold_counts_until_it_is_settled_or_released(ledger: Ledger) -> None:
    one = ledger.reserve(request(), 70, [])
    two = ledger.reserve(request(), 30, [])
    assert used(ledger, "total") == (0, 100)
    ledger.settle(one, settled(60))
    assert used(ledger, "total") == (60, 30)
    ledger.release(two)
    assert used(ledger, "total") == (60, 0)


@pytest.mark.parametrize("period", ["session", "daily", "weekly", "monthly", "total"])
def test_a_hard_limit_refuses_one_nano_dollar_too_much(ledger: Ledger, period: str) -> None:
    limits = [hard(period, 1000)]
    spend(ledger, 400)
    ledger.reserve(request(), 350, limits, calendar=UTC_DAYS)
    with pytest.raises(BudgetExceededError) as refused:
        ledger.reserve(request(), 251, limits, calendar=UTC_DAYS)
    error = refused.value
    assert (error.scope, error.period, error.limit_nano_usd) == ("global", period, 1000)
    assert (error.spent_nano_usd, error.held_nano_usd, error.needed_nano_usd) == (400, 350, 251)
    assert error.left_nano_usd == 250
    assert period in str(error)
    assert error.exit_code == 1
    ledger.reserve(request(), 250, limits, calendar=UTC_DAYS)
    assert used(ledger, period) == (400, 600)


def test_a_refused_request_holds_nothing(ledger: Ledger) -> None:
    with pytest.raises(BudgetExceededError):
        ledger.reserve(request(), 11, [hard("total", 10)])
    assert used(ledger, "total") == (0, 0)


def test_the_tightest_of_several_limits_refuses(ledger: Ledger) -> None:
    limits = [hard("monthly", 10_000), hard("session", 100), hard("daily", 500)]
    with pytest.raises(BudgetExceededError) as refused:
        ledger.reserve(request(), 1000, limits)
    assert refused.value.period == "session"


def test_soft_limits_refuse_nothing(ledger: Ledger) -> None:
    ledger.reserve(request(), 1000, [BudgetLimit("global", "daily", 10, hard=False)])
    ledger.reserve(request(), None, [BudgetLimit("global", "daily", 10, hard=False)])


def test_a_cap_limits_this_one_request(ledger: Ledger) -> None:
    spend(ledger, 5000)
    with pytest.raises(BudgetExceededError) as refused:
        ledger.reserve(request(), 101, [], cap_nano_usd=100)
    assert refused.value.scope == "turn"
    assert "cap" in str(refused.value)
    assert ledger.reserve(request(), 100, [], cap_nano_usd=100).nano_usd == 100
    ledger.reserve(request(), 100, [BudgetLimit("turn", "request", 100)])


def test_unpriced_is_refused_only_where_a_hard_limit_applies(ledger: Ledger) -> None:
    with pytest.raises(UnpricedRefusedError) as refused:
        ledger.reserve(request("some/model\x1b[2J"), None, [hard("monthly", 10**12)])
    assert "some/model," in str(refused.value)
    assert (refused.value.scope, refused.value.period) == ("global", "monthly")
    with pytest.raises(UnpricedRefusedError):
        ledger.reserve(request(), None, [], cap_nano_usd=10**12)
    hold = ledger.reserve(request(), None, [])
    ledger.settle(hold, settled(None, provenance=Provenance.UNPRICED))
    assert rows(ledger, "SELECT held_nano, cost_nano, provenance FROM requests") == [
        (None, None, "unpriced")
    ]


def test_a_free_request_passes_an_exhausted_limit(ledger: Ledger) -> None:
    spend(ledger, 500)
    assert ledger.reserve(request("local/m"), 0, [hard("total", 100)]).nano_usd == 0


def test_what_exceeds_its_hold_is_recorded_and_closes_the_budget(ledger: Ledger) -> None:
    hold = ledger.reserve(request(), 100, [hard("total", 100)])
    ledger.settle(hold, settled(150))
    assert used(ledger, "total") == (150, 0)
    with pytest.raises(BudgetExceededError) as refused:
        ledger.reserve(request(), 1, [hard("total", 100)])
    assert refused.value.left_nano_usd == 0


def test_a_hold_is_settled_once(ledger: Ledger) -> None:
    hold = ledger.reserve(request(), 100, [])
    ledger.settle(hold, settled(80))
    with pytest.raises(HoldSettledError):
        ledger.settle(hold, settled(80))
    with pytest.raises(HoldSettledError):
        ledger.release(hold)
    assert used(ledger, "total") == (80, 0)


def test_an_unknown_or_released_hold_cannot_be_settled(ledger: Ledger) -> None:
    hold = ledger.reserve(request(), 100, [])
    ledger.release(hold)
    for gone in (hold, Hold("never", request(), 5)):
        with pytest.raises(HoldUnknownError):
            ledger.settle(gone, settled(80))
        with pytest.raises(HoldUnknownError):
            ledger.release(gone)
    assert used(ledger, "total") == (0, 0)


def test_sessions_are_counted_apart(ledger: Ledger) -> None:
    spend(ledger, 100, request(session="s1"))
    ledger.reserve(request(session="s2"), 30, [])
    assert used(ledger, "session", "s1") == (100, 0)
    assert used(ledger, "session", "s2") == (0, 30)
    assert used(ledger, "daily", "s2") == (100, 30)


def test_an_unknown_scope_is_never_passed_over(ledger: Ledger) -> None:
    with pytest.raises(UsageError):
        ledger.reserve(request(), 1, [BudgetLimit("model:gpt-4o", "daily", 100)])
    with pytest.raises(UsageError):
        ledger.reserve(request(), 1, [hard("fortnightly", 100)])


def test_reserve_within_sees_the_room_of_the_tightest_limit(ledger: Ledger) -> None:
    spend(ledger, 300)
    seen: list[int | None] = []

    def choose(room: int | None) -> int:
        seen.append(room)
        return 10 if room is None else room

    hold = ledger.reserve_within(
        request(), choose, [hard("total", 1000), hard("daily", 800)], cap_nano_usd=900
    )
    assert (hold.nano_usd, seen) == (500, [500])
    ledger.reserve_within(request(), choose, [])
    assert seen[-1] is None


def test_a_failing_choice_leaves_nothing_behind(ledger: Ledger) -> None:
    def choose(room: int | None) -> int:
        raise ArithmeticError

    with pytest.raises(ArithmeticError):
        ledger.reserve_within(request(), choose, [])
    assert used(ledger, "total") == (0, 0)
    spend(ledger, 1)


def test_absurd_amounts_do_not_break_the_sums(ledger: Ledger) -> None:
    for _ in range(3):
        hold = ledger.reserve(request(), 10**30, [])
        ledger.settle(hold, settled(10**30, tokens=(10**30, -5)))
    assert used(ledger, "total") == (3 * 10**15, 0)


def test_a_project_path_that_is_no_text_is_stored(ledger: Ledger) -> None:
    spend(ledger, 1, request(project="/p/\udcff"))
    assert rows(ledger, "SELECT project FROM requests") == [("/p/\\udcff",)]


@pytest.fixture
def zurich() -> Calendar:
    return Calendar("Europe/Zurich")


@pytest.mark.parametrize(
    ("spent_at", "now", "counts"),
    [
        # 2026-03-29 has 23 hours in Zurich: 23:00Z the day before to 22:00Z.
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC), False),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), datetime(2026, 3, 29, 21, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 21, 59, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC), False),
        # 2026-10-25 has 25 hours: 22:00Z the day before to 23:00Z.
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC), False),
    ],
)
def test_days_are_cut_in_the_zone_across_daylight_saving(
    ledger: Ledger,
    clock: Clock,
    zurich: Calendar,
    spent_at: datetime,
    now: datetime,
    counts: bool,
) -> None:
    clock.now = spent_at
    spend(ledger, 100)
    clock.now = now
    (status,) = ledger.statuses([hard("daily", 1000)], "s1", zurich)
    assert status.spent_nano_usd == (100 if counts else 0)


def test_a_request_belongs_to_the_day_on_which_it_was_reserved(
    ledger: Ledger, clock: Clock
) -> None:
    clock.now = datetime(2026, 5, 20, 23, 59, tzinfo=UTC)
    hold = ledger.reserve(request(), 100, [])
    clock.move(minutes=2)
    assert used(ledger, "daily") == (0, 100)  # while it is held it counts today
    ledger.settle(hold, settled(90))
    assert used(ledger, "daily") == (0, 0)
    assert used(ledger, "monthly") == (90, 0)


@pytest.fixture
def again(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    """A second ledger on the same file, as another run of the program has."""
    path = tmp_path / "data" / "ledger.sqlite"
    first = Ledger(path, clock)
    spend(first, 100)
    first.close()
    second = Ledger(path, clock)
    yield second
    second.close()


def test_spending_outlives_the_program(again: Ledger) -> None:
    assert used(again, "daily", "s2") == (100, 0)
    assert used(again, "session", "s2") == (0, 0)
    assert again.problem is None
