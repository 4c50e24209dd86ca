"""A box to write in, over the main screen: a hunk's new lines, or words to the model."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Button, Footer, Static, TextArea

from vibe_tui.foreign import clean
from vibe_tui.ui.widgets.review_writing import Writing

_ASK = "Not {verb} yet. Escape goes on writing."

_OTHER_ROWS = 9
"""Rows of the box besides the text and the lines that frame it, and of the footer."""
_LEAST_ROWS, _WORD_ROWS, _CODE_ROWS = 3, 6, 16


class _Text(TextArea):
    """Plain text; what is pasted is cleaned, since a terminal would obey it."""

    async def _on_paste(self, event: events.Paste) -> None:
        event.text = clean(event.text)  # TextArea's own handler comes next and inserts it


class TextBox(ModalScreen[str | None]):
    """Takes a text; dismissed with it, or with None when nothing is to be done.

    Nothing written is lost by one key: leaving a changed text is asked about.

    Args:
        writing: What is written.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "propose", priority=True, id="text.send"),
        Binding("enter", "send_line", "comment", priority=True, id="text.send_line"),
        Binding("ctrl+j,shift+enter,alt+enter", "new_line", "new line", id="text.new_line"),
        Binding("escape", "leave", "close", priority=True, id="text.leave"),
    ]

    area = query_one(TextArea)

    def __init__(self, writing: Writing) -> None:
        super().__init__()
        self._writing = writing
        self._is_asking = False

    def compose(self) -> ComposeResult:
        """The text between the lines that frame it, above its buttons."""
        writing = self._writing
        with Vertical(id="text-frame", classes="-code" if writing.is_code else "") as frame:
            frame.border_title = Content(writing.title)
            yield Static(Content("\n".join(writing.above)), classes="text-around", id="text-above")
            yield self._area()
            yield Static(Content("\n".join(writing.below)), classes="text-around", id="text-below")
            yield Static(Content(writing.hint), id="text-hint")
            with HorizontalGroup(id="text-buttons"):
                yield Button(writing.verb, "success", id="text-send", compact=True)
                yield Button("Discard", "warning", id="text-discard", compact=True)
                yield Button("Close", id="text-close", compact=True)
        yield Footer(show_command_palette=False)

    def _area(self) -> TextArea:
        writing = self._writing
        area = _Text(
            writing.text if writing.draft is None else writing.draft,
            soft_wrap=not writing.is_code,
            tab_behavior="indent" if writing.is_code else "focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            compact=True,
            id="text-area",
        )
        area.indent_type = "tabs" if "\n\t" in f"\n{writing.text}" else "spaces"
        area.cursor_blink = False
        return area

    def on_mount(self) -> None:
        """Write at once."""
        for name, lines in (("above", self._writing.above), ("below", self._writing.below)):
            self.query_one(f"#text-{name}").display = bool(lines)
        self.query_one("#text-discard").display = False
        self.area.focus()
        self._show()

    def on_resize(self, event: events.Resize) -> None:
        """Give the text the rows that are left, and no more than it is good for."""
        writing = self._writing
        around = len(writing.above) + len(writing.below) + _OTHER_ROWS
        most = _CODE_ROWS if writing.is_code else _WORD_ROWS
        self.area.styles.max_height = max(_LEAST_ROWS, min(most, event.size.height - around))

    @property
    def is_changed(self) -> bool:
        """Whether something would be lost."""
        return self.area.text != self._writing.text

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Enter to code and to the buttons."""
        is_writing = self.is_mounted and self.area.has_focus
        if action in {"send_line", "new_line"}:
            return is_writing and not self._writing.is_code
        if action == "send":
            return self._writing.is_code
        return super().check_action(action, parameters)

    def action_send(self) -> None:
        """Be done with the text, if there is any."""
        if not self.area.text.strip() and not self._writing.may_be_empty:
            self._say("Nothing is written yet")
        elif self._writing.is_code and not self.is_changed:
            self._say("Nothing is changed yet")
        else:
            self.dismiss(self.area.text)

    def action_send_line(self) -> None:
        """The same by Enter."""
        self.action_send()

    def action_new_line(self) -> None:
        """Go on in a new line."""
        self.area.insert("\n")

    def action_leave(self) -> None:
        """Close; ask first when something would be lost, and go on writing when asked already."""
        if self._is_asking:
            self._ask(is_asking=False)
        elif self.is_changed:
            self._ask(is_asking=True)
        else:
            self.dismiss(None)

    def _ask(self, *, is_asking: bool) -> None:
        self._is_asking = is_asking
        self.query_one("#text-discard").display = is_asking
        if is_asking:
            self.query_one("#text-send").focus()
        else:
            self.area.focus()
        self._show()

    def _show(self) -> None:
        asked = _ASK.format(verb=self._writing.done)
        self._say(asked if self._is_asking else self._writing.hint)
        self.query_one("#text-close", Button).label = "Go on" if self._is_asking else "Close"

    def _say(self, words: str) -> None:
        hint = self.query_one("#text-hint", Static)
        hint.set_class(self._is_asking, "-asking")
        hint.update(Content(words))

    @on(TextArea.Changed)
    def _unask(self, event: TextArea.Changed) -> None:
        event.stop()
        if self._is_asking:
            self._ask(is_asking=False)
        else:
            self._show()

    @on(Button.Pressed)
    def _press(self, event: Button.Pressed) -> None:
        event.stop()
        match event.button.id:
            case "text-send":
                self.action_send()
            case "text-discard":
                self.dismiss(None)
            case _:
                self.action_leave()
