"""Where edits may go: inside the project, never into ``.git``, never through a link that leaves."""

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from vibe_tui.changes.errors import PathRefusedError
from vibe_tui.foreign import clean_line

_DRIVE = re.compile(r"^[A-Za-z]:")
_LONGEST_NAME_BYTES = 255
_NO_TEXT = "holds control characters or bytes that are no text"
_GIT_NAMES = (".git", "git~1")


def confine(root: Path, path: str) -> str:
    """Turn a path out of an edit into one of the project.

    Links inside the project are followed, so that the result names the file itself.

    Args:
        root: The project's folder.
        path: As a model, a patch or a person wrote it, with ``/``.

    Returns:
        The path relative to the root, with ``/``, without links, ``.`` and ``..``.

    Raises:
        PathRefusedError: If it is not a path below the root, or leads into ``.git``.
    """
    parts = _checked_parts(path)
    real_root = os.path.realpath(root)
    _refuse_controls(real_root, path, parts)
    real = os.path.realpath(os.path.join(real_root, *parts))  # noqa: PTH118 - beside realpath
    if os.path.commonpath([real_root, real]) != real_root or real == real_root:
        raise _refusal(path, "leads out of the project through a symbolic link")
    relative = PurePosixPath(os.path.relpath(real, real_root))
    if not _is_text(str(relative)):
        raise _refusal(path, _NO_TEXT)
    _refuse_git(path, relative.parts)
    return relative.as_posix()


def is_link(root: Path, path: str) -> bool:
    """Whether the last part of a path is a symbolic link."""
    return root.joinpath(*_checked_parts(path)).is_symlink()


def project_path_test(root: Path) -> Callable[[str], bool]:
    """A test for words of an answer: names a file, or could name a new one, of the project.

    Args:
        root: The project's folder.
    """

    def is_path(word: str) -> bool:
        try:
            inside = confine(root, word)
        except PathRefusedError:
            return False
        if (root / inside).is_file():
            return True
        return "/" in word or "." in word[:-1]

    return is_path


def _checked_parts(path: str) -> tuple[str, ...]:
    if not path or path.endswith("/"):
        raise _refusal(path, "is not the name of a file")
    if "\0" in path or not _is_text(path):
        raise _refusal(path, _NO_TEXT)
    if path.startswith(("/", "~")) or _DRIVE.match(path):
        raise _refusal(path, "is not relative to the project")
    if "\\" in path:
        raise _refusal(path, "holds a backslash: write it with /")
    parts = tuple(part for part in path.split("/") if part not in ("", "."))
    if ".." in parts:
        raise _refusal(path, "leads upwards with '..'")
    if not parts:
        raise _refusal(path, "is not the name of a file")
    if any(len(part.encode()) > _LONGEST_NAME_BYTES for part in parts):
        raise _refusal(path, "has a name longer than 255 bytes")
    _refuse_git(path, parts)
    return parts


def _is_text(path: str) -> bool:
    return not any(unicodedata.category(character) == "Cs" for character in path)


def _refuse_controls(root: str, path: str, parts: tuple[str, ...]) -> None:
    """Names with control characters are a file's own right, but no edit makes new ones."""
    has_controls = any(unicodedata.category(character) == "Cc" for character in path)
    if has_controls and not os.path.lexists(os.path.join(root, *parts)):  # noqa: PTH118 - as below
        raise _refusal(path, "holds control characters")


def _refuse_git(path: str, parts: tuple[str, ...]) -> None:
    for part in parts:
        visible = "".join(c for c in part if unicodedata.category(c) != "Cf")
        name = visible.casefold().split(":", 1)[0].rstrip(" .")
        if name in _GIT_NAMES:
            raise _refusal(path, "lies in .git, which edits never touch")


def _refusal(path: str, reason: str) -> PathRefusedError:
    return PathRefusedError(
        f"The path {clean_line(path, 200)!r} {reason}",
        "name files relative to the project",
    )
