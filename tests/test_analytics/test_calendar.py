"""Days, weeks and months begin where a person's clock says so, also when the clock jumps."""

import time
from datetime import UTC, date, datetime

import pytest

from vibe_tui.analytics.calendar import Calendar, days_in_month
from vibe_tui.errors import UsageError


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year to minute


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("UTC", date(2026, 5, 20), utc(2026, 5, 20)),
        ("Europe/Zurich", date(2026, 1, 15), utc(2026, 1, 14, 23)),
        ("Europe/Zurich", date(2026, 3, 29), utc(2026, 3, 28, 23)),  # 23 hours long
        ("Europe/Zurich", date(2026, 3, 30), utc(2026, 3, 29, 22)),
        ("Europe/Zurich", date(2026, 10, 25), utc(2026, 10, 24, 22)),  # 25 hours long
        ("Europe/Zurich", date(2026, 10, 26), utc(2026, 10, 25, 23)),
        ("America/New_York", date(2026, 7, 1), utc(2026, 7, 1, 4)),
        ("Asia/Kathmandu", date(2026, 7, 1), utc(2026, 6, 30, 18, 15)),
        ("Asia/Beirut", date(2026, 3, 29), utc(2026, 3, 28, 22)),  # midnight does not exist
    ],
)
def test_a_day_begins_at_the_zone_s_midnight(zone: str, day: date, start: datetime) -> None:
    calendar = Calendar(zone)
    assert calendar.start_of(day) == start
    assert calendar.day_of(start) == day
    assert calendar.day_of(start - datetime.resolution) < day


@pytest.mark.parametrize(
    ("period", "first"),
    [
        ("today", date(2026, 5, 20)),
        ("daily", date(2026, 5, 20)),
        ("week", date(2026, 5, 18)),
        ("weekly", date(2026, 5, 18)),
        ("month", date(2026, 5, 1)),
        ("monthly", date(2026, 5, 1)),
        ("all", None),
        ("total", None),
    ],
)
def test_periods(period: str, first: date | None) -> None:
    calendar, now = Calendar("UTC"), utc(2026, 5, 20, 12)
    assert calendar.first_day(period, now) == first
    start = calendar.start_of_period(period, now)
    assert start == (None if first is None else utc(first.year, first.month, first.day))


@pytest.mark.parametrize("zone", ["Atlantis/Centre", "../etc/passwd", "/etc/passwd", ""])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(UsageError):
        Calendar(zone)


def test_an_unknown_period_is_refused() -> None:
    with pytest.raises(UsageError):
        Calendar("UTC").first_day("fortnight", utc(2026, 1, 1))


def test_local_is_the_system_s_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        local, zurich = Calendar(), Calendar("Europe/Zurich")
        for day in (date(2026, 1, 15), date(2026, 3, 29), date(2026, 7, 1), date(2026, 10, 25)):
            assert local.start_of(day) == zurich.start_of(day)
        assert local.day_of(utc(2026, 6, 30, 22)) == date(2026, 7, 1)
        assert local.zone_at(utc(2026, 7, 1)) == "UTC+0200"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_named_zone_is_recorded_by_name() -> None:
    assert Calendar("Asia/Tokyo").zone_at(utc(2026, 1, 1)) == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("day", "days"), [(date(2026, 2, 10), 28), (date(2028, 2, 29), 29), (date(2026, 12, 31), 31)]
)
def test_days_in_month(day: date, days: int) -> None:
    assert days_in_month(day) == days
