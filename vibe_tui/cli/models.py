"""``vibe-tui models [QUERY]``: models and their prices."""

from argparse import ArgumentParser

from vibe_tui.cli.call import Call
from vibe_tui.cli.parser import not_built
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import models


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:  # noqa: ARG001 - every subcommand takes it
    """Declare the options."""
    parser.add_argument("query", nargs="?", default="", metavar="QUERY", help="a part of the name")
    not_built(parser, "--refresh", nargs="?")


async def run(call: Call) -> int:
    """List."""
    found = models.payload(call.workspace, call.options.query)
    call.output.answer(found, models.text(found))
    return 0
