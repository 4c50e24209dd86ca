"""A small app around Review, and proposals made by diffing real texts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Footer, Input

from vibe_tui.changes.model import (
    ChangeAction,
    ChangeSet,
    ChangeState,
    CheckRecord,
    DiffLine,
    FileChange,
    FileDiff,
    Hunk,
    HunkState,
    Origin,
)
from vibe_tui.ui.widgets.review_pane import ReviewPane
from vibe_tui.ui.widgets.review_requests import ReviewRequest

_STYLES = Path(__file__).parents[2] / "styles" / "widgets"
_OWN = (
    "review_pane", "review_files", "review_checks", "review_actions",
    "review_dialogs", "conflict_body", "diff_view",
)  # fmt: skip

ROUTER_OLD = '''from collections.abc import Mapping
from atlas.views import View


class Router:
    """Finds the view of a path."""

    def __init__(self) -> None:
        self.views: dict[str, View] = {}
        self.misses = 0

    def register(self, name, view, *, strict):
        """Attach a view to the routing table."""
        if name in self.views and strict = True
            raise KeyError(name)
        self.views[name] = view
        return view
'''
ROUTER_NEW = ROUTER_OLD.replace(
    "from atlas.views", "from atlas.errors import DuplicateViewError\nfrom atlas.views"
).replace(
    """strict = True
            raise KeyError(name)""",
    """strict:
            raise DuplicateViewError(name)""",
)
TEST_NEW = '''"""Views are registered once."""

import pytest


def test_register_twice_raises(router, view):
    router.register("home", view, strict=True)
    with pytest.raises(DuplicateViewError):
        router.register("home", view, strict=True)
'''
ROUTER = "src/atlas/router.py"
TEST = "tests/test_router.py"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Host(App[None]):
    """Review below a prompt, with the footer and what was posted."""

    CSS_PATH: ClassVar = [_STYLES / f"{name}.tcss" for name in _OWN]
    CSS = "#prompt { height: 1; border: none; }"

    def __init__(self, theme: str = "tokyo-night") -> None:
        super().__init__()
        self.theme = theme
        self.clock = Clock()
        self.posted: list[Message] = []

    def compose(self) -> ComposeResult:
        yield Input(id="prompt")
        yield ReviewPane(id="review", clock=self.clock)
        yield Footer()

    @property
    def pane(self) -> ReviewPane:
        return self.query_one(ReviewPane)

    def rest(self) -> None:
        """Let the grace pass."""
        self.clock.now += 10

    @on(ReviewRequest)
    @on(ReviewPane.ZoomToggled)
    def _keep(self, message: Message) -> None:
        self.posted.append(message)


def propose(
    texts: Mapping[str, tuple[str | None, str | None]],
    *,
    change_id: str = "c-1",
    revision: int = 1,
    checks: Sequence[CheckRecord] = (),
    symbols: Mapping[int, str] | None = None,
) -> tuple[ChangeSet, tuple[FileDiff, ...]]:
    """Make a proposal from old and new texts; None is a file that is not there.

    ``symbols`` names the enclosing symbol of hunks by number.
    """
    diffs: list[FileDiff] = []
    k = 1
    for path, (old, new) in texts.items():
        hunks = _hunks(path, old, new, k, symbols or {})
        k += len(hunks)
        action = ChangeAction.CREATE if old is None else ChangeAction.MODIFY
        file = FileChange(
            path,
            ChangeAction.DELETE if new is None else action,
            base_sha256=None if old is None else "0" * 64,
            proposed_sha256=None if new is None else "1" * 64,
            base_mode=0o644,
            added=sum(hunk.added for hunk in hunks),
            removed=sum(hunk.removed for hunk in hunks),
            hunk_states=(HunkState.OPEN,) * len(hunks),
        )
        diffs.append(FileDiff(file, hunks))
    change = ChangeSet(
        change_id,
        revision,
        "2026-01-05T09:30:00Z",
        ChangeState.PROPOSED,
        Origin("model", "claude-sonnet-4-5", prompt="Duplicate views should raise our own error"),
        tuple(diff.change for diff in diffs),
        tuple(checks),
    )
    return change, tuple(diffs)


def decide(
    change: ChangeSet,
    diffs: Sequence[FileDiff],
    states: Mapping[int, HunkState],
    state: ChangeState,
) -> tuple[ChangeSet, tuple[FileDiff, ...]]:
    """What the engine answers when hunks were decided: the next revision."""
    decided: list[FileDiff] = []
    for diff in diffs:
        hunks = tuple(replace(h, state=states.get(h.k, h.state)) for h in diff.hunks)
        file = replace(diff.change, hunk_states=tuple(hunk.state for hunk in hunks))
        decided.append(replace(diff, change=file, hunks=hunks))
    files = tuple(diff.change for diff in decided)
    revision = change.revision + 1
    return replace(change, revision=revision, state=state, files=files), tuple(decided)


def router_change(**options: object) -> tuple[ChangeSet, tuple[FileDiff, ...]]:
    """Two hunks in one file and a new file: the proposal of the design picture."""
    return propose(
        {ROUTER: (ROUTER_OLD, ROUTER_NEW), TEST: (None, TEST_NEW)},
        symbols={1: "imports", 2: "Router.register"},
        **options,  # type: ignore[arg-type]  # passed on by name
    )


def _hunks(
    path: str, old: str | None, new: str | None, first: int, symbols: Mapping[int, str]
) -> tuple[Hunk, ...]:
    before, after = (old or "").splitlines(), (new or "").splitlines()
    hunks = []
    groups = SequenceMatcher(a=before, b=after, autojunk=False).get_grouped_opcodes(3)
    for k, group in enumerate(groups, first):
        lines: list[DiffLine] = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                pairs = zip(range(i1, i2), range(j1, j2), strict=True)
                lines += [DiffLine(" ", i + 1, j + 1, before[i]) for i, j in pairs]
                continue
            lines += [DiffLine("-", i + 1, None, before[i]) for i in range(i1, i2)]
            lines += [DiffLine("+", None, j + 1, after[j]) for j in range(j1, j2)]
        first_op, last_op = group[0], group[-1]
        header = f"@@ -{first_op[1] + 1},{last_op[2]} +{first_op[3] + 1},{last_op[4]} @@"
        header = f"{header} {symbols.get(k, '')}".rstrip()
        hunks.append(Hunk(k, path, header, HunkState.OPEN, tuple(lines)))
    return tuple(hunks)


def screen_rows(widget: Widget) -> list[str]:
    """What a widget drawn line by line shows, top to bottom."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


async def settle(app: App[None], pilot: Pilot[None]) -> None:
    """Let layout, folding and colours come to rest."""
    await pilot.pause()
    while any(not worker.is_finished for worker in app.workers):
        await app.workers.wait_for_complete()
        await pilot.pause()
    await pilot.pause()
