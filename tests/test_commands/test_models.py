"""/model and /models: which one answers, what they cost, how to connect one."""

import pytest

from tests.test_commands.conftest import Run
from tests.test_commands.saying import notice_of, payload_of, report_of
from vibe_tui.commands import models
from vibe_tui.config.load import load_settings
from vibe_tui.config.locations import Locations
from vibe_tui.errors import UsageError
from vibe_tui.llm.model import ModelTarget
from vibe_tui.workspace import Workspace


async def test_without_a_model_the_way_to_one_is_told(run: Run) -> None:
    report = report_of(await run("/model"))
    assert report.payload["model"] is None
    assert "No model is chosen." in report.text
    assert "ANTHROPIC_API_KEY" in report.text


async def test_a_hostile_name_is_shown_as_code(run: Run, workspace: Workspace) -> None:
    workspace.use_model(ModelTarget("openai/`**x**\x1b[31m", "http://127.0.0.1:1"))
    assert "`openai/'**x**` answers." in report_of(await run("/model")).text


async def test_a_model_is_chosen_for_this_run_only(
    run: Run, workspace: Workspace, places: Locations
) -> None:
    said = notice_of(await run("/model openai/gpt-4o http://127.0.0.1:9999/v1"))
    assert workspace.target == ModelTarget("openai/gpt-4o", "http://127.0.0.1:9999/v1")
    assert "in this run" in said
    assert "$2.50 in, $10.00 out a million tokens" in said
    assert not places.settings_file.exists()


async def test_a_choice_can_be_kept(run: Run, places: Locations) -> None:
    said = notice_of(await run("/model openai/made-up http://127.0.0.1:9999/v1 --save"))
    assert "also from now on" in said
    assert "price is unknown" in said
    assert load_settings(places, environ={}).settings.model_api_base == "http://127.0.0.1:9999/v1"

    assert "costs nothing" in notice_of(await run("/model ollama/llama3 --save"))
    kept = load_settings(places, environ={}).settings
    assert (kept.model_name, kept.model_api_base) == ("ollama/llama3", None)


@pytest.mark.parametrize(
    "line", ["/model a b c", "/model --sav", "/model openai/gpt-4o not-an-address"]
)
async def test_what_is_no_model_changes_nothing(run: Run, workspace: Workspace, line: str) -> None:
    with pytest.raises(UsageError):
        await run(line)
    assert workspace.target is None


async def test_models_with_a_key_come_first(workspace: Workspace) -> None:
    workspace.rooms.environ = {"GEMINI_API_KEY": "made-up-key"}
    found = models.payload(workspace, "flash")["models"]
    usable = [row["usable"] for row in found]
    assert usable[0]
    assert usable == sorted(usable, reverse=True)
    row = next(row for row in found if row["name"] == "gemini/gemini-2.5-flash")
    assert (row["input_price_per_1k"], row["output_price_per_1k"]) == (0.0003, 0.0025)
    assert set(row) >= {"provider", "context", "max_output", "tier"}


async def test_a_long_list_is_cut_and_says_so(run: Run) -> None:
    report = report_of(await run("/models claude"))
    assert "more: narrow the search" in report.text
    assert report.text.count("\n|") == 31


async def test_no_match_is_said(run: Run) -> None:
    report = report_of(await run("/models zzzzzz"))
    assert payload_of([report])["models"] == []
    assert "unpriced" in report.text
