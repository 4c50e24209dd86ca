"""Reading what a slash command answered."""

from collections.abc import Sequence
from typing import Any

from vibe_tui.events import Event, Noticed, Reported


def report_of(events: Sequence[Event]) -> Reported:
    """The one report of a command."""
    [report] = events
    assert isinstance(report, Reported)
    return report


def payload_of(events: Sequence[Event]) -> dict[str, Any]:
    """What a command tells programs."""
    return report_of(events).payload


def notice_of(events: Sequence[Event]) -> str:
    """The last thing that a command tells a person."""
    last = events[-1]
    assert isinstance(last, Noticed)
    return last.message
