"""Colours that can be read on what lies behind them, whatever theme they come from."""

from functools import lru_cache

from rich.style import Style
from textual.color import Color

LEAST_CONTRAST = 4.5
"""WCAG 2.1, success criterion 1.4.3 (AA), for text of normal size."""
_STEPS = 10


@lru_cache(maxsize=1024)
def readable(style: Style) -> Style:
    """Move a style's colour towards black or white until it stands out from its background.

    A terminal's own palette is left alone: nobody but the terminal knows its colours.
    """
    ink, paper = style.color, style.bgcolor
    if ink is None or paper is None or ink.triplet is None or paper.triplet is None:
        return style
    back, front = Color.from_rich_color(paper), Color.from_rich_color(ink)
    ends = (Color(0, 0, 0), Color(255, 255, 255))
    end = max(ends, key=lambda colour: contrast(back, colour))
    for step in range(_STEPS + 1):
        moved = front.blend(end, step / _STEPS)
        if contrast(back, moved) >= LEAST_CONTRAST:
            return style + Style(color=moved.rich_color) if step else style
    return style + Style(color=end.rich_color)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2.1, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Color) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    red, green, blue = (_linear(part / 255) for part in colour.rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
