"""One line of text made to fit: what matters least goes first, nothing is cut in the middle."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

_GAP = "   "


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line. The piece of the highest ``rank`` is left out first; rank 0 stays."""

    content: Content
    rank: int = 0

    @classmethod
    def of(cls, *parts: tuple[str, str] | str, rank: int = 0) -> "Piece":
        """Build a piece of (text, style) pairs; plain text needs no pair."""
        return cls(Content.assemble(*parts), rank)


def fit_line(left: Sequence[Piece], right: Sequence[Piece], width: int) -> Content:
    """Set pieces at both ends of a line.

    Args:
        left: Pieces from the left edge on.
        right: Pieces that end at the right edge.
        width: Cells of the line.

    Returns:
        Exactly ``width`` cells.
    """
    kept_left, kept_right = list(left), list(right)
    while _cells(kept_left) + _cells(kept_right) + len(_GAP) > width:
        droppable = [piece for piece in (*kept_left, *kept_right) if piece.rank]
        if not droppable:
            break
        least = max(droppable, key=lambda piece: piece.rank)
        kept_left = [piece for piece in kept_left if piece is not least]
        kept_right = [piece for piece in kept_right if piece is not least]
    start, end = _join(kept_left), _join(kept_right)
    start = start.truncate(max(0, width - end.cell_length), ellipsis=True, pad=True)
    return Content.assemble(start, end).truncate(width)


def shorten_path(path: str, width: int) -> str:
    """Shorten a path to ``width`` characters from its front, whole folders at a time."""
    if len(path) <= width:
        return path
    parts = path.split("/")
    while len(parts) > 1 and len("…/" + "/".join(parts)) > width:
        del parts[0]
    short = "…/" + "/".join(parts)
    return short if len(short) <= width else "…" + short[-(width - 1) :]


def short_count(count: int) -> str:
    """``987``, ``5.2k``, ``200k``, ``1.3M``."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= size:
            return f"{count / size:.1f}".removesuffix(".0") + letter
    return str(count)


def _join(pieces: Sequence[Piece]) -> Content:
    return Content(_GAP).join(piece.content for piece in pieces)


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(piece.content.cell_length for piece in pieces) + len(_GAP) * max(0, len(pieces) - 1)
