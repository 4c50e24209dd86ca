"""Judging a project's files one by one: in the map, or left out and why."""

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vibe_tui.errors import VibeError
from vibe_tui.intelligence.files.ignoring import IgnoreRules
from vibe_tui.intelligence.files.reading import read_project_file
from vibe_tui.intelligence.files.reasons import HEAD_BYTES, reason_by_content, reason_by_path
from vibe_tui.intelligence.languages import TEXT, language_of

MAX_FILE_BYTES: Final = 1_500_000


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
        try:
            found = os.lstat(f"{self.root}/{path}")
        except OSError as error:
            missing = isinstance(error, FileNotFoundError | NotADirectoryError)
            return "missing on disk" if missing else f"unreadable ({error.strerror})"
        if not stat.S_ISREG(found.st_mode):
            return _reason_by_kind(found.st_mode)
        if found.st_size > self.max_file_bytes:
            return f"over {self.max_file_bytes} bytes"
        if language_of(path) == TEXT:
            return self._sniff(path)
        return None

    def _sniff(self, path: str) -> str | None:
        try:
            head, _ = read_project_file(self.root, path, HEAD_BYTES)
        except VibeError as error:
            return f"unreadable ({error.message})"
        return reason_by_content(path, head)


def _reason_by_kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "symbolic link"
    if stat.S_ISDIR(mode):
        return "submodule"
    return "not a regular file"
