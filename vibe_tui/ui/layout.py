"""How the columns of a terminal are shared between the three panes."""

from dataclasses import dataclass, replace

NARROW_BELOW = 110
"""Columns under which one pane is shown at a time."""
_SPLITTERS = 2
_DRAWN_FOR = 150
"""Columns of the screen that wanted widths are meant for."""
_LEAST_MAP = 20
_LEAST_CHAT = 36
_LEAST_REVIEW = 36


@dataclass(frozen=True, slots=True)
class PaneWidths:
    """Columns wanted for the map and the review on a screen of 150; the chat gets the rest."""

    map_columns: float
    review_columns: float

    def fit(self, columns: int) -> tuple[int, int]:
        """Share the columns of a wide terminal.

        Args:
            columns: The terminal's width, at least ``NARROW_BELOW``.

        Returns:
            Columns of the map and of the review; the chat keeps at least 36.
        """
        scale = columns / _DRAWN_FOR
        room = columns - _SPLITTERS - _LEAST_CHAT
        map_columns = max(_LEAST_MAP, round(self.map_columns * scale))
        map_columns = min(map_columns, room - _LEAST_REVIEW)
        review_columns = max(_LEAST_REVIEW, round(self.review_columns * scale))
        return map_columns, min(review_columns, room - map_columns)

    def resized(self, pane_id: str, cells: int, columns: int) -> "PaneWidths":
        """Make a pane wider by so many cells of a terminal of ``columns``, or narrower.

        The chat has no width of its own: the review gives it room, or takes it.
        """
        map_columns, review_columns = self.fit(columns)
        scale = _DRAWN_FOR / columns
        if pane_id == "map":
            wanted = max(_LEAST_MAP, map_columns + cells)
            return replace(self, map_columns=wanted * scale)
        wanted = max(_LEAST_REVIEW, review_columns + (cells if pane_id == "review" else -cells))
        return replace(self, review_columns=wanted * scale)
