"""What a decision writes: the paths of a proposal's files before and after it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vibe_tui.changes.decisions import Selection
from vibe_tui.changes.model import ROLLBACK, ChangeAction, ChangeSet, ChangeState, FileChange
from vibe_tui.changes.states import FileStates, accepted_hunks
from vibe_tui.changes.writing.apply import Plan, Target


def acceptance(change: ChangeSet, selection: Selection, states: FileStates) -> list[Target]:
    """The targets of accepting some hunks on top of those accepted before."""
    targets: list[Target] = []
    for file in change.files:
        if file.path not in selection:
            continue
        accepted = accepted_hunks(file)
        before = states.contents(file, accepted)
        after = states.contents(file, accepted | selection[file.path])
        is_new = file.action is ChangeAction.CREATE and change.origin.kind != ROLLBACK
        targets += [
            Target(
                path,
                before[path],
                after[path],
                mode=None if is_new or accepted else file.proposed_mode,
                like=file.renamed_from if before[path] is None else None,
                is_executable=bool((file.proposed_mode or 0) & 0o111),
                facts=file.facts if before[path] is None else None,
            )
            for path in after
        ]
    return _ordered(targets)


def spare_folders(change: ChangeSet, plan: Plan, known: Iterable[ChangeSet]) -> tuple[str, ...]:
    """The folders that accepting made and that a rollback may leave empty, innermost first.

    Args:
        change: The rollback.
        plan: What it writes.
        known: All changes of the project.
    """
    made = {
        folder
        for other in known
        if other.state is ChangeState.ROLLED_BACK or other.change_id in change.reverts
        for file in other.files
        for folder in file.created_folders
    }
    gone = [step.path for step in plan.steps if step.after is None]
    folders = {folder for folder in made if any(path.startswith(f"{folder}/") for path in gone)}
    return tuple(sorted(folders, key=lambda path: (-path.count("/"), path)))


def _ordered(targets: Sequence[Target]) -> list[Target]:
    """Deletions first, so that a rename that only changes the case of letters works."""
    real = [
        target
        for target in targets
        if target.before != target.after or (target.after is not None and target.mode is not None)
    ]
    return sorted(real, key=lambda target: target.after is not None)


def with_facts(before: ChangeSet, after: ChangeSet, plan: Plan) -> ChangeSet:
    """The next revision with what the disk said: permission bits and folders that are new.

    Args:
        before: The proposal as it was.
        after: The proposal as decided.
        plan: Of the acceptance.
    """
    files = tuple(
        _with_facts(old, new, plan) for old, new in zip(before.files, after.files, strict=True)
    )
    return replace(after, files=files)


def _with_facts(old: FileChange, new: FileChange, plan: Plan) -> FileChange:
    steps = [step for step in plan.steps if step.path == new.path]
    folders = tuple(folder for step in steps for folder in step.new_folders)
    mode = None if accepted_hunks(old) else plan.mode_before(new.renamed_from or new.path)
    return replace(
        new,
        base_mode=new.base_mode if mode is None else mode,
        created_folders=(*new.created_folders, *folders),
    )
