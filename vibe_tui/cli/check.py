"""``vibe-tui check PATH…``: are files right?"""

from argparse import ArgumentParser

from vibe_tui.cli.call import Call, project_path
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import check


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:  # noqa: ARG001 - every subcommand takes it
    """Declare the options."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")
    parser.add_argument(
        "--strategies", metavar="LIST", help="syntax,lint (typecheck, tests … are not built yet)"
    )


async def run(call: Call) -> int:
    """Check; 1 when anything is invalid, 3 when a strategy that was named could not run."""
    named = call.options.strategies
    strategies = check.parse_strategies(named)
    paths = [project_path(call.workspace.root, path) for path in call.options.paths]
    files = await check.files_of(call.workspace, paths)
    results = await check.check_files(call.workspace, files, strategies)
    call.output.answer(check.payload(results), check.text(results))
    if any(result.is_valid is False for result in results):
        return 1
    return 3 if named and check.could_not_run(results) else 0
