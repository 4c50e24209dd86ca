"""``vibe-tui tokens [FILE…|-]``: counts raw text."""

from argparse import ArgumentParser

from vibe_tui.cli.call import Call
from vibe_tui.cli.parser import positive_int
from vibe_tui.cli.reading import STDIN, read_text
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import tokens


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:  # noqa: ARG001 - every subcommand takes it
    """Declare the options."""
    add = parser.add_argument
    add("file", nargs="*", metavar="FILE", help="text files, counted together; - reads stdin")
    add("--model", metavar="M", help="whose tokens (default: the model set, else o200k_base)")
    add(
        "--output-tokens",
        type=positive_int,
        default=0,
        metavar="N",
        help="length of the answer to price in",
    )


async def run(call: Call) -> int:
    """Count."""
    options = call.options
    text = "".join(map(read_text, options.file or [STDIN]))
    counted = tokens.payload(call.workspace, text, options.model, options.output_tokens)
    call.output.answer(counted, tokens.sentence(counted))
    return 0
