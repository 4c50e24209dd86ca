"""Component classes as styles of a stretch of text, right on whatever colour is behind it."""

from textual.style import Style
from textual.widget import Widget


class SpanStyles:
    """Resolves and remembers the styles of a widget's component classes.

    A theme's ``auto`` colours depend on what is behind the text, which a partial style does not
    know: they would be white on a light theme.

    Args:
        widget: The widget whose component classes are meant.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._known: dict[tuple[str, str], Style] = {}

    def forget(self) -> None:
        """Resolve anew, after a change of theme."""
        self._known.clear()

    def resolve(self, style: str | Style, fill: str = "") -> Style:
        """Resolve a span's style.

        Args:
            style: A component class with a leading dot, or a style's own words.
            fill: Component class that colours the background of the row; empty for none.
        """
        if isinstance(style, Style):
            return style
        key = (style, fill)
        if key not in self._known:
            dotted = style.startswith(".")
            self._known[key] = self._component(style[1:], fill) if dotted else Style.parse(style)
        return self._known[key]

    def _component(self, name: str, fill: str) -> Style:
        rules = self._widget.get_component_styles(name)
        whole = self._widget.get_visual_style(*([fill] if fill else []), name)
        text = rules.text_style
        return Style(
            background=whole.background if rules.has_rule("background") else None,
            foreground=whole.foreground if rules.has_rule("color") else None,
            bold=text.bold,
            dim=text.dim,
            italic=text.italic,
            underline=text.underline,
            strike=text.strike,
            reverse=text.reverse,
        )
