"""Everything that can be done in Review, with its key, and why the rest cannot be done now."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from vibe_tui.ui.widgets.review_keys import SECTIONS, Tool, key_of

WhyNot = Callable[[Tool], str]
"""Why a tool does nothing now; empty when it works."""
_KEY_CELLS, _WORD_CELLS = 4, 17


class ReviewMenu(ModalScreen[str | None]):
    """Lists tools; dismissed with the action of the one chosen.

    Args:
        title: What it acts on.
        why_not: Why a tool is off.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"menu--key", "menu--tip", "menu--title"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="menu.close"),
    ]

    def __init__(self, title: str, why_not: WhyNot) -> None:
        super().__init__()
        self._title = title
        self._why_not = why_not

    def compose(self) -> ComposeResult:
        """One list in a frame."""
        with Vertical(id="menu-frame") as frame:
            frame.border_title = Content(self._title)
            frame.border_subtitle = "enter does it · escape closes"
            yield OptionList(*self._options(), compact=True, markup=False, id="menu-list")

    def _options(self) -> Sequence[Option]:
        options = []
        for title, tools in SECTIONS:
            options.append(Option(Content.assemble((title, ".menu--title")), disabled=True))
            for tool in tools:
                reason = self._why_not(tool)
                options.append(Option(_row(tool, reason), id=tool.action, disabled=bool(reason)))
        return options

    def on_key(self, event: events.Key) -> None:
        """A tool's own key does it here too."""
        for _, tools in SECTIONS:
            for tool in tools:
                if event.key in tool.keys.split(",") and not self._why_not(tool):
                    event.stop()
                    self.dismiss(tool.action)
                    return

    def action_close(self) -> None:
        """Do nothing."""
        self.dismiss(None)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(event.option_id)


def _row(tool: Tool, reason: str) -> Content:
    return Content.assemble(
        (f"  {key_of(tool):<{_KEY_CELLS}}", ".menu--key"),
        f"{tool.words:<{_WORD_CELLS}} ",
        (f"off: {reason}" if reason else tool.tip, ".menu--tip"),
    )
