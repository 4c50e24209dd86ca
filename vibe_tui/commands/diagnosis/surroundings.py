"""Python, the terminal and the project."""

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from vibe_tui.commands.diagnosis.finding import Finding
from vibe_tui.errors import VibeError
from vibe_tui.foreign import clean_line

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

_SMALLEST_TERMINAL = (80, 24)
_TRUE_COLOUR = ("truecolor", "24bit")


def look_at_python() -> list[Finding]:
    """The interpreter and how it encodes text."""
    encoding = sys.getfilesystemencoding()
    is_utf8 = encoding.lower().replace("-", "") == "utf8"
    return [
        Finding(
            "python",
            True,
            f"{platform.python_implementation()} {platform.python_version()}, {sys.executable}",
        ),
        Finding(
            "encoding",
            is_utf8,
            f"file names are {encoding}",
            "" if is_utf8 else "set LANG to a UTF-8 locale such as C.UTF-8",
        ),
    ]


def look_at_terminal(environ: Mapping[str, str], *, is_terminal: bool) -> list[Finding]:
    """Whether the app can be drawn here.

    Args:
        environ: The environment.
        is_terminal: Whether somebody reads stdout on a screen.
    """
    term = environ.get("TERM", "")
    if not is_terminal:
        return [Finding("terminal", None, f"no terminal here (TERM={clean_line(term) or 'unset'})")]
    columns, rows = shutil.get_terminal_size()
    is_large = columns >= _SMALLEST_TERMINAL[0] and rows >= _SMALLEST_TERMINAL[1]
    can_draw = term not in ("", "dumb")
    hints = [
        "" if can_draw else "set TERM to what your terminal is, such as xterm-256color",
        "" if is_large else "make the window at least 80×24",
    ]
    return [
        Finding(
            "terminal",
            can_draw and is_large,
            f"TERM={clean_line(term) or 'unset'}, {columns}×{rows}, {_colours(environ, term)}",
            "; ".join(filter(None, hints)),
        )
    ]


def _colours(environ: Mapping[str, str], term: str) -> str:
    if environ.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if environ.get("COLORTERM", "").lower() in _TRUE_COLOUR:
        return "16 million colours"
    return "256 colours" if "256" in term else "16 colours"


async def look_at_project(workspace: "Workspace") -> list[Finding]:
    """The project's folder and how its files are found."""
    root = clean_line(str(workspace.root))
    try:
        found = await asyncio.to_thread(workspace.rooms.mapper.discover)
    except VibeError as error:
        return [Finding("project", False, f"{root}: {error.message}", error.hint)]
    how = "listed by git" if found.by_git else f"found by walking ({found.note})"
    detail = f"{root}, {len(found.files)} files {how}, {len(found.skipped)} left out"
    is_writable = os.access(workspace.root, os.W_OK)
    hint = "" if is_writable else "the folder is not yours to write: nothing can be accepted"
    return [Finding("project", is_writable, detail, hint)]
