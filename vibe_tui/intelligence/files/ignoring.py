"""``.gitignore`` rules for folders that git does not look after, and a person's own exclusions."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

GITIGNORE: Final = ".gitignore"
_MAX_RULES_BYTES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class _Level:
    """The patterns of one folder. ``prefix`` ends in ``/``, or is empty at the root."""

    prefix: str
    patterns: "GitIgnoreSpec"


@dataclass(frozen=True, slots=True)
class IgnoreRules:
    """The patterns in force in a folder: its own and those of the folders above it."""

    levels: tuple[_Level, ...] = ()
    """Deepest first: the nearest word on a path wins."""

    def with_lines(self, folder: str, lines: Iterable[str]) -> "IgnoreRules":
        """Add the patterns of a folder.

        Args:
            folder: Project-relative, empty for the root.
            lines: As in ``.gitignore``; a line that is no pattern is passed over, as git does.
        """
        from pathspec import GitIgnoreSpec

        valid = [line for line in lines if _is_pattern(line)]
        if not valid:
            return self
        level = _Level(f"{folder}/" if folder else "", GitIgnoreSpec.from_lines(valid))
        return IgnoreRules((level, *self.levels))

    def with_file(self, root: Path, folder: str) -> "IgnoreRules":
        """Add the patterns of a folder's ``.gitignore``; unreadable or linked means none."""
        try:
            path = root / folder / GITIGNORE
            if path.is_symlink():
                return self
            with path.open("rb") as stream:
                content = stream.read(_MAX_RULES_BYTES)
        except OSError:
            return self
        lines = content.decode("utf-8", "surrogateescape").splitlines()
        return self.with_lines(folder, lines)

    def ignore(self, path: str) -> bool:
        """Tell whether a path is ignored; a folder's path ends in ``/``."""
        for level in self.levels:
            word = level.patterns.check_file(path[len(level.prefix) :]).include
            if word is not None:
                return word
        return False


def rules_down_to(root: Path, path: str) -> IgnoreRules | None:
    """Gather the ``.gitignore`` rules from the root down to a path's folder.

    Returns:
        None if one of the folders on the way is ignored itself.
    """
    rules = IgnoreRules().with_file(root, "")
    for folder in reversed(PurePosixPath(path).parents):
        name = str(folder)
        if name == ".":
            continue
        if rules.ignore(f"{name}/"):
            return None
        rules = rules.with_file(root, name)
    return rules


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore import GitIgnorePatternError

    text = line.strip()
    if not text or text.startswith("#"):
        return False
    try:
        GitIgnoreSpec.from_lines((line,))
    except GitIgnorePatternError:
        return False
    return True
