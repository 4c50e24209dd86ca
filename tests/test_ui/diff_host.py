"""A diff view alone on a screen, and diffs that the engine itself makes of two texts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from vibe_tui.changes.content.decoded import DecodedLines
from vibe_tui.changes.content.diff import Change, diff_lines, display_lines, divided, hunk_header
from vibe_tui.changes.hunks.annotations import Annotations
from vibe_tui.changes.hunks.moves import ChangedFile
from vibe_tui.changes.model import ChangeAction, FileChange, FileDiff, Hunk, HunkState
from vibe_tui.ui.widgets.diff_view import DiffView

_SHEET = Path(__file__).parents[2] / "styles" / "widgets" / "diff_view.tcss"
Groups = Sequence[Sequence[tuple[int, int, int, int]]]
"""Per hunk its changes as (old_start, old_end, new_start, new_end), half-open, from 0."""


class DiffApp(App[None]):
    """The view, and what it told."""

    CSS_PATH: ClassVar = [_SHEET]

    def __init__(self, diffs: Sequence[FileDiff] = (), theme: str = "tokyo-night") -> None:
        super().__init__()
        self.theme = theme
        self._diffs = diffs
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield DiffView()

    def on_mount(self) -> None:
        self.view.focus()
        self.call_after_refresh(self.view.show, self._diffs)

    @property
    def view(self) -> DiffView:
        return self.query_one(DiffView)

    @property
    def rows(self) -> list[str]:
        """What the view shows, top to bottom."""
        return [self.view.render_line(y).text.rstrip() for y in range(self.view.size.height)]

    @property
    def shown(self) -> list[str]:
        """The rows that show something."""
        return [row for row in self.rows if row]

    @on(DiffView.LinesSelected)
    @on(DiffView.HunkClicked)
    @on(DiffView.Reviewed)
    def _keep(self, message: Message) -> None:
        self.told.append(message)


async def settle(app: App[None], pilot: Pilot[None]) -> None:
    """Let layout, folding and colours come to rest."""
    await pilot.pause()
    while any(not worker.is_finished for worker in app.workers):
        await app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.pause()


def read(
    texts: Mapping[str, tuple[str, str]],
    *,
    groups: Groups | None = None,
    state: HunkState = HunkState.OPEN,
) -> tuple[FileDiff, ...]:
    """The engine's diffs of old and new texts; ``groups`` divides the hunks of each file."""
    lines = {path: diff_lines(old.encode(), new.encode()) for path, (old, new) in texts.items()}
    if groups is not None:
        own = [[Change(*change) for change in group] for group in groups]
        lines = {path: divided(diff, own) for path, diff in lines.items()}
    notes = Annotations([ChangedFile(path, path, diff) for path, diff in lines.items()])
    diffs: list[FileDiff] = []
    k = 1
    for path, diff in lines.items():
        hunks = tuple(
            Hunk(
                k + index,
                path,
                hunk_header(diff, hunk),
                state,
                notes.on(path, display_lines(diff, hunk)),
            )
            for index, hunk in enumerate(diff.hunks)
        )
        k += len(hunks)
        file = FileChange(
            path, ChangeAction.MODIFY, "0" * 64, "1" * 64, 0o644,
            diff.added, diff.removed, (state,) * len(hunks),
        )  # fmt: skip
        diffs.append(FileDiff(file, hunks, "", DecodedLines(diff.old, diff.old_encoding)))
    return tuple(diffs)
