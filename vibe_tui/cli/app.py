"""``vibe-tui [PATH]``: the full-screen app."""

import sys
from argparse import Namespace
from pathlib import Path

from vibe_tui.cli.call import open_workspace
from vibe_tui.errors import UsageError


def run(options: Namespace) -> int:
    """Open the app; it closes the workspace when the person leaves.

    Raises:
        UsageError: If there is no terminal, or the path is no folder.
    """
    path: Path | None = options.path
    if path is not None and not path.exists():
        hint = "see vibe-tui --help for commands"
        raise UsageError(f"{path} is neither a command nor a folder", hint)
    if options.json:
        raise UsageError("The app has no JSON", "name a command, such as vibe-tui map --json")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("The app needs a terminal", "name a command, such as vibe-tui map")
    workspace = open_workspace(options)
    if options.session is not None:
        workspace.resume(options.session or None)
    from vibe_tui.ui.app import run_app

    run_app(workspace)
    return 0
