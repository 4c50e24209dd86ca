"""The ``@@`` blocks of a unified diff, also of one whose numbers are wrong or missing."""

import re
from collections.abc import Sequence

from vibe_tui.changes.formats.diff_paths import header_name
from vibe_tui.changes.model import PatchHunk

_NUMBERS = re.compile(r"^@@+ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))?(?: @@|$)")


class DamagedHunkError(Exception):
    """A line in a hunk is neither context nor change.

    Args:
        line_number: Of the diff, 1-based.
    """

    def __init__(self, line_number: int) -> None:
        super().__init__(
            f"Line {line_number} of the diff starts with neither ' ', '+' nor '-': "
            "send the diff again with a space in front of every unchanged line"
        )


def is_file_header(lines: Sequence[str], at: int) -> bool:
    """Whether the ``---`` and ``+++`` lines of a file are here."""
    if not lines[at].startswith("--- ") or at + 1 >= len(lines):
        return False
    return lines[at + 1].startswith("+++ ")


class HunkReader:
    """Reads one hunk.

    Args:
        lines: The whole diff, without line ends.
        at: Where the hunk's ``@@`` line is, or its first line when it has none; from 0.
    """

    def __init__(self, lines: Sequence[str], at: int) -> None:
        self._lines = lines
        self._at = at
        self._body: list[str] = []
        self._open_ends = {"-": False, "+": False}
        self._start: int | None = None
        self._old_left: int | None = None
        self._new_left: int | None = None

    def read(self) -> tuple[PatchHunk, int]:
        """Read the hunk.

        Returns:
            The hunk and the place of the first line after it.

        Raises:
            DamagedHunkError: If a line does not belong and the hunk is not complete.
        """
        self._read_header()
        while self._at < len(self._lines) and not self._is_boundary():
            if not self._take(self._lines[self._at]):
                break
            self._at += 1
        self._drop_trailing_blanks()
        ends = self._open_ends
        return PatchHunk(self._start, tuple(self._body), ends["-"], ends["+"]), self._at

    def _read_header(self) -> None:
        line = self._lines[self._at]
        if not line.startswith("@@"):
            return
        self._at += 1
        match = _NUMBERS.match(line)
        if match:
            self._start = int(match[1])
            self._old_left = int(match[2]) if match[2] else 1
            self._new_left = int(match[4]) if match[4] else 1

    @property
    def _is_complete(self) -> bool:
        """Whether the header's counts are used up."""
        return self._old_left is not None and self._old_left <= 0 and (self._new_left or 0) <= 0

    def _is_boundary(self) -> bool:
        line = self._lines[self._at]
        if line.startswith(("@@", "diff --git ", "Index: ")):
            return True
        if line == "-- " and self._is_complete:
            return True  # the signature that git format-patch puts under a patch
        return is_file_header(self._lines, self._at) and self._is_next_file()

    def _is_next_file(self) -> bool:
        """Whether ``---`` and ``+++`` lines begin a file, and are no removed ``--`` line."""
        if self._old_left is None or self._old_left <= 0 or (self._new_left or 0) <= 0:
            return True
        old = header_name(self._lines[self._at][4:])
        new = header_name(self._lines[self._at + 1][4:])
        if old is None or new is None:
            return True
        return old.startswith("a/") and new.startswith("b/")

    def _take(self, line: str) -> bool:
        """Add a line; return False when the hunk ended before it."""
        kind = line[:1] or " "
        if kind in " +-":
            self._body.append(line or " ")
            self._count(kind)
            return True
        if kind == "\\":
            last = self._body[-1][:1] if self._body else " "
            for side in "-+" if last == " " else last:
                self._open_ends[side] = True
            return True
        if self._is_complete:
            return False
        raise DamagedHunkError(self._at + 1)

    def _count(self, kind: str) -> None:
        if self._old_left is not None and kind in " -":
            self._old_left -= 1
        if self._new_left is not None and kind in " +":
            self._new_left -= 1

    def _drop_trailing_blanks(self) -> None:
        """Blank lines behind a hunk are spacing, unless its counts ask for them."""
        while self._body and self._body[-1] == " " and self._lines[self._at - 1] == "":
            if self._old_left is not None and self._old_left >= 0:
                break
            self._body.pop()
            self._at -= 1
            if self._old_left is not None:
                self._old_left += 1
