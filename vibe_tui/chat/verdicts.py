"""What a model is told of its earlier edits: the person's decisions and comments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vibe_tui.changes.model import ChangeSet, ChangeState, FileDiff, Hunk, HunkState

_MOST_LINES = 40
"""Lines that are quoted of one hunk."""
_MOST_HUNKS = 20
"""Hunks that are quoted of one change; the rest is counted."""
_WORDS = {
    ChangeState.ACCEPTED: "all of it is accepted and written",
    ChangeState.REJECTED: "all of it is rejected",
    ChangeState.ROLLED_BACK: "it was accepted and then rolled back",
    ChangeState.PARTLY_ACCEPTED: "decided in part",
}


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What is told with a prompt.

    Attributes:
        text: For the model; empty when there is nothing new.
        told: How far each change was told, by its id; kept with the message.
    """

    text: str
    told: Mapping[str, str]


def new_verdicts(
    changes: Sequence[ChangeSet],
    told: Mapping[str, str],
    diffs: Callable[[str], Sequence[FileDiff]],
) -> Verdicts:
    """Find what a person decided since the model was told last.

    Args:
        changes: The proposals of this conversation's answers, oldest first.
        told: How far each was told before.
        diffs: The files and hunks of a change.
    """
    texts: list[str] = []
    now: dict[str, str] = {}
    for change in changes:
        mark = _mark(change)
        if mark == told.get(change.change_id, _UNTOUCHED):
            continue
        now[change.change_id] = mark
        texts.append(_text(change, diffs(change.change_id)))
    return Verdicts("\n".join(texts), now)


def _mark(change: ChangeSet) -> str:
    """Differs whenever a decision or a comment came; a revision alone is none."""
    decided = [
        f"{file.path}:{index}:{state.value}"
        for file in change.files
        for index, state in enumerate(file.hunk_states)
        if state is not HunkState.OPEN
    ]
    closed = change.state.value if change.state in _CLOSED else ""
    return "|".join((closed, str(len(change.comments)), *decided))


_CLOSED = (ChangeState.ACCEPTED, ChangeState.REJECTED, ChangeState.ROLLED_BACK)
_UNTOUCHED = "|0"


def _text(change: ChangeSet, diffs: Sequence[FileDiff]) -> str:
    files = ", ".join(file.path for file in change.files)
    lines = [f"Your edits of {files}: {_WORDS.get(change.state, 'they wait for a decision')}."]
    if change.state is not ChangeState.REJECTED:
        lines += _quoted(diffs)
    for comment in change.comments:
        lines.append(f"The person's comment on this hunk of {comment.path}: {comment.text}")
        lines += _cut(comment.quoted.splitlines())
    return "\n".join(lines) + "\n"


def _quoted(diffs: Sequence[FileDiff]) -> list[str]:
    """The rejected hunks with their lines."""
    rejected = [h for diff in diffs for h in diff.hunks if h.state is HunkState.REJECTED]
    lines: list[str] = []
    for hunk in rejected[:_MOST_HUNKS]:
        lines.append(f"Rejected in {hunk.path}:")
        lines += _cut(_rows(hunk))
    if len(rejected) > _MOST_HUNKS:
        lines.append(f"{len(rejected) - _MOST_HUNKS} more hunks were rejected.")
    return lines


def _rows(hunk: Hunk) -> list[str]:
    return [f"{line.kind}{line.text}" for line in hunk.lines if line.kind != " "]


def _cut(lines: list[str]) -> list[str]:
    rest = len(lines) - _MOST_LINES
    return [*lines[:_MOST_LINES], f"({rest} more lines)"] if rest > 0 else lines
