"""Exit codes and errors: one line for people, a document for programs, a traceback on demand."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import vibe_tui
from tests.test_cli.conftest import Cli
from vibe_tui.cli import call
from vibe_tui.cli import main as program
from vibe_tui.workspace import Workspace


def test_the_version_is_printed(cli: Cli) -> None:
    called = cli("--version")
    assert (called.code, called.out) == (0, f"vibe-tui {vibe_tui.__version__}\n")


def test_help_lists_every_command_and_what_is_not_built(cli: Cli) -> None:
    out = cli("--help").out
    assert "  doctor    What works here" in out
    assert "  heal      Repair what a check found (not built yet)" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["chek"], "did you mean vibe-tui check?"),
        (["no/such/folder"], "neither a command nor a folder"),
        ([], "The app needs a terminal"),
        (["."], "The app needs a terminal"),
        (["--json"], "The app has no JSON"),
        (["map", "--bogus"], "unrecognized arguments: --bogus"),
        (["map", "--project", "nowhere"], "nowhere is not a folder"),
        (["map", ".", "--project", "."], "The project is named twice"),
        (["changes", "show"], "the following arguments are required: ID"),
        (["check", "/etc/hostname"], "is outside the project"),
        (["config", "get", "map.tokns"], "did you mean map.tokens?"),
        (["tokens", "--model"], "expected one argument"),
        (["map", "--profile", "no/such/folder/x.json"], "cannot be written"),
    ],
)
def test_a_wrong_call_is_one_line_and_exits_2(cli: Cli, words: list[str], said: str) -> None:
    called = cli(*words)
    assert called.code == 2
    assert called.err.startswith("vibe-tui: ")
    assert called.err.count("\n") == 1
    assert said in called.err


def test_programs_get_the_error_as_a_document(cli: Cli) -> None:
    called = cli("changes", "show", "c-none", "--json")
    assert called.code == 2
    assert called.json["error"]["code"] == "no_change"
    assert set(called.json["error"]) == {"code", "message", "hint"}
    assert called.err.startswith("vibe-tui: ")


def test_also_an_error_of_the_options_is_a_document(cli: Cli) -> None:
    assert cli("map", "--json", "--bogus").json["error"]["code"] == "usage"


def test_a_traceback_comes_only_on_demand(cli: Cli) -> None:
    assert "Traceback" not in cli("changes", "show", "c-none").err
    assert "Traceback" in cli("--debug", "changes", "show", "c-none").err


def break_scanning(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(self: Workspace) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Workspace, "scan", broken)


def test_a_defect_is_one_line_and_is_in_the_log(
    cli: Cli, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_scanning(monkeypatch)
    called = cli("map", "--json")
    assert called.code == 3
    assert called.err.startswith("vibe-tui: RuntimeError: a defect: this is a defect; the log")
    assert called.err.count("\n") == 1
    assert called.json["error"]["code"] == "outside"
    log = (data_dir / "log" / "vibe-tui.log").read_text(encoding="utf-8")
    assert "RuntimeError: a defect" in log
    assert "Traceback" in log


def test_a_defect_is_told_also_where_no_log_can_be_written(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_scanning(monkeypatch)
    (tmp_path / "taken").write_text("", encoding="utf-8")
    called = cli("map", "--data-dir", str(tmp_path / "taken"))
    assert called.code == 3
    assert "--debug shows more" in called.err


def test_a_log_that_cannot_be_opened_stops_nothing(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    called = cli("map", "--debug", "--data-dir", str(tmp_path / "taken"))
    assert called.code == 0
    assert "could not be opened" in called.err
    assert "total(prices)" in called.out


def test_a_defect_before_the_options_are_read_is_one_line(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(words: object) -> None:
        raise RuntimeError("early")

    monkeypatch.setattr(program, "read_words", broken)
    called = cli("map")
    assert (called.code, called.err) == (3, "vibe-tui: RuntimeError: early: this is a defect\n")


def test_an_interrupt_exits_130(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    async def interrupted(self: Workspace) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Workspace, "scan", interrupted)
    called = cli("map", "--json")
    assert (called.code, called.out, called.err) == (130, "", "")


def test_the_workspace_is_closed_also_after_a_failure(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = []
    close = Workspace.close

    async def note(self: Workspace) -> None:
        closed.append(self)
        await close(self)

    monkeypatch.setattr(Workspace, "close", note)
    assert cli("check", "nothing.py").code == 2
    assert len(closed) == 1


def test_a_mistyped_setting_is_said_beside_the_answer(cli: Cli, shop: Path) -> None:
    (shop / ".vibe-tui" / "config.toml").write_text("[map]\ntokns = 1\n", encoding="utf-8")
    called = cli("changes")
    assert called.code == 0
    assert "did you mean map.tokens?" in called.err
    assert cli("config").err == ""


def test_a_profile_is_written(cli: Cli, tmp_path: Path) -> None:
    target = tmp_path / "trace.json"
    assert cli("map", "--profile", str(target)).code == 0
    assert "traceEvents" in json.loads(target.read_text(encoding="utf-8"))


def test_the_project_is_the_nearest_upwards(cli: Cli, shop: Path) -> None:
    os.chdir(shop / "shop")
    assert cli("map", "--json").json["root_path"] == str(shop)


def test_paths_are_relative_to_here_then_to_the_root(shop: Path) -> None:
    os.chdir(shop / "shop")
    assert call.project_path(shop, "prices.py") == "shop/prices.py"
    assert call.project_path(shop, "README.md") == "README.md"
    assert call.project_path(shop, str(shop / "README.md")) == "README.md"
    assert call.project_path(shop, "..") == "."


def run_process(shop: Path, *words: str, stdout: int) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "vibe_tui", *words],
        cwd=shop,
        text=True,
        check=False,
        timeout=25,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def test_a_closed_pipe_is_no_noise(shop: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = run_process(shop, "map", "--json", stdout=writer)
    finally:
        os.close(writer)
    assert done.returncode == 3
    assert done.stderr == ""


def test_the_module_is_the_same_program(shop: Path) -> None:
    done = run_process(shop, "config", "get", "map.tokens", stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout, done.stderr) == (0, "2048\n", "")


def test_main_leaves_no_event_loop_behind(cli: Cli) -> None:
    cli("changes")
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
