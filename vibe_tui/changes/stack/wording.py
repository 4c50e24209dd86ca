"""Why a file of a proposal does not lie where it was made for, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from vibe_tui.changes.model import ChangeSet, ChangeState, FileChange, HunkState
from vibe_tui.changes.stack.placing import Placement
from vibe_tui.foreign import clean_line


def conflict_words(
    file: FileChange, placement: Placement, known: Mapping[str, ChangeSet]
) -> str | None:
    """What keeps a file from being accepted; None: nothing.

    Args:
        file: Of an open proposal.
        placement: Where it was laid.
        known: Changes by id.
    """
    if placement.error is None:
        return None
    lost = lost_ground(file, known)
    if lost is not None and not placement.is_unreadable:
        return f"{clean_line(file.path, 200)} stands on {lost.change_id}, which {lost.what}"
    return placement.error.message


def remark_of(file: FileChange, placement: Placement, known: Mapping[str, ChangeSet]) -> str:
    """What Review says of a file that could be accepted, besides its hunks; mostly nothing."""
    if placement.error is not None:
        return ""
    if not placement.is_exact:
        return "changed below meanwhile: merged, and shown again, when it is accepted"
    ground = [change_id for change_id in file.stands_on if _is_open(file, known.get(change_id))]
    return f"stands on {', '.join(ground)}" if ground else ""


@dataclass(frozen=True, slots=True)
class Ground:
    """A proposal that another one was made on."""

    change_id: str
    what: str
    """What became of it, as words after "which"."""


def open_ground(file: FileChange, known: Mapping[str, ChangeSet]) -> Ground | None:
    """The lowest open proposal that a file stands on."""
    for change_id in file.stands_on:
        if _is_open(file, known.get(change_id)):
            return Ground(change_id, "is still open")
    return None


def lost_ground(file: FileChange, known: Mapping[str, ChangeSet]) -> Ground | None:
    """The lowest proposal that a file was made on and that is not what it was."""
    for change_id in file.stands_on:
        what = _loss(file, known.get(change_id))
        if what:
            return Ground(change_id, what)
    return None


def _loss(file: FileChange, ground: ChangeSet | None) -> str:
    if ground is None:
        return ""
    if ground.state is ChangeState.ROLLED_BACK:
        return "was rolled back"
    states = {state for part in _parts(file, ground) for state in part.hunk_states}
    if HunkState.REJECTED in states:
        return "was rejected" if len(states) == 1 else "was rejected in part"
    return "was changed since" if HunkState.OPEN in states else ""


def _is_open(file: FileChange, ground: ChangeSet | None) -> bool:
    if ground is None or not ground.is_open:
        return False
    return any(HunkState.OPEN in part.hunk_states for part in _parts(file, ground))


def _parts(file: FileChange, ground: ChangeSet) -> list[FileChange]:
    """The files of the other proposal that this one was made on."""
    paths = {file.path, file.renamed_from} - {None}
    return [part for part in ground.files if paths & {part.path, part.renamed_from}]
