"""What helps to read changed lines: the words that changed, and where moved lines went."""

from collections.abc import Sequence
from dataclasses import replace

from vibe_tui.changes.hunks.intraline import with_marks
from vibe_tui.changes.hunks.moves import ChangedFile, moved_lines
from vibe_tui.changes.model import DiffLine

_MOST_LINES = 3_000
"""Changed lines of a change in which words are sought, those of its first hunks."""


class Annotations:
    """Annotates the hunks of one change, in order, in bounded effort.

    Args:
        files: All of the change.
    """

    def __init__(self, files: Sequence[ChangedFile]) -> None:
        self._moved = moved_lines(files)
        self._left = _MOST_LINES

    def on(self, path: str, lines: Sequence[DiffLine]) -> tuple[DiffLine, ...]:
        """The lines of a hunk with what helps to read them.

        Args:
            path: The hunk's file.
            lines: Removed lines before those that replace them.
        """
        self._left -= sum(line.kind != " " for line in lines)
        marked = with_marks(lines) if self._left >= 0 else tuple(lines)
        if not self._moved:
            return marked
        return tuple(self._with_move(path, line) for line in marked)

    def _with_move(self, path: str, line: DiffLine) -> DiffLine:
        number = line.old_number if line.kind == "-" else line.new_number
        if line.kind == " " or number is None:
            return line
        words = self._moved.get((path, line.kind, number))
        return replace(line, moved=words) if words else line
