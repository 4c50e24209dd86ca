"""A file's lines as text for showing, decoded when they are read."""

from collections.abc import Sequence
from typing import overload

from vibe_tui.changes.content.text import display


class DecodedLines(Sequence[str]):
    """Byte lines as a reader sees them.

    Args:
        lines: With their ends.
        encoding: In which they are shown.
    """

    def __init__(self, lines: Sequence[bytes], encoding: str) -> None:
        self._lines = lines
        self._encoding = encoding

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [display(line, self._encoding) for line in self._lines[index]]
        return display(self._lines[index], self._encoding)
