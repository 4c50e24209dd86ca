"""``vibe-tui sessions …``: earlier conversations of the project."""

from argparse import ArgumentParser

from vibe_tui.cli.call import Call
from vibe_tui.cli.words import Invocation
from vibe_tui.commands import sessions
from vibe_tui.errors import NotBuiltError


def add_arguments(parser: ArgumentParser, invocation: Invocation) -> None:
    """Declare the options of one action."""
    if invocation.action in {"show", "export", "delete"}:
        parser.add_argument("session_id", metavar="ID", help="see vibe-tui sessions list")
    if invocation.action == "export":
        parser.add_argument("--markdown", action="store_true", help="not built yet")


async def run(call: Call) -> int:
    """List conversations, or show one.

    Raises:
        NotBuiltError: For the other actions.
    """
    if call.action in {"export", "delete"}:
        raise NotBuiltError(
            f"vibe-tui sessions {call.action} is not built yet", "list and show are"
        )
    if call.action == "show":
        shown = sessions.show_payload(call.workspace, call.options.session_id)
        if call.output.is_rich or call.output.as_json:
            call.output.answer(shown, sessions.transcript(shown))
        else:
            call.output.text(sessions.transcript(shown) + "\n")
        return 0
    found = sessions.list_payload(call.workspace)
    call.output.answer(found, sessions.list_text(found))
    return 0
