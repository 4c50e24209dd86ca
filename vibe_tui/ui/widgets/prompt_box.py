"""The prompt with its list of completions and the line of hints under it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea

from vibe_tui.foreign import clean_line
from vibe_tui.ui.fitting import Piece, fit_line
from vibe_tui.ui.span_styles import SpanStyles
from vibe_tui.ui.widgets.completion import Completion, command_choices, file_choice
from vibe_tui.ui.widgets.prompt_input import PromptInput

CompletePath = Callable[[str], Awaitable[Sequence[str]]]
"""Ranks the project's paths by a query, best first."""

_IDLE = (("@", "file"), ("/", "command"), ("^j", "new line"))
_STREAMING = (("esc", "stop"), ("enter", "ask next"))


class HintLine(Widget):
    """What can be typed, and what sending it would cost. One row that never moves."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hints--key", "hints--words"}

    def __init__(self) -> None:
        super().__init__(id="prompt-hints")
        self._estimate = ""
        self._is_streaming = False
        self._span_styles = SpanStyles(self)

    def show_estimate(self, text: str) -> None:
        """Show tokens and cost of the next request."""
        self._estimate = clean_line(text)
        self.refresh()

    def show_streaming(self, is_streaming: bool) -> None:
        """Show the keys that work while an answer streams, or while none does."""
        self._is_streaming = is_streaming
        self.refresh()

    def notify_style_update(self) -> None:
        """Resolve colours anew after a change of theme."""
        super().notify_style_update()
        self._span_styles.forget()

    def render(self) -> Content:
        """The line."""
        key, quiet = (self._span_styles.resolve(f".hints--{name}") for name in ("key", "words"))
        hints = _STREAMING if self._is_streaming else _IDLE
        left = [
            Piece(Content.styled(name, key) + Content.styled(f" {words}", quiet), rank)
            for rank, (name, words) in enumerate(hints)
        ]
        right = [Piece(Content.styled(self._estimate, quiet))] if self._estimate else []
        return fit_line(left, right, self.size.width)


class PromptBox(Vertical):
    """Where a person writes. The app sets what completes paths and which commands exist."""

    text_input = query_one(PromptInput)
    completion = query_one(Completion)
    hints = query_one(HintLine)

    @dataclass
    class Submitted(Message):
        """A prompt or a command was sent."""

        text: str

    @dataclass
    class TextChanged(Message):
        """The prompt's text changed; its cost may be estimated anew."""

        text: str

    def __init__(self) -> None:
        super().__init__(id="prompt-box")
        self.complete_path: CompletePath | None = None
        self.commands: Sequence[tuple[str, str]] = ()
        """(name, help) of each slash command, names without the slash."""

    def compose(self) -> ComposeResult:
        """The list floats above; the input grows with its text."""
        completion = Completion()
        yield completion
        yield PromptInput(completion)
        yield HintLine()

    @on(TextArea.Changed)
    def _tell_change(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.TextChanged(self.text_input.text))
        self._complete()

    @on(TextArea.SelectionChanged)
    def _follow_cursor(self, event: TextArea.SelectionChanged) -> None:
        event.stop()
        if self.text_input.token() is None:
            self._hide()

    def _complete(self) -> None:
        token = self.text_input.token()
        if token is None:
            self._hide()
        elif token.kind == "command":
            self.completion.show(command_choices(self.commands, token.query), "Commands")
            self.text_input.refresh_bindings()
        elif self.complete_path is not None:
            self.run_worker(
                self._complete_path(self.complete_path, token.query),
                group="completion",
                exclusive=True,
            )

    async def _complete_path(self, complete_path: CompletePath, query: str) -> None:
        paths = await complete_path(query)
        token = self.text_input.token()
        if token is not None and token.kind == "file" and token.query == query:
            self.completion.show([file_choice(path) for path in paths], "Files")
            self.text_input.refresh_bindings()

    def _hide(self) -> None:
        if self.completion.is_shown:
            self.completion.hide()
            self.text_input.refresh_bindings()

    @on(Completion.Chosen)
    def _take(self, event: Completion.Chosen) -> None:
        event.stop()
        self.text_input.take_choice(event.choice)
        self.text_input.focus()

    @on(PromptInput.Sent)
    def _send(self, event: PromptInput.Sent) -> None:
        event.stop()
        self.post_message(self.Submitted(event.text))
