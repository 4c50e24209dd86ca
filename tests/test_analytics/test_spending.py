"""What is reserved is never less than what the request can cost, and reports add up."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.test_analytics.conftest import Clock, hard, request, settled
from vibe_tui.analytics.errors import BudgetExceededError, UnpricedRefusedError
from vibe_tui.analytics.ledger import Ledger
from vibe_tui.analytics.model import BudgetLimit, Provenance, TokenUsage
from vibe_tui.analytics.pricing import PriceBook
from vibe_tui.analytics.spending import LEAST_OUTPUT_TOKENS, Spending
from vibe_tui.analytics.token_counter import TokenCounter
from vibe_tui.errors import UsageError

GPT_4O = "openai/gpt-4o"  # 2,500 nano-USD an input token, 10,000 an output token
MESSAGES = [("system", "You are brief."), ("user", "What is a monad? " * 40)]


@pytest.fixture
def limits() -> list[BudgetLimit]:
    return []


@pytest.fixture
def spending(
    ledger: Ledger, prices: PriceBook, counter: TokenCounter, limits: list[BudgetLimit]
) -> Iterator[Spending]:
    spending = Spending(
        ledger,
        prices,
        counter,
        session_id="s1",
        project="/p",
        limits=lambda: limits,
        zone="UTC",
    )
    yield spending
    spending.close()


def bound(spending: Spending) -> int:
    return spending.counter.upper_bound_messages(MESSAGES, GPT_4O)


def test_the_worst_case_is_held(spending: Spending) -> None:
    reservation = spending.reserve(request(GPT_4O), MESSAGES, 4096)
    assert reservation.hold.nano_usd == bound(spending) * 2_500 + 4096 * 10_000
    assert reservation.max_output_tokens == 4096
    exact = spending.counter.count_messages(MESSAGES, GPT_4O).tokens
    assert reservation.input_tokens == exact <= bound(spending)
    assert spending.snapshot().held_nano_usd == reservation.hold.nano_usd


def test_cache_writes_make_the_prompt_dearer(spending: Spending) -> None:
    model = "anthropic/claude-sonnet-4-5"
    reservation = spending.reserve(request(model), MESSAGES, 1000)
    most_input = spending.counter.upper_bound_messages(MESSAGES, model)
    assert reservation.hold.nano_usd == most_input * 3_750 + 1000 * 15_000


@pytest.mark.parametrize("room_for_output", [512, 513, 1000, 4095])
def test_the_output_limit_is_lowered_to_what_the_tightest_limit_leaves(
    spending: Spending, limits: list[BudgetLimit], room_for_output: int
) -> None:
    room = bound(spending) * 2_500 + room_for_output * 10_000 + 9_999
    limits += [hard("monthly", 10**12), hard("daily", room)]
    reservation = spending.reserve(request(GPT_4O), MESSAGES, 4096)
    assert reservation.max_output_tokens == room_for_output
    assert reservation.hold.nano_usd == room - 9_999


def test_a_cap_lowers_the_output_limit_too(spending: Spending) -> None:
    cap = bound(spending) * 2_500 + 600 * 10_000
    assert spending.reserve(request(GPT_4O), MESSAGES, 4096, cap).max_output_tokens == 600


def test_below_the_least_answer_nothing_is_held_and_offers_are_made(
    spending: Spending, limits: list[BudgetLimit]
) -> None:
    limits.append(hard("monthly", bound(spending) * 2_500 + 511 * 10_000))
    with pytest.raises(BudgetExceededError) as refused:
        spending.reserve(request(GPT_4O), MESSAGES, 4096)
    error = refused.value
    assert error.needed_nano_usd == bound(spending) * 2_500 + LEAST_OUTPUT_TOKENS * 10_000
    assert (error.period, error.spent_nano_usd, error.held_nano_usd) == ("monthly", 0, 0)
    trim = bound(spending) - 4  # 512 tokens of output cost as much as four of input more
    assert f"trim the context to {trim} tokens" in error.hint
    assert any("raise the monthly budget by" in offer for offer in error.offers)
    assert spending.snapshot().held_nano_usd == 0


def test_no_context_at_all_fits_into_an_empty_budget(
    spending: Spending, limits: list[BudgetLimit]
) -> None:
    limits.append(hard("session", 0))
    with pytest.raises(BudgetExceededError) as refused:
        spending.reserve(request(GPT_4O), MESSAGES, 4096)
    assert not any("trim" in offer for offer in refused.value.offers)


def test_a_short_answer_that_was_asked_for_may_be_shorter_than_the_least(
    spending: Spending, limits: list[BudgetLimit]
) -> None:
    limits.append(hard("session", bound(spending) * 2_500 + 16 * 10_000))
    assert spending.reserve(request(GPT_4O), MESSAGES, 16).max_output_tokens == 16
    with pytest.raises(BudgetExceededError):
        spending.reserve(request(GPT_4O), MESSAGES, 16)


def test_unpriced_models_are_sent_and_recorded_without_a_hard_limit(
    spending: Spending, limits: list[BudgetLimit]
) -> None:
    reservation = spending.reserve(request("openai/nobody-knows"), MESSAGES, 4096)
    assert reservation.hold.nano_usd is None
    assert spending.cost("openai/nobody-knows", TokenUsage(10, 10)) is None
    spending.settle(reservation.hold, settled(None, provenance=Provenance.UNPRICED))
    assert spending.snapshot().unpriced_requests_today == 1
    limits.append(hard("monthly", 10**15))
    with pytest.raises(UnpricedRefusedError):
        spending.reserve(request("openai/nobody-knows"), MESSAGES, 4096)


def test_free_models_pass_any_limit(spending: Spending, limits: list[BudgetLimit]) -> None:
    limits.append(hard("session", 0))
    reservation = spending.reserve(request("local/smollm2"), MESSAGES, 4096, 0)
    assert (reservation.hold.nano_usd, reservation.max_output_tokens) == (0, 4096)
    assert spending.cost("local/smollm2", TokenUsage(10, 10)) == 0


def test_settle_records_the_price_source_and_release_lets_go(spending: Spending) -> None:
    one = spending.reserve(spending.request_info("chat", "openai", GPT_4O), MESSAGES, 100)
    two = spending.reserve(request(GPT_4O), MESSAGES, 100)
    cost = spending.cost(GPT_4O, TokenUsage(100, 20))
    assert cost == 100 * 2_500 + 20 * 10_000
    spending.settle(one.hold, settled(cost))
    spending.release(two.hold)
    snapshot = spending.snapshot()
    assert (snapshot.session_nano_usd, snapshot.held_nano_usd) == (cost, 0)
    (source,) = spending.ledger._store.read(
        lambda c: c.execute("SELECT price_source FROM requests").fetchone()
    )
    assert source == spending.prices.as_of


def test_many_threads_share_one_budget(spending: Spending, limits: list[BudgetLimit]) -> None:
    one = bound(spending) * 2_500 + 512 * 10_000
    limits.append(hard("session", one * 3))
    outcomes: list[str] = []

    def work() -> None:
        try:
            spending.reserve(request(GPT_4O), MESSAGES, 512)
            outcomes.append("held")
        except BudgetExceededError:
            outcomes.append("refused")

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["held"] * 3 + ["refused"] * 5


def spend(spending: Spending, cost: int | None, **fields: str) -> None:
    hold = spending.ledger.reserve(request(**fields), None, [])
    spending.ledger.settle(hold, settled(cost))


def test_the_snapshot_of_an_empty_ledger(spending: Spending) -> None:
    snapshot = spending.snapshot()
    assert (snapshot.session_nano_usd, snapshot.today_nano_usd, snapshot.month_nano_usd) == (0,) * 3
    assert snapshot.tightest is None
    assert snapshot.burn_nano_usd_per_hour is None


def test_the_snapshot_counts_session_day_and_month(
    spending: Spending, clock: Clock, limits: list[BudgetLimit]
) -> None:
    clock.now = datetime(2026, 4, 30, 12, tzinfo=UTC)
    spend(spending, 1, session="s0")
    clock.now = datetime(2026, 5, 19, 12, tzinfo=UTC)
    spend(spending, 10, session="s0")
    clock.now = datetime(2026, 5, 20, 12, tzinfo=UTC)
    spend(spending, 100, session="s0")
    spend(spending, 1000)
    spend(spending, None)
    limits += [
        hard("monthly", 10_000),
        BudgetLimit("global", "session", 1_500, hard=False),
        BudgetLimit("turn", "request", 1),
    ]
    snapshot = spending.snapshot()
    assert snapshot.session_nano_usd == 1000
    assert snapshot.today_nano_usd == 1100
    assert snapshot.month_nano_usd == 1110
    assert snapshot.session_tokens == 240
    assert snapshot.unpriced_requests_today == 1
    assert snapshot.tightest is not None
    assert snapshot.tightest.budget.period == "session"
    assert [status.spent_nano_usd for status in spending.budgets()] == [1110, 1000, 0]


def test_a_limit_of_zero_is_the_tightest(spending: Spending, limits: list[BudgetLimit]) -> None:
    limits += [hard("daily", 5), hard("monthly", 0)]
    tightest = spending.snapshot().tightest
    assert tightest is not None
    assert tightest.budget.period == "monthly"


def test_burn_is_known_after_five_minutes_and_two_requests(
    spending: Spending, clock: Clock
) -> None:
    spend(spending, 600)
    clock.move(minutes=10)
    assert spending.snapshot().burn_nano_usd_per_hour is None
    spend(spending, 400)
    assert spending.snapshot().burn_nano_usd_per_hour == 6000
    clock.move(minutes=55)  # the first one is now more than an hour ago
    spend(spending, 100)
    assert spending.snapshot().burn_nano_usd_per_hour == 500


def test_burn_of_unpriced_requests_is_unknown(spending: Spending, clock: Clock) -> None:
    spend(spending, None)
    clock.move(minutes=6)
    spend(spending, None)
    assert spending.snapshot().burn_nano_usd_per_hour is None


@pytest.fixture
def month(spending: Spending, clock: Clock) -> Spending:
    """May 2026, from the 11th on; today is Wednesday the 20th."""
    for day, cost, fields in (
        (11, 300, {"model": "a", "provider": "x", "session": "s1"}),
        (17, 200, {"model": "b", "provider": "x", "session": "s2", "operation": "heal"}),
        (18, 100, {"model": "b", "provider": "y", "session": "s2", "project": "/q"}),
        (20, 400, {"model": "a", "provider": "x", "session": "s3"}),
        (20, None, {"model": "c", "provider": "y", "session": "s3"}),
    ):
        clock.now = datetime(2026, 5, day, 12, tzinfo=UTC)
        spend(spending, cost, **fields)
    return spending


@pytest.mark.parametrize(
    ("by", "rows"),
    [
        ("model", [("a", 2, 700, 0), ("b", 2, 300, 0), ("c", 1, 0, 1)]),
        ("provider", [("x", 3, 900, 0), ("y", 2, 100, 1)]),
        ("operation", [("chat", 4, 800, 1), ("heal", 1, 200, 0)]),
        ("project", [("/p", 4, 900, 1), ("/q", 1, 100, 0)]),
        ("session", [("s3", 2, 400, 1), ("s1", 1, 300, 0), ("s2", 2, 300, 0)]),
        (
            "day",
            [
                ("2026-05-11", 1, 300, 0),
                ("2026-05-17", 1, 200, 0),
                ("2026-05-18", 1, 100, 0),
                ("2026-05-20", 2, 400, 1),
            ],
        ),
    ],
)
def test_reports_group_a_month(
    month: Spending, by: str, rows: list[tuple[str, int, int, int]]
) -> None:
    report = month.report("month", by)
    assert [(r.key, r.requests, r.cost_nano_usd, r.unpriced) for r in report.rows] == rows
    assert (report.total_nano_usd, report.total_requests, report.total_tokens) == (1000, 5, 600)
    assert report.unpriced_requests == 1
    assert report.daily_average_nano_usd == 100  # ten days, from the 11th to the 20th
    assert report.projected_monthly_nano_usd == 1000 + 11 * 100
    assert report.most_expensive is not None
    assert report.most_expensive.key == "a · 2026-05-20T12:00:00.000000Z"
    assert report.prices_as_of.startswith("LiteLLM")


@pytest.mark.parametrize(
    ("period", "total", "average"), [("today", 400, 400), ("week", 500, 167), ("all", 1000, 100)]
)
def test_reports_cut_periods(month: Spending, period: str, total: int, average: int) -> None:
    report = month.report(period)
    assert report.total_nano_usd == total
    assert report.daily_average_nano_usd == average
    assert report.projected_monthly_nano_usd == 2100  # of the month, whatever the period


def test_days_of_a_report_are_the_zone_s(
    ledger: Ledger, prices: PriceBook, counter: TokenCounter, clock: Clock
) -> None:
    tokyo = Spending(
        ledger,
        prices,
        counter,
        session_id="s1",
        project="/p",
        limits=list,
        zone="Asia/Kathmandu",  # 5 h 45 min ahead of UTC
    )
    for hour, minute in ((18, 14), (18, 15)):
        clock.now = datetime(2026, 5, 19, hour, minute, 30, tzinfo=UTC)
        spend(tokyo, 10)
    rows = tokyo.report("all", "day").rows
    assert [row.key for row in rows] == ["2026-05-19", "2026-05-20"]


def test_what_is_unknown_is_none_in_a_report(spending: Spending) -> None:
    for _ in range(2):
        report = spending.report()
        assert report.total_nano_usd == 0
        assert report.daily_average_nano_usd is None
        assert report.projected_monthly_nano_usd is None
        assert report.most_expensive is None
        spend(spending, None)


def test_unknown_words_are_refused(spending: Spending) -> None:
    with pytest.raises(UsageError, match="fortnight"):
        spending.report("fortnight")
    with pytest.raises(UsageError, match="mood"):
        spending.report("month", "mood")


def test_problems_are_passed_on(tmp_path: Path, prices: PriceBook, spending: Spending) -> None:
    assert spending.problems == ()
    assert spending.count("hello world", GPT_4O).tokens == 2
    damaged = tmp_path / "damaged.sqlite"
    damaged.write_bytes(b"no database" * 100)
    troubled = Spending(
        Ledger(damaged),
        prices,
        TokenCounter(tmp_path / "no vocabularies here"),
        session_id="s1",
        project="/p",
        limits=list,
    )
    troubled.reserve(request("local/smollm2"), MESSAGES, 100)
    ledger_problem, counter_problem = troubled.problems
    troubled.close()
    assert "damaged" in ledger_problem
    assert "estimated from bytes" in counter_problem


def test_the_gauge_is_answered_by_the_indexes(spending: Spending) -> None:
    """Each sum of the gauge is answered from an index alone: no row of the table is read."""
    plans = []
    for query in (
        "SELECT SUM(cost_nano) FROM requests WHERE session = 's'",
        "SELECT SUM(cost_nano) FROM requests WHERE at >= ''",
        "SELECT SUM(input_tokens + output_tokens) FROM requests WHERE session = 's'",
        "SELECT COUNT(*) FROM requests WHERE at >= '' AND cost_nano IS NULL",
        "SELECT COUNT(*), SUM(cost_nano) FROM requests WHERE session = 's' AND at >= ''",
    ):
        with closing(sqlite3.connect(spending.ledger.path)) as connection:
            rows = connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
        plans.append(" ".join(row[3] for row in rows))
    assert [plan for plan in plans if "COVERING INDEX" not in plan] == []
