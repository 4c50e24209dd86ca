"""Drafts as parts of a stored proposal, and stored proposals beside the disk as it is now."""

from collections.abc import Sequence
from dataclasses import replace

from vibe_tui.changes.content.lines import line_count
from vibe_tui.changes.decisions import state_of
from vibe_tui.changes.edits.drafting import Draft
from vibe_tui.changes.errors import AlreadyDecidedError
from vibe_tui.changes.kept.blobs import BlobStore
from vibe_tui.changes.model import (
    ChangeAction,
    ChangeSet,
    CheckRecord,
    FileChange,
    HunkState,
    Origin,
    RefusedEdit,
)
from vibe_tui.changes.states import FileStates
from vibe_tui.foreign import clean, clean_line


def file_change(draft: Draft, blobs: BlobStore, states: FileStates) -> FileChange:
    """Keep a draft's contents and describe it, every hunk open.

    Raises:
        OSError: If the disk refuses.
    """
    file = FileChange(
        path=draft.path,
        action=_action(draft),
        base_sha256=None if draft.base is None else blobs.put(draft.base),
        proposed_sha256=None if draft.content is None else blobs.put(draft.content),
        base_mode=draft.base_mode,
        added=0,
        removed=0,
        hunk_states=(),
        renamed_from=draft.renamed_from,
        whole_file=draft.is_whole,
        proposed_mode=None if draft.content is None else draft.mode,
        base_lines=line_count(draft.base or b""),
    )
    return counted(file, states)


def counted(file: FileChange, states: FileStates) -> FileChange:
    """A file with its lines counted and its hunks open, divided as the diff does it."""
    file = replace(file, groups=None)
    diff = states.diff(file)
    return replace(
        file,
        added=diff.added,
        removed=diff.removed,
        hunk_states=(HunkState.OPEN,) * len(diff.hunks),
    )


def revised(
    change: ChangeSet, file: FileChange, proposed_sha256: str, states: FileStates
) -> ChangeSet:
    """The next revision of a proposal, with other bytes for a file of which nothing is decided.

    Raises:
        AlreadyDecidedError: If something of the file is decided, or the bytes change nothing.
    """
    name = clean_line(file.path, 200)
    if not change.is_open or set(file.hunk_states) != {HunkState.OPEN}:
        raise AlreadyDecidedError(f"{name} is decided in part and is not revised")
    if proposed_sha256 in (file.base_sha256, file.proposed_sha256):
        raise AlreadyDecidedError(f"{name} would not change by this")
    action = ChangeAction.MODIFY if file.action is ChangeAction.DELETE else file.action
    new = counted(replace(file, action=action, proposed_sha256=proposed_sha256), states)
    files = tuple(new if part is file else part for part in change.files)
    return replace(
        change,
        revision=change.revision + 1,
        files=files,
        state=state_of(files),
        checks=tuple(check for check in change.checks if check.path != file.path),
    )


def with_checks(change: ChangeSet, checks: Sequence[CheckRecord]) -> ChangeSet:
    """A proposal with more checks; newer words on a file and strategy replace older ones."""
    kept = {(check.path, check.strategy): check for check in change.checks}
    for check in checks:
        messages = tuple(clean(message) for message in check.messages)
        kept[check.path, check.strategy] = replace(check, messages=messages)
    return replace(change, checks=tuple(kept.values()))


def cleaned(origin: Origin) -> Origin:
    """An origin whose texts are safe to store and to show."""
    return replace(
        origin,
        kind=clean_line(origin.kind),
        name=clean_line(origin.name),
        session_id=clean_line(origin.session_id),
        prompt=clean_line(origin.prompt),
        prompt_id=clean_line(origin.prompt_id),
        cost_certainty=clean_line(origin.cost_certainty),
    )


def hashes(files: Sequence[FileChange]) -> list[dict[str, str | None]]:
    """Files for the audit: which bytes are to become which."""
    return [
        {"path": file.path, "before": file.base_sha256, "after": file.proposed_sha256}
        for file in files
    ]


def reasons(refused: Sequence[RefusedEdit]) -> list[dict[str, str]]:
    """Refused edits for the audit."""
    return [{"path": clean_line(edit.path), "reason": clean_line(edit.reason)} for edit in refused]


def _action(draft: Draft) -> ChangeAction:
    if draft.content is None:
        return ChangeAction.DELETE
    if draft.base is None:
        return ChangeAction.CREATE
    return ChangeAction.MODIFY if draft.renamed_from is None else ChangeAction.RENAME
