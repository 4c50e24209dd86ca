"""/map, /context, /sessions, /clear and /config on a real project."""

import json
from pathlib import Path

import pytest

from tests.test_commands.conftest import Run
from tests.test_commands.saying import notice_of, payload_of, report_of
from vibe_tui.commands import config, sessions
from vibe_tui.errors import UsageError
from vibe_tui.events import SessionStarted
from vibe_tui.workspace import Workspace


async def test_the_map_has_every_field_of_the_contract(run: Run) -> None:
    report = report_of(await run("/map"))
    found = json.loads(json.dumps(report.payload))
    assert found["total_files"] == 4
    assert found["languages"]["python"] == 3
    [function] = found["modules"]["shop/prices.py"]["functions"]
    assert function["name"] == "total"
    assert function["parameters"] == ["prices"]
    assert found["modules"]["shop/broken.py"]["parse_error"]
    for still_to_come in ("dependency_graph", "cycles", "entry_points", "test_files", "unused"):
        assert found[still_to_come] is None
    assert found["cache"] is None
    assert found["timings"]["graph_s"] is None
    assert "total(prices)" in report.text


async def test_the_map_keeps_to_a_number_of_tokens(run: Run, workspace: Workspace) -> None:
    text = report_of(await run("/map 40")).text
    body = text.removeprefix("```text\n").removesuffix("```")
    assert workspace.rooms.counter.count(body, "o200k_base").tokens <= 40


async def test_the_map_takes_a_number_only(run: Run) -> None:
    with pytest.raises(UsageError, match="number of tokens"):
        await run("/map small")


async def test_a_file_is_pinned_and_unpinned(run: Run, workspace: Workspace) -> None:
    assert "No file is pinned" in report_of(await run("/context")).text
    assert "in every prompt now" in notice_of(await run("/context @shop/prices.py"))
    assert list(workspace.pinned) == ["shop/prices.py"]
    assert payload_of(await run("/context"))["pinned"] == ["shop/prices.py"]
    assert "no longer pinned" in notice_of(await run("/context ./shop/prices.py"))
    assert list(workspace.pinned) == []


async def test_a_file_that_is_not_there_names_the_nearest(run: Run) -> None:
    with pytest.raises(UsageError) as caught:
        await run("/context prices")
    assert caught.value.hint == "did you mean shop/prices.py?"


async def test_conversations_are_listed_and_shown(run: Run, workspace: Workspace) -> None:
    assert "no conversation yet" in report_of(await run("/sessions")).text
    workspace.session.say("user", "how are **prices** made?")
    workspace.session.say(
        "assistant", "By `total`.", model="openai/gpt-4o", cost_nano_usd=1_000, stopped=True
    )
    [listed] = payload_of(await run("/sessions"))["sessions"]
    assert listed["id"] == workspace.session.session_id
    assert listed["messages"] == 2

    shown = sessions.show_payload(workspace, listed["id"])
    assert [message["role"] for message in shown["messages"]] == ["user", "assistant"]
    assert shown["messages"][1]["cost_usd"] == 0.000001
    told = sessions.transcript(shown)
    assert "how are **prices** made?" in told
    assert "**openai/gpt-4o**" in told
    assert "(stopped)" in told


async def test_clear_starts_anew_and_says_how_to_go_back(run: Run, workspace: Workspace) -> None:
    old = workspace.session.session_id
    started, notice = await run("/clear")
    assert isinstance(started, SessionStarted)
    assert started.session_id == workspace.session.session_id != old
    assert f"--continue {old}" in notice_of([notice])


async def test_settings_are_shown_set_and_taken_back(run: Run, workspace: Workspace) -> None:
    assert payload_of(await run("/config map.tokens"))["settings"]["map.tokens"]["value"] == 2048
    assert notice_of(await run("/config map.tokens 4096")) == "map.tokens is saved"
    row = payload_of(await run("/config"))["settings"]["map.tokens"]
    assert (row["value"], row["default"], row["origin"]) == (4096, 2048, "user")
    assert workspace.settings.map_tokens == 4096
    assert config.value_text(workspace, "map.tokens") == "4096"
    assert config.change(workspace, "map.tokens", None) == "map.tokens is no longer set"
    assert config.change(workspace, "map.tokens", None) == "map.tokens was not set"


async def test_a_layer_above_is_named(workspace: Workspace) -> None:
    workspace.rooms.environ = {"VIBE_TUI_MODEL": "ollama/llama3"}
    said = config.change(workspace, "model.name", "openai/gpt-4o")
    assert said == "model.name is saved; here the environment decides otherwise"


@pytest.mark.parametrize(
    "line", ["/config map.tokns", "/config map.tokens many", "/config map.tokens 1 2"]
)
async def test_a_wrong_setting_is_refused(run: Run, line: str) -> None:
    with pytest.raises(UsageError):
        await run(line)


async def test_problems_in_a_file_are_part_of_the_list(shop: Path, workspace: Workspace) -> None:
    path = workspace.rooms.locations.settings_file
    path.parent.mkdir(parents=True)
    path.write_text("[map]\ntokns = 3\n", encoding="utf-8")
    reopened = Workspace.open(shop, locations=workspace.rooms.locations, environ={})
    found = config.payload(reopened)
    assert "did you mean map.tokens?" in found["problems"][0]
    assert "Problem: " in config.text(found)


async def test_every_place_is_told(workspace: Workspace) -> None:
    places = config.paths(workspace)
    assert set(places) == {"settings", "project_settings", "data", "project_data", "cache"}
    assert places["settings"].endswith("config.toml")
    assert "- project data: " in config.paths_text(places)
