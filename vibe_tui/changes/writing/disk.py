"""What the project's files hold now, by sha256, without reading again what did not change."""

import time
from dataclasses import dataclass

from vibe_tui.changes.kept.blobs import sha256_of
from vibe_tui.changes.writing.tree import ProjectTree

_SETTLED_NS = 100_000_000
"""How old a file's times must be to show its next change: clocks of file systems tick coarsely."""
_REMEMBERED_FILES = 10_000


@dataclass(frozen=True, slots=True)
class Held:
    """What a path holds: a content by its sha256, and permission bits."""

    sha256: str | None
    """None: no such file."""
    mode: int | None = None
    """None: no such file, or not decided yet."""


NOTHING = Held(None)


class Disk:
    """Reads the project's files.

    Args:
        tree: The files.
    """

    def __init__(self, tree: ProjectTree) -> None:
        self.tree = tree
        self._known: dict[str, tuple[tuple[int, ...], Held]] = {}

    def held(self, path: str) -> Held:
        """What a path holds.

        Raises:
            ChangeConflictError: If something other than a plain file stands there.
            OSError: If the system refuses.
        """
        version = self.tree.version(path)
        if version is None:
            return NOTHING
        known = self._known.get(path)
        if known is not None and known[0] == version:
            return known[1]
        now_ns = time.time_ns()
        image = self.tree.read(path)
        if image is None:
            return NOTHING
        held = Held(sha256_of(image.content), image.mode)
        if now_ns - max(image.version[3:5]) > _SETTLED_NS:
            if len(self._known) >= _REMEMBERED_FILES:
                self._known.clear()
            self._known[path] = image.version, held
        return held

    def content(self, path: str) -> bytes | None:
        """A path's bytes; None when there is no such file.

        Raises:
            ChangeConflictError: If something other than a plain file stands there.
            OSError: If the system refuses.
        """
        image = self.tree.read(path)
        return None if image is None else image.content
