"""What git has to say of single paths: ignored, or part of another repository."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from vibe_tui.intelligence.errors import GitFailedError, GitUnusableError
from vibe_tui.intelligence.files.git import run_git

_TIMEOUT_S: Final = 5.0
_HERE: Final = b"./"
"""So that a path that begins with a colon is no pattern."""
_GITLINK: Final = b"160000 "


def remarks_of(root: Path, paths: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Say which paths git ignores, and which lie in a submodule or a repository of their own.

    Args:
        root: The project's folder.
        paths: Relative to it, with ``/``; they need not exist.

    Returns:
        ``ignored by git``, ``in the submodule lib`` or ``in the repository lib`` by path; paths
        without a remark are left out. Nothing at all where git is missing, fails, or finds no
        repository.
    """
    try:
        return _remarks(root, paths)
    except (GitFailedError, GitUnusableError):
        return {}


def _remarks(root: Path, paths: Sequence[str]) -> dict[str, tuple[str, ...]]:
    links = _links(root, {folder for path in paths for folder in _foreign_folders(root, path)})
    remarks: dict[str, tuple[str, ...]] = {}
    own: list[str] = []
    for path in paths:
        inner = next((folder for folder in _foreign_folders(root, path) if folder in links), None)
        if inner is None:
            own.append(path)
        else:
            remarks[path] = (links[inner],)
    remarks.update((path, ("ignored by git",)) for path in _ignored(root, own))
    return remarks


def _foreign_folders(root: Path, path: str) -> list[str]:
    """The folders above a path that another repository may fill, outermost first."""
    folders = [str(folder) for folder in reversed(PurePosixPath(path).parents)][1:]
    return [folder for folder in folders if _may_be_foreign(root / folder)]


def _may_be_foreign(folder: Path) -> bool:
    """Whether a folder holds a repository, or nothing, as a submodule that is not fetched does."""
    if (folder / ".git").exists():
        return True
    try:
        return next(folder.iterdir(), None) is None
    except OSError:
        return False


def _links(root: Path, folders: set[str]) -> dict[str, str]:
    """What each folder is that is not this repository's own."""
    if not folders:
        return {}
    listing = run_git(root, "ls-files", "--stage", "-z", "--", *folders, timeout_s=_TIMEOUT_S)
    entries = [record.partition(b"\t") for record in listing.split(b"\0")]
    submodules = {_decoded(path) for mode, _, path in entries if mode.startswith(_GITLINK)}
    links = {folder: f"in the submodule {folder}" for folder in folders & submodules}
    nested = {f for f in folders - submodules if (root / f / ".git").exists()}
    return links | {folder: f"in the repository {folder}" for folder in nested}


def _ignored(root: Path, paths: Sequence[str]) -> list[str]:
    if not paths:
        return []
    given = b"".join(_HERE + path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
    command = ("check-ignore", "--stdin", "-z")
    output = run_git(root, *command, given=given, timeout_s=_TIMEOUT_S)
    return [_decoded(path.removeprefix(_HERE)) for path in output.split(b"\0") if path]


def _decoded(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
