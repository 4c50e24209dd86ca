"""What a diff is drawn on: its width, how the width is shared out, its colours."""

from dataclasses import dataclass, replace
from typing import Literal, Protocol

from rich.style import Style

from vibe_tui.ui.widgets.diff_layout import Columns

NARROW = 44
"""Below this many cells one column of line numbers is drawn, not two."""
AUTO_SPLIT = 115
"""Cells from which ``auto`` shows two columns: a pane of 120 has its frame and a scroll bar."""
LEAST_SPLIT = 48
"""Cells below which two columns cannot be read, whoever asks for them."""
_LEAST_TEXT = 8
_SIGN_CELLS = 3
"""A gap, the sign of a line, a gap."""
_NOTE_CELLS = 7
"""Cells of a comment's row besides its text: bar, indent, sign, and one left free."""

LayoutMode = Literal["auto", "unified", "split"]
LayoutInForce = Literal["unified", "split"]


class Look(Protocol):
    """Gives the style of a kind of row (context, added, removed…), or of an ink on it."""

    def __call__(self, row: str, ink: str = "") -> Style:
        """The style."""
        ...


def layout_for(mode: LayoutMode, width: int) -> LayoutInForce:
    """Which layout a wish comes to.

    Args:
        mode: What a person wants.
        width: Cells of the view.
    """
    least = AUTO_SPLIT if mode == "auto" else LEAST_SPLIT
    return "split" if mode != "unified" and width >= least else "unified"


@dataclass(frozen=True, slots=True)
class Paper:
    """What blocks are drawn on.

    Changed lines keep one colour when ``is_plain``, because a terminal's own palette has no tints
    to lay behind syntax colours.
    """

    width: int
    digits: int
    """Digits of the largest line number."""
    look: Look
    is_split: bool = False
    is_plain: bool = False
    is_rolled_back: bool = False
    """Whether the proposal was taken back; its open hunks then offer no decision."""

    @property
    def has_two_numbers(self) -> bool:
        """Whether old and new line numbers have a column each, in a layout of one column."""
        return self.width >= NARROW

    @property
    def number_cells(self) -> int:
        """Cells for the line numbers of a column."""
        if self.is_split or not self.has_two_numbers:
            return self.digits
        return 2 * self.digits + 1

    @property
    def column_width(self) -> int:
        """Cells of a column: numbers, sign and text."""
        return (self.width - 2) // 2 if self.is_split else self.width - 1

    @property
    def text_width(self) -> int:
        """Cells of a row's text; at the right edge one is left free."""
        return max(_LEAST_TEXT, self.column_width - self.number_cells - _SIGN_CELLS - 1)

    @property
    def columns(self) -> Columns:
        """The room for text."""
        notes = max(_LEAST_TEXT, self.width - _NOTE_CELLS)
        return Columns(self.text_width, notes, self.is_split)

    def is_right(self, x: int) -> bool:
        """Whether a cell belongs to the second of two columns."""
        return self.is_split and x > self.column_width

    def stated(self, *, is_plain: bool, is_rolled_back: bool) -> "Paper":
        """The same sheet in another theme, for another state of the proposal."""
        return replace(self, is_plain=is_plain, is_rolled_back=is_rolled_back)


@dataclass(frozen=True, slots=True)
class Attention:
    """What of a block the reader is at."""

    is_current: bool = False
    """Whether it is what the keys act on."""
    is_reviewed: bool = False
    """Whether the reader has marked it as seen."""
    selected: range | None = None
    """Rows of ``Hunk.lines`` that are selected; None while no lines are."""
    cursor: int = -1
    """The row of ``Hunk.lines`` that the line cursor is on."""
    line_count: int = 0
    """How many changed lines are selected."""


UNNOTICED = Attention()
