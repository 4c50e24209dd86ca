"""``vibe-tui changes …``: proposals, decisions on them, and their journal."""

import asyncio
import sys
from argparse import ArgumentParser
from pathlib import Path

from vibe_tui.cli.call import Call
from vibe_tui.cli.parser import positive_int
from vibe_tui.cli.reading import read_text
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import changes
from vibe_tui.errors import UsageError


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:
    """Declare the options of one action."""
    action = invocation.action
    if action in {"show", "accept", "reject", "rollback"}:
        parser.add_argument("change_id", metavar="ID", help="see vibe-tui changes list")
    if action in {"accept", "reject"}:
        parser.add_argument(
            "--hunk", action="append", type=positive_int, metavar="K", help="only this hunk, from 1"
        )
    if action == "accept":
        parser.add_argument(
            "--file", action="append", metavar="P", help="only this file, as changes list names it"
        )
        parser.add_argument(
            "--revision", type=positive_int, metavar="R", help="refuse if it is another by now"
        )
    if action == "rollback":
        parser.add_argument(
            "--to", action="store_true", help="not built yet: this change and all newer ones"
        )
    if action == "propose":
        parser.add_argument(
            "--patch", required=True, metavar="FILE", help="a diff or other edits; - reads stdin"
        )


async def run(call: Call) -> int:
    """Do one action."""
    return await _ACTIONS[call.action](call)


async def _list(call: Call) -> int:
    found = await call.workspace.changes()
    call.output.answer(changes.list_payload(found), changes.list_text(found))
    return 0
