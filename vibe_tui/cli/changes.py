"""``vibe-tui changes …``: proposals, decisions on them, and their journal."""

import asyncio
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vibe_tui.cli.call import Call
from vibe_tui.cli.parser import positive_int
from vibe_tui.cli.reading import read_text
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import changes
from vibe_tui.errors import DeniedError

if TYPE_CHECKING:
    from vibe_tui.changes.model import ChangeSet, Proposed

TIDY_S = 2.0
"""Seconds that giving up what is too old may take of a call, about."""


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:
    """Declare the options of one action."""
    action = invocation.action
    add = parser.add_argument
    if action in {"show", "accept", "reject", "rollback"}:
        add("change_id", metavar="ID", help="see vibe-tui changes list")
    if action in {"accept", "reject"}:
        add("--hunk", action="append", type=positive_int, metavar="K", help="only this, from 1")
    if action == "accept":
        add("--file", action="append", metavar="P", help="only this file, as the list names it")
        add("--revision", type=positive_int, metavar="R", help="refuse if it is another by now")
    if action == "rollback":
        add("--to", action="store_true", help="also everything that was accepted after it")
    if action == "propose":
        add("--patch", required=True, metavar="FILE", help="a diff or other edits; - reads stdin")


async def run(call: Call) -> int:
    """Do one action, and once a day give up what is no longer kept for rolling back."""
    code = await _act(call)
    call.output.flush()
    await call.workspace.review.tidy(TIDY_S)
    return code


async def _act(call: Call) -> int:
    match call.action:
        case "show":
            return await _show(call)
        case "accept":
            return await _accept(call)
        case "reject":
            change = await call.workspace.review.reject(
                call.options.change_id, hunks=call.options.hunk
            )
            return _told(call, [change])
        case "rollback":
            return await _roll_back(call)
        case "recover":
            return _told(call, await changes.recover(call.workspace))
        case "propose":
            return await _propose(call)
    return _told(call, await call.workspace.review.changes())


def _told(call: Call, found: "Sequence[ChangeSet]") -> int:
    nothing = "Nothing had to be put right." if call.action == "recover" and not found else ""
    call.output.answer(changes.list_payload(found), nothing or changes.list_text(found))
    return 0


async def _show(call: Call) -> int:
    shown = await changes.show(call.workspace, call.options.change_id)
    if call.output.is_rich or call.output.as_json:
        call.output.answer(shown.payload(), changes.show_text(shown))
    else:
        call.output.text(shown.diff)
    return 0


async def _accept(call: Call) -> int:
    options = call.options
    revision = options.revision
    if revision is None:
        store = call.workspace.rooms.change_store
        revision = (await asyncio.to_thread(store.get, options.change_id)).revision
    change = await call.workspace.review.accept(
        options.change_id, revision, hunks=options.hunk, files=options.file
    )
    return _told(call, [change])


async def _roll_back(call: Call) -> int:
    """Tell of the rollback, a change of its own, and what became of those that it takes back."""
    review, change_id = call.workspace.review, call.options.change_id
    roll_back = review.roll_back_to if call.options.to else review.roll_back
    rollback = await roll_back(change_id)
    store = call.workspace.rooms.change_store
    originals = [await asyncio.to_thread(store.get, reverted) for reverted in rollback.reverts]
    code = _told(call, [rollback, *originals])
    if not rollback.is_open:
        return code
    new_id = rollback.change_id
    call.output.note(
        f"Files changed since, so {new_id} is merged and waits: look at it with "
        f"vibe-tui changes show {new_id}, then vibe-tui changes accept {new_id}"
    )
    return DeniedError.exit_code


async def _propose(call: Call) -> int:
    proposed = await call.workspace.review.propose_patch(read_text(call.options.patch))
    for edit in proposed.refused:
        call.output.note(f"{edit.path}: {edit.reason}")
    found = [proposed.change] if proposed.change else []
    payload = changes.list_payload(found) | {
        "refused": [{"path": edit.path, "reason": edit.reason} for edit in proposed.refused]
    }
    call.output.answer(payload, changes.list_text(found) if found else "Nothing is proposed.")
    return _verdict(call, proposed)


def _verdict(call: Call, proposed: "Proposed") -> int:
    if proposed.change is None and not proposed.refused:
        call.output.note("No edit was found; a unified diff is one, see vibe-tui changes --help")
    return 0 if proposed.change is not None and not proposed.refused else 1
