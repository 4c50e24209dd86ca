"""Whether the audit is whole: lines that were edited, removed, damaged, or cut off at the end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from vibe_tui.changes.model import ChangeSet, ChangeState

Numbered = Iterable[tuple[int, bytes, dict[str, Any] | None]]
"""Lines as (number from 1, bytes, what it says; None if it is not as written)."""
_WRITTEN = frozenset({"accepted", "rolled_back"})
_STANDING = frozenset({ChangeState.ACCEPTED, ChangeState.PARTLY_ACCEPTED, ChangeState.ROLLED_BACK})
_NAMED = 5


@dataclass(slots=True)
class AuditReport:
    """What was found; numbers of lines are from 1."""

    lines: int = 0
    """Good ones."""
    edited: list[int] = field(default_factory=list)
    """Lines of ours whose words were changed."""
    damaged: list[int] = field(default_factory=list)
    """Lines that cannot be read, in whose place there was another."""
    gaps: list[int] = field(default_factory=list)
    """Good lines that do not follow the good line before them."""
    torn: list[int] = field(default_factory=list)
    """Lines that a crash cut while they were written: nothing is lost by them."""
    admitted: list[int] = field(default_factory=list)
    """Lines in which the program itself noted that lines before them were gone."""
    is_cut: bool = False
    """Whether the end is not what it was when the last line was written."""
    has_no_head: bool = False
    """Whether it cannot be told if the end is missing."""
    unrecorded: list[str] = field(default_factory=list)
    """Changes that were written to the project, without a line that says so."""

    @property
    def broken_lines(self) -> tuple[int, ...]:
        """Every line where the chain is not what it was."""
        return tuple(sorted({*self.edited, *self.damaged, *self.gaps}))

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong, a sentence each; empty when the audit is whole."""
        found = (
            _named("edited", self.edited),
            _named("damaged", self.damaged),
            _named("after missing or changed ones", self.gaps),
            _named("noted that earlier ones were gone", self.admitted),
            "its last lines were cut off or changed" if self.is_cut else "",
            _changes(self.unrecorded),
        )
        return tuple(filter(None, found))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is worth knowing and harmless."""
        torn = _named("torn by a crash, nothing is lost", self.torn)
        headless = "whether last lines are missing cannot be told until the next one"
        return tuple(filter(None, (torn, headless if self.has_no_head else "")))


def _named(what: str, numbers: list[int]) -> str:
    if not numbers:
        return ""
    more = f" and {len(numbers) - _NAMED} more" if len(numbers) > _NAMED else ""
    words = "line" if len(numbers) == 1 else "lines"
    return f"{words} {', '.join(map(str, numbers[:_NAMED]))}{more}: {what}"


def _changes(ids: list[str]) -> str:
    if not ids:
        return ""
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"no line says that {', '.join(ids[:_NAMED])}{more} was accepted"


def survey(lines: Numbered, first_hash: str, *, is_cut: bool = False) -> AuditReport:
    """Follow the chain.

    Args:
        lines: All of the audit.
        first_hash: What the first line names as the one before it.
        is_cut: Whether the head says that the end is not what it was.
    """
    report = AuditReport(is_cut=is_cut)
    previous = first_hash
    unreadable: list[int] = []
    for number, raw, line in lines:
        if line is None:
            (report.edited if _is_ours(raw) else unreadable).append(number)
            continue
        report.lines += 1
        follows = line.get("previous") == previous
        (report.torn if follows else report.damaged).extend(unreadable)
        unreadable.clear()
        if not follows:
            report.gaps.append(number)
        if line.get("event") == "audit_damaged":
            report.admitted.append(number)
        previous = str(line["hash"])
    (report.damaged if is_cut else report.torn).extend(unreadable)
    return report


def _is_ours(raw: bytes) -> bool:
    """Whether a line is whole and reads like one of ours, so that a person must have edited it."""
    return raw.startswith(b'{"schema_version":') and raw.endswith(b"}\n")


def unrecorded(changes: Iterable[ChangeSet], lines: Iterable[dict[str, Any]]) -> list[str]:
    """The changes that were written to the project, as their records say, but not as lines do.

    Args:
        changes: As they are stored.
        lines: The good lines.
    """
    told: set[str] = set()
    for line in lines:
        if line.get("event") in _WRITTEN:
            told.update((str(line.get("change_id")), *map(str, line.get("reverts") or ())))
    return [
        change.change_id
        for change in changes
        if change.state in _STANDING and change.change_id not in told
    ]
