"""Options: the common ones, the app's, and a parser that fails in our own words."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from vibe_tui import __version__
from vibe_tui.cli.catalogue import SUBCOMMANDS
from vibe_tui.cli.words import Invocation
from vibe_tui.errors import NotBuiltError, UsageError
from vibe_tui.foreign import clean_line


class Parser(argparse.ArgumentParser):
    """A parser that raises what is wrong."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: Always.
        """
        raise UsageError(clean_line(message), f"see {self.prog} --help")


class NotBuilt(argparse.Action):
    """An option whose feature is not built yet."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002 - argparse's signature
        values: str | Sequence[Any] | None,  # noqa: ARG002 - argparse's signature
        option_string: str | None = None,
    ) -> NoReturn:
        """Refuse it.

        Raises:
            NotBuiltError: Always.
        """
        raise NotBuiltError(f"{parser.prog} {option_string} is not built yet", "leave it out")


def not_built(parser: argparse.ArgumentParser, *names: str, nargs: int | str | None = None) -> None:
    """Declare options of features still to come."""
    for name in names:
        parser.add_argument(
            name, action=NotBuilt, nargs=nargs, default=None, help="not built yet", metavar="…"
        )


def parse(invocation: Invocation) -> argparse.Namespace:
    """Read the options of a command line.

    Raises:
        UsageError: If they are not understood.
        SystemExit: After ``--help`` or ``--version``.
    """
    return build_parser(invocation).parse_args(invocation.arguments)


def build_parser(invocation: Invocation) -> Parser:
    """The parser of one subcommand, or of the app."""
    subcommand = invocation.subcommand
    if subcommand is None:
        return _app_parser()
    parser = Parser(
        prog=invocation.program,
        description=subcommand.help,
        epilog=_actions_line(invocation),
        allow_abbrev=False,
    )
    module = import_module(f"vibe_tui.cli.{subcommand.module}")
    module.add_arguments(parser, invocation)
    add_common(parser)
    return parser


def _actions_line(invocation: Invocation) -> str | None:
    subcommand = invocation.subcommand
    if subcommand is None or not subcommand.actions:
        return None
    return f"vibe-tui {invocation.name} {'|'.join(subcommand.actions)}"


def _app_parser() -> Parser:
    parser = Parser(
        prog="vibe-tui",
        usage="vibe-tui [PATH] [options]\n       vibe-tui COMMAND [options]",
        description="A coding assistant that asks before it writes and reserves before it spends.",
        epilog=_command_list(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "path", nargs="?", type=Path, metavar="PATH", help="the project to open (./map for a path)"
    )
    parser.add_argument("--version", action="version", version=f"vibe-tui {__version__}")
    add_model(parser)
    add_continue(parser)
    add_common(parser)
    return parser


def _command_list() -> str:
    width = max(map(len, SUBCOMMANDS))
    lines = [
        f"  {name:<{width}}  {subcommand.help}{'' if subcommand.is_built else ' (not built yet)'}"
        for name, subcommand in SUBCOMMANDS.items()
    ]
    return "\n".join(["commands:", *lines, "", "vibe-tui COMMAND --help tells its options."])


def add_common(parser: argparse.ArgumentParser) -> None:
    """Declare what every subcommand takes."""
    group = parser.add_argument_group("common options, before or after the command")
    add = group.add_argument
    add("--project", type=Path, metavar="DIR", help="the project (default: the nearest upwards)")
    add("--data-dir", type=Path, metavar="DIR", help="ledger, proposals, sessions")
    add("--config-dir", type=Path, metavar="DIR", help="settings")
    add("--cache-dir", type=Path, metavar="DIR", help="caches")
    add("--json", action="store_true", help="one JSON document on stdout")
    add("--debug", action="store_true", help="tracebacks, and a detailed log")
    add("--no-color", action="store_true", help="no colours (also NO_COLOR)")
    add("--profile", type=Path, metavar="FILE", help="write a trace of where the time goes")


def add_model(parser: argparse.ArgumentParser) -> None:
    """Declare which model answers."""
    parser.add_argument(
        "--model",
        dest="answering_model",
        metavar="NAME",
        help="provider/name of the model that answers",
    )
    parser.add_argument("--api-base", metavar="URL", help="an OpenAI-compatible endpoint")
    parser.add_argument("--api-key-env", metavar="NAME", help="the variable that holds the key")


def add_continue(parser: argparse.ArgumentParser) -> None:
    """Declare ``--continue``; an empty id means the newest session."""
    parser.add_argument(
        "--continue",
        dest="session",
        nargs="?",
        const="",
        metavar="ID",
        help="go on in an earlier conversation, the newest by default",
    )


def positive_int(text: str) -> int:
    """Read a number of at least 1.

    Raises:
        argparse.ArgumentTypeError: If it is none.
    """
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)
