"""Days, weeks and months as a person's clock cuts them, across daylight saving."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vibe_tui.errors import UsageError

LOCAL = "local"

_PERIODS = {
    "today": "day",
    "day": "day",
    "daily": "day",
    "week": "week",
    "weekly": "week",
    "month": "month",
    "monthly": "month",
    "all": "all",
    "total": "all",
}


class Calendar:
    """Where days begin in one time zone.

    Args:
        zone: An IANA name such as ``Europe/Zurich``, or ``local`` for the system's zone.

    Raises:
        UsageError: If the system knows no such zone.
    """

    def __init__(self, zone: str = LOCAL) -> None:
        self.zone = zone
        self._tzinfo: tzinfo | None = None
        if zone != LOCAL:
            try:
                self._tzinfo = ZoneInfo(zone)
            except (ZoneInfoNotFoundError, ValueError, OSError) as error:
                raise UsageError(
                    f"{zone!r} is no time zone that this system knows",
                    'use "local" or an IANA name such as Europe/Zurich',
                ) from error

    def zone_at(self, moment: datetime) -> str:
        """The zone's name for a record: IANA's, or the system's offset at that moment."""
        return self.zone if self._tzinfo else moment.astimezone().strftime("UTC%z")

    def day_of(self, moment: datetime) -> date:
        """The day on which an aware moment falls."""
        return moment.astimezone(self._tzinfo).date()

    def start_of(self, day: date) -> datetime:
        """The first moment of a day, in UTC: midnight, or what the clock jumped to over it."""
        midnight = datetime.combine(day, time.min, self._tzinfo)
        return midnight.astimezone(UTC)

    def first_day(self, period: str, now: datetime) -> date | None:
        """The first day of the period that ``now`` is in.

        Args:
            period: ``today``, ``week`` (from Monday), ``month``, ``all``, or a budget's
                ``daily``, ``weekly``, ``monthly``, ``total``.
            now: An aware moment.

        Returns:
            The day; None for all of time.

        Raises:
            UsageError: If there is no such period.
        """
        today = self.day_of(now)
        match _PERIODS.get(period):
            case "day":
                return today
            case "week":
                return today - timedelta(days=today.weekday())
            case "month":
                return today.replace(day=1)
            case "all":
                return None
            case _:
                raise UsageError(
                    f"{period!r} is no period", "use today, week, month or all for reports"
                )

    def start_of_period(self, period: str, now: datetime) -> datetime | None:
        """The first moment of the period that ``now`` is in, in UTC; None for all of time.

        Raises:
            UsageError: If there is no such period.
        """
        day = self.first_day(period, now)
        return None if day is None else self.start_of(day)


def days_in_month(day: date) -> int:
    """How many days the month of ``day`` has."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (following - timedelta(days=1)).day
