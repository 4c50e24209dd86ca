"""``vibe-tui map [PATH]``: scans, and prints the compressed map."""

from argparse import ArgumentParser
from pathlib import Path

from vibe_tui.cli.call import Call
from vibe_tui.cli.parser import not_built, positive_int
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import map_project
from vibe_tui.errors import DeniedError


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:  # noqa: ARG001 - every subcommand takes it
    """Declare the options."""
    add = parser.add_argument
    add("path", nargs="?", type=Path, metavar="PATH", help="the folder (default: the project)")
    add("--tokens", type=positive_int, metavar="N", help="most tokens, the last newline included")
    add("--model", metavar="M", help="whose tokens (default: o200k_base)")
    not_built(parser, "--focus")
    not_built(parser, "--no-cache", nargs=0)


async def run(call: Call) -> int:
    """Print the map.

    Raises:
        DeniedError: If not even the smallest fits.
    """
    if call.output.as_json:
        repository_map = await call.workspace.scan()
        call.output.json_line(map_project.payload(repository_map), indent=2)
        return 0
    text, _ = await map_project.compressed(call.workspace, call.options.tokens, call.options.model)
    if not text:
        raise DeniedError(f"No map fits into {call.options.tokens} tokens", "allow more")
    call.output.text(text)
    return 0
