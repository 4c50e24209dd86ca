"""Finding a project's files: as git sees them, else by walking with ``.gitignore``."""

import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vibe_tui.foreign import clean_line
from vibe_tui.intelligence.errors import GitUnusableError, ProjectNotFoundError
from vibe_tui.intelligence.git import run_git
from vibe_tui.intelligence.ignoring import IgnoreRules, rules_down_to
from vibe_tui.intelligence.languages import TEXT, language_of
from vibe_tui.intelligence.model import SkippedFile
from vibe_tui.intelligence.reading import forget_folders
from vibe_tui.intelligence.screening import (
    HEAD_BYTES,
    HIDDEN_FOLDERS,
    reason_by_content,
    reason_by_folder,
    reason_by_path,
    unwanted_folder,
)

MAX_FILE_BYTES: Final = 1_500_000


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


@dataclass(slots=True)
class Screen:
    """Judges files one by one, remembering what it learnt of their folders.

    Args:
        root: The project.
        exclude: Patterns as in ``.gitignore`` of what a person wants left out.
        max_file_bytes: Files above this are left out.
    """

    root: Path
    exclude: Sequence[str] = ()
    max_file_bytes: int = MAX_FILE_BYTES
    _rules: IgnoreRules = field(init=False)
    _real_folders: dict[str, bool] = field(init=False, default_factory=lambda: {"": True})

    def __post_init__(self) -> None:
        self._rules = IgnoreRules().with_lines("", self.exclude)

    def excludes(self, path: str) -> bool:
        """Tell whether a person's exclusions name a path; a folder's path ends in ``/``."""
        return bool(self._rules.levels) and self._rules.ignore(path)

    def reason(self, path: str) -> str | None:
        """Tell why a file is left out; None if it is in."""
        reason = reason_by_path(path)
        if reason is None and self.excludes(path):
            reason = "excluded by settings"
        if reason is None and not self._in_real_folder(path):
            reason = "reached through a symbolic link"
        return reason or self._reason_on_disk(path)

    def _in_real_folder(self, path: str) -> bool:
        folder = path.rpartition("/")[0]
        known = self._real_folders.get(folder)
        if known is None:
            known = self._in_real_folder(folder) and not (self.root / folder).is_symlink()
            self._real_folders[folder] = known
        return known

    def _reason_on_disk(self, path: str) -> str | None:
        full_path = f"{self.root}/{path}"
        try:
            found = os.lstat(full_path)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            return "missing on disk" if missing else f"unreadable ({error.strerror})"
        if not stat.S_ISREG(found.st_mode):
            return _reason_by_kind(full_path, found.st_mode)
        if found.st_size > self.max_file_bytes:
            return f"over {self.max_file_bytes} bytes"
        if language_of(path) == TEXT:
            return _sniff(path, full_path)
        return None


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
    inside, prefix = (
        run_git(root, "rev-parse", "--is-inside-work-tree", "--show-prefix") + b"\n"
    ).split(b"\n")[:2]
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


def _discovery(
    files: Iterable[str], skipped: dict[str, str], *, by_git: bool, note: str = ""
) -> Discovery:
    rows = tuple(SkippedFile(path, skipped[path]) for path in sorted(skipped))
    return Discovery(tuple(sorted(files)), rows, by_git, note)


def _walked(screen: Screen, note: str) -> Discovery:
    files: list[str] = []
    skipped: dict[str, str] = {}
    waiting: list[tuple[str, IgnoreRules]] = [("", IgnoreRules())]
    while waiting:
        folder, rules = waiting.pop()
        try:
            with os.scandir(screen.root / folder) as entries:
                found = {entry.name: entry for entry in entries}
        except OSError as error:
            skipped[f"{folder}/"] = f"unreadable ({error.strerror})"
            continue
        if folder and ".git" in found and found[".git"].is_file(follow_symlinks=False):
            skipped[f"{folder}/"] = "submodule"
            continue
        if ".gitignore" in found:
            rules = rules.with_file(screen.root, folder)
        for name, entry in found.items():
            path = f"{folder}/{name}" if folder else name
            if not entry.is_dir(follow_symlinks=False):
                _place_file(screen, rules, path, files, skipped)
            elif _enters(screen, rules, path, skipped):
                waiting.append((path, rules))
    return _discovery(files, skipped, by_git=False, note=note)


def _place_file(
    screen: Screen, rules: IgnoreRules, path: str, files: list[str], skipped: dict[str, str]
) -> None:
    if rules.ignore(path):
        return
    reason = screen.reason(path)
    if reason is None:
        files.append(path)
    else:
        skipped[path] = reason


def _enters(screen: Screen, rules: IgnoreRules, folder: str, skipped: dict[str, str]) -> bool:
    if folder.rpartition("/")[2] in HIDDEN_FOLDERS or rules.ignore(f"{folder}/"):
        return False
    unwanted = unwanted_folder(f"{folder}/")
    if unwanted is not None:
        skipped[f"{folder}/"] = reason_by_folder(unwanted)
    elif screen.excludes(f"{folder}/"):
        skipped[f"{folder}/"] = "excluded by settings"
    else:
        return True
    return False


def _reason_by_kind(full_path: str, mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "symbolic link"
    if stat.S_ISDIR(mode):
        return "submodule"
    return "not a regular file"


def _sniff(path: str, full_path: str) -> str | None:
    try:
        with Path(full_path).open("rb") as stream:
            return reason_by_content(path, stream.read(HEAD_BYTES))
    except OSError as error:
        return f"unreadable ({error.strerror})"
