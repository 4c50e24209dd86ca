"""One prompt from end to end: context, reservation, stream, proposal, check, settlement.

Everything is real but the provider, which is a server on loopback behind real LiteLLM.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import Fault, FaultKind, ScriptedAnswer, StubUsage
from tests.test_workspace.conftest import FILES, Opener
from vibe_tui.chat.turn import Turn
from vibe_tui.events import (
    BudgetRefused,
    BudgetReserved,
    ChangeProposed,
    CheckFinished,
    ContextChosen,
    EditRefused,
    EditSeen,
    Event,
    Noticed,
    Spent,
    TextDelta,
    TurnFailed,
    TurnFinished,
    TurnStarted,
)
from vibe_tui.workspace import Workspace

T = TypeVar("T", bound=Event)

EDIT = """\
I check for a duplicate first.

src/atlas/router.py
```python
<<<<<<< SEARCH
        self.views[name] = view
=======
        if name in self.views:
            raise KeyError(name)
        self.views[name] = view
>>>>>>> REPLACE
```
"""
MISSING = EDIT.replace("self.views[name] = view\n=", "self.routes[name] = view\n=")
AMBIGUOUS = EDIT.replace("        self.views[name] = view\n=======", "view\n=======")


async def events_of(turn: Turn) -> list[Event]:
    return [event async for event in turn]


def of_kind(events: Sequence[Event], kind: type[T]) -> list[T]:
    return [event for event in events if isinstance(event, kind)]


def texts(events: Sequence[Event]) -> str:
    return "".join(event.text for event in of_kind(events, TextDelta))


async def test_a_turn_walks_the_whole_way_and_leaves_the_project_alone(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    provider.script(ScriptedAnswer(EDIT, usage=StubUsage(1000, 200, cached=400)))
    events = await events_of(workspace.ask("Refuse duplicates in @src/atlas/router.py"))

    kinds = list(dict.fromkeys(type(event) for event in events))
    order = [TurnStarted, ContextChosen, BudgetReserved, TextDelta, EditSeen, Spent]
    order += [ChangeProposed, CheckFinished, TurnFinished]
    assert [kind for kind in kinds if kind in order] == order
    assert texts(events) == EDIT
    assert (atlas / "src/atlas/router.py").read_text() == FILES["src/atlas/router.py"]

    spent = of_kind(events, Spent)[0]
    # gpt-4o-mini: $0.15 in, $0.075 cached, $0.60 out a million tokens
    assert spent.cost_usd == pytest.approx((600 * 0.15 + 400 * 0.075 + 200 * 0.6) / 1e6)
    assert spent.provenance == "exact"
    assert of_kind(events, CheckFinished)[0].is_valid is True
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert finished.cost_usd == spent.cost_usd


async def test_the_model_sees_map_mention_and_pinned_files_as_data(
    workspace: Workspace, provider: ProviderServer
) -> None:
    workspace.pin("README.md")
    events = await events_of(workspace.ask("Look at @src/atlas/errors.py:1-1 and @nope.py"))
    sent = provider.requests[0].parsed
    assert sent is not None
    system = sent.messages[0][1]
    assert "<project_map>" in system
    assert "class Router" in system
    assert (
        '<file path="src/atlas/errors.py">\nclass DuplicateViewError(Exception):\n</file>' in system
    )
    assert '<file path="README.md">' in system
    reasons = [item["reason"] for item in of_kind(events, ContextChosen)[0].items]
    assert reasons == ["instructions", "map", "mentioned", "pinned", "history"]
    assert any("nope.py" in notice.message for notice in of_kind(events, Noticed))


async def test_accept_writes_and_the_map_follows_and_rollback_restores(
    workspace: Workspace, provider: ProviderServer, atlas: Path
) -> None:
    await workspace.scan()
    provider.script(ScriptedAnswer(EDIT.replace("def", "def")))
    proposed = of_kind(await events_of(workspace.ask("go")), ChangeProposed)[0]
    watched: list[Event] = []

    async def watch() -> None:
        async for event in workspace.events():
            watched.append(event)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    change = await workspace.review.accept(proposed.change_id, proposed.revision)
    path = "src/atlas/router.py"
    assert "raise KeyError(name)" in (atlas / path).read_text()
    assert workspace.repository_map is not None
    assert workspace.repository_map.modules[path].lines_of_code == 6
    await workspace.review.roll_back(change.change_id)
    assert (atlas / path).read_text() == FILES[path]
    assert workspace.repository_map.modules[path].lines_of_code == 4
    await workspace.close()
    await watcher
    assert [type(event).__name__ for event in watched] == [
        "ChangeApplied", "MapUpdated", "ChangeRolledBack", "MapUpdated",
    ]  # fmt: skip


@pytest.mark.parametrize("wrong", [MISSING, AMBIGUOUS], ids=["matches nothing", "matches twice"])
async def test_an_edit_that_does_not_apply_is_said_once_to_the_model(
    workspace: Workspace, provider: ProviderServer, wrong: str
) -> None:
    provider.script(ScriptedAnswer(wrong), ScriptedAnswer(EDIT))
    events = await events_of(workspace.ask("Refuse duplicates"))
    refused = of_kind(events, EditRefused)
    assert [edit.path for edit in refused] == ["src/atlas/router.py"]
    assert len(of_kind(events, ChangeProposed)) == 1
    told = provider.requests[1].parsed
    assert told is not None
    assert refused[0].reason in told.prompt


async def test_a_second_refusal_ends_the_turn(
    workspace: Workspace, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer(MISSING), ScriptedAnswer(MISSING), ScriptedAnswer(EDIT))
    events = await events_of(workspace.ask("Refuse duplicates"))
    assert len(provider.requests) == 2
    assert len(of_kind(events, EditRefused)) == 2
    assert isinstance(events[-1], TurnFinished)


async def test_an_edit_outside_the_project_is_refused(
    workspace: Workspace, provider: ProviderServer, tmp_path: Path
) -> None:
    outside = "../escape.py\n<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n"
    provider.script(ScriptedAnswer(outside), ScriptedAnswer("Sorry."))
    events = await events_of(workspace.ask("escape"))
    assert len(of_kind(events, EditRefused)) == 1
    assert of_kind(events, ChangeProposed) == []
    assert not (tmp_path / "escape.py").exists()


async def test_an_edit_with_a_syntax_error_is_proposed_and_marked(
    workspace: Workspace, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer(EDIT.replace("in self.views:", "in self.views")))
    events = await events_of(workspace.ask("break it"))
    check = of_kind(events, CheckFinished)[0]
    assert check.is_valid is False
    assert "expected ':'" in check.messages[0]
    stored = (await workspace.review.changes())[0]
    assert stored.checks[0].is_valid is False


async def test_stopping_settles_what_was_received(
    workspace: Workspace, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer("word " * 200, fault=Fault(FaultKind.STALL, after_tokens=20)))
    turn = workspace.ask("talk")
    events: list[Event] = []
    async for event in turn:
        events.append(event)
        if isinstance(event, TextDelta) and texts(events).count("word") >= 10:
            await turn.cancel()
    spent = of_kind(events, Spent)
    assert [row.provenance for row in spent] == ["interrupted"]
    assert spent[0].cost_usd
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert finished.stopped
    assert finished.cost_usd == spent[0].cost_usd
    assert provider.requests[0].done.wait(5)
    assert provider.requests[0].hung_up
    assert workspace.session.messages[-1].stopped
    assert workspace.spend().held_nano_usd == 0


async def test_a_dropped_stream_keeps_the_text_and_proposes_nothing(
    workspace: Workspace, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer(EDIT, fault=Fault(FaultKind.DROP, after_tokens=12)))
    events = await events_of(workspace.ask("go"))
    failed = events[-1]
    assert isinstance(failed, TurnFailed)
    assert failed.code == "interrupted"
    assert of_kind(events, ChangeProposed) == []
    assert of_kind(events, Spent)[0].provenance == "interrupted"
    assert workspace.session.messages[-1].content == texts(events)


async def test_a_wrong_key_is_one_clear_line_and_costs_nothing(
    workspace: Workspace, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer("x", fault=Fault(FaultKind.UNAUTHORIZED)))
    events = await events_of(workspace.ask("go"))
    failed = events[-1]
    assert isinstance(failed, TurnFailed)
    assert failed.code == "auth"
    assert "\n" not in failed.message
    assert failed.hint
    assert workspace.spend().today_nano_usd == 0


async def test_a_budget_without_room_sends_nothing(
    open_workspace: Opener, provider: ProviderServer
) -> None:
    workspace = open_workspace(**{"budget.session_usd": "0.0000001"})
    events = await events_of(workspace.ask("go"))
    refused = of_kind(events, BudgetRefused)[0]
    assert (refused.scope, refused.period) == ("global", "session")
    assert refused.needed_usd is not None
    assert isinstance(events[-1], TurnFailed)
    assert provider.requests == []


async def test_a_turns_own_cap_spans_its_requests(
    workspace: Workspace, provider: ProviderServer
) -> None:
    provider.script(
        ScriptedAnswer(MISSING, usage=StubUsage(1_000_000, 4096), keeps_limit=False),
        ScriptedAnswer(EDIT),
    )
    events = await events_of(workspace.ask("go", max_cost_nano_usd=100_000_000))
    assert len(provider.requests) == 1
    assert of_kind(events, BudgetRefused)[0].scope == "turn"


async def test_an_unpriced_model_is_unknown_never_free(
    open_workspace: Opener, provider: ProviderServer
) -> None:
    workspace = open_workspace("openai/no-such-model-anywhere")
    events = await events_of(workspace.ask("go"))
    assert of_kind(events, BudgetReserved)[0].hold_usd is None
    assert of_kind(events, Spent)[0].provenance == "unpriced"
    finished = events[-1]
    assert isinstance(finished, TurnFinished)
    assert finished.cost_usd is None
    assert workspace.spend().unpriced_requests_today == 1

    refused = open_workspace("openai/no-such-model-anywhere", **{"budget.daily_usd": "5"})
    events = await events_of(refused.ask("go"))
    assert of_kind(events, BudgetRefused)[0].needed_usd is None
    assert len(provider.requests) == 1


async def test_the_clock_stops_a_turn(workspace: Workspace, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer("slow", fault=Fault(FaultKind.STALL, after_tokens=0)))
    events = await events_of(workspace.ask("go", timeout_s=3.0))
    failed = events[-1]
    assert isinstance(failed, TurnFailed)
    assert failed.code == "timeout"
    assert workspace.spend().held_nano_usd == 0


async def test_a_queued_prompt_is_asked_after_the_answer(
    workspace: Workspace, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer("one"), ScriptedAnswer("two"))
    turn = workspace.ask("first")
    turn.send("second")
    events = await events_of(turn)
    assert [event.prompt for event in of_kind(events, TurnStarted)] == ["first", "second"]
    assert texts(events) == "onetwo"
    last = provider.requests[1].parsed
    assert last is not None
    assert [text for _, text in last.messages[1:]] == ["first", "one", "second"]


async def test_without_a_model_the_turn_says_what_to_do(workspace: Workspace) -> None:
    workspace.target = None
    failed = (await events_of(workspace.ask("go")))[-1]
    assert isinstance(failed, TurnFailed)
    assert failed.code == "no_model"
    assert "/model" in failed.hint
