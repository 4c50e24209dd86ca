"""What a turn came to, gathered from its events."""

from dataclasses import dataclass, field

from vibe_tui.errors import DeniedError, VibeError
from vibe_tui.events import (
    ChangeApplied,
    ChangeProposed,
    ContextChosen,
    EditRefused,
    Event,
    TextDelta,
    TurnFinished,
)


@dataclass(slots=True)
class Outcome:
    """The sum of a turn's events."""

    text: str = ""
    change_ids: list[str] = field(default_factory=list)
    accepted_ids: set[str] = field(default_factory=set)
    refused: list[EditRefused] = field(default_factory=list)
    """Edits of the last answer that did not apply; those of an earlier one were sent again."""
    not_accepted: list[VibeError] = field(default_factory=list)
    """Why ``--yes`` left proposals open."""
    was_stopped: bool = False
    failure: VibeError | None = None
    """Why the turn did not end well."""
    cost_nano_usd: int | None = None

    def take(self, event: Event) -> None:
        """Add one event."""
        match event:
            case TextDelta(text):
                self.text += text
            case ChangeProposed(change_id):
                self.change_ids.append(change_id)
            case ChangeApplied(change_id):
                self.accepted_ids.add(change_id)
            case ContextChosen():
                self.refused.clear()
            case EditRefused():
                self.refused.append(event)
            case TurnFinished(stopped=stopped):
                self.was_stopped = stopped

    @property
    def waiting(self) -> tuple[str, ...]:
        """The proposals that nobody has accepted, oldest first."""
        return tuple(id_ for id_ in self.change_ids if id_ not in self.accepted_ids)

    @property
    def change_id(self) -> str | None:
        """The newest proposal."""
        return self.change_ids[-1] if self.change_ids else None

    @property
    def exit_code(self) -> int:
        """What the program exits with."""
        if self.failure is not None:
            return self.failure.exit_code
        if self.not_accepted:
            return max(error.exit_code for error in self.not_accepted)
        return DeniedError.exit_code if self.refused else 0
