"""A file to look at, over the main screen."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer

from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.code_view import CodeView


class PreviewScreen(ModalScreen[str | None]):
    """Shows a file; dismissed with its path when it is to enter the context, or leave it.

    Args:
        path: Project-relative.
        text: The file's text.
        line: 1-based line to show first.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", "close", id="preview.close"),
        Binding("c", "pin", "add to context", id="preview.pin"),
    ]

    def __init__(self, path: str, text: str, line: int = 1) -> None:
        super().__init__()
        self._path = path
        self._text = text
        self._line = line

    def compose(self) -> ComposeResult:
        """The file in a frame that names it."""
        with Vertical(id="preview-frame") as frame:
            frame.border_title = Content(clean_line(self._path))
            lines = self._text.count("\n") + (not self._text.endswith("\n"))
            frame.border_subtitle = f"{lines:,} line{'s' * (lines != 1)}"
            yield CodeView(self._path, self._text, self._line)
        yield Footer(show_command_palette=False)

    def action_close(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_pin(self) -> None:
        """Go back, and put the file into the context or take it out."""
        self.dismiss(self._path)
