"""Reading a project's file without being led out of the project or held up by it."""

import os
import stat
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Final

from vibe_tui.foreign import clean_line
from vibe_tui.intelligence.errors import FileRefusedError, PathOutsideError

_FLAGS: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)  # the last part is no link, also if swapped since it was seen
    | getattr(os, "O_NONBLOCK", 0)  # a pipe without a writer must not hold us up
    | getattr(os, "O_CLOEXEC", 0)
)


def relative_path(root: Path, path: str | Path) -> str:
    """Turn a path into a project-relative one with ``/``, without touching the disk.

    Args:
        root: The project.
        path: Absolute, or relative to the project.

    Raises:
        PathOutsideError: It names something outside the project, or the project itself.
    """
    base = os.path.abspath(root)  # noqa: PTH100 - must not resolve links
    joined = os.path.normpath(os.path.join(base, path))  # noqa: PTH118 - normalised as text
    relative = os.path.relpath(joined, base)
    if relative == os.curdir or relative.split(os.sep, 1)[0] == os.pardir or "\0" in relative:
        raise PathOutsideError(
            f"{clean_line(str(path))!r} is not a file inside the project",
            "name a file by its path from the project's root",
        )
    return relative.replace(os.sep, "/")


def read_project_file(root: Path, path: str, max_bytes: int) -> tuple[bytes, bool]:
    """Read a regular file of the project.

    Args:
        root: The project.
        path: Project-relative, with ``/``.
        max_bytes: Read no more than this.

    Returns:
        The bytes, and whether there are more.

    Raises:
        PathOutsideError: A symbolic link on the way leads out of the project.
        FileRefusedError: It is a symbolic link, not a regular file, or cannot be read.
    """
    shown = clean_line(path)
    parent = str(PurePosixPath(path).parent)
    if not _is_inside(str(root), parent):
        raise PathOutsideError(f"{shown} is reached through a link that leaves the project")
    try:
        descriptor = os.open(root / path, _FLAGS)
    except OSError as error:
        raise FileRefusedError(f"{shown} cannot be read: {_why(root / path, error)}") from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileRefusedError(f"{shown} is not a regular file")
    with os.fdopen(descriptor, "rb") as stream:
        try:
            content = stream.read(max_bytes + 1)
        except OSError as error:
            raise FileRefusedError(f"{shown} cannot be read: {error.strerror}") from error
    return content[:max_bytes], len(content) > max_bytes


def forget_folders() -> None:
    """Look at folders anew: one may have been replaced by a link since it was last seen."""
    _is_inside.cache_clear()


@lru_cache(maxsize=4096)
def _is_inside(root: str, parent: str) -> bool:
    real_root = os.path.realpath(root)
    real_parent = os.path.realpath(Path(real_root, parent))
    return real_parent == real_root or real_parent.startswith(real_root.rstrip(os.sep) + os.sep)


def _why(path: Path, error: OSError) -> str:
    if path.is_symlink():
        return "it is a symbolic link"
    return (error.strerror or type(error).__name__).lower()
