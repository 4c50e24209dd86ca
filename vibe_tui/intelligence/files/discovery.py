"""Finding a project's files: as git sees them, else by walking with ``.gitignore``."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vibe_tui.foreign import clean_line
from vibe_tui.intelligence.errors import GitUnusableError, ProjectNotFoundError
from vibe_tui.intelligence.files.git import run_git
from vibe_tui.intelligence.files.ignoring import rules_down_to
from vibe_tui.intelligence.files.reading import forget_folders
from vibe_tui.intelligence.files.reasons import HIDDEN_FOLDERS, reason_by_folder, unwanted_folder
from vibe_tui.intelligence.files.screening import MAX_FILE_BYTES, Screen
from vibe_tui.intelligence.files.walking import Walk
from vibe_tui.intelligence.model import SkippedFile


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a project holds. Both lists are sorted by path.

    ``files`` are judged by name, kind and size, and by their first bytes where the name says
    nothing; a scan, which reads every file anyway, drops those whose content speaks against them.
    """

    files: tuple[str, ...]
    skipped: tuple[SkippedFile, ...]
    by_git: bool
    """Whether git listed the files; else they were found by walking."""
    note: str = ""
    """Why git was not asked; empty when it was."""


def discover(
    root: Path, exclude: Sequence[str] = (), max_file_bytes: int = MAX_FILE_BYTES
) -> Discovery:
    """Find the files of a project.

    Args:
        root: The project's folder.
        exclude: Patterns as in ``.gitignore`` of what to leave out.
        max_file_bytes: Leave out files larger than this.

    Returns:
        The files, and each tracked file that is left out, with its reason; folders full of files
        that nobody tracks have one row, ending in ``/``.

    Raises:
        ProjectNotFoundError: The folder is not there.
        GitFailedError: There is a git repository, and git failed on it.
    """
    if not root.is_dir():
        raise ProjectNotFoundError(f"{clean_line(str(root))} is not a folder", "name a folder")
    forget_folders()
    screen = Screen(root, exclude, max_file_bytes)
    try:
        listed = _listed_by_git(root)
    except GitUnusableError as error:
        return _walked(screen, error.message)
    if listed is None:
        return _walked(screen, "git ignores this folder")
    return _screened(screen, *listed)


def is_listed(root: Path, path: str, *, by_git: bool) -> bool:
    """Tell whether a discovery would list a path, ignored files being not listed.

    Args:
        root: The project.
        path: Project-relative.
        by_git: As in the discovery that the answer is to agree with.

    Raises:
        GitFailedError: git failed.
    """
    if any(part in HIDDEN_FOLDERS for part in path.split("/")):
        return False
    if by_git:
        listing = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", path)
        return bool(run_git(root, *listing))
    rules = rules_down_to(root, path)
    return rules is not None and not rules.ignore(path)


def _listed_by_git(root: Path) -> tuple[list[str], list[str]] | None:
    """List tracked and untracked paths; None where git ignores the whole folder."""
    place = run_git(root, "rev-parse", "--is-inside-work-tree", "--show-prefix")
    inside, _, prefix = place.removesuffix(b"\n").partition(b"\n")
    if inside != b"true":
        raise GitUnusableError(f"the work tree of the git repository is elsewhere: {root}")
    tracked = run_git(root, "ls-files", "-z", "--cached")
    untracked = run_git(root, "ls-files", "-z", "--others", "--exclude-standard")
    if prefix and not tracked and not untracked:
        return None
    return _paths(tracked), _paths(untracked)


def _paths(listing: bytes) -> list[str]:
    return list(dict.fromkeys(os.fsdecode(listing).split("\0")[:-1]))


def _screened(screen: Screen, tracked: Iterable[str], untracked: Iterable[str]) -> Discovery:
    files: set[str] = set()
    skipped: dict[str, str] = {}
    for path in tracked:
        reason = screen.reason(path)
        if reason is None:
            files.add(path)
        else:
            skipped[path] = reason
    for path in untracked:
        folder = unwanted_folder(path)
        if folder is not None:
            skipped.setdefault(f"{folder}/", reason_by_folder(folder))
        elif path.endswith("/"):
            skipped[path] = "nested repository"
        elif (reason := screen.reason(path)) is not None:
            skipped[path] = reason
        else:
            files.add(path)
    return _discovery(files, skipped, by_git=True)


def _walked(screen: Screen, note: str) -> Discovery:
    walk = Walk(screen)
    walk.run()
    return _discovery(walk.files, walk.skipped, by_git=False, note=note)


def _discovery(
    files: Iterable[str], skipped: Mapping[str, str], *, by_git: bool, note: str = ""
) -> Discovery:
    rows = tuple(SkippedFile(path, skipped[path]) for path in sorted(skipped))
    return Discovery(tuple(sorted(files)), rows, by_git, note)
