"""Finding a project's files without git: every folder in turn, by its ``.gitignore`` rules."""

import os
from dataclasses import dataclass, field

from vibe_tui.intelligence.files.ignoring import GITIGNORE, IgnoreRules
from vibe_tui.intelligence.files.reasons import HIDDEN_FOLDERS, reason_by_folder, unwanted_folder
from vibe_tui.intelligence.files.screening import Screen


@dataclass(slots=True)
class Walk:
    """One walk through a project.

    Args:
        screen: Judges the files.
    """

    screen: Screen
    files: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    """Path to reason; a folder that was not entered ends in ``/``."""
    _waiting: list[tuple[str, IgnoreRules]] = field(default_factory=list)

    def run(self) -> None:
        """Visit every folder, following no links."""
        self._waiting.append(("", IgnoreRules()))
        while self._waiting:
            self._visit(*self._waiting.pop())

    def _visit(self, folder: str, rules: IgnoreRules) -> None:
        try:
            with os.scandir(self.screen.root / folder) as entries:
                is_folder = {entry.name: entry.is_dir(follow_symlinks=False) for entry in entries}
        except OSError as error:
            self.skipped[f"{folder}/"] = f"unreadable ({error.strerror})"
            return
        if folder and is_folder.get(".git") is False:
            self.skipped[f"{folder}/"] = "submodule"
            return
        if GITIGNORE in is_folder:
            rules = rules.with_file(self.screen.root, folder)
        prefix = f"{folder}/" if folder else ""
        for name, enterable in is_folder.items():
            if enterable:
                self._consider_folder(prefix + name, rules)
            else:
                self._consider_file(prefix + name, rules)

    def _consider_file(self, path: str, rules: IgnoreRules) -> None:
        if rules.ignore(path):
            return
        reason = self.screen.reason(path)
        if reason is None:
            self.files.append(path)
        else:
            self.skipped[path] = reason

    def _consider_folder(self, path: str, rules: IgnoreRules) -> None:
        folder = f"{path}/"
        if path.rpartition("/")[2] in HIDDEN_FOLDERS or rules.ignore(folder):
            return
        unwanted = unwanted_folder(folder)
        if unwanted is not None:
            self.skipped[folder] = reason_by_folder(unwanted)
        elif self.screen.excludes(folder):
            self.skipped[folder] = "excluded by settings"
        else:
            self._waiting.append((path, rules))
