"""What is to be written, compared with the disk and worked out step by step before the first."""

from collections.abc import Mapping
from dataclasses import dataclass

from vibe_tui.changes.errors import ChangeConflictError
from vibe_tui.changes.kept.blobs import BlobStore
from vibe_tui.changes.writing.journal import FileState, Step
from vibe_tui.changes.writing.refusals import HINT, difference
from vibe_tui.changes.writing.tree import FileImage, ProjectTree, Version

_PLAIN_MODE = 0o666


@dataclass(frozen=True, slots=True)
class Target:
    """What a path holds now and is to hold; None means no file."""

    path: str
    before: bytes | None
    after: bytes | None
    mode: int | None = None
    """Permission bits afterwards; None keeps those of the file, or of ``like``."""
    like: str | None = None
    """Another target whose owner, attributes and, without a mode, permission bits it takes.

    Where that one is deleted and the bytes are the same, the file itself is moved.
    """
    is_executable: bool = False
    """Whether a new file without a mode of its own may be executed."""
    facts: str | None = None
    """Names, by sha256, the kept owner and attributes of a file that comes back."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps that were found possible, and the versions of the files they were planned for."""

    steps: tuple[Step, ...]
    versions: Mapping[str, Version | None]
    spare_folders: tuple[str, ...] = ()
    """Folders to remove in the end where they are empty, innermost first."""

    def state_before(self, path: str) -> FileState | None:
        """A file before; None when it did not exist or is not in the plan."""
        return next((step.before for step in self.steps if step.path == path), None)

    def mode_before(self, path: str) -> int | None:
        """A file's permission bits before; None when it did not exist or is not in the plan."""
        state = self.state_before(path)
        return None if state is None else state.mode


class Planner:
    """Makes one plan; nothing is written to the project.

    Args:
        tree: The project's files.
        blobs: Where contents before and after are kept.
        tag: A word for the names of staged files.
    """

    def __init__(self, tree: ProjectTree, blobs: BlobStore, tag: str) -> None:
        self._tree = tree
        self._blobs = blobs
        self._tag = tag
        self._steps: list[Step] = []
        self._images: dict[str, FileImage | None] = {}

    def plan(self) -> Plan:
        """The plan of all targets so far."""
        images = self._images.items()
        versions = {path: None if image is None else image.version for path, image in images}
        return Plan(tuple(self._steps), versions)

    def add(self, target: Target) -> None:
        """Plan a target; deletions come before the files that are like what they delete.

        Raises:
            ChangeConflictError: If a file is not what it was.
            OSError: If a file or its folder cannot be read or written.
        """
        image = self._checked(target)
        step = self._step(target, image)
        if image is not None and step.after is not None and step.in_place:
            self._tree.check_keeps_mode(image, step.after.mode)
            self._refuse_other_content(step, image)
        source = self._moved(target, image, step)
        if source is not None:
            step = step.model_copy(update={"moved_from": target.like})
            index = next(n for n, other in enumerate(self._steps) if other.path == target.like)
            self._steps[index] = self._steps[index].model_copy(update={"moved_to": target.path})
        self._steps.append(step)
        self._images[target.path] = image

    def _checked(self, target: Target) -> FileImage | None:
        image = self._tree.read(target.path)
        if image is not None and target.before is None and target.like in self._images:
            image = None if self._tree.is_respelled(target.path, target.like) else image
        found = None if image is None else image.content
        if found != target.before:
            words = difference(found is not None, target.before is not None)
            raise ChangeConflictError(target.path, words, HINT)
        missing = self._tree.missing_folders(target.path)
        if missing:
            self._tree.check_room_for(missing)
        else:
            self._tree.check_writable(target.path, image)
        return image

    def _step(self, target: Target, image: FileImage | None) -> Step:
        before: FileState | None = None
        if image is not None:
            facts = self._facts(target) if target.after is None else None
            sha256 = self._blobs.put(image.content)
            before = FileState(sha256=sha256, mode=image.mode, facts=facts)
        after: FileState | None = None
        if target.after is not None:
            mode = self._mode(target, image)
            after = FileState(sha256=self._blobs.put(target.after), mode=mode, facts=target.facts)
        known = {folder for step in self._steps for folder in step.new_folders}
        missing = self._tree.missing_folders(target.path)
        return Step(
            path=target.path,
            before=before,
            after=after,
            temporary=f".vibe-tui-{self._tag}-{len(self._steps)}.tmp",
            in_place=image is not None and self._is_kept(image, target.after),
            create_mode=_PLAIN_MODE | (0o111 if target.is_executable else 0),
            like=target.like or target.path,
            new_folders=tuple(folder for folder in missing if folder not in known),
        )

    def _facts(self, target: Target) -> str | None:
        facts = self._tree.facts(target.path)
        return None if facts is None else self._blobs.put(facts.content())

    def _mode(self, target: Target, image: FileImage | None) -> int | None:
        if target.mode is not None:
            return target.mode
        like = self._images.get(target.like or "") if image is None else image
        return None if like is None else like.mode

    def _is_kept(self, image: FileImage, after: bytes | None) -> bool:
        """Whether a file is written, or only given other permission bits, as the one it is."""
        return after is not None and (after == image.content or self._stays(image))

    def _stays(self, image: FileImage) -> bool:
        """Whether a file must stay the one that it is, for its other names or its owner."""
        return image.links > 1 or not self._tree.keeps_owner(image)

    def _moved(self, target: Target, image: FileImage | None, step: Step) -> FileImage | None:
        """The file that a target is to be moved from; None where a new file is made."""
        source = self._images.get(target.like or "")
        if image is not None or source is None or target.after is None or step.after is None:
            return None
        is_given_up = any(s.path == target.like and s.after is None for s in self._steps)
        is_same = source.content == target.after
        if not is_given_up or not (is_same or self._stays(source)):
            return None
        if not is_same or step.after.mode != source.mode:
            self._tree.check_keeps_mode(source, step.after.mode)
        return source

    def _refuse_other_content(self, step: Step, image: FileImage) -> None:
        """Two names of one file cannot get two contents."""
        for other in self._steps:
            seen = self._images[other.path]
            if seen is None or other.after is None or seen.version[:2] != image.version[:2]:
                continue
            if other.after != step.after:
                raise ChangeConflictError(
                    step.path,
                    f"is the same file as {other.path} (a hard link), and both would differ",
                    "accept one of them, or propose the same text for both",
                )
