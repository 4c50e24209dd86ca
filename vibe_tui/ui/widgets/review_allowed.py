"""What a person can do in Review now, and in one sentence why not the rest: pure, to be tested."""

from dataclasses import dataclass

from vibe_tui.changes.model import (
    ChangeSet,
    ChangeState,
    FileChange,
    Hunk,
    HunkState,
)
from vibe_tui.foreign import clean, clean_line
from vibe_tui.ui.widgets.review_state import Choices, choices

_LOOKING = frozenset({"context", "white_space", "layout", "go_file"})


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a person stands in Review."""

    change: ChangeSet | None = None
    path: str = ""
    """File of the current hunk; empty until its lines are laid out."""
    hunk: Hunk | None = None
    """The current hunk; None on a file without hunks."""
    number: int = 0
    """The current one's number, from 1, of ``total``."""
    total: int = 0
    selected_lines: int | None = None
    """Changed lines that are chosen; None while no lines are being chosen."""
    is_alone: bool = False
    """Whether Review has the whole width anyway."""
    is_zoomed: bool = False
    others_waiting: int = 0
    """Further proposals that wait for a decision."""

    @property
    def file(self) -> FileChange | None:
        """The current file."""
        files = self.change.files if self.change else ()
        return next((file for file in files if file.path == self.path), None)

    @property
    def is_open(self) -> bool:
        """Whether the current hunk, or the file without hunks, is not yet decided."""
        if self.hunk is not None:
            return self.hunk.state is HunkState.OPEN
        return self.file is not None and _is_file_open(self.file)

    @property
    def choices(self) -> Choices:
        """What the buttons may do."""
        return choices(
            self.change,
            is_shown=bool(self.path),
            is_current_open=self.is_open,
            current_path=self.path,
        )

    @property
    def reason(self) -> str:
        """One line for the reader: how many lines are chosen, else why something is off."""
        count = self.selected_lines
        if count is None:
            return self.choices.reason
        plural = "s" * (count != 1)
        return f"{count} line{plural} chosen: ↑ ↓ moves, shift extends, esc lets go"


def why_not(action: str, parameters: tuple[object, ...], now: Situation) -> str:
    """Why an action of Review does nothing now.

    Args:
        action: Its name.
        parameters: Of the action; only ``go`` has some that matter.
        now: Where the person stands.

    Returns:
        A sentence without its full stop, empty when the action works.
    """
    allowed = now.choices
    decisions = {
        "accept_all": allowed.accept,
        "accept_hunk": allowed.accept_hunk,
        "reject_all": allowed.reject,
        "reject_hunk": allowed.reject_hunk,
    }
    if action in {"accept_hunk", "reject_hunk"} and now.selected_lines is not None:
        return "Lines are being chosen: escape lets go of them"
    if action in decisions:
        return "" if decisions[action] else allowed.reason
    if action == "roll_back":
        return "" if allowed.roll_back else allowed.roll_back_reason
    if action == "next_change":
        return "" if now.others_waiting else "No other proposal waits"
    if action == "zoom":
        return "Review has the whole width already" if now.is_alone and not now.is_zoomed else ""
    if action in _NEEDS:
        return _why_no_part(now) or _NEEDS[action](now)
    if action == "go":
        is_end = now.number >= now.total if parameters == (1,) else now.number <= 1
        return "There is no further hunk that way" if is_end else ""
    return _why_no_part(now) if action in _LOOKING else ""


def _why_no_part(now: Situation) -> str:
    if now.change is None:
        return "Nothing to review"
    return "" if now.path else "Still laying out the lines"


def _is_file_open(file: FileChange) -> bool:
    return not file.hunk_states or HunkState.OPEN in file.hunk_states


def _accept_file(now: Situation) -> str:
    return _reject_file(now) or (_conflict(now) if now.file and now.file.conflict else "")


def _reject_file(now: Situation) -> str:
    if now.change is None or not now.change.is_open:
        return now.choices.reason
    if now.file is None or not _is_file_open(now.file):
        return f"{clean_line(now.path)} is decided: ] goes to the next file"
    return ""


def _conflict(now: Situation) -> str:
    return f"{clean_line(now.path)} is in conflict: r shows both sides"


def _open_hunk(now: Situation) -> str:
    if now.change is None or not now.change.is_open:
        return now.choices.reason
    if now.hunk is None or not now.hunk.lines:
        return "This file has no lines to choose from"
    return "" if now.is_open else "This hunk is decided: n goes to the next"


def _split(now: Situation) -> str:
    if reason := _open_hunk(now):
        return reason
    assert now.hunk is not None
    changed = sum(line.kind != " " for line in now.hunk.lines)
    return "One changed line cannot be divided" if changed < 2 else ""


def _edit(now: Situation) -> str:
    if reason := _open_hunk(now):
        return reason
    assert now.hunk is not None
    assert now.file is not None
    if now.file.proposed_sha256 is None:
        return "The file is to be deleted: there is nothing to edit"
    if now.file.conflict:
        return _conflict(now)
    text = now.hunk.new_side
    if clean(text) != text:
        return "It holds characters that cannot be shown: o opens your editor"
    return ""


def _lines_chosen(now: Situation) -> str:
    if now.selected_lines is None:
        return "No lines are being chosen: v begins"
    if reason := _open_hunk(now):
        return reason
    return "" if now.selected_lines else "Choose lines with + or − in front"


def _accept_lines(now: Situation) -> str:
    return _lines_chosen(now) or (_conflict(now) if now.file and now.file.conflict else "")


def _comment(now: Situation) -> str:
    return "" if now.hunk is not None else "This file has no hunk to comment on"


def _mark(now: Situation) -> str:
    return "" if now.hunk is not None else "This file has no hunk to mark"


def _copy(now: Situation) -> str:
    return "" if now.hunk is not None and now.hunk.lines else "There are no lines to copy"


def _open_outside(now: Situation) -> str:
    file = now.file
    if now.change is None or not now.change.is_open:
        return now.choices.reason
    if file is None or file.proposed_sha256 is None:
        return "The file is to be deleted: there is nothing to edit"
    if any(state is not HunkState.OPEN for state in file.hunk_states):
        return "Some of this file is decided: i edits a hunk that is open"
    return _conflict(now) if file.conflict else ""


def _resolve(now: Situation) -> str:
    is_conflict = now.file is not None and now.file.conflict and now.change is not None
    if is_conflict and now.change is not None and now.change.state is not ChangeState.REJECTED:
        return ""
    return "This file is not in conflict"


_NEEDS = {
    "accept_file": _accept_file,
    "reject_file": _reject_file,
    "lines": _open_hunk,
    "split": _split,
    "edit": _edit,
    "accept_lines": _accept_lines,
    "reject_lines": _lines_chosen,
    "comment": _comment,
    "copy": _copy,
    "mark": _mark,
    "open": _open_outside,
    "resolve": _resolve,
}
