"""SEARCH/REPLACE blocks, collected line by line."""

import re

from vibe_tui.changes.model import RefusedEdit, SearchReplace

_OPEN = re.compile(r"^(<{5,9}) ?SEARCH>?$")
_CLOSE = re.compile(r"^(>{5,9}) ?REPLACE$")
_DIVIDER = re.compile(r"^={5,9}$")
_USUAL_LENGTH = 7

NO_PATH = "A SEARCH block names no file: write its path alone on the line before it"
CUT = "The answer ended inside this edit: send the whole block again"


def opening_length(line: str) -> int:
    """How long the marker is that opens a block; 0 when the line is none."""
    match = _OPEN.match(line.strip())
    return len(match[1]) if match else 0


class SearchBlock:
    """A block whose opening marker was read.

    Args:
        path: The file it is for; None when no line named one.
        length: Length of the opening marker; a divider of the same length counts first.
        indent: Spaces in front of the opening marker, taken off every line.
    """

    def __init__(self, path: str | None, length: int, indent: int) -> None:
        self.path = path
        self._length = length
        self._indent = indent
        self._lines: list[str] = []

    def closes(self, line: str) -> bool:
        """Whether a line ends the block; a block with long markers ends with long markers."""
        match = _CLOSE.match(line.strip())
        return bool(match) and self._length in (len(match[1]) if match else 0, _USUAL_LENGTH)

    def take(self, line: str) -> None:
        """Add a line of the block's content."""
        blank = len(line) - len(line.lstrip(" "))
        self._lines.append(line[min(blank, self._indent) :])

    def refused(self, reason: str) -> RefusedEdit:
        """The block as something that does not apply."""
        return RefusedEdit(self.path or "", reason)

    def edit(self) -> SearchReplace | RefusedEdit:
        """The block's meaning, once it is closed."""
        if self.path is None:
            return self.refused(NO_PATH)
        splits = [
            (_joined(self._lines[:index]), _joined(self._lines[index + 1 :]))
            for index in self._dividers()
        ]
        if not splits:
            return self.refused("A SEARCH block has no line of ======= before REPLACE: add it")
        search, replace = splits[0]
        return SearchReplace(self.path, search, replace, tuple(splits[1:]))

    def _dividers(self) -> list[int]:
        any_length = [i for i, line in enumerate(self._lines) if _DIVIDER.match(line.rstrip())]
        same = [i for i in any_length if len(self._lines[i].rstrip()) == self._length]
        return same or any_length


def _joined(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
