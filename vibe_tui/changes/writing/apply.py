"""Writing several files so that, whatever happens, all of them change or none does."""

import logging
import os
import secrets
from collections.abc import Iterator, Sequence

from vibe_tui.changes.errors import ChangeConflictError, WriteFailedError
from vibe_tui.changes.kept.blobs import BlobStore
from vibe_tui.changes.writing.facts import read_facts
from vibe_tui.changes.writing.journal import FileState, Intent, Journal, Step
from vibe_tui.changes.writing.planning import Plan, Planner, Target
from vibe_tui.changes.writing.refusals import HINT, difference, reason_of, write_failure
from vibe_tui.changes.writing.tree import NewFile, ProjectTree, Version
from vibe_tui.changes.writing.undoing import Undoing
from vibe_tui.foreign import clean_line

__all__ = ["Applier", "Plan", "Target", "difference", "reason_of", "write_failure"]

_LOG = logging.getLogger(__name__)
_MOST_OPEN_FILES = 64


class Applier:
    """Plans, writes, takes back.

    Args:
        tree: The project's files.
        blobs: Where contents before and after are kept.
        journal: Where intents are kept.
    """

    def __init__(self, tree: ProjectTree, blobs: BlobStore, journal: Journal) -> None:
        self._tree = tree
        self._blobs = blobs
        self._journal = journal
        self._undoing = Undoing(tree, blobs)

    def plan(self, targets: Sequence[Target]) -> Plan:
        """Compare the disk with what is expected there; nothing is written to the project.

        Args:
            targets: Deletions first.

        Raises:
            ChangeConflictError: If a file is not what it was.
            WriteFailedError: If a file or its folder cannot be written.
        """
        planner = Planner(self._tree, self._blobs, secrets.token_hex(4))
        for target in targets:
            try:
                planner.add(target)
            except OSError as error:
                raise write_failure(target.path, error) from error
        return planner.plan()

    def run(self, intent: Intent, plan: Plan) -> None:
        """Write everything; on any failure the project is what it was.

        The intent stays in the journal until ``finish``, or until it is undone here.

        Raises:
            ChangeConflictError: If a file changed since it was planned.
            WriteFailedError: If the system refuses.
        """
        path = intent.steps[0].path if intent.steps else ""
        try:
            self._journal.write(intent)
        except OSError as error:
            self._journal.remove(intent)
            raise write_failure(path, error) from error
        versions = dict(plan.versions)
        try:
            for steps in _batches(intent.steps):
                for path in self._stage(steps):  # noqa: B007 - for the error
                    pass
            for step in intent.steps:
                path = step.path
                self._perform(step, plan, versions)
            for path in _one_per_folder(intent.steps):
                self._tree.sync_folder(path)
        except BaseException as error:
            self.take_back(intent)
            if isinstance(error, OSError):
                raise write_failure(path, error) from error
            raise

    def _stage(self, steps: Sequence[Step]) -> Iterator[str]:
        """Write new files beside the old ones; yields each path before it is worked on."""
        written: dict[str, int] = {}
        try:
            for step in steps:
                yield step.path
                for folder in step.new_folders:
                    self._tree.make_folder(folder)
                if step.after is not None and not step.in_place and step.moved_from is None:
                    new = self._new_file(step, step.after)
                    written[step.path] = self._tree.write_beside(step.path, step.temporary, new)
            for path, descriptor in written.items():
                yield path
                os.fsync(descriptor)
        finally:
            for descriptor in written.values():
                os.close(descriptor)

    def _new_file(self, step: Step, after: FileState) -> NewFile:
        content = self._blobs.get(after.sha256)
        like = step.like if after.facts is None else read_facts(self._blobs.get(after.facts))
        return NewFile(content, after.mode, step.create_mode, like)

    def _perform(self, step: Step, plan: Plan, versions: dict[str, Version | None]) -> None:
        for path in filter(None, (step.path, step.moved_from)):
            if self._tree.version(path) != versions[path] and not self._is_respelled(step, path):
                raise ChangeConflictError(path, "was changed by somebody just now", HINT)
        if step.moved_to is not None:
            return
        if step.moved_from is not None:
            self._tree.move(step.moved_from, step.path)
            self._write_in_place(step, plan.state_before(step.moved_from))
        elif step.after is None:
            self._tree.move(step.path, step.beside)
        elif step.in_place:
            self._write_in_place(step, step.before)
        else:
            self._tree.replace(step.path, step.temporary)
        self._renew(step, plan, versions)

    def _is_respelled(self, step: Step, path: str) -> bool:
        """Whether what stands at a new name is the file that is to get it."""
        source = step.moved_from
        return source is not None and path != source and self._tree.is_respelled(path, source)

    def _write_in_place(self, step: Step, before: FileState | None) -> None:
        if step.after is None or before is None:
            return
        mode = step.after.mode or 0
        if before.sha256 != step.after.sha256:
            self._tree.write_in_place(step.path, self._blobs.get(step.after.sha256), mode)
        elif before.mode != mode:
            self._tree.set_mode(step.path, mode)

    def _renew(self, done: Step, plan: Plan, versions: dict[str, Version | None]) -> None:
        """Expect what a step did to a file also at the other names of that file."""
        version = plan.versions[done.moved_from or done.path]
        for path, other in plan.versions.items():
            if path != done.path and version and other and version[:2] == other[:2]:
                versions[path] = self._tree.version(path)

    def finish(self, intent: Intent) -> None:
        """Clear up after an intent whose change has its new revision, and forget it.

        A folder that the system wants to keep stays, empty.

        Raises:
            OSError: If the journal cannot be cleared; the intent is then kept for later.
        """
        deleted = [step for step in intent.steps if step.after is None and step.moved_to is None]
        for step in deleted:
            self._tree.remove(step.beside)
        for path in _one_per_folder(deleted):
            self._tree.sync_folder(path)
        for folder in intent.spare_folders:
            try:
                self._tree.remove_folder(folder)
            except OSError as error:
                _LOG.warning("the empty folder %s stays: %s", folder, reason_of(error))
        self._journal.remove(intent)

    def take_back(self, intent: Intent) -> tuple[str, ...]:
        """Restore what an unfinished intent had written, and forget it.

        Returns:
            Files that hold neither what was there nor what was written: somebody else changed
            them in between, and they stay as they are.

        Raises:
            WriteFailedError: If the system refuses; the intent is then kept for later.
        """
        left: list[str] = []
        befores = {step.path: step.before for step in intent.steps}
        for step in reversed(intent.steps):
            try:
                if not self._undoing.restore(step, befores):
                    left.append(step.path)
            except OSError as error:
                raise WriteFailedError(
                    f"{clean_line(step.path, 200)} could not be put back: {reason_of(error)}",
                    "make room, then run: vibe-tui changes recover",
                ) from error
        self._journal.remove(intent)
        return tuple(left)


def _one_per_folder(steps: Sequence[Step]) -> list[str]:
    return list({step.path.rpartition("/")[0]: step.path for step in steps}.values())


def _batches(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    """Some steps at a time, as many as may be open at once."""
    for start in range(0, len(steps), _MOST_OPEN_FILES):
        yield steps[start : start + _MOST_OPEN_FILES]
