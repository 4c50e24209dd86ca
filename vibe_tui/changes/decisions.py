"""What a person decided, as values: which hunks are meant, and where the proposal stands then."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from vibe_tui.changes.errors import AlreadyDecidedError, UnknownPartError
from vibe_tui.changes.model import (
    AppliedFile,
    ChangeSet,
    ChangeState,
    FileChange,
    HunkState,
)
from vibe_tui.foreign import clean_line

Selection = Mapping[str, frozenset[int]]
"""Hunks, counted from 0 within their file, by the file's path."""


def open_selection(
    change: ChangeSet, hunks: Collection[int] | None, files: Collection[str] | None
) -> Selection:
    """The open hunks that a person named.

    Args:
        change: The proposal.
        hunks: Numbers ``k``, from 1 over the whole change.
        files: Paths; all their open hunks are meant.
        Both None mean all that is open, both given mean either.

    Raises:
        UnknownPartError: If the proposal has no such hunk or file.
        AlreadyDecidedError: If a named hunk, or everything that was named, is decided.
    """
    if not change.is_open:
        raise AlreadyDecidedError(*_closed(change))
    named: set[tuple[str, int]] = set()
    if hunks is None and files is None:
        named.update((file.path, i) for file in change.files for i in range(len(file.hunk_states)))
    for k in hunks or ():
        named.add(_hunk(change, k))
    for path in files or ():
        file = _file(change, path)
        named.update((file.path, i) for i in range(len(file.hunk_states)))
    selection = {
        file.path: frozenset(
            i
            for i, state in enumerate(file.hunk_states)
            if state is HunkState.OPEN and (file.path, i) in named
        )
        for file in change.files
    }
    selection = {path: indexes for path, indexes in selection.items() if indexes}
    if not selection:
        raise AlreadyDecidedError(*_closed(change))
    return selection


def _closed(change: ChangeSet) -> tuple[str, str]:
    """What to say when nothing is left to decide, and what can be done."""
    words = f"Nothing that was named is left to decide in {change.change_id}"
    if change.rolled_back_by:
        again = f"vibe-tui changes rollback {change.rolled_back_by} brings it back"
        return words, f"it is rolled back; {again}"
    return words, f"it is {change.state.value.replace('_', ' ')}"


def _hunk(change: ChangeSet, k: int) -> tuple[str, int]:
    file, index = hunk_of(change, k)
    if file.hunk_states[index] is not HunkState.OPEN:
        raise AlreadyDecidedError(
            f"Hunk {k} of {change.change_id} is {file.hunk_states[index].value} already"
        )
    return file.path, index


def hunk_of(change: ChangeSet, k: int) -> tuple[FileChange, int]:
    """The file of a hunk, and its number there, counted from 0.

    Args:
        change: The proposal.
        k: From 1 over the whole change.

    Raises:
        UnknownPartError: If there is none.
    """
    first = 1
    for file in change.files:
        index = k - first
        if 0 <= index < len(file.hunk_states):
            return file, index
        first += len(file.hunk_states)
    raise UnknownPartError(f"{change.change_id} has no hunk {k}", f"its hunks are 1 to {first - 1}")


def _file(change: ChangeSet, path: str) -> FileChange:
    wanted = path.removeprefix("./")
    for file in change.files:
        if wanted in (file.path, file.renamed_from):
            return file
    raise UnknownPartError(
        f"{change.change_id} has no file {clean_line(path, 200)!r}",
        "its files are " + ", ".join(clean_line(file.path, 80) for file in change.files[:5]),
    )


def numbers(change: ChangeSet, selection: Selection) -> list[int]:
    """The numbers ``k`` of selected hunks."""
    result: list[int] = []
    first = 1
    for file in change.files:
        result.extend(first + index for index in sorted(selection.get(file.path, ())))
        first += len(file.hunk_states)
    return result


def file_of(change: ChangeSet, path: str) -> FileChange:
    """The part of a proposal that is about a path, new or old.

    Raises:
        UnknownPartError: If there is none.
    """
    return _file(change, path)


def decided(change: ChangeSet, selection: Selection, state: HunkState) -> ChangeSet:
    """The next revision of a proposal, the selected hunks in a new state."""
    files = tuple(
        replace(
            file,
            conflict=None,
            hunk_states=tuple(
                state if i in selection.get(file.path, ()) else old
                for i, old in enumerate(file.hunk_states)
            ),
        )
        for file in change.files
    )
    return replace(
        change,
        revision=change.revision + 1,
        files=files,
        state=state_of(files, change.applied),
    )


def state_of(files: Collection[FileChange], applied: Collection[AppliedFile] = ()) -> ChangeState:
    """Where a proposal with these files stands.

    Args:
        files: Its files.
        applied: What of it is written already, also of hunks that no longer show it.
    """
    states = {state for file in files for state in file.hunk_states}
    accepted = bool(applied) or HunkState.ACCEPTED in states
    if HunkState.OPEN in states:
        return ChangeState.PARTLY_ACCEPTED if accepted else ChangeState.PROPOSED
    return ChangeState.ACCEPTED if accepted else ChangeState.REJECTED
