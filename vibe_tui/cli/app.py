"""``vibe-tui [PATH]``: the full-screen app."""

import gc
import sys
from argparse import Namespace
from difflib import get_close_matches
from pathlib import Path

from vibe_tui.cli.call import open_workspace
from vibe_tui.cli.catalogue import SUBCOMMANDS
from vibe_tui.errors import UsageError
from vibe_tui.foreign import clean_line


def has_terminal() -> bool:
    """Whether somebody can type and look here."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def refuse_unusable(options: Namespace) -> None:
    """Check what the app needs before anything is opened.

    Raises:
        UsageError: If there is no terminal, or the path is nothing.
    """
    path: Path | None = options.path
    if path is not None and not path.exists():
        near = get_close_matches(str(path), SUBCOMMANDS, n=1)
        hint = f"did you mean vibe-tui {near[0]}?" if near else "see vibe-tui --help for commands"
        raise UsageError(f"{clean_line(str(path))} is neither a command nor a folder", hint)
    if options.json:
        raise UsageError("The app has no JSON", "name a command, such as vibe-tui map --json")
    if not has_terminal():
        raise UsageError("The app needs a terminal", "name a command, such as vibe-tui map")


def run(options: Namespace) -> int:
    """Open the app; it closes the workspace when the person leaves.

    Raises:
        UsageError: If the path is no folder, or there is no such session.
    """
    gc.disable()  # the first frame makes no garbage; the app turns it on again behind it
    workspace = open_workspace(options, map_processes=1)
    if options.session is not None:
        workspace.resume(options.session or None)
    from vibe_tui.ui.app import run_app

    run_app(workspace)
    return 0
