"""``vibe-tui cost``: what was spent."""

from argparse import ArgumentParser
from pathlib import Path

from vibe_tui.cli.call import Call
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import cost
from vibe_tui.errors import OutsideError
from vibe_tui.foreign import clean_line


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:  # noqa: ARG001 - every subcommand takes it
    """Declare the options."""
    add = parser.add_argument
    add("--period", choices=cost.PERIODS, default="month", help="default: month")
    add("--by", choices=cost.GROUPS, default="model", help="default: model")
    add("--csv", type=Path, metavar="FILE", help="also write the rows as CSV")


async def run(call: Call) -> int:
    """Report."""
    report = cost.make_report(call.workspace, call.options.period, call.options.by)
    if call.options.csv is not None:
        _write(call.options.csv, cost.csv_text(report))
    call.output.answer(cost.payload(report), cost.text(report))
    return 0


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as failure:
        shown = clean_line(str(path), 200)
        raise OutsideError(
            f"{shown} cannot be written ({failure.strerror})", "name another file"
        ) from failure
