"""/cost and /tokens: what the ledger holds, formula-safe CSV, counts and prices of text."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_commands.conftest import Run
from tests.test_commands.saying import payload_of, report_of
from vibe_tui.analytics.model import (
    CostReport,
    CostRow,
    Provenance,
    RequestStatus,
    Settlement,
    TokenUsage,
)
from vibe_tui.commands import cost, tokens
from vibe_tui.errors import UsageError
from vibe_tui.foreign import clean_line
from vibe_tui.llm.model import ModelTarget
from vibe_tui.workspace import Workspace

EMPTY = CostReport("month", "model", 0, 0, 0, 0, (), None, None, None, "the bundled list")


def spend(workspace: Workspace, model: str, usage: TokenUsage) -> None:
    spending = workspace.rooms.spending
    request = spending.request_info("chat", model.partition("/")[0], model)
    hold = spending.reserve(request, [("user", "hello")], 100).hold
    known = spending.cost(model, usage)
    provenance = Provenance.UNPRICED if known is None else Provenance.EXACT
    spending.settle(hold, Settlement(usage, known, provenance, RequestStatus.OK, 0.5))


async def test_an_empty_ledger_costs_nothing(run: Run) -> None:
    report = report_of(await run("/cost"))
    assert report.payload["total_cost"] == 0
    assert report.payload["rows"] == []
    assert report.payload["most_expensive_request"] is None
    assert report.payload["savings"] is None
    assert "$0" in report.text


async def test_spending_is_grouped_and_the_unpriced_are_counted_apart(
    run: Run, workspace: Workspace
) -> None:
    spend(workspace, "openai/gpt-4o", TokenUsage(1000, 100))
    spend(workspace, "openai/made-up", TokenUsage(10, 10))
    report = report_of(await run("/cost today by model"))
    rows = {row["key"]: row for row in report.payload["rows"]}
    assert rows["openai/gpt-4o"]["cost_usd"] == 0.0035  # 1000 x $2.50 + 100 x $10 a million
    assert rows["openai/made-up"] == {
        "key": "openai/made-up",
        "requests": 1,
        "tokens": 20,
        "cost_usd": None,
        "unpriced": 1,
    }
    assert report.payload["unpriced_requests"] == 1
    assert "and 1 requests of unknown price" in report.text
    assert "unknown" in report.text
    assert "Daily average $0.0035" in report.text


@pytest.mark.parametrize("line", ["/cost yesterday", "/cost today by colour", "/cost a b c"])
async def test_a_word_that_is_not_understood_is_refused(run: Run, line: str) -> None:
    with pytest.raises(UsageError):
        await run(line)


async def test_a_period_of_a_program_is_checked_too(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="period"):
        cost.make_report(workspace, "year", "model")


def test_a_mixed_row_says_both() -> None:
    row = CostRow("all", 3, 10, 2_000_000_000, 1)
    assert "$2.00 + 1 unpriced" in cost.text(replace(EMPTY, rows=(row,)))


@given(st.text(alphabet="=+-@\t\r\n,\"';a1", max_size=12))
def test_no_cell_of_the_csv_is_a_formula(key: str) -> None:
    row = CostRow(key, 1, 10, 1, 0)
    read = list(csv.reader(io.StringIO(cost.csv_text(replace(EMPTY, rows=(row,))), newline="")))
    assert read[0] == ["model", "requests", "tokens", "cost_usd", "unpriced"]
    cell = read[1][0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'") == clean_line(key).removeprefix("'")
    assert read[1][3] == "0.000000001"


def test_an_unknown_price_is_an_empty_cell() -> None:
    read = cost.csv_text(replace(EMPTY, rows=(CostRow("m", 1, 10, 0, 1),)))
    assert read.splitlines()[1] == "m,1,10,,1"


async def test_typed_text_is_counted(run: Run) -> None:
    found = payload_of(await run("/tokens hello world"))
    assert found["model"] == tokens.DEFAULT_MODEL
    assert found["tokens"] == found["low"] == found["high"] == 2
    assert found["method"] == "exact"
    assert found["cost_usd_if_sent"] is None


async def test_mentioned_files_are_counted_instead_of_the_words(
    run: Run, workspace: Workspace
) -> None:
    alone = tokens.payload(workspace, "# shop\n")["tokens"]
    assert payload_of(await run("/tokens @README.md"))["tokens"] == alone


async def test_a_model_brings_its_price(workspace: Workspace, run: Run) -> None:
    workspace.use_model(ModelTarget("openai/gpt-4o"))
    report = report_of(await run("/tokens hello world"))
    assert report.payload["cost_usd_if_sent"] == 0.000005
    assert "if sent" in report.text
    with_answer = tokens.payload(workspace, "hello world", output_tokens=1000)
    assert with_answer["cost_usd_if_sent"] == 0.010005


async def test_an_estimate_shows_its_band(workspace: Workspace) -> None:
    counted = tokens.payload(workspace, "hello world " * 50, "anthropic/claude-sonnet-4-5")
    assert counted["low"] < counted["tokens"] < counted["high"]
    assert f"({counted['low']:,}-{counted['high']:,})" in tokens.sentence(counted)
