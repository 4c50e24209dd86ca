"""The styles of a diff view, each worked out once a theme and moved until it can be read."""

from collections.abc import Callable

from rich.style import Style

from vibe_tui.ui.widgets.hunk_syntax import ROLES
from vibe_tui.ui.widgets.readable import readable

ROWS = (
    *("context", "added", "removed", "added-word", "removed-word"),
    *("absent", "selected"),
)
"""What a row, or a stretch of it, is: these have a background."""
INKS = (
    *("current", "number", "file", "rule", "remark", "warning", "note"),
    *("header", "action", "accepted", "rejected"),
    *ROLES,
)
"""What is written on a row: these only colour the letters."""
_DECORATIVE = "rule"
"""Lines and bars carry no words: they may stand back further than text."""


class DiffLooks:
    """Styles by the name of a row and of an ink on it.

    Args:
        find: Gives the style of a component class.
    """

    def __init__(self, find: Callable[[str], Style]) -> None:
        self._find = find
        self._known: dict[tuple[str, str], Style] = {}

    def __call__(self, row: str, ink: str = "") -> Style:
        """The style of a row, or of an ink on it."""
        style = self._known.get((row, ink))
        if style is None:
            style = self._find(f"diff-view--{row}")
            if ink:
                style += _without_background(self._find(f"diff-view--{ink}"))
            style = self._known[row, ink] = style if ink == _DECORATIVE else readable(style)
        return style

    def forget(self) -> None:
        """Another theme is in force."""
        self._known.clear()


def _without_background(style: Style) -> Style:
    """A style to be laid over any row: what it does not set stays the row's."""
    return Style(
        color=style.color,
        bold=style.bold or None,
        dim=style.dim or None,
        italic=style.italic or None,
        underline=style.underline or None,
    )
