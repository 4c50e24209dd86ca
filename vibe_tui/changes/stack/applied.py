"""What accepting wrote, kept so that it can be taken back: recorded, derived, reversed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from vibe_tui.changes.decisions import Selection
from vibe_tui.changes.kept.blobs import BlobStore
from vibe_tui.changes.model import AppliedFile, ChangeSet, ChangeState, FileChange
from vibe_tui.changes.stack.overlay import Load
from vibe_tui.changes.stack.placing import Rest
from vibe_tui.changes.states import FileStates, accepted_hunks
from vibe_tui.changes.writing.apply import Plan
from vibe_tui.changes.writing.journal import Step


def recorded(change: ChangeSet, selection: Selection, plan: Plan) -> tuple[AppliedFile, ...]:
    """What a change has written once a plan is carried out.

    A file written twice counts as one where nobody else wrote it in between.

    Args:
        change: As it was before.
        selection: The hunks that the plan writes.
        plan: What is written.
    """
    renames = {
        file.path: file.renamed_from
        for file in change.files
        if file.renamed_from and file.path in selection and not accepted_hunks(file)
    }
    applied = list(change.applied)
    for step in plan.steps:
        if step.before != step.after:
            _add(applied, _written(step, renames))
    return tuple(applied)


def _written(step: Step, renames: Mapping[str, str]) -> AppliedFile:
    before, after = step.before, step.after
    return AppliedFile(
        path=step.path,
        before_sha256=before.sha256 if before else None,
        after_sha256=after.sha256 if after else None,
        before_mode=before.mode if before else None,
        after_mode=after.mode if after else None,
        renamed_from=renames.get(step.path),
        before_facts=before.facts if before else None,
    )


def _add(applied: list[AppliedFile], new: AppliedFile) -> None:
    for index in range(len(applied) - 1, -1, -1):
        old = applied[index]
        if old.path == new.path:
            if _follows(old, new):
                applied[index] = replace(
                    old, after_sha256=new.after_sha256, after_mode=new.after_mode
                )
                return
            break
    applied.append(new)


def _follows(old: AppliedFile, new: AppliedFile) -> bool:
    same_mode = old.after_mode is None or old.after_mode == new.before_mode
    return old.after_sha256 == new.before_sha256 and same_mode and new.renamed_from is None


def standing(change: ChangeSet, states: FileStates) -> tuple[AppliedFile, ...]:
    """What a change has written and nobody took back.

    Changes accepted before this was recorded say it by their hunks.
    """
    if change.state is ChangeState.ROLLED_BACK:
        return ()
    if change.applied or change.applied_order:
        return change.applied
    return tuple(part for file in change.files for part in _derived(file, states))


def _derived(file: FileChange, states: FileStates) -> list[AppliedFile]:
    accepted = accepted_hunks(file)
    after = states.sha256(file, accepted)
    is_same = file.base_sha256 == after and not file.proposed_mode and not file.renamed_from
    if not accepted or is_same:
        return []
    mode = file.proposed_mode or file.base_mode
    if file.renamed_from is None:
        return [AppliedFile(file.path, file.base_sha256, after, file.base_mode, mode)]
    return [
        AppliedFile(file.renamed_from, file.base_sha256, None, file.base_mode, None),
        AppliedFile(file.path, None, after, None, mode, file.renamed_from),
    ]


def reversed_steps(applied: Sequence[AppliedFile], blobs: BlobStore) -> Iterable[Rest]:
    """The steps that take back what was written, the last first."""
    taken: set[int] = set()
    for index in range(len(applied) - 1, -1, -1):
        if index in taken:
            continue
        part = applied[index]
        origin = _origin(applied, index)
        if origin is None:
            yield _reverse(part, part, blobs)
        else:
            taken.add(origin)
            yield _reverse(part, applied[origin], blobs)


def _origin(applied: Sequence[AppliedFile], index: int) -> int | None:
    """The part that says what a renamed file was before."""
    for other in range(index - 1, -1, -1):
        if applied[other].path == applied[index].renamed_from:
            return other
    return None


def _reverse(after: AppliedFile, before: AppliedFile, blobs: BlobStore) -> Rest:
    keeps_mode = after.after_sha256 is not None and before.before_mode == after.after_mode
    return Rest(
        source=after.path,
        target=before.path,
        before=after.after_sha256,
        after=before.before_sha256,
        mode_before=after.after_mode,
        mode=None if keeps_mode else before.before_mode,
        load_before=_load(blobs, after.after_sha256),
        load_after=_load(blobs, before.before_sha256),
    )


def _load(blobs: BlobStore, sha256: str | None) -> Load:
    return _nothing if sha256 is None else partial(blobs.get, sha256)


def _nothing() -> None:
    return None
