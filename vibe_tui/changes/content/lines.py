"""A big file's lines without an object for each: found when they are asked for."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from vibe_tui.changes.content.text import is_wide, split_at_lf, split_bytes

BIG_BYTES = 2_000_000
"""Contents from this size on are kept whole and split piece by piece."""
_PIECE_BYTES = 1 << 16
_LF = b"\n"


class ByteLines(Sequence[bytes]):
    r"""The lines of a content, with their ends after ``\n``, as a sequence.

    Args:
        content: The whole file, in an encoding that extends ASCII.
    """

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._firsts = [0]
        """How many line ends come before each piece of the content."""
        for start in range(0, len(content), _PIECE_BYTES):
            ends = content.count(_LF, start, start + _PIECE_BYTES)
            self._firsts.append(self._firsts[-1] + ends)
        has_open_end = bool(content) and not content.endswith(_LF)
        self._length = self._firsts[-1] + has_open_end
        self._piece = -1
        self._starts: list[int] = []

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        start = 0
        while start < len(self.content):
            end = self.content.find(_LF, start + _PIECE_BYTES) + 1 or len(self.content)
            yield from split_at_lf(self.content[start:end])
            start = end

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            start, end, step = index.indices(self._length)
            if step == 1:
                return split_at_lf(self.span(start, end))
            return [self[number] for number in range(start, end, step)]
        number = index if index >= 0 else index + self._length
        if not 0 <= number < self._length:
            raise IndexError(index)
        return self.span(number, number + 1)

    def span(self, start: int, end: int) -> bytes:
        """The lines from ``start`` until ``end`` (half-open, from 0) in one piece."""
        return self.content[self.offset(start) : self.offset(end)] if start < end else b""

    def offset(self, number: int) -> int:
        """Where a line starts, in bytes; for the number of lines: the content's length."""
        if number <= 0:
            return 0
        if number >= self._length:
            return len(self.content)
        piece = bisect_right(self._firsts, number - 1) - 1
        if piece != self._piece:
            self._piece, self._starts = piece, self._ends_in(piece)
        return self._starts[number - 1 - self._firsts[piece]]

    def _ends_in(self, piece: int) -> list[int]:
        """The offsets behind every line end in a piece."""
        position = piece * _PIECE_BYTES
        ends: list[int] = []
        for part in self.content[position : position + _PIECE_BYTES].split(_LF)[:-1]:
            position += len(part) + 1
            ends.append(position)
        return ends


def lines_of(content: bytes) -> Sequence[bytes]:
    """The lines of a file with their ends; joining them gives the content again."""
    if len(content) < BIG_BYTES or is_wide(content):
        return split_bytes(content)
    return ByteLines(content)


def span(lines: Sequence[bytes], start: int, end: int) -> bytes:
    """Some lines in one piece: from ``start`` until ``end``, half-open, from 0."""
    if isinstance(lines, ByteLines):
        return lines.span(start, end)
    return b"".join(lines[start:end])


def line_count(content: bytes) -> int:
    """How many lines a file has."""
    if is_wide(content):
        return len(split_bytes(content))
    return content.count(_LF) + (bool(content) and not content.endswith(_LF))


def has_crlf(lines: Sequence[bytes]) -> bool:
    """Whether some line ends as on Windows."""
    if isinstance(lines, ByteLines):
        return b"\r\n" in lines.content
    return any(line.endswith(b"\r\n") for line in lines)
