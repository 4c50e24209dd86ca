"""From the engine's events to the panes: who shows what."""

import time
from collections.abc import Callable

from vibe_tui.changes.model import ChangeSet
from vibe_tui.events import (
    Asked,
    AutoAcceptChanged,
    BudgetRefused,
    BudgetReserved,
    ChangeApplied,
    ChangeProposed,
    ChangeRejected,
    ChangeRevised,
    ChangeRolledBack,
    CheckFinished,
    ContextChosen,
    EditRefused,
    EditSeen,
    Event,
    MapProgress,
    MapUpdated,
    Noticed,
    Reported,
    Retrying,
    SessionRewound,
    SessionStarted,
    SpendEstimated,
    Spent,
    TextDelta,
    TurnFailed,
    TurnFinished,
    TurnStarted,
)
from vibe_tui.foreign import clean
from vibe_tui.ui.screens.main import MainScreen
from vibe_tui.ui.transcript import Severity
from vibe_tui.ui.turn_summary import TurnSummary
from vibe_tui.workspace import Workspace

Defer = Callable[[str], None]
"""Has a slow reading done in the background: ``spend`` or ``git``."""


class EventRouter:
    """Shows every event in the pane it belongs to.

    Args:
        workspace: Read for what events only name by id.
        screen: The panes.
        defer: Has readings done that must not hold up a stream.
        ask: Puts a question to the person.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        workspace: Workspace,
        screen: MainScreen,
        defer: Defer,
        ask: Callable[[Asked], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._workspace = workspace
        self._screen = screen
        self._defer = defer
        self._ask = ask
        self._clock = clock
        self._summary = TurnSummary(clock())
        self._mentioned: tuple[str, ...] = ()
        self._context_tokens: int | None = None

    async def route(self, event: Event) -> None:
        """Show one event."""
        self._summary.add(event)
        self._route_turn(event)
        self._route_notes(event)
        self._route_money(event)
        self._route_map(event)
        await self._route_changes(event)

    def show_context(self) -> None:
        """Mark the files of the context."""
        self._screen.map_pane.set_context(
            self._workspace.pinned, self._mentioned, self._context_tokens
        )

    async def show_newest_change(self) -> None:
        """Show the newest open proposal, else the last change, so that it can be rolled back."""
        changes = await self._workspace.review.changes()
        self._count_waiting(changes)
        newest = next((change for change in changes if change.is_open), None)
        if newest is None and changes:
            newest = changes[0]
        if newest is not None:
            await self._show(newest)

    async def show_next_waiting(self) -> None:
        """Show the open proposal made after the one that is shown, else the oldest."""
        changes = await self._workspace.review.changes()
        self._count_waiting(changes)
        oldest_first = changes[::-1]
        shown = self._screen.review.change
        ids = [change.change_id for change in oldest_first]
        here = ids.index(shown.change_id) + 1 if shown and shown.change_id in ids else 0
        order = oldest_first[here:] + oldest_first[:here]
        if (following := next((change for change in order if change.is_open), None)) is not None:
            await self._show(following)

    def _route_turn(self, event: Event) -> None:
        chat = self._screen.chat
        match event:
            case SessionStarted():
                chat.clear()
                self._mentioned, self._context_tokens = (), None
                self.show_context()
                self._end_turn()
            case SessionRewound(prompt=prompt):
                self._show_rewound(prompt)
            case TurnStarted(prompt=prompt):
                self._summary = TurnSummary(self._clock())
                chat.start_turn(prompt)
            case TextDelta(text=text):
                chat.add_text(text)
            case EditSeen(path=path):
                chat.add_edit_seen(path)
            case TurnFinished():
                self._end_turn()
                line = self._summary.line(event, self._clock())
                chat.end_turn(line, stopped=event.stopped)
            case TurnFailed(message=message, hint=hint):
                self._end_turn()
                chat.fail_turn(message, hint)

    def _show_rewound(self, prompt: str) -> None:
        """Show the conversation as it is now, and put the prompt back where it can be changed."""
        chat = self._screen.chat
        chat.show_turns(turns_of(self._workspace))
        words = prompt.strip().split("\n", 1)[0]
        chat.add_note(f"back to before “{words[:60]}”; the file of the conversation keeps it")
        if not chat.prompt.text_input.text:
            chat.prompt.text_input.write(clean(prompt))

    def _end_turn(self) -> None:
        self._screen.gauge.settle()
        self._defer("spend")

    def _route_notes(self, event: Event) -> None:
        chat = self._screen.chat
        note = chat.add_note
        match event:
            case EditRefused(path=path, reason=reason):
                note(f"{path}: {reason}", "warning")
            case Retrying(reason=reason, in_s=in_s):
                note(f"{reason}; sent again in {in_s:.1f} s", "warning")
            case BudgetRefused(offers=offers):
                note("; ".join(("nothing was sent, the budget has no room", *offers)), "error")
            case Reported(text=text):
                chat.show_report(text)
            case Noticed(message=message, severity=severity):
                note(message, severity_of(severity))
            case Asked():
                self._ask(event)
            case AutoAcceptChanged(patterns=patterns, undo_id=undo_id):
                self._screen.show_auto_accept(patterns, undo_id)

    def _route_money(self, event: Event) -> None:
        match event:
            case SpendEstimated():
                self._screen.gauge.stream(event)
            case BudgetReserved() | Spent():
                self._defer("spend")

    def _route_map(self, event: Event) -> None:
        screen = self._screen
        match event:
            case MapProgress(done=done, total=total):
                screen.top_bar.tell(parsed=(done, total))
            case MapUpdated(paths=paths):
                self._show_map(paths)
            case ContextChosen(tokens=tokens, items=items):
                self._mentioned = tuple(str(item["path"]) for item in items if item["path"])
                self._context_tokens = tokens
                screen.top_bar.tell(context_tokens=tokens)
                self.show_context()

    def _show_map(self, paths: tuple[str, ...]) -> None:
        repository_map = self._workspace.repository_map
        if repository_map is None:
            return
        if paths:
            known = repository_map.modules
            self._screen.map_pane.update_files({path: known.get(path) for path in paths})
            self._screen.top_bar.tell(mapped_files=len(known))
            return
        self._screen.map_pane.show_map(repository_map)
        self._screen.top_bar.tell(
            parsed=None,
            mapped_files=repository_map.total_files,
            mapped_s=repository_map.timings.total_s,
        )

    async def _route_changes(self, event: Event) -> None:
        review = self._screen.review
        match event:
            case ChangeProposed(change_id=change_id, files=files):
                await self.show_change(change_id)
                for path in files:
                    review.set_checking(path)
            case CheckFinished(path=path, strategy=strategy, is_valid=is_valid):
                if self._is_shown(event.change_id):
                    review.set_check(path, strategy, is_valid, event.messages)
            case ChangeRevised(change_id=change_id, why="rebased"):
                if self._is_shown(change_id):
                    await self.show_change(change_id)
            case ChangeRevised(change_id=change_id) | ChangeRejected(change_id=change_id):
                await self.show_change(change_id)
            case ChangeApplied(change_id=change_id) | ChangeRolledBack(change_id=change_id):
                await self.show_change(change_id)
                self._defer("git")

    def _is_shown(self, change_id: str) -> bool:
        shown = self._screen.review.change
        return shown is not None and shown.change_id == change_id

    async def show_change(self, change_id: str) -> None:
        """Show what is stored of a proposal now."""
        changes = await self._workspace.review.changes()
        self._count_waiting(changes)
        for change in changes:
            if change.change_id == change_id:
                await self._show(change)

    async def _show(self, change: ChangeSet) -> None:
        diffs = await self._workspace.review.diffs(change.change_id)
        self._screen.review.show_change(change, diffs)
        self._screen.refresh_bindings()

    def _count_waiting(self, changes: tuple[ChangeSet, ...]) -> None:
        waiting = frozenset(change.change_id for change in changes if change.is_open)
        self._screen.show_waiting(len(waiting))
        self._screen.review.set_waiting(waiting)


def turns_of(workspace: Workspace) -> list[tuple[str, str]]:
    """What was said in the conversation, as (prompt, answer), oldest first."""
    turns: list[tuple[str, str]] = []
    for message in workspace.session.messages:
        if message.role == "user":
            turns.append((message.content, ""))
        elif turns:
            prompt, answer = turns[-1]
            turns[-1] = (prompt, answer + message.content)
    return turns


def severity_of(word: str) -> Severity:
    """The severity of a notice; one that this face does not know is information."""
    known: dict[str, Severity] = {"warning": "warning", "error": "error"}
    return known.get(word, "information")
