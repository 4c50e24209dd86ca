"""Earlier proposals, newest first, to be shown again or rolled back."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from vibe_tui.changes.model import ChangeSet
from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.review_checks import LOOKS
from vibe_tui.ui.widgets.review_state import change_badge


class ReviewHistory(OptionList):
    """A list over the diff; Enter shows a change, Escape leaves."""

    @dataclass
    class Picked(Message):
        """A change was chosen."""

        change_id: str

    def show(self, changes: Sequence[ChangeSet], current_id: str) -> None:
        """List changes.

        Args:
            changes: Newest first.
            current_id: The one that is shown now; it is highlighted.
        """
        self.clear_options()
        self.add_options([Option(_row(change), id=change.change_id) for change in changes])
        ids = [change.change_id for change in changes]
        self.highlighted = ids.index(current_id) if current_id in ids else (0 if ids else None)

    @on(OptionList.OptionSelected)
    def _pick(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if event.option_id is not None:
            self.post_message(self.Picked(event.option_id))


def _row(change: ChangeSet) -> Content:
    badge = change_badge(change)
    added = sum(file.added for file in change.files)
    removed = sum(file.removed for file in change.files)
    first = clean_line(change.files[0].path) if change.files else ""
    more = f" and {len(change.files) - 1} more" if len(change.files) > 1 else ""
    origin = clean_line(change.origin.prompt or change.origin.name or change.origin.kind, 200)
    when = clean_line(change.created_at.replace("T", " ")[:16])
    return Content.assemble(
        (f"{badge.text:<18}", LOOKS[badge.look]),
        f"{first}{more}  ",
        (f"+{added} ", "$text-success"),
        (f"−{removed}", "$text-error"),
        "\n  ",
        (f"{when}  {origin}", LOOKS["quiet"]),
    )
