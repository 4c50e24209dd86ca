"""What is written about a hunk, or instead of it: the text to begin with, and its surroundings."""

from collections.abc import Iterable
from dataclasses import dataclass

from vibe_tui.changes.model import DiffLine, Hunk
from vibe_tui.foreign import clean_line, reveal

_KEPT = "What you wrote before is still here. "
_QUOTED = 6
"""Changed lines shown above a comment."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What is to be written, and how the box says so.

    ``above`` and ``below`` are lines that only frame the text, cleaned for display.
    """

    title: str
    verb: str
    """What the text is done to: ``Propose``."""
    done: str
    """The same as done: ``proposed``."""
    text: str = ""
    draft: str | None = None
    """What was written earlier and could not be taken; it stands instead of ``text``."""
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    hint: str = ""
    is_code: bool = False
    """Whether Enter and Tab belong to the text; else Enter is done with it."""
    may_be_empty: bool = False


def edit_writing(hunk: Hunk, draft: str | None = None) -> Writing:
    """The box for a hunk's new lines.

    Args:
        hunk: The hunk.
        draft: What was written earlier and could not be taken.
    """
    rows = hunk.changed_rows
    hint = "These lines stand there once accepted. Nothing is written before that."
    return Writing(
        title=f"Edit · {clean_line(hunk.path)} · {clean_line(hunk.header)}",
        verb="Propose",
        done="proposed",
        text=hunk.new_side,
        draft=draft,
        above=_shown(hunk.lines[: rows.start]),
        below=_shown(hunk.lines[rows.stop :]),
        hint=(_KEPT if draft is not None else "") + hint,
        is_code=True,
        may_be_empty=True,
    )


def comment_writing(hunk: Hunk, draft: str | None = None) -> Writing:
    """The box for words to the model; arguments as for ``edit_writing``."""
    changed = [line for line in hunk.lines if line.kind != " "]
    left_out = len(changed) - _QUOTED
    more = (f"… and {left_out} more",) if left_out > 0 else ()
    return Writing(
        title=f"Comment · {clean_line(hunk.path)}",
        verb="Comment",
        done="told",
        draft=draft,
        above=(*_shown(changed[:_QUOTED], with_kind=True), *more),
        hint=(_KEPT if draft is not None else "")
        + "Goes to the model with the hunk, at your next prompt. ^j begins a new line.",
    )


def first_new_line(hunk: Hunk | None) -> int:
    """Where a hunk begins in the proposed file, 1-based; 1 for a file without hunks."""
    lines = hunk.lines if hunk is not None else ()
    first = next((at for at, line in enumerate(lines) if line.kind != " "), len(lines))
    numbers = (line.new_number for line in lines[first:])
    below = next((number for number in numbers if number is not None), None)
    above = [line.new_number for line in lines[:first] if line.new_number is not None]
    return below or (above[-1] if above else 1)


def _shown(lines: Iterable[DiffLine], *, with_kind: bool = False) -> tuple[str, ...]:
    return tuple(
        (f"{line.kind} " if with_kind else "") + reveal(line.text).expandtabs(4) for line in lines
    )
