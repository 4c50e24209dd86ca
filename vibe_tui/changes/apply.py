"""Writing several files so that, whatever happens, all of them change or none does."""

import errno
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from vibe_tui.changes.blobs import BlobStore, sha256_of
from vibe_tui.changes.errors import ChangeConflictError, WriteFailedError
from vibe_tui.changes.journal import FileState, Intent, Journal, Step
from vibe_tui.changes.tree import FileImage, ProjectTree
from vibe_tui.foreign import clean_line

_LOG = logging.getLogger(__name__)
_PLAIN_MODE = 0o666
_REASONS = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENAMETOOLONG: "the name is too long for this file system",
    errno.ETXTBSY: "the program is running",
}


@dataclass(frozen=True, slots=True)
class Target:
    """What a path holds now and is to hold; None means no file."""

    path: str
    before: bytes | None
    after: bytes | None
    mode: int | None = None
    """Permission bits afterwards; None keeps those of the file, or of ``like``."""
    like: str | None = None
    """Another target whose owner, attributes and, without a mode, permission bits it takes."""
    is_executable: bool = False
    """Whether a new file without a mode of its own may be executed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps that were found possible, and the versions of the files they were planned for."""

    steps: tuple[Step, ...]
    versions: dict[str, tuple[int, ...] | None]
    spare_folders: tuple[str, ...] = ()
    """Folders to remove in the end where they are empty, innermost first."""

    def mode_before(self, path: str) -> int | None:
        """A file's permission bits before; None when it did not exist or is not in the plan."""
        for step in self.steps:
            if step.path == path and step.before is not None:
                return step.before.mode
        return None


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

    def plan(self, targets: Sequence[Target]) -> Plan:
        """Compare the disk with what is expected there; nothing is written to the project.

        Raises:
            ChangeConflictError: If a file is not what it was.
            WriteFailedError: If a file or its folder cannot be written.
        """
        steps: list[Step] = []
        versions: dict[str, tuple[int, ...] | None] = {}
        tag = secrets.token_hex(4)
        for number, target in enumerate(targets):
            try:
                image = self._checked(target)
                steps.append(self._step(target, image, steps, f".vibe-tui-{tag}-{number}.tmp"))
            except OSError as error:
                raise write_failure(target.path, error) from error
            versions[target.path] = image.version if image else None
        return Plan(tuple(steps), versions)

    def _checked(self, target: Target) -> FileImage | None:
        image = self._tree.read(target.path)
        found = None if image is None else image.content
        if found != target.before:
            words = difference(found is not None, target.before is not None)
            raise ChangeConflictError(target.path, words, _HINT)
        if not self._tree.missing_folders(target.path):
            self._tree.check_writable(target.path, image)
        return image

    def _step(
        self, target: Target, image: FileImage | None, earlier: Sequence[Step], temporary: str
    ) -> Step:
        after: FileState | None = None
        if target.after is not None:
            mode = target.mode
            if mode is None and image is not None:
                mode = image.mode
            if mode is None and target.like is not None:
                mode = Plan(tuple(earlier), {}).mode_before(target.like)
            after = FileState(sha256=self._blobs.put(target.after), mode=mode)
        before: FileState | None = None
        if image is not None:
            before = FileState(sha256=self._blobs.put(image.content), mode=image.mode)
        known = {folder for step in earlier for folder in step.new_folders}
        missing = self._tree.missing_folders(target.path)
        return Step(
            path=target.path,
            before=before,
            after=after,
            temporary=temporary,
            in_place=image is not None and (image.links > 1 or not self._tree.keeps_owner(image)),
            create_mode=_PLAIN_MODE | (0o111 if target.is_executable else 0),
            like=target.like or target.path,
            new_folders=tuple(folder for folder in missing if folder not in known),
        )

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
        try:
            for step in intent.steps:
                path = step.path
                self._stage(step)
            for step in intent.steps:
                path = step.path
                self._perform(step, plan.versions[path])
            for path in _one_per_folder(intent.steps):
                self._tree.sync_folder(path)
        except BaseException as error:
            self.take_back(intent)
            if isinstance(error, OSError):
                raise write_failure(path, error) from error
            raise

    def _stage(self, step: Step) -> None:
        for folder in step.new_folders:
            self._tree.make_folder(folder)
        if step.after is not None and not step.in_place:
            content = self._blobs.get(step.after.sha256)
            self._stage_file(step, content, step.after.mode)

    def _stage_file(self, step: Step, content: bytes, mode: int | None) -> None:
        self._tree.stage(step.path, step.temporary, content, mode, step.create_mode, step.like)

    def _perform(self, step: Step, version: tuple[int, ...] | None) -> None:
        if self._tree.version(step.path) != version:
            raise ChangeConflictError(step.path, "was changed by somebody just now", _HINT)
        if step.after is None:
            self._tree.remove(step.path)
        elif step.in_place:
            mode = step.after.mode or 0
            self._tree.write_in_place(step.path, self._blobs.get(step.after.sha256), mode)
        else:
            self._tree.replace(step.path, step.temporary)

    def finish(self, intent: Intent) -> None:
        """Clear up after an intent whose change has its new revision, and forget it.

        A folder that the system wants to keep stays, empty.

        Raises:
            OSError: If the journal cannot be cleared; the intent is then kept for later.
        """
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
        for step in reversed(intent.steps):
            try:
                if not self._restore(step):
                    left.append(step.path)
            except OSError as error:
                raise WriteFailedError(
                    f"{clean_line(step.path, 200)} could not be put back: {reason_of(error)}",
                    "make room, then run: vibe-tui changes recover",
                ) from error
        self._journal.remove(intent)
        return tuple(left)

    def _restore(self, step: Step) -> bool:
        """Undo one step as far as it got; False when somebody else's content is there."""
        try:
            self._tree.remove_beside(step.path, step.temporary)
            image = self._tree.read(step.path)
        except ChangeConflictError:
            return False
        done = self._put_back(step, image)
        for folder in reversed(step.new_folders):
            self._tree.remove_folder(folder)
        return done

    def _put_back(self, step: Step, image: FileImage | None) -> bool:
        found = None if image is None else sha256_of(image.content)
        before = None if step.before is None else step.before.sha256
        after = None if step.after is None else step.after.sha256
        if found == before and (image is None or image.mode == _mode(step.before)):
            return True
        if found not in (before, after) and not self._is_torn(step, image):
            return False
        if step.before is None:
            self._tree.remove(step.path)
        else:
            self._restore_content(step, step.before)
        self._tree.sync_folder(step.path)
        return True

    def _restore_content(self, step: Step, before: FileState) -> None:
        content = self._blobs.get(before.sha256)
        if step.in_place:
            self._tree.write_in_place(step.path, content, before.mode or 0)
            return
        for folder in self._tree.missing_folders(step.path):
            self._tree.make_folder(folder)
        self._stage_file(step, content, before.mode)
        self._tree.replace(step.path, step.temporary)

    def _is_torn(self, step: Step, image: FileImage | None) -> bool:
        """Whether a file written in place holds a beginning of the new and the rest of the old."""
        if not step.in_place or image is None or step.before is None or step.after is None:
            return False
        old, new = self._blobs.get(step.before.sha256), self._blobs.get(step.after.sha256)
        written = _common_head(image.content, new)
        return image.content[written:] == old[written:]


_HINT = "propose the change again for the file as it is"


def _mode(state: FileState | None) -> int | None:
    return None if state is None else state.mode


def _common_head(one: bytes, other: bytes) -> int:
    """How many first bytes two contents share (by halving: slices compare fast)."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def difference(is_there: bool, is_expected: bool) -> str:
    """How a file on the disk is not what was expected, as words after its path."""
    if not is_there:
        return "is gone"
    return "was changed meanwhile" if is_expected else "exists already"


def _one_per_folder(steps: Sequence[Step]) -> list[str]:
    return list({step.path.rpartition("/")[0]: step.path for step in steps}.values())


def reason_of(error: OSError) -> str:
    """A system error in plain words."""
    if isinstance(error, PermissionError) and error.strerror and error.filename is None:
        return error.strerror
    return _REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


def write_failure(path: str, error: OSError) -> WriteFailedError:
    """A system error on the way to the project, which is untouched."""
    return WriteFailedError(
        f"{clean_line(path, 200)} cannot be written: {reason_of(error)}",
        "nothing was changed; the proposal stays open",
    )
