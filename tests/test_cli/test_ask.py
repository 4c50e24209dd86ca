"""One turn of chat from a script: through real LiteLLM to a provider on loopback."""

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import Fault, FaultKind, ScriptedAnswer, StubUsage
from tests.test_cli.conftest import FILES, Called, Cli
from vibe_tui.changes.model import ChangeState
from vibe_tui.cli.ask_outcome import Outcome
from vibe_tui.events import Event, TextDelta

EDIT = """\
shop/prices.py
```python
<<<<<<< SEARCH
    return sum(prices)
=======
    return {new}
>>>>>>> REPLACE
```
"""
GOOD = EDIT.format(new="round(sum(prices), 2)")
BROKEN = EDIT.format(new="round(sum(prices), 2")
MISSING = GOOD.replace("sum(prices)\n=", "nothing(prices)\n=")
PRICES = Path("shop/prices.py")


def events(called: Called) -> list[dict[str, Any]]:
    """The events that ``--jsonl`` printed."""
    return [json.loads(line) for line in called.out.splitlines()]


def kinds(found: list[dict[str, Any]]) -> list[str]:
    """Types of events, each run of the same once."""
    names = [event["type"] for event in found]
    return [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]


def test_the_answer_is_on_stdout_and_everything_else_on_stderr(
    cli: Cli, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer("Hello **you**.", usage=StubUsage(1000, 100)))
    called = cli("ask", "say hello")
    assert (called.code, called.out) == (0, "Hello **you**.\n")
    assert called.err == "openai/gpt-4o-mini: 1,000 tokens in, 100 out, cost $0.0002 (exact)\n"


def test_an_edit_is_proposed_and_not_written(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(GOOD))
    called = cli("ask", "round it", "--json")
    assert called.code == 0
    document = called.json
    assert set(document) == {"schema_version", "events", "text", "change_id", "cost_usd"}
    assert document["text"] == GOOD
    assert document["cost_usd"] > 0
    assert document["events"][-1]["type"] == "TurnFinished"
    assert PRICES.read_text(encoding="utf-8") == FILES["shop/prices.py"]
    [listed] = cli("changes", "--json").json["changes"]
    assert (listed["id"], listed["state"]) == (document["change_id"], "proposed")


def test_a_person_is_told_how_to_go_on_with_what_waits(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(GOOD))
    called = cli("ask", "round it")
    [listed] = cli("changes", "--json").json["changes"]
    assert called.code == 0
    assert f"vibe-tui changes accept {listed['id']}" in called.err.splitlines()[-1]


def test_nothing_waits_after_yes(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(GOOD))
    assert "changes accept" not in cli("ask", "round it", "--yes").err


def test_events_come_as_lines_with_the_application_before_the_end(
    cli: Cli, provider: ProviderServer
) -> None:
    provider.script(ScriptedAnswer(GOOD))
    called = cli("ask", "round it", "--yes", "--jsonl")
    assert called.code == 0
    found = events(called)
    order = [kind for kind in kinds(found) if kind not in ("TextDelta", "SpendEstimated")]
    assert order == [
        "TurnStarted",
        "ContextChosen",
        "BudgetReserved",
        "EditSeen",
        "Spent",
        "ChangeProposed",
        "CheckFinished",
        "ChangeApplied",
        "TurnFinished",
    ]
    assert "round(sum(prices), 2)" in PRICES.read_text(encoding="utf-8")
    spent = next(event for event in found if event["type"] == "Spent")
    assert found[-1]["cost_usd"] == spent["cost_usd"]


def test_yes_tells_people_what_was_accepted(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(GOOD))
    called = cli("ask", "round it", "--yes")
    assert "proposed c-" in called.err
    assert "accepted c-" in called.err


def test_an_invalid_edit_is_not_accepted_and_exits_1(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(BROKEN))
    called = cli("ask", "round it", "--yes")
    assert called.code == 1
    assert "shop/prices.py fails the syntax check" in called.err
    assert "is not accepted" in called.err
    assert PRICES.read_text(encoding="utf-8") == FILES["shop/prices.py"]
    [listed] = cli("changes", "--json").json["changes"]
    assert listed["state"] == ChangeState.PROPOSED.value


def test_an_edit_that_never_applies_exits_1(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(MISSING), ScriptedAnswer(MISSING))
    called = cli("ask", "round it", "--jsonl")
    assert called.code == 1
    refused = [event for event in events(called) if event["type"] == "EditRefused"]
    assert {event["path"] for event in refused} == {"shop/prices.py"}


def test_an_edit_that_is_mended_when_told_exits_0(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(MISSING), ScriptedAnswer(GOOD))
    called = cli("ask", "round it", "--yes")
    assert called.code == 0
    assert "Told the model, once" in called.err
    assert "round(sum(prices), 2)" in PRICES.read_text(encoding="utf-8")


def test_a_file_is_shown_to_the_model(cli: Cli, provider: ProviderServer) -> None:
    called = cli("ask", "explain", "--file", "shop/broken.py", "--operation", "explain", "--jsonl")
    assert called.code == 0
    [request] = provider.requests
    assert request.parsed is not None
    assert "def broken(:" in request.parsed.messages[0][1]
    chosen = next(event for event in events(called) if event["type"] == "ContextChosen")
    assert ("shop/broken.py", "pinned") in {(i["path"], i["reason"]) for i in chosen["items"]}
    rows = cli("cost", "--by", "operation", "--json").json["rows"]
    assert [row["key"] for row in rows] == ["explain"]


def test_the_prompt_can_be_piped_in(
    cli: Cli, provider: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"piped words")))
    assert "You asked: piped words" in cli("ask", "-").out


def test_a_conversation_goes_on(cli: Cli, provider: ProviderServer) -> None:
    first = cli("ask", "my name is Ada", "--jsonl")
    session_id = events(first)[-1]["session_id"]
    cli("ask", "another matter")
    cli("ask", "--continue", session_id, "who am I?")
    cli("ask", "--continue", "and now?")
    asked = [request.parsed.messages for request in provider.requests if request.parsed]
    said = [[text for role, text in messages if role == "user"] for messages in asked]
    assert said[2] == ["my name is Ada", "who am I?"]
    assert said[3][-1] == "and now?"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--continue", "s-none"], 2),
        (["--jsonl", "--json"], 2),
        (["--max-cost", "lots"], 2),
        (["--max-cost", "-1"], 2),
        (["--max-cost", "nan"], 2),
        (["--timeout", "0"], 2),
        (["--timeout", "soon"], 2),
        (["--operation", "Rm -rf"], 2),
        (["--file", "../elsewhere.py"], 2),
        (["--api-base", "nonsense"], 2),
    ],
)
def test_a_wrong_call_sends_nothing(
    cli: Cli, provider: ProviderServer, words: list[str], code: int
) -> None:
    called = cli("ask", "hello", *words)
    assert called.code == code
    assert provider.requests == []


def test_an_empty_prompt_is_refused(cli: Cli, provider: ProviderServer) -> None:
    assert cli("ask", "  ").code == 2


def test_without_a_model_the_way_to_one_is_told(cli: Cli) -> None:
    called = cli("ask", "hello", "--json")
    assert called.code == 2
    assert called.json["error"]["code"] == "no_model"
    assert "--model" in called.err


def test_a_provider_that_refuses_exits_3(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(fault=Fault(FaultKind.UNAUTHORIZED)))
    called = cli("ask", "hello", "--json")
    assert called.code == 3
    document = called.json
    assert document["error"]["code"] == "auth"
    assert document["cost_usd"] == 0
    assert document["events"][-1]["type"] == "TurnFailed"
    assert called.err.count("\n") == 1


def test_a_failed_turn_ends_the_lines(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer("a b c d e f", fault=Fault(FaultKind.DROP)))
    called = cli("ask", "hello", "--jsonl")
    assert called.code == 3
    assert events(called)[-1]["type"] == "TurnFailed"
    assert called.err.startswith("vibe-tui: ")


def test_a_failed_turn_is_one_line_after_what_came(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer("a b c d e f", fault=Fault(FaultKind.DROP)))
    called = cli("ask", "hello")
    assert called.out == "a b c\n"
    assert called.err.splitlines()[-1].startswith("vibe-tui: openai/gpt-4o-mini")


def test_a_retry_is_told(cli: Cli, provider: ProviderServer) -> None:
    soon = Fault(FaultKind.RATE_LIMITED, retry_after="0")
    provider.script(ScriptedAnswer(fault=soon), ScriptedAnswer("done"))
    called = cli("ask", "hello")
    assert (called.code, called.out) == (0, "done\n")
    assert "sent again in" in called.err


def test_a_cap_without_room_sends_nothing_and_exits_1(cli: Cli, provider: ProviderServer) -> None:
    called = cli("ask", "hello", "--max-cost", "0.000001", "--jsonl")
    assert called.code == 1
    assert [event["type"] for event in events(called)][-2:] == ["BudgetRefused", "TurnFailed"]
    assert provider.requests == []


def test_a_budget_that_cannot_be_read_sends_nothing(
    cli: Cli, provider: ProviderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VIBE_TUI_BUDGET_DAILY_USD", "five")
    called = cli("ask", "hello", "--json")
    assert called.code == 1
    assert "budget.daily_usd" in called.json["error"]["message"]
    assert provider.requests == []


def test_the_clock_stops_a_turn(cli: Cli, provider: ProviderServer) -> None:
    provider.script(ScriptedAnswer(fault=Fault(FaultKind.SLOW_FIRST_BYTE)))
    called = cli("ask", "hello", "--timeout", "0.3", "--json")
    assert called.code == 3
    assert called.json["error"]["code"] == "timeout"


def test_the_log_of_a_turn_holds_no_key(cli: Cli, provider: ProviderServer, data_dir: Path) -> None:
    cli("ask", "hello", "--debug")
    log = (data_dir / "log" / "vibe-tui.log").read_text(encoding="utf-8")
    assert "sk-test-0123456789abcdef" not in log


@pytest.mark.parametrize("form", [["--jsonl"], ["--json"], []])
def test_an_interrupted_turn_is_told_to_its_end(
    cli: Cli, provider: ProviderServer, monkeypatch: pytest.MonkeyPatch, form: list[str]
) -> None:
    take = Outcome.take
    presses = iter([signal.SIGINT])

    def take_and_press(self: Outcome, event: Event) -> None:
        take(self, event)
        if isinstance(event, TextDelta) and (press := next(presses, None)):
            signal.raise_signal(press)

    monkeypatch.setattr(Outcome, "take", take_and_press)
    provider.script(ScriptedAnswer("word " * 2000, tokens_per_s=50))
    called = cli("ask", "hello", *form)
    assert called.code == 130
    if form == ["--jsonl"]:
        assert events(called)[-1]["stopped"]
    elif form == ["--json"]:
        assert called.json["cost_usd"] > 0
    else:
        assert called.err.splitlines()[-1] == "stopped"
        assert "interrupted" in called.err


def test_ctrl_c_settles_the_money_and_exits_130(
    shop: Path, provider: ProviderServer, data_dir: Path
) -> None:
    provider.script(ScriptedAnswer("word " * 2000, tokens_per_s=50))
    process = subprocess.Popen(
        [sys.executable, "-m", "vibe_tui", "ask", "hello", "--jsonl"],
        cwd=shop,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    with process:
        seen = [json.loads(process.stdout.readline())]
        while seen[-1]["type"] != "TextDelta":
            seen.append(json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=20)
    seen += [json.loads(line) for line in rest.splitlines()]
    assert (process.returncode, errors) == (130, b"")
    assert seen[-1]["type"] == "TurnFinished"
    assert seen[-1]["stopped"]
    [spent] = [event for event in seen if event["type"] == "Spent"]
    assert spent["provenance"] == "interrupted"
    assert seen[-1]["cost_usd"] == spent["cost_usd"] > 0
    [request] = provider.requests
    assert request.done.wait(5)
    assert request.hung_up
