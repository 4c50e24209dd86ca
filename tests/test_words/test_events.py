"""Events are frozen, survive JSON, and carry at least the fields that scripts rely on (CLI.md)."""

import dataclasses
import inspect
import json

import pytest

from vibe_tui import events
from vibe_tui.events import ChangeProposed, ContextChosen, Event, Spent, TextDelta

EVERY_EVENT: list[type[Event]] = [
    kind
    for _, kind in inspect.getmembers(events, inspect.isclass)
    if issubclass(kind, Event) and kind is not Event
]

PROMISED = {
    "ContextChosen": "tokens items",
    "BudgetReserved": "hold_usd",
    "BudgetRefused": "scope period needed_usd offers",
    "TextDelta": "text",
    "ToolCalled": "name arguments",
    "ToolReturned": "name ok",
    "Asked": "request_id kind choices",
    "ChangeProposed": "change_id revision files",
    "ChangeRevised": "change_id revision why",
    "CheckFinished": "change_id strategy is_valid",
    "HealAttempted": "change_id attempt_number tier success cost_usd",
    "ChangeApplied": "change_id",
    "Spent": "model input_tokens output_tokens cached_tokens cost_usd provenance",
    "Retrying": "reason in_s",
    "TurnFinished": "session_id cost_usd",
    "TurnFailed": "code message hint",
}


@pytest.mark.parametrize(("name", "fields"), PROMISED.items())
def test_the_promised_fields_are_there(name: str, fields: str) -> None:
    kind = getattr(events, name)
    assert set(fields.split()) <= {each.name for each in dataclasses.fields(kind)}


@pytest.mark.parametrize("kind", EVERY_EVENT)
def test_events_are_frozen_and_say_what_they_are(kind: type[Event]) -> None:
    values = {each.name: None for each in dataclasses.fields(kind)}
    event = kind(**values)
    assert event.as_json() == {"type": kind.__name__, **values}
    assert kind.__doc__
    for name in values:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(event, name, 1)


def test_events_survive_json() -> None:
    item = {"path": "a.py", "tokens": 3, "reason": "named"}
    sent = [
        ContextChosen(3, (item,)),
        TextDelta("§ \u202e \x1b"),
        ChangeProposed("c-1", 2, ("a.py", "b.py")),
        Spent("m", 1, 2, 0, None, "unpriced"),
    ]
    assert [json.loads(json.dumps(event.as_json())) for event in sent] == [
        {"type": "ContextChosen", "tokens": 3, "items": [item]},
        {"type": "TextDelta", "text": "§ \u202e \x1b"},
        {"type": "ChangeProposed", "change_id": "c-1", "revision": 2, "files": ["a.py", "b.py"]},
        {
            "type": "Spent",
            "model": "m",
            "input_tokens": 1,
            "output_tokens": 2,
            "cached_tokens": 0,
            "cost_usd": None,
            "provenance": "unpriced",
        },
    ]
