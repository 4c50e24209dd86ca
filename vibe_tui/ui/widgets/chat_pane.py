"""The conversation: what was said, and where the next prompt is written."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.getters import query_one
from textual.message import Message

from vibe_tui.foreign import clean, clean_line
from vibe_tui.ui.answer import AnswerParts
from vibe_tui.ui.transcript import (
    EndPart,
    NotePart,
    Outcome,
    Part,
    PromptPart,
    Severity,
    Transcript,
    WaitPart,
)
from vibe_tui.ui.widgets.prompt_box import CompletePath, PromptBox
from vibe_tui.ui.widgets.prompt_input import PromptInput
from vibe_tui.ui.widgets.transcript_view import TranscriptView

_UNFINISHED = re.compile(r"(?:\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]{0,256}\x1b?|[ -/]*)|\r)\Z")
"""What may be cut between two pieces of an answer: it waits for its rest before it is cleaned."""


def _load_parsers() -> None:
    """Import what draws answers, so that the first word of one does not wait for it."""
    for name in ("markdown_it", "pygments.lexers.python"):
        import_module(name)


class ChatPane(Vertical):
    """Shows turns and takes prompts. It calls nothing: values come in, messages go out.

    Args:
        id: The widget's id.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "stop", id="chat.stop"),
        Binding("escape", "leave", "leave the prompt", id="chat.leave", show=False),
    ]

    view = query_one(TranscriptView)
    prompt = query_one(PromptBox)

    @dataclass
    class Submitted(Message):
        """A prompt or a slash command was sent, also while an answer streams."""

        text: str

    class StopRequested(Message):
        """The running answer is to stop."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.border_title = "Chat"
        self.transcript = Transcript()
        self._answer: AnswerParts | None = None
        self._held_back = ""
        self._footnote = ""

    def compose(self) -> ComposeResult:
        """What was said above, what comes next below."""
        yield TranscriptView(self.transcript, id="transcript")
        yield PromptBox()

    # -- a turn --------------------------------------------------------------------------------

    @property
    def is_streaming(self) -> bool:
        """Whether a turn is running."""
        return self._answer is not None

    def start_turn(self, prompt: str) -> None:
        """A prompt entered; its answer is awaited."""
        if self._answer is not None:
            self._finish()
        self._add(PromptPart(clean(prompt).strip()))
        self._add(WaitPart())
        self._answer = AnswerParts(self._add)
        self.view.show_end()
        self._show_streaming(True)
        asyncio.get_running_loop().run_in_executor(None, _load_parsers)

    def add_text(self, delta: str) -> None:
        """A piece of the answer, as the model wrote it."""
        if self._answer is not None:
            text = self._held_back + delta
            unfinished = _UNFINISHED.search(text)
            self._held_back = unfinished.group() if unfinished else ""
            self._answer.feed(clean(text.removesuffix(self._held_back)))
            self.view.changed()

    def add_note(self, text: str, severity: Severity = "information") -> None:
        """A line of the program's own between the model's words.

        A warning or an error ends the line that is being written: what follows may be a second
        answer.
        """
        if self._answer is not None:
            self._answer.break_off(at_once=severity != "information")
        self._add(NotePart(clean_line(text), severity))
        self.view.changed()

    def add_edit_seen(self, path: str) -> None:
        """An edit of the streaming answer is complete and goes to Review."""
        path = clean_line(path)
        if not self.transcript.mark_in_review(path):
            self._add(NotePart(f"edit {path}, in Review"))
        self.view.changed()

    def end_turn(self, summary: str, *, stopped: bool = False) -> None:
        """The turn ended well or was stopped by the person.

        Args:
            summary: Such as ``2 files staged · 1.9 s · 5.5k tok · $0.0087``; its first part,
                up to the first dot, stands out.
            stopped: Whether the person stopped it.
        """
        self._end(EndPart(clean_line(summary), "stopped" if stopped else "done"))

    def fail_turn(self, message: str, hint: str = "") -> None:
        """The turn ended without an answer, or in the middle of one."""
        outcome: Outcome = "failed"
        self._end(EndPart(clean_line(message), outcome, clean_line(hint)))

    def _end(self, part: EndPart) -> None:
        self._finish()
        if part.text:
            self._add(part)
        self.view.changed()

    def _finish(self) -> None:
        if self._answer is not None:
            self._answer.feed(clean(self._held_back))
            self._answer.finish()
        self._answer, self._held_back = None, ""
        if self.transcript.parts and isinstance(self.transcript.parts[-1], WaitPart):
            self.transcript.parts.pop()
        self._show_streaming(False)

    def _add(self, part: Part) -> None:
        self.transcript.add(part)

    def _show_streaming(self, is_streaming: bool) -> None:
        self.prompt.hints.show_streaming(is_streaming)
        self.refresh_bindings()

    # -- what is not a running turn ------------------------------------------------------------

    def show_turns(self, turns: Sequence[tuple[str, str]]) -> None:
        """Replace the transcript by an earlier conversation.

        Args:
            turns: (prompt, answer as the model wrote it), oldest first.
        """
        self.transcript.clear()
        for prompt, answer in turns:
            self._add(PromptPart(clean(prompt).strip()))
            self._add_answer(answer)
        self.prompt.text_input.set_history([prompt for prompt, _ in turns])
        self.view.reset()

    def show_report(self, text: str) -> None:
        """Show a command's answer, Markdown that no model wrote."""
        if self._answer is not None:
            self._answer.break_off(at_once=False)
        self._add_answer(text)
        self.view.changed()

    def _add_answer(self, text: str) -> None:
        answer = AnswerParts(self._add)
        answer.feed(clean(text))
        answer.finish()

    def clear(self) -> None:
        """Forget the transcript."""
        self.transcript.clear()
        self.view.reset()

    # -- the prompt ----------------------------------------------------------------------------

    def set_completions(
        self, complete_path: CompletePath | None, commands: Sequence[tuple[str, str]]
    ) -> None:
        """Say what completes ``@`` and ``/``.

        Args:
            complete_path: Ranks the project's paths by a query.
            commands: (name, help), names without the slash.
        """
        self.prompt.complete_path = complete_path
        self.prompt.commands = commands

    def set_estimate(self, text: str) -> None:
        """Show what sending the prompt would cost, such as ``≈ 5.6k tok · $0.006``."""
        self.prompt.hints.show_estimate(text)

    def set_footnote(self, text: str) -> None:
        """Show a short text in the pane's lower edge, such as ``session $0.0131``."""
        self._footnote = clean_line(text)
        self._tell()

    def write(self, text: str) -> None:
        """Put a text into the prompt and go there."""
        self.prompt.text_input.write(clean(text))
        self.focus_prompt()

    def focus_prompt(self) -> None:
        """Go to the prompt."""
        self.prompt.text_input.focus()

    @on(PromptBox.Submitted)
    def _submit(self, event: PromptBox.Submitted) -> None:
        event.stop()
        self.view.show_end()
        self.post_message(self.Submitted(event.text))

    # -- reading and leaving -------------------------------------------------------------------

    @on(PromptInput.ReadingWanted)
    def _read(self, event: PromptInput.ReadingWanted) -> None:
        event.stop()
        if event.pages < 0:
            self.view.action_page_up()
        elif event.pages > 0:
            self.view.action_page_down()
        else:
            self.view.show_end()

    @on(TranscriptView.WritingWanted)
    def _go_to_prompt(self, event: TranscriptView.WritingWanted) -> None:
        event.stop()
        self.focus_prompt()

    @on(TranscriptView.UnseenChanged)
    def _tell(self) -> None:
        unseen = "↓ new text below" if self.view.has_unseen else ""
        self.border_subtitle = unseen or self._footnote

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape stops a running answer first, then leaves the prompt."""
        if action == "stop":
            return self.is_streaming
        if action == "leave":
            return not self.is_streaming and self.prompt.text_input.has_focus
        return super().check_action(action, parameters)

    def action_stop(self) -> None:
        """Ask for the running answer to stop."""
        self.post_message(self.StopRequested())

    def action_leave(self) -> None:
        """Go from the prompt to the transcript."""
        self.view.focus()
