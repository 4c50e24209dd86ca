"""What a person wants done with a proposal: the messages of Review, answered by the app."""

from dataclasses import dataclass
from typing import ClassVar

from textual.message import Message


class ReviewRequest(Message):
    """Anything that Review asks of the engine."""

    is_reading: ClassVar[bool] = False
    """Whether it only shows something, so that a later one of its kind replaces it."""


@dataclass
class Decision(ReviewRequest):
    """What a person decided on: hunks, files, or with both None all that is open."""

    change_id: str
    revision: int
    """The revision that the person saw."""
    hunks: tuple[int, ...] | None = None
    """Numbers from 1 over the change."""
    files: tuple[str, ...] | None = None


class AcceptRequested(Decision):
    """Write these hunks or files, or all that is open."""


class RejectRequested(Decision):
    """Say no to these hunks or files, or to all that is open."""


@dataclass
class LinesDecided(ReviewRequest):
    """Single lines of a hunk are accepted or rejected; the rest of it stays open."""

    change_id: str
    revision: int
    k: int
    rows: tuple[int, ...]
    """Indexes into the hunk's lines, from 0."""
    is_accept: bool


@dataclass
class RollBackRequested(ReviewRequest):
    """Restore what an accepted change replaced."""

    change_id: str


@dataclass
class SplitRequested(ReviewRequest):
    """Divide a hunk into smaller ones."""

    change_id: str
    revision: int
    k: int


@dataclass
class HunkEdited(ReviewRequest):
    """A hunk's new side is to be this text."""

    change_id: str
    revision: int
    k: int
    text: str


@dataclass
class HunkCommented(ReviewRequest):
    """The model is to be told this about a hunk, with the next prompt."""

    change_id: str
    k: int
    text: str


@dataclass
class CopyRequested(ReviewRequest):
    """A hunk is to be on the clipboard, as a patch."""

    change_id: str
    k: int


@dataclass
class OpenRequested(ReviewRequest):
    """Open a copy of the proposed file in the person's editor."""

    change_id: str
    revision: int
    path: str
    line: int
    """1-based."""


@dataclass
class ConflictRequested(ReviewRequest):
    """Show both sides of a file that the disk and the proposal have changed."""

    change_id: str
    revision: int
    path: str


@dataclass
class AutoAcceptRequested(ReviewRequest):
    """Switch accepting without asking off, or offer to switch it on for these files."""

    paths: tuple[str, ...]


@dataclass
class AutoAcceptUndone(ReviewRequest):
    """What was accepted last without asking is to be rolled back."""


@dataclass
class NextRequested(ReviewRequest):
    """A person wants the next proposal that waits for a decision."""

    is_reading: ClassVar[bool] = True


@dataclass
class EarlierRequested(ReviewRequest):
    """A person wants the history of changes."""

    is_reading: ClassVar[bool] = True
