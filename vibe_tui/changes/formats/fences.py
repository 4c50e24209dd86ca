"""Fenced blocks of Markdown: how they open, nest and close."""

import re
from dataclasses import dataclass

_FENCE = re.compile(r"^(?P<indent> *)(?P<marks>`{3,}|~{3,})(?P<info>.*)$")


@dataclass(frozen=True, slots=True)
class Opening:
    """The line that opens a fence."""

    mark: str
    length: int
    indent: int
    info: str


def read_fence(line: str) -> Opening | None:
    """Read a line as the opening of a fence."""
    match = _FENCE.match(line)
    if match is None:
        return None
    marks, info = match["marks"], match["info"].strip()
    if marks[0] == "`" and "`" in info:
        return None
    return Opening(marks[0], len(marks), len(match["indent"]), info)


class Fence:
    """An open fence and what it holds so far.

    A fence line that is indented deeper than the opening is content: code that shows fences in
    its docstrings stays whole.

    Args:
        opening: The line that opened it.
        nests: Whether an inner fence with an info string is content up to its own end.
    """

    def __init__(self, opening: Opening, *, nests: bool) -> None:
        self.opening = opening
        self.lines: list[str] = []
        self._nests = nests
        self._depth = 0

    def take(self, line: str) -> bool:
        """Add a line; return False when it closes the fence instead."""
        mark = read_fence(line)
        opening = self.opening
        counts = (
            mark is not None
            and mark.mark == opening.mark
            and mark.length >= opening.length
            and mark.indent <= opening.indent
        )
        if mark is not None and counts:
            if mark.info:
                self._depth += self._nests
            elif self._depth:
                self._depth -= 1
            else:
                return False
        blank = len(line) - len(line.lstrip(" "))
        self.lines.append(line[min(blank, opening.indent) :])
        return True

    def text(self) -> str:
        r"""The content, every line ended by ``\n``."""
        return "".join(f"{line}\n" for line in self.lines)
