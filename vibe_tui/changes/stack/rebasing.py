"""A file of a proposal made anew for what is below it now."""

from collections.abc import Mapping
from dataclasses import replace

from vibe_tui.changes.content.lines import line_count
from vibe_tui.changes.decisions import state_of
from vibe_tui.changes.kept.blobs import BlobStore
from vibe_tui.changes.model import ChangeAction, ChangeSet, FileChange
from vibe_tui.changes.proposals import counted
from vibe_tui.changes.stack.placing import Placement, Rest
from vibe_tui.changes.states import FileStates, accepted_hunks


def rebased(
    file: FileChange, rest: Rest, placement: Placement, blobs: BlobStore, states: FileStates
) -> FileChange:
    """A file whose base is what is below, with all hunks open; decided ones are folded away.

    Args:
        file: As it was.
        rest: What was open of it.
        placement: Where that was laid.
        blobs: Keeps the contents.
        states: Counts hunks.

    Raises:
        OSError: If the disk refuses.
    """
    base, proposed = placement.load_below(), placement.load_after()
    is_moved = rest.source != rest.target
    new = replace(
        file,
        action=_action(base, proposed, is_moved=is_moved),
        base_sha256=None if base is None else blobs.put(base),
        proposed_sha256=None if proposed is None else blobs.put(proposed),
        base_mode=placement.below.mode,
        proposed_mode=None if proposed is None or accepted_hunks(file) else file.proposed_mode,
        renamed_from=rest.source if is_moved else None,
        base_lines=line_count(base or b""),
        conflict=None,
        groups=None,
    )
    return counted(new, states)


def _action(base: bytes | None, proposed: bytes | None, *, is_moved: bool) -> ChangeAction:
    if proposed is None:
        return ChangeAction.DELETE
    if base is None:
        return ChangeAction.CREATE
    return ChangeAction.RENAME if is_moved else ChangeAction.MODIFY


def with_files(change: ChangeSet, files: Mapping[str, FileChange]) -> ChangeSet:
    """The next revision of a proposal with other files, whose checks are void.

    Args:
        change: As it was.
        files: By path.
    """
    new = tuple(files.get(file.path, file) for file in change.files)
    return replace(
        change,
        revision=change.revision + 1,
        files=new,
        state=state_of(new, change.applied),
        checks=tuple(check for check in change.checks if check.path not in files),
    )
