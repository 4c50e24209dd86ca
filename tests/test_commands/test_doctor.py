"""/doctor: what is wrong is found, keys are named and never shown, nothing of a project is run."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.test_commands.conftest import Run
from tests.test_commands.saying import report_of
from vibe_tui.changes.model import ChangeSet
from vibe_tui.commands import doctor
from vibe_tui.commands.diagnosis import models, stores, supply_chain, surroundings, tools
from vibe_tui.commands.diagnosis.finding import Finding
from vibe_tui.config.locations import Locations
from vibe_tui.errors import UsageError
from vibe_tui.llm.discovery import ServerKind
from vibe_tui.llm.model import ModelTarget
from vibe_tui.workspace import Workspace

SECRET = "sk-very-secret-0123456789"


def only(findings: list[Finding]) -> Finding:
    [finding] = findings
    return finding


async def test_the_report_names_every_subject_once(run: Run) -> None:
    report = report_of(await run("/doctor"))
    found = json.loads(json.dumps(report.payload))["checks"]
    assert all(set(check) == {"name", "ok", "detail", "hint"} for check in found)
    names = [check["name"] for check in found]
    assert len(names) == len(set(names))
    assert {tool.name for tool in tools.TOOLS} <= set(names)
    assert {"python", "terminal", "project", "settings", "data folder", "log", "ledger"} <= set(
        names
    )
    assert {"prices", "changes", "caches", "keys", "local servers", "embedded model"} <= set(names)
    assert {"litellm", "textual", "tree-sitter", "start-up files", "sandbox"} <= set(names)
    sandbox = next(check for check in found if check["name"] == "sandbox")
    assert (sandbox["ok"], sandbox["detail"]) == (None, "not built yet")
    assert report.ok
    assert "**python**" in report.text


async def test_doctor_takes_no_words(run: Run) -> None:
    with pytest.raises(UsageError):
        await run("/doctor quickly")


def test_only_what_is_essential_makes_it_unwell() -> None:
    assert doctor.is_well([Finding("tsc", False, "not found")])
    assert not doctor.is_well([Finding("ledger", False, "damaged", is_essential=True)])


# Keys and models.


async def test_keys_are_named_and_never_shown(workspace: Workspace) -> None:
    workspace.rooms.environ = {"OPENAI_API_KEY": SECRET, "ANTHROPIC_API_KEY": SECRET}
    workspace.use_model(ModelTarget("anthropic/claude-sonnet-4-5"))
    findings = await models.look_at_models(workspace, ())
    assert SECRET not in repr(findings)
    named = {finding.name: finding for finding in findings}
    assert named["keys"].detail == "ANTHROPIC_API_KEY, OPENAI_API_KEY"
    assert named["model"].ok
    assert "a key is there" in named["model"].detail


@pytest.mark.parametrize(
    ("target", "ok"),
    [
        (ModelTarget("openai/gpt-4o"), False),
        (ModelTarget("openai/own", "http://127.0.0.1:9/v1"), True),
        (ModelTarget("openai/own", "http://127.0.0.1:9/v1", "OWN_KEY"), False),
        (ModelTarget("ollama/llama3"), True),
        (ModelTarget("claude-sonnet-4-5"), False),
    ],
)
async def test_a_model_without_its_key_is_found(
    workspace: Workspace, target: ModelTarget, ok: bool
) -> None:
    workspace.use_model(target)
    finding = next(f for f in await models.look_at_models(workspace, ()) if f.name == "model")
    assert finding.ok is ok
    assert bool(finding.hint) is not ok


async def test_local_servers_are_found(workspace: Workspace) -> None:
    with ProviderServer(model_ids=("a", "b")) as server:
        kinds = [ServerKind("LM Studio", server.url, "/v1/models", "openai", "/v1")]
        looked_at = await models.look_at_models(workspace, kinds)
    found = {finding.name: finding for finding in looked_at}
    assert found["local servers"].ok
    assert "(2 models)" in found["local servers"].detail


@pytest.mark.parametrize("installed", [True, False])
async def test_the_embedded_model_is_found(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    monkeypatch.setattr(models, "embedded_is_installed", lambda: installed)
    workspace.use_model(ModelTarget("local/smollm2"))
    found = {finding.name: finding for finding in await models.look_at_models(workspace, ())}
    assert found["embedded model"].ok is (True if installed else None)
    assert found["model"].ok is installed


async def test_a_file_of_weights_that_is_gone_is_found(shop: Path, places: Locations) -> None:
    gone = places.data_dir / "gone.gguf"
    workspace = Workspace.open(
        shop, locations=places, environ={}, overrides={"local.gguf": str(gone)}
    )
    found = {finding.name: finding for finding in await models.look_at_models(workspace, ())}
    assert found["embedded model"].ok is False
    await workspace.close()


# Stores.


async def test_a_mistyped_setting_is_found(shop: Path, places: Locations) -> None:
    places.config_dir.mkdir(parents=True)
    places.settings_file.write_text("[model]\nnmae = 'x'\n", encoding="utf-8")
    workspace = Workspace.open(shop, locations=places, environ={})
    first, problem = stores.look_at_settings(workspace)
    assert first.ok is False
    assert str(places.settings_file) in first.detail
    assert "model.nmae" in problem.detail
    assert problem.hint == "did you mean model.name?"


async def test_a_folder_whose_place_is_taken_by_a_file_is_found(shop: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")
    places = Locations(tmp_path / "config", taken / "data", tmp_path / "cache")
    workspace = Workspace.open(shop, locations=places, environ={})
    found = {finding.name: finding.ok for finding in stores.look_at_folders(workspace)}
    assert found == {"config folder": True, "data folder": False, "cache folder": True}


async def test_the_log_and_the_caches_are_measured(workspace: Workspace, places: Locations) -> None:
    log = places.data_dir / stores.LOG_FILE
    assert "nothing written yet" in only(stores.look_at_log(workspace)).detail
    log.parent.mkdir(parents=True)
    log.write_bytes(b"x" * 1234)
    assert "1,234 bytes" in only(stores.look_at_log(workspace)).detail
    places.cache_dir.mkdir()
    (places.cache_dir / "map").write_bytes(b"x" * 10)
    assert "1 files, 10 bytes" in only(stores.look_at_caches(workspace)).detail


async def test_looking_at_an_unused_ledger_makes_none(
    workspace: Workspace, places: Locations
) -> None:
    ledger, prices = await stores.look_at_money(workspace)
    assert ledger.ok
    assert not (places.data_dir / "ledger.sqlite").exists()
    assert prices.ok


async def test_a_ledger_in_use_is_counted(workspace: Workspace) -> None:
    workspace.rooms.spending.snapshot()
    ledger, _ = await stores.look_at_money(workspace)
    assert (ledger.ok, ledger.detail.endswith("0 requests")) == (True, True)


async def test_a_damaged_ledger_is_found(workspace: Workspace, places: Locations) -> None:
    places.data_dir.mkdir(parents=True)
    (places.data_dir / "ledger.sqlite").write_bytes(b"this is no database " * 100)
    ledger, _ = await stores.look_at_money(workspace)
    assert ledger.ok is False
    assert "damaged" in ledger.hint


async def stored_change(workspace: Workspace) -> ChangeSet:
    patch = "--- /dev/null\n+++ b/notes.txt\n@@ -0,0 +1 @@\n+hello\n"
    proposed = await workspace.review.propose_patch(patch)
    assert proposed.change is not None
    return proposed.change


async def changes_of(workspace: Workspace) -> dict[str, Finding]:
    return {finding.name: finding for finding in await stores.look_at_changes(workspace)}


async def test_whole_changes_are_counted(workspace: Workspace) -> None:
    await stored_change(workspace)
    found = await changes_of(workspace)
    assert [finding.ok for finding in found.values()] == [True, True, True]
    assert found["changes"].detail == "1 change"
    assert found["audit"].detail == "1 line, each as it was written"
    assert found["rolling back"].detail.endswith("bytes of at most 2,000,000,000, 90 days")


async def test_an_edited_line_of_the_audit_is_found(
    workspace: Workspace, places: Locations
) -> None:
    await stored_change(workspace)
    [audit] = places.data_dir.rglob("audit.jsonl")
    audit.write_text(audit.read_text().replace("patch", "nobody", 1), encoding="utf-8")
    finding = (await changes_of(workspace))["audit"]
    assert (finding.ok, finding.is_essential) == (False, True)
    assert "line 1: edited" in finding.detail
    assert str(audit) in finding.hint


async def test_lines_cut_off_the_audit_are_found(workspace: Workspace, places: Locations) -> None:
    change = await stored_change(workspace)
    await workspace.review.accept(change.change_id, change.revision)
    [audit] = places.data_dir.rglob("audit.jsonl")
    audit.write_bytes(audit.read_bytes().split(b"\n")[0] + b"\n")
    finding = (await changes_of(workspace))["audit"]
    assert finding.ok is False
    assert "its last lines were cut off" in finding.detail
    assert f"no line says that {change.change_id} was accepted" in finding.detail


async def test_a_line_torn_by_a_crash_is_no_fault(workspace: Workspace, places: Locations) -> None:
    await stored_change(workspace)
    [audit] = places.data_dir.rglob("audit.jsonl")
    with audit.open("ab") as file:
        file.write(b'{"schema_version":1,"at"')
    finding = (await changes_of(workspace))["audit"]
    assert finding.ok
    assert "line 2: torn by a crash" in finding.detail


async def test_the_doctor_gives_up_what_is_too_old_once_a_day(
    workspace: Workspace, places: Locations
) -> None:
    change = await stored_change(workspace)
    await workspace.review.accept(change.change_id, change.revision)
    long_ago = time.time() - 100 * 86_400
    for path in places.data_dir.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    found = await changes_of(workspace)
    assert found["rolling back"].detail.endswith("; 1 older change no longer reversible")
    assert await workspace.review.tidy() is None


async def test_an_unreadable_proposal_is_found(workspace: Workspace, places: Locations) -> None:
    change = await stored_change(workspace)
    for record in places.data_dir.rglob(f"{change.change_id}/*.json"):
        record.write_text("{", encoding="utf-8")
    finding = (await changes_of(workspace))["changes"]
    assert finding.ok is False
    assert change.change_id in finding.detail


async def test_a_store_that_cannot_be_opened_is_a_finding(
    workspace: Workspace, places: Locations
) -> None:
    places.data_dir.mkdir(parents=True)
    (places.data_dir / "ledger.sqlite").mkdir()
    ledger, _ = await stores.look_at_money(workspace)
    assert ledger.ok is False
    assert ledger.is_essential


# Surroundings.


def test_no_terminal_is_nothing_to_judge() -> None:
    finding = only(surroundings.look_at_terminal({"TERM": "dumb"}, is_terminal=False))
    assert finding.ok is None


@pytest.mark.parametrize(
    ("environ", "columns", "ok", "word"),
    [
        ({"TERM": "xterm-256color"}, 120, True, "256 colours"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, 80, True, "16 million colours"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, 80, True, "no colours"),
        ({"TERM": "dumb"}, 120, False, "16 colours"),
        ({"TERM": "xterm"}, 79, False, "79×24"),
        ({}, 120, False, "unset"),
    ],
)
def test_a_terminal_is_judged(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], columns: int, ok: bool, word: str
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "24")
    finding = only(surroundings.look_at_terminal(environ, is_terminal=True))
    assert finding.ok is ok
    assert word in finding.detail
    assert bool(finding.hint) is not ok


def test_the_interpreter_is_named() -> None:
    python, encoding = surroundings.look_at_python()
    assert sys.executable in python.detail
    assert "utf-8" in encoding.detail


async def test_the_project_says_how_its_files_are_found(workspace: Workspace, shop: Path) -> None:
    assert "found by walking" in only(await surroundings.look_at_project(workspace)).detail
    git = await asyncio.create_subprocess_exec("git", "init", "--quiet", str(shop))
    assert await git.wait() == 0
    assert "listed by git" in only(await surroundings.look_at_project(workspace)).detail


async def test_a_project_that_is_gone_is_a_finding(workspace: Workspace, shop: Path) -> None:
    shop.rename(shop.with_name("elsewhere"))
    assert only(await surroundings.look_at_project(workspace)).ok is False


# What is installed.


def test_versions_are_told_and_the_malicious_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert all(finding.ok for finding in supply_chain.look_at_versions())
    monkeypatch.setattr(supply_chain, "version", lambda _: "1.82.8")
    found = {finding.name: finding.ok for finding in supply_chain.look_at_versions()}
    assert found["litellm"] is False
    assert found["textual"] is True


def test_a_missing_package_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supply_chain, "_PACKAGES", ("no-such-package",))
    assert only(supply_chain.look_at_versions()).detail == "not installed"


@pytest.mark.parametrize(
    ("line", "ok"),
    [
        ("/some/folder", True),
        ("# import os", True),
        ("import _virtualenv", True),
        ("import __editable___shop_1_finder; __editable___shop_1_finder.install()", True),
        ("import os; os.system('curl evil')", False),
        ("import _virtualenv; import evil", False),
        ("import\tevil", False),
        ("import __editable___a_finder; __editable___b_finder.install()", False),
        (
            "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local')"
            " == 'local'; enabled and __import__('_distutils_hack').add_shim(); ",
            True,
        ),
        (
            'import sys; exec(\'import os\\n\\nif os.getenv("COVERAGE_PROCESS_START"): pass;'
            " import evil\\n  coverage.process_startup()')",
            False,
        ),
    ],
)
def test_start_up_files_that_run_unknown_code_are_flagged(
    tmp_path: Path, line: str, ok: bool
) -> None:
    (tmp_path / "some.pth").write_text(f"{line}\n", encoding="utf-8")
    assert only(supply_chain.look_at_start_up_files([tmp_path])).ok is ok


def test_the_start_up_files_of_this_environment_are_known() -> None:
    assert only(supply_chain.look_at_start_up_files()).ok


# Tools.


def program(folder: Path, name: str, script: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


async def looked_at(root: Path, *folders: Path | str) -> dict[str, Finding]:
    search = os.pathsep.join([*map(str, folders), "/usr/bin", "/bin"])
    environ = {"PATH": search, "OPENAI_API_KEY": SECRET}
    return {finding.name: finding for finding in await tools.look_at_tools(root, environ)}


async def test_a_tool_is_named_with_path_and_version(shop: Path, tmp_path: Path) -> None:
    tsc = program(tmp_path / "bin", "tsc", "echo Version 5.9.2")
    found = await looked_at(shop, tmp_path / "bin")
    assert found["tsc"] == Finding("tsc", True, f"5.9.2, {tsc}")
    assert found["ruff"].ok


async def test_a_tool_sees_no_key_no_home_and_an_empty_folder(shop: Path, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program(tmp_path / "bin", "eslint", f"{{ env; pwd; ls -A; }} > {seen}; echo v9.1.0")
    found = await looked_at(shop, tmp_path / "bin")
    assert found["eslint"].ok
    said = seen.read_text(encoding="utf-8")
    assert SECRET not in said
    assert f"HOME={Path.home()}\n" not in said
    assert str(shop) not in said


async def test_a_tool_inside_the_project_is_never_run(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    program(shop / "bin", "mypy", f"touch {ran}; echo mypy 1.0.0")
    program(shop / "node_modules" / ".bin", "tsc", f"touch {ran}; echo 5.0.0")
    monkeypatch.chdir(shop)
    found = await looked_at(shop, shop / "bin", "node_modules/.bin", "")
    assert found["mypy"].ok is None
    assert "not run" in found["mypy"].detail
    assert found["tsc"].ok is False
    assert not ran.exists()


async def test_a_link_from_outside_into_the_project_is_not_run(shop: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    inside = program(shop / "bin", "flake8", f"touch {ran}; echo 7.0.0")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "flake8").symlink_to(inside)
    found = await looked_at(shop, tmp_path / "bin")
    assert found["flake8"].ok is None
    assert not ran.exists()


async def test_what_is_lost_is_told(shop: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin", "pytest", "exit 3")
    program(tmp_path / "bin", "go", "echo no number here")
    found = await looked_at(shop, tmp_path / "bin")
    assert (found["pytest"].ok, "does not run" in found["pytest"].detail) == (False, True)
    assert "running tests" in found["pytest"].hint
    assert found["go"].detail.startswith("no number here, ")
    assert found["mypy"].hint.startswith("lost without it: type checks") or found["mypy"].ok


async def test_a_tool_that_never_answers_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tools, "_TIMEOUT_S", 0.05)
    pid_file = tmp_path / "pid"
    slow = program(tmp_path / "bin", "slow", f"echo $$ > {pid_file}; exec sleep 60")
    assert await tools.ask_version([str(slow)], "/usr/bin:/bin") is None
    if pid_file.exists() and (text := pid_file.read_text(encoding="utf-8").strip()):
        with pytest.raises(ProcessLookupError):
            os.kill(int(text), 0)


async def test_what_is_no_program_tells_no_version(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"\x00\x01")
    assert await tools.ask_version([str(tmp_path / "data")], "/usr/bin") is None
