"""Reading a settings file that may be damaged, huge, or not a file at all."""

import os
import re
import stat
import tomllib
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from vibe_tui.config.errors import BrokenSettingsFileError

LARGEST_FILE_BYTES = 262_144
LARGEST_PROJECT_FILE_BYTES = 16_384
"""Less than a person's own may have: hostile TOML takes tomllib quadratic time."""

_STRINGS_AND_COMMENTS = re.compile(
    r'"{3}(?:\\.|[^\\])*?"{3,5}'
    r"|'{3}.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|(?P<comment>#[^\n]*)",
    re.DOTALL,
)


def read_toml(path: Path, largest_bytes: int = LARGEST_FILE_BYTES) -> dict[str, Any]:
    """The tables of a TOML file, floats as Decimal; empty when the file does not exist.

    Raises:
        BrokenSettingsFileError: If it cannot be read; with line and column where they are known.
    """
    return parse_toml(path, read_text(path, largest_bytes))


def read_text(path: Path, largest_bytes: int = LARGEST_FILE_BYTES) -> str:
    """The text of a settings file; empty when the file does not exist.

    Raises:
        BrokenSettingsFileError: If it cannot be read, is too large or no UTF-8.
    """
    try:
        content = _read_regular_file(path, largest_bytes)
    except FileNotFoundError:
        return ""
    except OSError as failure:
        reason = f"cannot be read ({failure.strerror})"
        raise BrokenSettingsFileError(path, reason) from failure
    if len(content) > largest_bytes:
        raise BrokenSettingsFileError(path, f"is larger than {largest_bytes:,} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as failure:
        before = content[: failure.start].decode("utf-8")
        raise _broken_at(path, "is not UTF-8", before) from failure


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """The tables of a TOML text, floats as Decimal.

    Args:
        path: Where it comes from, for the error.
        text: The text.

    Raises:
        BrokenSettingsFileError: If it is no TOML.
    """
    try:
        return tomllib.loads(text, parse_float=_exact_number)
    except RecursionError as failure:
        raise BrokenSettingsFileError(path, "is nested too deeply") from failure
    except ValueError as failure:
        reason, line, column = _place_of(str(failure), text)
        raise BrokenSettingsFileError(path, reason, line, column) from failure


def has_comments(text: str) -> bool:
    """Whether a valid TOML text holds comments."""
    return any(match["comment"] for match in _STRINGS_AND_COMMENTS.finditer(text))


def _read_regular_file(path: Path, largest_bytes: int) -> bytes:
    """Read one byte more than allowed at most; a pipe or device is refused, not waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "not a regular file")
        return file.read(largest_bytes + 1)


def _exact_number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("a number is out of range") from None


def _place_of(message: str, text: str) -> tuple[str, int | None, int | None]:
    """Split tomllib's message into the reason, the line and the column."""
    match = re.fullmatch(r"(?s)(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", message)
    if match is None:
        return message, None, None
    reason, line, column = match.groups()
    if line is None:
        return (reason, *_end_of(text))
    return reason, int(line), int(column)


def _broken_at(path: Path, reason: str, before: str) -> BrokenSettingsFileError:
    return BrokenSettingsFileError(path, reason, *_end_of(before))


def _end_of(text: str) -> tuple[int, int]:
    """Line and column, 1-based, of the place right behind a text."""
    return text.count("\n") + 1, len(text) - text.rfind("\n")
