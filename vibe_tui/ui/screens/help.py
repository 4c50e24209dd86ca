"""The keys, gathered from the bindings themselves, pane by pane."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

KeySections = Sequence[tuple[str, Sequence[BindingType]]]
"""Title of a section, and the bindings it explains."""

_KEY_CELLS = 18


class HelpScreen(ModalScreen[None]):
    """Lists what every key does.

    Args:
        sections: What to list, in this order.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"help--key"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f1", "close", "close", id="help.close"),
    ]

    def __init__(self, sections: KeySections) -> None:
        super().__init__()
        self._sections = sections

    def compose(self) -> ComposeResult:
        """A title and a table a section."""
        with Vertical(id="help-frame") as frame:
            frame.border_title = "Keys"
            frame.border_subtitle = "escape closes"
            with VerticalScroll():
                for title, bindings in self._sections:
                    yield Static(title, classes="help-title", markup=False)
                    yield Static(self._table(bindings), classes="help-table")

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def _table(self, bindings: Sequence[BindingType]) -> Content:
        keys: dict[str, list[str]] = {}
        for binding in Binding.make_bindings(bindings):
            if binding.description:
                shown = self.app.get_key_display(binding)
                keys.setdefault(binding.description, []).append(shown)
        rows = [
            Content.assemble((f"{'  '.join(names):<{_KEY_CELLS}} ", ".help--key"), words)
            for words, names in keys.items()
        ]
        return Content("\n").join(rows)
