"""What a conversation's pane shows, as plain values: parts in order, no widget.

A turn is a prompt, the answer's parts as they stream, and an end. Every part has a number that it
keeps and a revision that rises when its text does, so that a view redraws what changed alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

Severity = Literal["information", "warning", "error"]
Outcome = Literal["done", "stopped", "failed"]

_MOST_COMPARISONS = 250_000
"""Above so many pairs of lines an edit is shown as all old, then all new."""


@dataclass(eq=False, slots=True)
class Part:
    """A piece of the transcript."""

    number: int = field(default=0, init=False)
    """Position in the transcript, from 0."""
    revision: int = field(default=0, init=False)
    is_open: bool = field(default=False, init=False)
    """Whether text is still being added."""

    def touch(self) -> None:
        """Say that the part looks different now."""
        self.revision += 1


@dataclass(eq=False, slots=True)
class PromptPart(Part):
    """What the person asked."""

    text: str


@dataclass(eq=False, slots=True)
class ProsePart(Part):
    """A stretch of Markdown without fences at its top level."""

    lines: list[str] = field(default_factory=list)
    tail: str = ""
    """The line that has no end yet."""

    @property
    def source(self) -> str:
        """The Markdown."""
        return "\n".join((*self.lines, self.tail))


@dataclass(eq=False, slots=True)
class CodePart(Part):
    """A fence."""

    language: str = ""
    path: str = ""
    """The file that the fence is meant for; empty for a mere illustration."""
    lines: list[str] = field(default_factory=list)
    tail: str = ""
    is_in_review: bool = False


@dataclass(eq=False, slots=True)
class EditPart(Part):
    """A SEARCH/REPLACE block."""

    path: str = ""
    removed: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    tail: str = ""
    is_replacing: bool = False
    """Whether the divider was read."""
    is_cut: bool = False
    """Whether the answer ended inside the block."""
    is_in_review: bool = False
    is_folded: bool = False

    def rows(self) -> list[tuple[str, str]]:
        """The edit line by line as (sign, text); the sign is ``-``, ``+`` or a space."""
        old, new = self.removed, self.added
        if self.is_open:
            known = set(old) if self.is_replacing else {*old, self.tail}
            lines = (*(new if self.is_replacing else old), self.tail)
            return [(" " if line in known else "+", line) for line in lines]
        if len(old) * len(new) > _MOST_COMPARISONS:
            return [*(("-", line) for line in old), *(("+", line) for line in new)]
        return list(_compare(old, new))

    def counts(self) -> tuple[int, int]:
        """Lines added and removed."""
        signs = [sign for sign, _ in self.rows()]
        return signs.count("+"), signs.count("-")


@dataclass(eq=False, slots=True)
class NotePart(Part):
    """A line of ours between the model's words."""

    text: str
    severity: Severity = "information"


@dataclass(eq=False, slots=True)
class WaitPart(Part):
    """Stands where the answer will be until its first word arrives."""


@dataclass(eq=False, slots=True)
class EndPart(Part):
    """How a turn ended."""

    text: str
    outcome: Outcome = "done"
    hint: str = ""


def _compare(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    for kind, i, i_end, j, j_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from ((" ", line) for line in old[i:i_end])
        else:
            yield from (("-", line) for line in old[i:i_end])
            yield from (("+", line) for line in new[j:j_end])


class Transcript:
    """The parts of a conversation, oldest first."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._turn_start = 0

    def add(self, part: Part) -> None:
        """Append a part; the wait for an answer is over with any part but a note."""
        waiting = self.parts and isinstance(self.parts[-1], WaitPart)
        if waiting:
            self.parts.pop()
        if isinstance(part, PromptPart):
            self._turn_start = len(self.parts)
        part.number = len(self.parts)
        self.parts.append(part)
        if waiting and isinstance(part, NotePart):
            self.add(WaitPart())

    def mark_in_review(self, path: str) -> bool:
        """Mark the first unmarked edit of this turn for a file as handed to Review.

        Args:
            path: Project-relative.

        Returns:
            False when the answer shows no such edit.
        """
        for part in self.parts[self._turn_start :]:
            if not isinstance(part, EditPart | CodePart) or part.is_in_review:
                continue
            if part.path == path or (isinstance(part, EditPart) and not part.path):
                part.path, part.is_in_review = path, True
                part.touch()
                return True
        return False

    def edits(self) -> list[EditPart]:
        """Every edit block, oldest first."""
        return [part for part in self.parts if isinstance(part, EditPart)]

    def clear(self) -> None:
        """Forget everything."""
        self.parts.clear()
        self._turn_start = 0
