"""The project as it would be with every open proposal, for reading; nothing of it is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from vibe_tui.changes.content.diff import LineDiff, diff_lines
from vibe_tui.changes.errors import ChangeConflictError
from vibe_tui.changes.model import ChangeAction
from vibe_tui.changes.writing.disk import NOTHING, Disk, Held
from vibe_tui.changes.writing.paths import confine

Load = Callable[[], bytes | None]
"""Gives a content when it is needed."""


@dataclass(frozen=True, slots=True)
class _Laid:
    held: Held
    load: Load
    change_ids: tuple[str, ...]
    came_from: str
    """The path, on the disk, of the file that is here now."""


class Overlay:
    """Files of the project under those of open proposals, as of the moment it was made.

    Paths may be written as models write them; ``PathRefusedError`` (a ``VibeError``) is raised
    where one leads out of the project. A file that a proposal cannot change any more, because the
    project moved on, reads as it is below that proposal.

    Args:
        disk: The project's files.
    """

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._laid: dict[str, _Laid] = {}

    # Reading.

    def read(self, path: str) -> bytes | None:
        """A file's bytes; None when there is no such file.

        Raises:
            ChangeConflictError: If something other than a plain file stands there.
            OSError: If the system refuses.
        """
        return self.content(confine(self._disk.tree.root, path))

    def sha256(self, path: str) -> str | None:
        """The sha256 of a file's bytes; None when there is no such file. Raises as ``read``."""
        return self.held(confine(self._disk.tree.root, path)).sha256

    def paths(self) -> Mapping[str, ChangeAction]:
        """The files that differ from the disk, and how.

        A renamed file is named by its new path, and its old path as deleted.
        """
        found = {path: self._action(path) for path in sorted(self._laid)}
        return {path: action for path, action in found.items() if action is not None}

    def diff(self, path: str) -> LineDiff:
        """A file on the disk against the file here. Raises as ``read``."""
        inside = confine(self._disk.tree.root, path)
        return diff_lines(self._disk.content(inside), self.content(inside))

    def changes_of(self, path: str) -> tuple[str, ...]:
        """The ids of the open proposals that made a file what it is here, lowest first."""
        laid = self._laid.get(path)
        return () if laid is None else laid.change_ids

    def came_from(self, path: str) -> str:
        """The path that a file here has on the disk; its own when nothing renames it."""
        laid = self._laid.get(path)
        return path if laid is None else laid.came_from

    def held(self, path: str) -> Held:
        """What a path of the project holds here. Raises as ``read``."""
        laid = self._laid.get(path)
        return self._disk.held(path) if laid is None else laid.held

    def is_free(self, path: str, source: str) -> bool:
        """Whether a file may be renamed to a path. Raises as ``read``.

        Args:
            path: The new name.
            source: The old one; the same file, only spelled otherwise, is not in the way.
        """
        if self.held(path).sha256 is None:
            return True
        return path not in self._laid and self._disk.tree.is_respelled(path, source)

    def content(self, path: str) -> bytes | None:
        """The bytes at a path of the project. Raises as ``read``."""
        return self.load(path)()

    def load(self, path: str) -> Load:
        """What gives the bytes at a path of the project, also once something is laid over it."""
        laid = self._laid.get(path)
        return partial(self._disk.content, path) if laid is None else laid.load

    def _action(self, path: str) -> ChangeAction | None:
        laid = self._laid[path]
        try:
            below = self._disk.held(path)
            is_moved = laid.came_from != path and self._disk.held(laid.came_from) != NOTHING
        except (ChangeConflictError, OSError):
            return None  # what stands there is no file that a proposal could change
        if laid.held.sha256 is None:
            return None if below.sha256 is None else ChangeAction.DELETE
        if below.sha256 is None:
            return ChangeAction.RENAME if is_moved else ChangeAction.CREATE
        return None if laid.held == below else ChangeAction.MODIFY

    # Laying.

    def lay(self, path: str, held: Held, load: Load, change_id: str) -> None:
        """Lay a file over what is there.

        Args:
            path: Where.
            held: What it holds.
            load: Gives its bytes.
            change_id: The proposal that it is of; empty when nobody asks.
        """
        ids = _above(self.changes_of(path), change_id)
        self._laid[path] = _Laid(held, load, ids, self.came_from(path))

    def move(self, source: str, target: str, held: Held, load: Load, change_id: str) -> None:
        """Lay a file under a new name, and nothing under its old one."""
        ids, origin = _above(self.changes_of(source), change_id), self.came_from(source)
        self._laid[source] = _Laid(NOTHING, _nothing, ids, source)
        self._laid[target] = _Laid(held, load, ids, origin)

    def touched(self) -> tuple[str, ...]:
        """All paths that anything was laid on, in the order of the first time."""
        return tuple(self._laid)


def _nothing() -> None:
    return None


def _above(ids: tuple[str, ...], change_id: str) -> tuple[str, ...]:
    return ids if not change_id or change_id in ids else (*ids, change_id)
