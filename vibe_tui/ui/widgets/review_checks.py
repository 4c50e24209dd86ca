"""What the checks of a proposal found: a row of badges, and the first findings."""

from collections.abc import Collection

from textual.content import Content
from textual.widgets import Static

from vibe_tui.changes.model import ChangeSet, CheckRecord
from vibe_tui.ui.widgets.review_state import WHOLE_CHANGE, findings, strategy_badges

LOOKS = {
    "good": "$text-success",
    "bad": "$text-error",
    "busy": "$text-warning",
    "warn": "$text-warning",
    "quiet": "dim",
}
"""The colour of a badge's look."""
_SHOWN = 2


class ReviewChecks(Static):
    """Holds the results of the change that is shown, and draws them."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id, markup=False)
        self._records: dict[tuple[str, str], CheckRecord] = {}
        self._checking: set[str] = set()
        self._drawn: Content | None = None

    @property
    def records(self) -> Collection[CheckRecord]:
        """Every result, in the order they came."""
        return self._records.values()

    @property
    def checking(self) -> Collection[str]:
        """Files that are being checked; an empty path is all of them."""
        return self._checking

    def forget(self) -> None:
        """Know nothing."""
        self._records, self._checking = {}, set()

    def learn(self, change: ChangeSet) -> None:
        """Take over what is stored with a change."""
        self._records.update({(check.path, check.strategy): check for check in change.checks})

    def start(self, path: str) -> None:
        """A file is being checked."""
        self._checking.add(path)

    def add(self, record: CheckRecord) -> None:
        """A check ended."""
        self._checking -= {record.path, WHOLE_CHANGE}
        self._records[record.path, record.strategy] = record

    def draw(self, path: str) -> None:
        """Show badges, and what was found in ``path`` first; nothing when there is nothing."""
        badges = strategy_badges(self.records, self._checking)
        found = findings(self.records, path)
        self.display = bool(badges)
        parts: list[str | tuple[str, str]] = []
        for badge in badges:
            parts += [(badge.sign, LOOKS[badge.look]), f" {badge.word}   "]
        parts += [f"\n{line}" for line in found[:_SHOWN]]
        if len(found) > _SHOWN:
            parts.append((f"\n… and {len(found) - _SHOWN} more", LOOKS["quiet"]))
        content = Content.assemble(*parts)
        if self._drawn is None or not content.is_same(self._drawn):
            self._drawn = content
            self.update(content)
