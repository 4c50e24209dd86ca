"""Every subcommand and every option of the written contract is in the parser.

The contract (CLI.md) is not part of the repository; its table stands here.
"""

import argparse

import pytest

from vibe_tui.cli.catalogue import SUBCOMMANDS
from vibe_tui.cli.main import main
from vibe_tui.cli.parser import build_parser
from vibe_tui.cli.words import Invocation, read_words

COMMON = (
    "--project", "--data-dir", "--config-dir", "--cache-dir", "--json", "--debug", "--no-color",
    "--profile", "--help",
)  # fmt: skip
CONTRACT = {
    "": "--version --model --api-base --api-key-env --continue",
    "map": "--tokens --model --focus --no-cache",
    "analyze": "--markdown",
    "context": "--operation --tokens --model",
    "check": "--strategies",
    "heal": (
        "--strategies --local-only --model --max-attempts --timeout --max-cost --yes "
        "--accept-guesses --dry-run --language --stdin-path"
    ),
    "changes list": "",
    "changes show": "",
    "changes accept": "--hunk --file --revision",
    "changes reject": "--hunk",
    "changes rollback": "--to",
    "changes recover": "",
    "changes propose": "--patch",
    "ask": (
        "--file --operation --model --api-base --api-key-env --continue --mode --max-cost "
        "--max-steps --timeout --allow --yes --jsonl"
    ),
    "sessions list": "",
    "sessions show": "",
    "sessions export": "--markdown",
    "sessions delete": "",
    "tokens": "--model --output-tokens",
    "cost": "--period --by --csv",
    "budget show": "",
    "budget set": "--period --model --plugin --operation --soft",
    "budget clear": "",
    "models": "--refresh",
    "plugins list": "",
    "plugins info": "",
    "plugins install": "",
    "plugins approve": "--sha256 --grant",
    "plugins enable": "",
    "plugins disable": "",
    "plugins remove": "",
    "plugins verify": "",
    "plugins run": "",
    "plugins new": "--kind",
    "config get": "",
    "config set": "",
    "config unset": "",
    "config path": "",
    "config list": "",
    "cache show": "",
    "cache clear": "",
    "doctor": "",
    "bench": "",
    "serve": "",
}
NOT_BUILT = (
    "map --focus a.py",
    "map --no-cache",
    "analyze --markdown",
    "context a.py --operation fix --tokens 8000",
    "heal a.py b.py --max-attempts 3 --yes",
    "heal - --language python --local-only",
    "ask hello --mode plan",
    "ask hello --mode ask",
    "ask hello --max-steps 3",
    "ask hello --allow git",
    "sessions export s-1 --markdown",
    "sessions delete s-1",
    "budget show",
    "budget set 5 --period daily --soft",
    "budget",
    "models --refresh",
    "models --refresh prices.json",
    "plugins run one two three",
    "plugins new mine --kind command",
    "cache clear",
    "bench",
    "serve",
    "check shop --strategies typecheck",
)


def parser_of(words: str) -> argparse.ArgumentParser:
    name, _, action = words.partition(" ")
    return build_parser(Invocation(name, action, ()))


@pytest.mark.parametrize("words", CONTRACT)
def test_every_option_is_there(words: str) -> None:
    known = parser_of(words)._option_string_actions
    assert {*COMMON, *CONTRACT[words].split()} - set(known) == set()


def test_every_subcommand_is_in_the_contract() -> None:
    ours = {
        f"{name} {action}".strip()
        for name, subcommand in SUBCOMMANDS.items()
        for action in subcommand.actions or ("",)
    }
    assert ours == set(CONTRACT) - {""}


@pytest.mark.parametrize("words", CONTRACT)
def test_help_is_printed_and_good(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words.split(), "--help"]) == 0
    printed = capsys.readouterr()
    assert "--project" in printed.out
    assert printed.err == ""


@pytest.mark.parametrize("line", NOT_BUILT)
def test_what_is_not_built_says_so_and_exits_2(
    line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(line.split()) == 2
    printed = capsys.readouterr()
    assert "not built yet" in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_a_group_has_a_first_action_where_that_is_harmless() -> None:
    assert [read_words([name]).action for name in ("changes", "sessions", "config")] == ["list"] * 3
