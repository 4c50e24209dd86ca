"""The history: every change by time and by message, looked at, and taken back."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import Screen
from textual.widgets import Footer, Static
from textual.worker import Worker

from vibe_tui.changes.model import ChangeSet, ChangeState
from vibe_tui.commands.rewind import RewindPlan, Way
from vibe_tui.errors import VibeError
from vibe_tui.events import (
    ChangeApplied,
    ChangeProposed,
    ChangeRejected,
    ChangeRevised,
    ChangeRolledBack,
    SessionRewound,
)
from vibe_tui.foreign import clean_line
from vibe_tui.ui.history import HistoryRow, HistoryRows, Key, why_not_back
from vibe_tui.ui.history_source import HistorySource
from vibe_tui.ui.history_text import back_text, heading
from vibe_tui.ui.layout import NARROW_BELOW
from vibe_tui.ui.screens.confirm import ConfirmScreen
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.history_filter import HistoryFilter
from vibe_tui.ui.widgets.history_list import HistoryList

_LOG = logging.getLogger(__name__)
_NEWS = (
    ChangeApplied,
    ChangeProposed,
    ChangeRejected,
    ChangeRevised,
    ChangeRolledBack,
    SessionRewound,
)
"""Events after which the list says something else."""
_WAYS: Mapping[Way, str] = {"both": "Files and chat", "files": "Files only", "chat": "Chat only"}


class HistoryScreen(Screen[str | None]):
    """Lists changes beside a preview; dismissed with the change that Review is to show, or None.

    Args:
        source: The engine.
        clock: The time now, with its zone.
        change_id: The change to begin with.
    """

    AUTO_FOCUS = "#history-list"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "back", id="history.back"),
        Binding("enter", "look", "look", id="history.look"),
        Binding("u", "roll_back", "roll back", id="history.roll_back"),
        Binding("U", "roll_back_to", "roll back to here", id="history.roll_back_to"),
        Binding("m", "rewind", "before this message", id="history.rewind"),
        Binding("r", "review", "in Review", id="history.review"),
        Binding("slash", "filter", "filter", id="history.filter"),
        Binding("t", "gather", "by time", id="history.gather"),
        Binding("n", "go(1)", "Next hunk", show=False, id="history.next_hunk"),
        Binding("p", "go(-1)", "Previous hunk", show=False, id="history.previous_hunk"),
        Binding("q", "close", "Close", show=False, id="history.close"),
    ]

    listing = query_one("#history-list", HistoryList)
    line = query_one("#history-filter", HistoryFilter)
    heading = query_one("#history-heading", Static)
    diff = query_one("#history-diff", DiffView)
    state = query_one("#history-state", Static)

    def __init__(
        self,
        source: HistorySource,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        change_id: str = "",
    ) -> None:
        super().__init__()
        self._source = source
        self._clock = clock
        self._start: Key | None = ("change", change_id) if change_id else None
        self._content = HistoryRows()
        self._previewed: tuple[str, int] | None = None
        self._is_narrow = False
        self._is_looking = False

    def compose(self) -> ComposeResult:
        """The list, and what the current row is, beside it or in its place."""
        with Horizontal(id="history"):
            with Vertical(id="history-left") as left:
                left.border_title = "History"
                yield HistoryFilter(
                    placeholder="/ filter: path, prompt, model, state",
                    select_on_focus=False,
                    compact=True,
                    id="history-filter",
                )
                yield HistoryList(self._clock, id="history-list")
                yield Static(id="history-state", markup=False)
            with Vertical(id="history-right"):
                yield Static(id="history-heading", markup=False)
                yield DiffView(id="history-diff")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Read what there is, and again whenever it changes."""
        self.state.display = False
        self.line.cursor_blink = False
        self._reload()
        self.run_worker(self._watch(), group="history events")

    def on_resize(self, event: events.Resize) -> None:
        """Show one half at a time where both do not fit."""
        self._is_narrow = event.size.width < NARROW_BELOW
        self._arrange()

    def _arrange(self) -> None:
        shows_both = not self._is_narrow
        self.query_one("#history-left").display = shows_both or not self._is_looking
        self.query_one("#history-right").display = shows_both or self._is_looking
        self.refresh_bindings()

    # Reading.

    async def _watch(self) -> None:
        async for event in self._source.events():
            if isinstance(event, _NEWS):
                self._reload()

    def _reload(self) -> None:
        self._start_work(self._read, "history")

    async def _read(self) -> None:
        changes = await self._source.changes()
        content = await asyncio.to_thread(HistoryRows, changes, self._content)
        content.filter(self.line.value)  # typed on meanwhile
        key, self._start = self._start or self._key(), None
        self._content = content
        self._show_rows(key)

    def _key(self) -> Key | None:
        row = self.listing.current
        return row.key if row is not None else None

    def _show_rows(self, key: Key | None) -> None:
        content = self._content
        nothing = "nothing matches" if content.total else "nothing was proposed here yet"
        self.listing.show(content, nothing)
        self.listing.keep_on(key)
        left = self.query_one("#history-left")
        shown = f"{content.shown:,} of {content.total:,}" if content.query else f"{content.total:,}"
        plural = "s" * (content.total != 1)
        order = "by message" if content.by_message else "by time"
        left.border_subtitle = f"{shown} change{plural} · {order}"

    @on(HistoryList.CurrentChanged)
    def _follow(self, event: HistoryList.CurrentChanged) -> None:
        event.stop()
        self.refresh_bindings()
        self._start_work(self._preview, "preview")

    async def _preview(self) -> None:
        """Show what the current row is; what is scrolled past meanwhile is not read."""
        change = self._change
        key = (change.change_id, change.revision) if change is not None else None
        self.heading.update(heading(change, self._clock()) if change is not None else self._words())
        self.query_one("#history-right").border_title = "Preview" if change is None else "Change"
        if key is None:
            self._previewed = None
            self.diff.show(())
        elif key != self._previewed and change is not None:
            diffs = await self._source.diffs(change.change_id)
            self._previewed = key
            self.diff.show(diffs, is_rolled_back=change.state is ChangeState.ROLLED_BACK)

    def _words(self) -> Content:
        """What stands in the place of a preview."""
        row = self.listing.current
        if row is None or row.message is None:
            return Content("")
        count = row.message.changes
        return Content(f"{row.message.text}\n\n{count} change{'s' * (count != 1)}")

    @property
    def _row(self) -> HistoryRow | None:
        return self.listing.current

    @property
    def _change(self) -> ChangeSet | None:
        return self._row.change if self._row is not None else None

    # Filter and order.

    def action_filter(self) -> None:
        """Go to the filter."""
        self._is_looking = False
        self._arrange()
        self.line.focus()

    @on(HistoryFilter.Changed)
    def _filter(self, event: HistoryFilter.Changed) -> None:
        event.stop()
        key = self._key()
        self._content.filter(event.value)
        self._show_rows(key)

    @on(HistoryFilter.Steered)
    def _steer(self, event: HistoryFilter.Steered) -> None:
        event.stop()
        self.listing.action_move(event.step)

    @on(HistoryFilter.Submitted)
    def _take_filter(self, event: HistoryFilter.Submitted) -> None:
        event.stop()
        self.listing.focus()

    @on(HistoryFilter.Left)
    def _leave_filter(self, event: HistoryFilter.Left) -> None:
        event.stop()
        self.line.value = ""
        self.listing.focus()

    def action_gather(self) -> None:
        """List by message, or by time alone."""
        key = self._key()
        self._content.gather(not self._content.by_message)
        self._show_rows(key)

    # Looking.

    @on(HistoryList.Chosen)
    def _choose(self, event: HistoryList.Chosen) -> None:
        event.stop()
        self.action_look()

    def action_look(self) -> None:
        """Go to the preview."""
        self._is_looking = True
        self._arrange()
        self.diff.focus()

    def action_go(self, step: int) -> None:
        """Go to the next or the previous hunk of the preview."""
        self.diff.go(step)

    @on(DiffView.HunkClicked)
    def _decide_in_review(self, event: DiffView.HunkClicked) -> None:
        """Nothing is decided here: show the change where it is."""
        event.stop()
        self.action_review()

    def action_review(self) -> None:
        """Show the change in Review."""
        if self._change is not None:
            self.dismiss(self._change.change_id)

    def action_back(self) -> None:
        """From the preview to the list, from a filtered list to the whole, from that to the app."""
        if self.diff.has_focus or (self._is_narrow and self._is_looking):
            self._is_looking = False
            self._arrange()
            self.listing.focus()
        elif self.line.value:
            self.line.value = ""
        else:
            self.dismiss(None)

    def action_close(self) -> None:
        """Leave."""
        self.dismiss(None)

    # Taking back.

    def action_roll_back(self) -> None:
        """Take the change back."""
        change = self._change
        if change is not None:
            self._decide(partial(self._roll_back, change))

    async def _roll_back(self, change: ChangeSet) -> None:
        self._tell_of(await self._source.roll_back(change.change_id), change.change_id)

    def action_roll_back_to(self) -> None:
        """Take the change back and all that was accepted after it, once that is confirmed."""
        change = self._change
        if change is not None:
            self._decide(partial(self._roll_back_to, change))

    async def _roll_back_to(self, change: ChangeSet) -> None:
        concerned = await self._source.taken_back_to(change.change_id)
        text = back_text(concerned, self._clock())
        ways = {"files": "Roll back"}
        confirm = ConfirmScreen(f"Roll back to before {change.change_id}", text, ways)
        if await self.app.push_screen_wait(confirm) is not None:
            back = await self._source.roll_back_to(change.change_id)
            count = len(concerned)
            self._tell_of(back, f"{count} change{'s' * (count != 1)}")

    def action_rewind(self) -> None:
        """Go back to before the message that led to the change, in the way that is chosen."""
        row = self._row
        if row is not None and row.message is not None:
            self._decide(partial(self._rewind, row.message.session_id, row.message.prompt_id))

    async def _rewind(self, session_id: str, prompt_id: str) -> None:
        found = await self._source.rewind_plan(session_id, prompt_id)
        if not found.ways:
            self._say("Nothing of this message is left to take back")
            return
        confirm = ConfirmScreen(
            "Back to before this message",
            self._rewind_text(found),
            {way: _WAYS[way] for way in found.ways},
        )
        chosen = await self.app.push_screen_wait(confirm)
        for way in found.ways:
            if way == chosen:
                self._say(await self._source.rewind(found, way))

    def _rewind_text(self, found: RewindPlan) -> str:
        parts = [back_text(found.takes_back, self._clock())]
        if found.rejects:
            names = ", ".join(change.change_id for change in found.rejects)
            parts.append(f"Rejected, since nothing of it is accepted: {clean_line(names)}")
        if found.messages:
            parts.append(f"Chat: the last {found.messages} messages are no longer sent.")
        else:
            parts.append("Chat: the message is of another conversation, which stays as it is.")
        return "\n\n".join(parts)

    def _tell_of(self, back: ChangeSet, what: str) -> None:
        """Say what became of a roll back."""
        if back.is_open:
            self._say(f"{what}: files moved on, so {back.change_id} waits in Review: r shows it")
            self._start = ("change", back.change_id)
        else:
            self._say(f"{what} rolled back; u on {back.change_id} brings it back")

    def _decide(self, work: Callable[[], Awaitable[None]]) -> None:
        self._say("")
        self._start_work(work, "history decision")

    def _start_work(self, work: Callable[[], Awaitable[None]], group: str) -> None:
        """Do work beside the event loop; what is under way of the same group is given up."""

        async def attempt() -> None:
            await self._attempt(work)

        _: Worker[None] = self.run_worker(attempt, group=group, exclusive=True)

    async def _attempt(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do work of the engine; what goes wrong is said, and ends nothing else."""
        try:
            await work()
        except VibeError as error:
            self._say(str(error), is_problem=True)
        except Exception as error:  # noqa: BLE001 - the boundary of the screen: a defect must not end the app
            _LOG.exception("work of the history failed")
            self._say(f"{type(error).__name__}: {error}", is_problem=True)

    def _say(self, text: str, *, is_problem: bool = False) -> None:
        self.state.display = bool(text)
        self.state.set_class(is_problem, "-problem")
        self.state.update(Content(("! " if is_problem else "") + clean_line(text)))

    # What works now.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Offer only what works on the current row."""
        if not self.is_mounted:
            return True
        works = {
            "roll_back": not why_not_back(self._change),
            "roll_back_to": not why_not_back(self._change),
            "rewind": self._row is not None and self._row.message is not None,
            "review": self._change is not None,
            "look": self._change is not None and not self.diff.has_focus,
        }
        return works.get(action, True)
