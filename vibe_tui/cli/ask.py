"""``vibe-tui ask PROMPT``: one turn of chat."""

import asyncio
import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import AsyncIterable, AsyncIterator
from decimal import Decimal, InvalidOperation

from vibe_tui.analytics.model import nano
from vibe_tui.cli.ask_outcome import Outcome
from vibe_tui.cli.ask_views import view_for
from vibe_tui.cli.call import Call, project_path
from vibe_tui.cli.changes import TIDY_S
from vibe_tui.cli.parser import add_continue, add_model, not_built
from vibe_tui.cli.reading import STDIN, read_text
from vibe_tui.cli.words import Invocation
from vibe_tui.commands.accept_valid import accept_when_valid
from vibe_tui.errors import NotBuiltError, UsageError, VibeError
from vibe_tui.events import ChangeApplied, Event, Noticed, TurnFinished

_OPERATION = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_MOST_USD = Decimal(1_000_000)
_LONGEST_S = 86_400.0


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:  # noqa: ARG001 - every subcommand takes it
    """Declare the options."""
    add = parser.add_argument
    add("prompt", metavar="PROMPT", help="@file mentions a file; - reads stdin")
    add("--file", action="append", default=[], metavar="F", help="also show this file")
    add("--operation", type=_operation, default="chat", metavar="NAME", help="for the ledger")
    add("--max-cost", type=_usd, metavar="USD", help="most that the turn may cost")
    add("--timeout", type=_seconds, metavar="S", help="most seconds that the turn may take")
    add("--yes", action="store_true", help="accept the edits when no check speaks against them")
    add("--jsonl", action="store_true", help="one JSON object a line, as things happen")
    add("--mode", choices=("ask", "edit", "plan"), default="edit", help="only edit is built")
    not_built(parser, "--max-steps", "--allow")
    add_model(parser)
    add_continue(parser)


def _operation(text: str) -> str:
    if not _OPERATION.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is no operation, such as fix or refactor")
    return text


def _usd(text: str) -> int:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ArgumentTypeError(f"{text!r} is no amount in USD") from None
    if not amount.is_finite() or not 0 <= amount <= _MOST_USD:
        raise ArgumentTypeError(f"{text!r} is no amount in USD")
    return nano(amount)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no number of seconds") from None
    if not 0 < seconds <= _LONGEST_S:
        raise ArgumentTypeError(f"{text!r} is no number of seconds up to {_LONGEST_S:.0f}")
    return seconds


async def run(call: Call) -> int:
    """Ask, and show what happens while it happens.

    Raises:
        NotBuiltError: For another mode than edit.
        UsageError: If the call's words are off.
        DeniedError: If nothing may be sent.
    """
    options, workspace = call.options, call.workspace
    if options.mode != "edit":
        raise NotBuiltError(f"vibe-tui ask --mode {options.mode} is not built yet", "leave it out")
    if options.jsonl and options.json:
        raise UsageError("--json and --jsonl are two forms of one answer", "choose one")
    prompt = read_text(STDIN) if options.prompt == STDIN else options.prompt
    if not prompt.strip():
        raise UsageError("The prompt is empty", "say what you want")
    files = [project_path(workspace.root, file) for file in options.file]
    if options.session is not None:
        workspace.resume(options.session or None)
    turn = workspace.ask(
        prompt,
        files=files,
        operation=options.operation,
        max_cost_nano_usd=options.max_cost,
        timeout_s=options.timeout,
    )
    outcome = Outcome()
    view = view_for(call.output, options.jsonl)
    try:
        async for event in _events(call, turn, outcome):
            outcome.take(event)
            view.show(event)
    except asyncio.CancelledError:
        await turn.cancel()  # returns when the money is settled
        async for event in turn:
            outcome.take(event)
            view.show(event)
        raise
    finally:
        outcome.failure, outcome.cost_nano_usd = turn.failure, turn.cost_nano_usd
        view.end(outcome)
    call.output.flush()
    await workspace.review.tidy(TIDY_S)
    return outcome.exit_code


async def _events(call: Call, turn: AsyncIterable[Event], outcome: Outcome) -> AsyncIterator[Event]:
    """The turn's events; with ``--yes`` what becomes of the proposals comes before the last."""
    async for event in turn:
        if isinstance(event, TurnFinished) and call.options.yes:
            for change_id in outcome.change_ids:
                yield await _accept(call, change_id, outcome)
        yield event


async def _accept(call: Call, change_id: str, outcome: Outcome) -> Event:
    try:
        change = await accept_when_valid(call.workspace, change_id)
    except VibeError as error:
        outcome.not_accepted.append(error)
        return Noticed(str(error), "error")
    return ChangeApplied(change_id, tuple(file.path for file in change.files))
