"""Text that a person hands over: a file, or what is piped in."""

import sys
from pathlib import Path

from vibe_tui.errors import OutsideError, UsageError
from vibe_tui.foreign import clean_line

STDIN = "-"


def read_text(source: str) -> str:
    """Read a UTF-8 file, or standard input for ``-``; line ends stay as they are.

    Raises:
        UsageError: If it is no text, or nothing was piped in.
        OutsideError: If the file cannot be read.
    """
    shown = "standard input" if source == STDIN else clean_line(source, 200)
    try:
        content = _stdin_bytes() if source == STDIN else Path(source).read_bytes()
    except OSError as failure:
        raise OutsideError(f"{shown} cannot be read ({failure.strerror})", "check it") from failure
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as failure:
        raise UsageError(f"{shown} is no UTF-8 text", "convert it first") from failure


def _stdin_bytes() -> bytes:
    if sys.stdin.isatty():
        raise UsageError("Nothing is piped in", "pipe text into the command, or name a file")
    return sys.stdin.buffer.read()
