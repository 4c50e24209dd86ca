"""A project and its store in a temporary folder, and words for looking at files on the disk."""

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vibe_tui.changes.model import ChangeSet, Edit, Origin, SearchReplace
from vibe_tui.changes.store import ChangeStore

ORIGIN = Origin("model", "test/model", "s-1", "make it so")

FilePicture = tuple[str, int, bytes | str, int]
"""Kind, permission bits, bytes (or a link's target) and number of names."""


@dataclass(frozen=True)
class Project:
    """A folder with files, and a store beside it."""

    base: Path

    @property
    def root(self) -> Path:
        return self.base / "project"

    @property
    def data(self) -> Path:
        return self.base / "data"

    def store(self) -> ChangeStore:
        return ChangeStore(self.root, self.data)

    def write(self, path: str, content: bytes, mode: int = 0o644) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(mode)
        return target

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def propose(self, *edits: Edit) -> ChangeSet:
        """Store edits that must all apply."""
        proposed = self.store().propose(edits, ORIGIN)
        assert proposed.refused == ()
        assert proposed.change is not None
        return proposed.change

    def reasons(self, *edits: Edit) -> list[str]:
        """Why edits, none of which applies, are refused."""
        proposed = self.store().propose(edits, ORIGIN)
        assert proposed.change is None
        return [edit.reason for edit in proposed.refused]

    def picture(self) -> dict[str, FilePicture]:
        """Everything below the project's parent except the store, as it stands on the disk."""
        return picture(self.base, skip=(self.data,))


NUMBERS = b"".join(b"%d\n" % n for n in range(60))


def three_hunks(project: Project) -> ChangeSet:
    """A change of two hunks in one file and one in another."""
    project.write("a.txt", NUMBERS)
    project.write("b.txt", b"x\n")
    return project.propose(
        swap("a.txt", "3\n4\n", "three\n4\n"),
        swap("a.txt", "50\n51\n", "fifty\n51\n"),
        swap("b.txt", "x\n", "y\n"),
    )


def picture(base: Path, skip: Sequence[Path] = ()) -> dict[str, FilePicture]:
    """What a folder holds: links are not followed."""
    seen: dict[str, FilePicture] = {}
    for path in sorted(base.rglob("*")):
        if any(path.is_relative_to(folder) for folder in skip):
            continue
        status = path.lstat()
        name = str(path.relative_to(base))
        if path.is_symlink():
            seen[name] = ("link", 0, str(path.readlink()), 1)
        elif path.is_dir():
            seen[name] = ("folder", stat.S_IMODE(status.st_mode), b"", 1)
        elif path.is_file():
            content = path.read_bytes()
            seen[name] = ("file", stat.S_IMODE(status.st_mode), content, status.st_nlink)
        else:
            seen[name] = ("other", stat.S_IMODE(status.st_mode), b"", 1)
    return seen


def swap(path: str, search: str, replace: str) -> SearchReplace:
    """A SEARCH/REPLACE edit."""
    return SearchReplace(path, search, replace)
