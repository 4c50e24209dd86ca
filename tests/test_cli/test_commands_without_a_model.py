"""map, check, tokens, cost, models, sessions, config and doctor, as scripts see them."""

import io
import sys
from pathlib import Path

import pytest

from tests.test_cli.conftest import FILES, Cli
from vibe_tui.analytics.token_counter import TokenCounter
from vibe_tui.chat.sessions import SessionStore
from vibe_tui.config.locations import Locations


def pipe_in(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="utf-8"))


# map


def test_the_map_is_printed(cli: Cli) -> None:
    called = cli("map")
    assert called.code == 0
    assert "total(prices)" in called.out
    assert called.out.endswith("\n")


def test_the_map_keeps_to_its_tokens_with_the_last_newline(cli: Cli) -> None:
    for tokens in (40, 60, 100):
        called = cli("map", "--tokens", str(tokens), "--model", "openai/gpt-4o")
        assert called.code == 0
        assert 0 < TokenCounter().count(called.out, "openai/gpt-4o").tokens <= tokens


def test_a_map_that_fits_nowhere_is_refused(cli: Cli) -> None:
    called = cli("map", "--tokens", "1")
    assert (called.code, called.out) == (1, "")
    assert "No map fits into 1 tokens" in called.err


def test_a_folder_is_mapped_as_it_is_named(cli: Cli, shop: Path) -> None:
    found = cli("map", "shop", "--json").json
    assert found["root_path"] == str(shop / "shop")
    assert set(found["modules"]) == {"prices.py", "broken.py"}


def test_a_name_cannot_drive_the_terminal(cli: Cli, shop: Path) -> None:
    (shop / "evil\x1b[31m.py").write_text("x = 1\n", encoding="utf-8")
    assert "\x1b" not in cli("map").out


# check


def test_what_is_invalid_exits_1(cli: Cli) -> None:
    called = cli("check", "shop", "--json")
    assert called.code == 1
    invalid = {row["path"] for row in called.json["results"] if row["is_valid"] is False}
    assert invalid == {"shop/broken.py"}


def test_what_is_valid_exits_0(cli: Cli) -> None:
    called = cli("check", "shop/prices.py", "--strategies", "syntax,lint")
    assert (called.code, called.out) == (0, "2 valid, 0 invalid, 0 skipped\n")


def test_a_strategy_that_could_not_run_exits_3_only_if_it_was_named(cli: Cli) -> None:
    assert cli("check", "README.md", "--strategies", "lint").code == 3
    assert cli("check", "README.md").code == 0


# tokens


def test_files_are_counted_together(cli: Cli) -> None:
    one, two = (cli("tokens", path, "--json").json["tokens"] for path in ("README.md",) * 2)
    assert cli("tokens", "README.md", "README.md", "--json").json["tokens"] == one + two
    assert cli("tokens", "README.md").out.startswith(f"{one} tokens for o200k_base, exact; ")


@pytest.mark.parametrize("words", [("tokens",), ("tokens", "-")])
def test_piped_text_is_counted(
    cli: Cli, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe_in(monkeypatch, b"hello world")
    found = cli(*words, "--json", "--model", "openai/gpt-4o", "--output-tokens", "10").json
    assert (found["tokens"], found["cost_usd_if_sent"]) == (2, 0.000105)


def test_special_tokens_are_ordinary_text(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe_in(monkeypatch, b"<|endoftext|>")
    assert cli("tokens", "--json").json["tokens"] > 1


def test_what_is_no_text_is_refused(cli: Cli, shop: Path) -> None:
    (shop / "picture").write_bytes(b"\xff\xfe\x00")
    assert cli("tokens", "picture").code == 2
    gone = cli("tokens", "gone.txt")
    assert (gone.code, gone.err.count("\n")) == (3, 1)


def test_a_terminal_is_no_pipe(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    called = cli("tokens")
    assert called.code == 2
    assert "Nothing is piped in" in called.err


# cost and models


def test_spending_is_reported(cli: Cli, tmp_path: Path) -> None:
    table = tmp_path / "cost.csv"
    called = cli("cost", "--period", "all", "--by", "day", "--csv", str(table), "--json")
    assert called.code == 0
    report = called.json
    assert (report["period"], report["by"], report["total_cost"]) == ("all", "day", 0)
    assert table.read_text(encoding="utf-8") == "day,requests,tokens,cost_usd,unpriced\n"
    assert cli("cost").out.startswith("$0 this month")


def test_a_table_that_cannot_be_written_exits_3(cli: Cli, tmp_path: Path) -> None:
    assert cli("cost", "--csv", str(tmp_path)).code == 3


def test_models_are_found(cli: Cli) -> None:
    found = cli("models", "gpt-4o-mini", "--json").json["models"]
    assert any(row["name"] == "gpt-4o-mini" for row in found)
    assert "$0.15" in cli("models", "gpt-4o-mini").out


# sessions


def test_conversations_are_listed_and_shown(cli: Cli, shop: Path, data_dir: Path) -> None:
    assert cli("sessions").out == "This project has no conversation yet.\n"
    places = Locations(data_dir, data_dir, data_dir)
    session = SessionStore(places.project_data(shop) / "sessions").create()
    session.say("user", "what is *this*?")
    [listed] = cli("sessions", "list", "--json").json["sessions"]
    assert listed["id"] == session.session_id
    shown = cli("sessions", "show", session.session_id)
    assert "what is *this*?" in shown.out
    as_json = cli("sessions", "show", session.session_id, "--json").json
    assert as_json["messages"][0]["content"] == "what is *this*?"
    assert cli("sessions", "show", "s-none").code == 2


# config


def test_a_setting_is_set_read_and_taken_back(cli: Cli) -> None:
    assert cli("config", "set", "map.tokens", "4096").out == "map.tokens is saved\n"
    assert cli("config", "get", "map.tokens").out == "4096\n"
    row = cli("config", "get", "map.tokens", "--json").json["settings"]["map.tokens"]
    assert (row["value"], row["origin"]) == (4096, "user")
    unset = cli("config", "unset", "map.tokens", "--json").json
    assert unset["settings"]["map.tokens"]["origin"] == "default"
    assert "map.tokens" in cli("config", "list").out


def test_a_value_that_is_not_allowed_changes_nothing(cli: Cli) -> None:
    assert cli("config", "set", "map.tokens", "many").code == 2
    assert cli("config", "get", "map.tokens").out == "2048\n"


def test_the_places_are_told(cli: Cli, tmp_path: Path) -> None:
    called = cli(
        "config", "path", "--json",
        "--config-dir", str(tmp_path / "c"),
        "--data-dir", str(tmp_path / "d"),
        "--cache-dir", str(tmp_path / "e"),
    )  # fmt: skip
    paths = called.json["paths"]
    assert paths["settings"] == str(tmp_path / "c" / "config.toml")
    assert (paths["data"], paths["cache"]) == (str(tmp_path / "d"), str(tmp_path / "e"))


# doctor


def test_doctor_reports(cli: Cli) -> None:
    called = cli("doctor", "--json")
    assert called.code == 0
    assert {check["name"] for check in called.json["checks"]} >= {"git", "python", "ledger"}


def test_doctor_exits_1_when_something_essential_is_wrong(cli: Cli, data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "ledger.sqlite").mkdir()
    called = cli("doctor")
    assert called.code == 1
    assert "- ✗ ledger " in called.out


def test_nothing_of_this_touched_the_project(cli: Cli, shop: Path) -> None:
    for line in ("map", "check shop", "doctor", "cost", "changes"):
        cli(*line.split())
    files = {path.relative_to(shop).as_posix() for path in shop.rglob("*") if path.is_file()}
    assert files == set(FILES)
