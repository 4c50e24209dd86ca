"""The words the engine speaks: frozen events of JSON values and ids, consumed by every face.

Money is in USD with at most 9 decimals, ``None`` means unknown. Times are ISO 8601 UTC.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Anything that happens in the engine."""

    def as_json(self) -> dict[str, Any]:
        """Return ``{"type": <class name>, …fields}``."""
        return {"type": type(self).__name__, **asdict(self)}


@dataclass(frozen=True, slots=True)
class ContextChosen(Event):
    """What the model is about to be shown. Each item: ``{path, tokens, reason}``."""

    tokens: int
    items: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class BudgetReserved(Event):
    """The worst case of the next request is held. ``hold_usd`` is None when unpriced."""

    hold_usd: float | None


@dataclass(frozen=True, slots=True)
class BudgetRefused(Event):
    """Nothing was sent: a hard budget has no room. ``offers`` are sentences of what would fit."""

    scope: str
    period: str
    needed_usd: float | None
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextDelta(Event):
    """A piece of the answer, as the model wrote it (clean it before showing it)."""

    text: str


@dataclass(frozen=True, slots=True)
class SpendEstimated(Event):
    """The running estimate while an answer streams; ``Spent`` settles it."""

    input_tokens: int
    output_tokens: int
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class ToolCalled(Event):
    """The model asked for a tool."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolReturned(Event):
    """A tool answered."""

    name: str
    ok: bool


@dataclass(frozen=True, slots=True)
class Asked(Event):
    """A person is needed; answered by ``workspace.answer``. No person: the answer is no."""

    request_id: str
    kind: str
    choices: tuple[str, ...]
    question: str = ""


@dataclass(frozen=True, slots=True)
class EditSeen(Event):
    """An edit is complete in the streaming answer; it is proposed when the answer ends."""

    path: str


@dataclass(frozen=True, slots=True)
class EditRefused(Event):
    """An edit of the answer that does not apply, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeProposed(Event):
    """A proposal was stored; the project is untouched."""

    change_id: str
    revision: int
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeRevised(Event):
    """A stored proposal has a new revision: decided in part, healed, edited."""

    change_id: str
    revision: int
    why: str


@dataclass(frozen=True, slots=True)
class CheckFinished(Event):
    """A check of a proposal ended. ``is_valid`` is None when it was skipped."""

    change_id: str
    strategy: str
    is_valid: bool | None
    path: str = ""
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HealAttempted(Event):
    """One attempt of the healer."""

    change_id: str
    attempt_number: int
    tier: str
    success: bool
    cost_usd: float | None


@dataclass(frozen=True, slots=True)
class ChangeApplied(Event):
    """Accepted files (project-relative paths) were written."""

    change_id: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeRejected(Event):
    """A person said no."""

    change_id: str


@dataclass(frozen=True, slots=True)
class ChangeRolledBack(Event):
    """Accepted files are again what they were before."""

    change_id: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AutoAcceptChanged(Event):
    """What is accepted without asking: globs of paths, none while it is off.

    ``undo_id`` is the change that it accepted last and that still stands; empty when none does.
    """

    patterns: tuple[str, ...]
    undo_id: str = ""


@dataclass(frozen=True, slots=True)
class Spent(Event):
    """A request is settled. ``provenance``: exact, estimated, interrupted or unpriced."""

    model: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cost_usd: float | None
    provenance: str


@dataclass(frozen=True, slots=True)
class Retrying(Event):
    """A failed request is sent again after ``in_s`` seconds."""

    reason: str
    in_s: float


@dataclass(frozen=True, slots=True)
class SessionStarted(Event):
    """A new conversation begins; the transcript on the screen starts empty."""

    session_id: str


@dataclass(frozen=True, slots=True)
class SessionRewound(Event):
    """The conversation ends before ``prompt`` now: ``messages`` in all are no longer sent."""

    session_id: str
    prompt_id: str
    prompt: str
    messages: int


@dataclass(frozen=True, slots=True)
class TurnStarted(Event):
    """A prompt entered."""

    session_id: str
    prompt: str


@dataclass(frozen=True, slots=True)
class TurnFinished(Event):
    """The last event of a turn that ended well, or was stopped by the person."""

    session_id: str
    cost_usd: float | None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class TurnFailed(Event):
    """The last event of a turn that did not end well."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class MapProgress(Event):
    """Files parsed so far, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class MapUpdated(Event):
    """Project-relative paths whose map entries are new; empty means the whole map is."""

    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reported(Event):
    """A command's answer: Markdown for people, JSON values for programs."""

    command: str
    text: str
    payload: dict[str, Any]
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Noticed(Event):
    """Something a person should know. ``severity``: information, warning or error."""

    message: str
    severity: str = "information"
