"""Where prompts are written: several lines, a history, and keys that a chat expects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from vibe_tui.foreign import clean
from vibe_tui.ui.widgets.completion import Choice, Completion, Token, token_before

_PLACEHOLDER = "Ask, or say what to change"


class PromptInput(TextArea):
    """The text of the next prompt.

    Args:
        completion: The list that this input steers while it is shown.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "send", id="prompt.send"),
        Binding(
            "ctrl+j,shift+enter,alt+enter", "new_line", "new line", id="prompt.new_line", show=False
        ),
        Binding("tab", "take", "take", id="prompt.take"),
        Binding("escape", "close", "close the list", id="prompt.close"),
        Binding("pageup", "read(-1)", "Page up in the chat", id="prompt.read_up", show=False),
        Binding("pagedown", "read(1)", "Page down in the chat", id="prompt.read_down", show=False),
        Binding("ctrl+end", "read(0)", "Latest text", id="prompt.read_end", show=False),
    ]

    @dataclass
    class Sent(Message):
        """A prompt is ready."""

        text: str

    @dataclass
    class ReadingWanted(Message):
        """The transcript is to scroll by ``pages``; 0 = to its end."""

        pages: int

    def __init__(self, completion: Completion) -> None:
        super().__init__(
            compact=True, highlight_cursor_line=False, placeholder=_PLACEHOLDER, id="prompt-input"
        )
        self.cursor_blink = False
        self._completion = completion
        self._history: list[str] = []
        self._place = 0
        """Position in the history; its length = the draft."""
        self._draft = ""

    def set_history(self, prompts: Sequence[str]) -> None:
        """Take over earlier prompts, oldest first."""
        self._history = [text for text in prompts if text.strip()]
        self._place = len(self._history)

    def token(self) -> Token | None:
        """The unfinished word before the cursor."""
        row, column = self.cursor_location
        line = self.document.get_line(row)[:column]
        return token_before(line, is_first_line=row == 0) if not self.selected_text else None

    def write(self, text: str) -> None:
        """Replace the whole prompt and go to its end."""
        self.text = text
        self.move_cursor(self.document.end)

    def take_choice(self, choice: Choice) -> None:
        """Finish the word before the cursor."""
        token = self.token()
        if token is not None:
            row, column = self.cursor_location
            self.replace(choice.text + " ", (row, column - token.length), (row, column))
        self._completion.hide()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys of the list work while it is shown."""
        if action in ("take", "close"):
            return self._completion.is_shown
        return super().check_action(action, parameters)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Enter sends; it is not text."""
        return key != "enter" and super().check_consume_key(key, character)

    async def on_key(self, event: events.Key) -> None:
        """Leave Enter to the binding."""
        if event.key == "enter":
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Paste without what could drive the terminal."""
        event.prevent_default()
        event.stop()
        self.replace(clean(event.text), *self.selection)

    def action_send(self) -> None:
        """Send the prompt, or take the choice that is offered for an unfinished word."""
        choice, token = self._completion.current, self.token()
        if choice is not None and token is not None and not self._is_finished(choice, token):
            self.take_choice(choice)
            return
        self._completion.hide()
        text = self.text.strip()
        if not text:
            return
        if self._history[-1:] != [text]:
            self._history.append(text)
        self._place, self._draft = len(self._history), ""
        self.clear()
        self.post_message(self.Sent(text))

    def _is_finished(self, choice: Choice, token: Token) -> bool:
        row, column = self.cursor_location
        return self.document.get_line(row)[column - token.length : column] == choice.text

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.replace("\n", *self.selection)
        self.scroll_cursor_visible()

    def action_take(self) -> None:
        """Take the choice under the cursor."""
        if self._completion.current is not None:
            self.take_choice(self._completion.current)

    def action_close(self) -> None:
        """Close the list."""
        self._completion.hide()
        self.refresh_bindings()

    def action_read(self, pages: int) -> None:
        """Scroll the transcript without leaving the prompt."""
        self.post_message(self.ReadingWanted(pages))

    def action_cursor_up(self, select: bool = False) -> None:
        """Up: in the list, in the text, or from its first line into the history."""
        if self._completion.is_shown and not select:
            self._completion.move(-1)
        elif not select and self._is_at_edge(first=True) and self._place:
            self._recall(self._place - 1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Down: in the list, in the text, or from its last line towards the draft."""
        if self._completion.is_shown and not select:
            self._completion.move(1)
        elif not select and self._is_at_edge(first=False) and self._place < len(self._history):
            self._recall(self._place + 1)
        else:
            super().action_cursor_down(select)

    def _is_at_edge(self, *, first: bool) -> bool:
        """Whether the cursor is on the first or the last row as wrapped."""
        navigator = self.navigator
        location = self.cursor_location
        if first:
            return navigator.is_first_wrapped_line(location)
        return navigator.is_last_wrapped_line(location)

    def _recall(self, place: int) -> None:
        if self._place == len(self._history):
            self._draft = self.text
        self._place = place
        self.write(self._draft if place == len(self._history) else self._history[place])
