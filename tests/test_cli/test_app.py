"""``vibe-tui [PATH]`` opens the app on that project.

Seen through the engine that the app is handed, and once on a real pseudo-terminal.
"""

import os
import sys
from pathlib import Path

import pytest

import vibe_tui.ui.app
from benchmarks.terminal import Terminal
from tests.test_cli.conftest import Cli
from vibe_tui.chat.sessions import SessionStore
from vibe_tui.cli import app
from vibe_tui.workspace import Workspace


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Workspace]:
    """Workspaces that the app was opened on; no screen is drawn."""
    handed: list[Workspace] = []
    monkeypatch.setattr(vibe_tui.ui.app, "run_app", handed.append)
    monkeypatch.setattr(app, "has_terminal", lambda: True)
    return handed


def test_the_app_opens_on_the_nearest_project(
    cli: Cli, shop: Path, opened: list[Workspace]
) -> None:
    assert cli().code == 0
    assert opened[0].root == shop


def test_a_path_is_opened_as_it_is_named(cli: Cli, shop: Path, opened: list[Workspace]) -> None:
    assert cli("shop").code == 0
    assert opened[0].root == shop / "shop"


def test_a_folder_named_like_a_command_is_opened_with_a_slash(
    cli: Cli, shop: Path, opened: list[Workspace]
) -> None:
    (shop / "map").mkdir()
    assert cli("./map").code == 0
    assert opened[0].root == shop / "map"


def test_a_model_is_handed_over(cli: Cli, opened: list[Workspace]) -> None:
    cli("--model", "openai/own", "--api-base", "http://127.0.0.1:9/v1", "--api-key-env", "OWN_KEY")
    target = opened[0].target
    assert target is not None
    assert (target.name, target.api_base) == ("openai/own", "http://127.0.0.1:9/v1")
    assert target.api_key_env == "OWN_KEY"


def test_a_conversation_is_continued(
    cli: Cli, shop: Path, opened: list[Workspace], data_dir: Path
) -> None:
    cli()
    store = SessionStore(opened[0].rooms.locations.project_data(shop) / "sessions")
    session = store.create()
    session.say("user", "hello")
    assert cli("--continue").code == 0
    assert cli("--continue", session.session_id, ".").code == 0
    assert [each.session.session_id for each in opened[1:]] == [session.session_id] * 2
    assert cli("--continue", "s-none").code == 2


def test_a_file_is_no_project(cli: Cli, opened: list[Workspace]) -> None:
    called = cli("README.md")
    assert called.code == 2
    assert "is not a folder" in called.err
    assert opened == []


def test_the_app_keeps_a_log(cli: Cli, opened: list[Workspace], data_dir: Path) -> None:
    cli()
    assert (data_dir / "log" / "vibe-tui.log").exists()


def test_the_app_draws_its_panes_on_a_terminal(shop: Path) -> None:
    command = [sys.executable, "-m", "vibe_tui", str(shop), "--model", "openai/gpt-4o"]
    terminal = Terminal.start(command, os.environ | {"COLORTERM": "truecolor"})
    try:
        terminal.read_until(b"Review", timeout_s=25)
    finally:
        terminal.stop()
