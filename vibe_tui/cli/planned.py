"""Subcommands still to come: their words and options are there, their work is not."""

from argparse import ArgumentParser
from dataclasses import dataclass

from vibe_tui.cli.words import Invocation


@dataclass(frozen=True, slots=True)
class _Plan:
    words: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


_PLANS = {
    "analyze": _Plan(("path",), flags=("--markdown",)),
    "context": _Plan(("file",), ("--operation", "--tokens", "--model")),
    "heal": _Plan(
        ("path",),
        (
            "--strategies",
            "--model",
            "--max-attempts",
            "--timeout",
            "--max-cost",
            "--language",
            "--stdin-path",
        ),
        ("--local-only", "--yes", "--accept-guesses", "--dry-run"),
    ),
    "budget set": _Plan(("usd",), ("--period", "--model", "--plugin", "--operation"), ("--soft",)),
    "plugins info": _Plan(("name",)),
    "plugins install": _Plan(("source",)),
    "plugins approve": _Plan(("name",), ("--sha256", "--grant")),
    "plugins enable": _Plan(("name",)),
    "plugins disable": _Plan(("name",)),
    "plugins remove": _Plan(("name",)),
    "plugins verify": _Plan(("dir",)),
    "plugins run": _Plan(("name", "command", "arg")),
    "plugins new": _Plan(("name",), ("--kind",)),
}


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:
    """Declare what the subcommand is going to take, so that only its absence is complained of."""
    plan = _PLANS.get(" ".join(filter(None, (invocation.name, invocation.action))), _Plan())
    for word in plan.words:
        parser.add_argument(f"_{word}", metavar=word.upper(), nargs="*")
    for name in plan.values:
        parser.add_argument(name, action="append", metavar="…")
    for name in plan.flags:
        parser.add_argument(name, action="store_true")
