"""Unified diffs, as git, ``diff -u`` and models write them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vibe_tui.changes.formats.diff_paths import (
    git_names,
    header_name,
    same_file,
    unquoted,
    without_prefixes,
)
from vibe_tui.changes.formats.hunk_reader import DamagedHunkError, HunkReader, is_file_header
from vibe_tui.changes.model import FilePatch, PatchHunk, RefusedEdit

_ANSWER_STARTS = ("```", "~~~", "<<<<<")


@dataclass(slots=True)
class _File:
    """A file's part of a diff while it is read."""

    old: str | None = None
    new: str | None = None
    is_renamed: bool = False
    """Whether rename lines gave the names; they win over all others."""
    has_header: bool = False
    """Whether ``---`` or ``+++`` lines were read."""
    hunks: list[PatchHunk] = field(default_factory=list)
    is_created: bool = False
    is_deleted: bool = False
    mode: int | None = None
    trouble: str = ""

    def take_names(self, lines: Sequence[str]) -> None:
        """Take ``---`` and ``+++`` lines, or the only one of them that is there."""
        self.has_header = True
        if self.is_renamed:
            return
        if len(lines) == 1:
            name = header_name(lines[0][4:]) or ""
            self.old = self.new = name.removeprefix("a/" if lines[0][0] == "-" else "b/")
            return
        old, new = header_name(lines[0][4:]), header_name(lines[1][4:])
        self.is_created |= old is None
        self.is_deleted |= new is None
        self.old, self.new = same_file(*without_prefixes(old, new))

    def result(self) -> FilePatch | RefusedEdit:
        """What the part means."""
        old = None if self.is_created else self.old
        new = None if self.is_deleted else self.new
        path = new or old or ""
        if self.trouble:
            return RefusedEdit(path, self.trouble)
        if not path:
            return RefusedEdit("", "The diff names no file: write --- and +++ lines above it")
        if not (self.hunks or self.mode or old != new):
            return RefusedEdit(path, "The diff changes nothing in this file")
        return FilePatch(old, new, tuple(self.hunks), self.mode)


def looks_like_patch(text: str) -> bool:
    """Whether a text is a unified diff by itself and not an answer that may hold one."""
    lines = text.split("\n")
    if any(line.startswith(_ANSWER_STARTS) for line in lines):
        return False
    return any(
        line.startswith("diff --git ") or is_file_header(lines, at) for at, line in enumerate(lines)
    )


def parse_patch(text: str, default_path: str | None = None) -> list[FilePatch | RefusedEdit]:
    """Read a unified diff of any number of files.

    Args:
        text: The diff; prose between its files is skipped.
        default_path: The file of hunks that stand under no header; None refuses them.

    Returns:
        One entry a file. A part that cannot be read is refused as a whole.
    """
    return [part.result() for part in _Reader(text, default_path).read()]


def paths_of_patch(text: str) -> list[str]:
    """The files that a diff, perhaps cut off, is about."""
    results = parse_patch(text)
    paths = [
        entry.path if isinstance(entry, RefusedEdit) else entry.new_path or entry.old_path or ""
        for entry in results
    ]
    return [path for path in dict.fromkeys(paths) if path]


class _Reader:
    """Walks over the lines of a diff."""

    def __init__(self, text: str, default_path: str | None) -> None:
        lines = [line.removesuffix("\r") for line in text.split("\n")]
        if lines[-1] == "":
            lines.pop()
        self._lines: Sequence[str] = lines
        self._at = 0
        self._default = default_path
        self._files: list[_File] = []
        self._in_header = False

    def read(self) -> list[_File]:
        while self._at < len(self._lines):
            self._step(self._lines[self._at])
        return self._files

    def _step(self, line: str) -> None:
        if line.startswith("diff --git "):
            self._files.append(_File())
            self._in_header = True
            self._at += 1
            names = git_names(line[len("diff --git ") :])
            if names:
                self._files[-1].old, self._files[-1].new = without_prefixes(*names)
        elif is_file_header(self._lines, self._at) or self._is_half_header(line):
            self._read_names()
        elif line.startswith("@@") or self._is_bare_hunk(line):
            self._read_hunk()
        else:
            if self._in_header:
                self._read_extended(line)
            self._at += 1

    def _is_half_header(self, line: str) -> bool:
        """Whether only one of ``---`` and ``+++`` is there, right above a hunk."""
        if not line.startswith(("--- ", "+++ ")) or self._at + 1 >= len(self._lines):
            return False
        return self._lines[self._at + 1].startswith("@@")

    def _is_bare_hunk(self, line: str) -> bool:
        """Whether changed lines follow a header, or the text's beginning, without ``@@``."""
        if line[:1] not in ("+", "-", " ") or not line.strip():
            return False
        if self._files:
            return self._in_header and self._files[-1].has_header and not self._files[-1].hunks
        return self._default is not None and line[:1] in ("+", "-")

    def _read_names(self) -> None:
        both = is_file_header(self._lines, self._at)
        if not self._in_header or self._files[-1].has_header or self._files[-1].hunks:
            self._files.append(_File())
            self._in_header = True
        self._files[-1].take_names(self._lines[self._at : self._at + 1 + both])
        self._at += 1 + both

    def _read_hunk(self) -> None:
        if not self._files:
            self._files.append(_File(self._default, self._default))
        file = self._files[-1]
        self._in_header = False
        try:
            hunk, self._at = HunkReader(self._lines, self._at).read()
        except DamagedHunkError as error:
            file.trouble = file.trouble or str(error)
            self._at += 1
            return
        if hunk.lines:
            file.hunks.append(hunk)

    def _read_extended(self, line: str) -> None:
        """Read one of git's lines between ``diff --git`` and ``---``."""
        file = self._files[-1]
        for start, read in _EXTENDED:
            if line.startswith(start):
                read(file, line[len(start) :].strip())
                return


def _created(file: _File, mode: str) -> None:
    file.is_created = True
    _mode(file, mode if mode != "100644" else "")


def _deleted(file: _File, _: str) -> None:
    file.is_deleted = True


def _mode(file: _File, mode: str) -> None:
    if mode in ("100644", "100755"):
        file.mode = int(mode[3:], 8)
    elif mode:
        file.trouble = "Symbolic links and submodules cannot be changed by a diff here"


def _renamed_from(file: _File, name: str) -> None:
    file.old, file.is_renamed = unquoted(name), True


def _renamed_to(file: _File, name: str) -> None:
    file.new, file.is_renamed = unquoted(name), True


def _copied(file: _File, _: str) -> None:
    file.trouble = "Copies cannot be read from a diff here: send the new file whole"


def _binary(file: _File, _: str) -> None:
    file.trouble = "Binary changes cannot be read from a diff here"


_EXTENDED = (
    ("new file mode ", _created),
    ("deleted file mode ", _deleted),
    ("new mode ", _mode),
    ("rename from ", _renamed_from),
    ("rename to ", _renamed_to),
    ("copy from ", _copied),
    ("GIT binary patch", _binary),
    ("Binary files ", _binary),
)
