"""Taking back what an intent wrote, however far it came: after a failure, and after a crash."""

from collections.abc import Mapping
from itertools import zip_longest

from vibe_tui.changes.errors import ChangeConflictError
from vibe_tui.changes.kept.blobs import BlobStore, sha256_of
from vibe_tui.changes.writing.facts import read_facts
from vibe_tui.changes.writing.journal import FileState, Step
from vibe_tui.changes.writing.tree import FileImage, NewFile, ProjectTree

_PIECE_BYTES = 4096


class Undoing:
    """Restores files; whatever is restored already stays, so that it can be done again.

    Args:
        tree: The project's files.
        blobs: The contents before and after.
    """

    def __init__(self, tree: ProjectTree, blobs: BlobStore) -> None:
        self._tree = tree
        self._blobs = blobs

    def restore(self, step: Step, befores: Mapping[str, FileState | None]) -> bool:
        """Undo a step of an intent; its later steps come first.

        Args:
            step: The step.
            befores: What each path of the intent held.

        Returns:
            False when somebody else's content is there, which stays.

        Raises:
            OSError: If the system refuses.
        """
        try:
            if not self._was_set_aside(step):
                self._tree.remove(step.beside)
            if step.moved_from is not None:
                done = self._move_back(step, step.moved_from, befores[step.moved_from])
            else:
                done = self._put_back(step, self._tree.read(step.path))
        except ChangeConflictError:
            return False
        for folder in reversed(step.new_folders):
            self._tree.remove_folder(folder)
        return done

    def _was_set_aside(self, step: Step) -> bool:
        """Bring a file back that was to be deleted, unless its place is taken."""
        if step.after is not None or self._tree.version(step.path) is not None:
            return False
        if self._tree.version(step.beside) is None:
            return False
        self._tree.move(step.beside, step.path)
        self._tree.sync_folder(step.path)
        return True

    def _move_back(self, step: Step, source: str, before: FileState | None) -> bool:
        """Give a file that was moved its old name, after its old bytes."""
        is_respelled = self._tree.is_respelled(source, step.path)
        if before is None or (self._tree.version(source) is not None and not is_respelled):
            return True
        image = self._tree.read(step.path)
        if image is None:
            return True
        if not self._is_written(image, before, step.after, in_place=True):
            return False
        if not _is_as(image, before):
            self._write_in_place(step.path, image, before)
        self._tree.move(step.path, source)
        self._tree.sync_folder(source)
        self._tree.sync_folder(step.path)
        return True

    def _put_back(self, step: Step, image: FileImage | None) -> bool:
        if _is_as(image, step.before):
            return True
        if not self._is_written(image, step.before, step.after, in_place=step.in_place):
            return False
        if step.before is None:
            self._tree.remove(step.path)
        elif step.in_place and image is not None:
            self._write_in_place(step.path, image, step.before)
        else:
            self._replace(step, step.before)
        self._tree.sync_folder(step.path)
        return True

    def _is_written(
        self,
        image: FileImage | None,
        before: FileState | None,
        after: FileState | None,
        *,
        in_place: bool,
    ) -> bool:
        """Whether what is at a path was there before a step, or is its work, be it half done."""
        if image is None:
            return after is None
        found = sha256_of(image.content)
        if any(state is not None and state.sha256 == found for state in (before, after)):
            return True
        return in_place and self._is_torn(image.content, before, after)

    def _write_in_place(self, path: str, image: FileImage, before: FileState) -> None:
        if sha256_of(image.content) == before.sha256:
            self._tree.set_mode(path, before.mode or 0)
        else:
            self._tree.write_in_place(path, self._blobs.get(before.sha256), before.mode or 0)

    def _replace(self, step: Step, before: FileState) -> None:
        for folder in self._tree.missing_folders(step.path):
            self._tree.make_folder(folder)
        content = self._blobs.get(before.sha256)
        like = step.like if before.facts is None else read_facts(self._blobs.get(before.facts))
        new = NewFile(content, before.mode, step.create_mode, like)
        self._tree.stage(step.path, step.temporary, new)
        self._tree.replace(step.path, step.temporary)

    def _is_torn(self, found: bytes, before: FileState | None, after: FileState | None) -> bool:
        """Whether a file written in place holds some of the old bytes and some of the new.

        Writing may have been broken off twice: on the way there and on the way back.
        """
        if before is None or after is None:
            return False
        old, new = self._blobs.get(before.sha256), self._blobs.get(after.sha256)
        if not min(len(old), len(new)) <= len(found) <= max(len(old), len(new)):
            return False
        return all(
            _is_mixed(*(content[start : start + _PIECE_BYTES] for content in (found, old, new)))
            for start in range(0, len(found), _PIECE_BYTES)
        )


def _is_as(image: FileImage | None, state: FileState | None) -> bool:
    if image is None or state is None:
        return image is None and state is None
    return image.mode == state.mode and sha256_of(image.content) == state.sha256


def _is_mixed(found: bytes, old: bytes, new: bytes) -> bool:
    if found in (old, new):
        return True
    length = len(found)
    return all(byte in pair for byte, *pair in zip_longest(found, old[:length], new[:length]))
