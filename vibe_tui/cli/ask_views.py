"""Three ways to show a turn: for people, as one JSON document, as JSON lines."""

from typing import Any, Protocol

from vibe_tui.analytics.model import format_nano_usd, nano, usd
from vibe_tui.cli.ask_outcome import Outcome
from vibe_tui.cli.output import Output, error_payload
from vibe_tui.errors import VibeError
from vibe_tui.events import (
    ChangeApplied,
    ChangeProposed,
    CheckFinished,
    EditRefused,
    Event,
    Noticed,
    Retrying,
    Spent,
    TextDelta,
    TurnFailed,
)


class View(Protocol):
    """Shows the events of one turn."""

    def show(self, event: Event) -> None:
        """Show one event."""

    def end(self, outcome: Outcome) -> None:
        """Show what is left when the turn has ended."""


def view_for(output: Output, as_lines: bool) -> View:
    """The view that the options ask for."""
    if as_lines:
        return LinesView(output)
    return DocumentView(output) if output.as_json else PersonView(output)


class LinesView:
    """One JSON object a line, as things happen."""

    def __init__(self, output: Output) -> None:
        self._output = output

    def show(self, event: Event) -> None:
        """Print the event."""
        self._output.json_line(event.as_json())

    def end(self, outcome: Outcome) -> None:
        """Say on stderr what went wrong."""
        if outcome.failure is not None:
            self._output.note(f"vibe-tui: {outcome.failure}")


class DocumentView:
    """One JSON document at the end."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._events: list[dict[str, Any]] = []

    def show(self, event: Event) -> None:
        """Keep the event."""
        self._events.append(event.as_json())

    def end(self, outcome: Outcome) -> None:
        """Print everything."""
        document: dict[str, Any] = {
            "schema_version": 1,
            "events": self._events,
            "text": outcome.text,
            "change_id": outcome.change_id,
            "cost_usd": usd(outcome.cost_nano_usd),
        }
        if outcome.failure is not None:
            self._output.note(f"vibe-tui: {outcome.failure}")
            document["error"] = error_payload(outcome.failure)
        self._output.json_line(document, indent=2)


class PersonView:
    """The answer's text on stdout while it comes, everything else on stderr."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._ends_in_newline = True

    def show(self, event: Event) -> None:
        """Print the event, if it says something to a person."""
        if isinstance(event, TextDelta):
            self._output.text(event.text)
            self._ends_in_newline = event.text.endswith("\n")
        elif note := _note_on(event):
            self._end_line()
            self._output.note(note)

    def end(self, outcome: Outcome) -> None:
        """End the last line, and say how to go on with what waits."""
        self._end_line()
        if outcome.was_stopped:
            self._output.note("stopped")
        for change_id in outcome.waiting:
            self._output.note(
                f"nothing is written yet: vibe-tui changes show {change_id}, then "
                f"vibe-tui changes accept {change_id}"
            )

    def _end_line(self) -> None:
        if not self._ends_in_newline:
            self._output.text("\n")
            self._ends_in_newline = True


def _note_on(event: Event) -> str:
    match event:
        case EditRefused(path, reason):
            return f"{path}: {reason}"
        case ChangeProposed(change_id, _, files):
            return f"proposed {change_id}: {', '.join(files)}"
        case CheckFinished(strategy=strategy, is_valid=False, path=path, messages=messages):
            return f"{path} fails the {strategy} check: {'; '.join(messages)}"
        case ChangeApplied(change_id, files):
            return f"accepted {change_id}: {', '.join(files)}"
        case Retrying(reason, in_s):
            return f"{reason}; sent again in {in_s:.1f} s"
        case Noticed(message):
            return message
        case _:
            return _note_on_end(event)


def _note_on_end(event: Event) -> str:
    match event:
        case Spent(model, input_tokens, output_tokens, _, cost_usd, provenance):
            cost = format_nano_usd(None if cost_usd is None else nano(cost_usd))
            tokens = f"{input_tokens:,} tokens in, {output_tokens:,} out"
            return f"{model}: {tokens}, cost {cost} ({provenance})"
        case TurnFailed(_, message, hint):
            return f"vibe-tui: {VibeError(message, hint)}"
        case _:
            return ""
