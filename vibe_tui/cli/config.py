"""``vibe-tui config …``: settings."""

from argparse import ArgumentParser

from vibe_tui.cli.call import Call
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import config
from vibe_tui.commands.table import plain_cell


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:
    """Declare the options of one action."""
    if invocation.action in {"get", "set", "unset"}:
        parser.add_argument("key", metavar="KEY", help="such as map.tokens")
    if invocation.action == "set":
        parser.add_argument("value", metavar="VALUE")


async def run(call: Call) -> int:
    """Do one action."""
    workspace, options, output = call.workspace, call.options, call.output
    match call.action:
        case "get":
            value = config.value_text(workspace, options.key)
            if output.as_json:
                output.answer(config.payload(workspace, options.key), value)
            else:
                output.text(value + "\n")
        case "set" | "unset":
            done = config.change(workspace, options.key, getattr(options, "value", None))
            output.answer(config.payload(workspace, options.key), plain_cell(done))
        case "path":
            places = config.paths(workspace)
            output.answer({"schema_version": 1, "paths": places}, config.paths_text(places))
        case _:
            found = config.payload(workspace)
            output.answer(found, config.text(found))
    return 0
