"""Review: what would change, hunk by hunk, and the person's decision on it.

The pane knows nothing of the engine: it is given values and posts what a person wants.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from vibe_tui.changes.model import ChangeSet, ChangeState, CheckRecord, FileDiff
from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.hunk_block import HunkBlock, is_open
from vibe_tui.ui.widgets.review_actions import KEYS, Decision, ReviewActions
from vibe_tui.ui.widgets.review_checks import ReviewChecks
from vibe_tui.ui.widgets.review_files import FileRow, ReviewFiles
from vibe_tui.ui.widgets.review_gate import DecisionGate
from vibe_tui.ui.widgets.review_history import ReviewHistory
from vibe_tui.ui.widgets.review_state import (
    Choices,
    change_badge,
    choices,
    file_badge,
    open_hunks,
)

LOW_ROWS = 24
"""A pane lower than this has buttons of one row."""


class ReviewPane(Vertical):
    """Files, hunks, checks and decisions of one proposal.

    Args:
        clock: Seconds that only go forward.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    class AcceptRequested(Decision):
        """Write these hunks or files, or all that is open."""

    class RejectRequested(Decision):
        """Say no to these hunks or files, or to all that is open."""

    @dataclass
    class RollBackRequested(Message):
        """Restore what an accepted change replaced."""

        change_id: str

    @dataclass
    class EarlierRequested(Message):
        """A person wants the list of changes; answer with ``show_earlier``."""

    @dataclass
    class ChangePicked(Message):
        """A person chose an earlier change; answer with ``show_change``."""

        change_id: str

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 - Textual's own word
    ) -> None:
        super().__init__(id=id)
        self._gate = DecisionGate(clock)
        self._change: ChangeSet | None = None
        self._offered: tuple[object, ...] = ()

    def compose(self) -> ComposeResult:
        """From the files at the top to the buttons at the bottom."""
        yield Static(_EMPTY, id="review-empty")
        yield ReviewFiles(id="review-files")
        yield DiffView(id="review-diff")
        yield ReviewHistory(id="review-history")
        yield ReviewChecks(id="review-checks")
        yield Static(id="review-problem")
        yield ReviewActions(self.accepts_keys, id="review-actions")

    def on_mount(self) -> None:
        """Start empty."""
        self.border_title = "Review"
        self._history.display = False
        self.clear()

    @property
    def _diff(self) -> DiffView:
        return self.query_one("#review-diff", DiffView)

    @property
    def _checks(self) -> ReviewChecks:
        return self.query_one("#review-checks", ReviewChecks)

    @property
    def _history(self) -> ReviewHistory:
        return self.query_one("#review-history", ReviewHistory)

    # What the app tells the pane.

    def show_change(self, change: ChangeSet, diffs: Sequence[FileDiff]) -> None:
        """Show a proposal, or what became of the one that is shown.

        Args:
            change: The proposal.
            diffs: Its files and hunks, in the order of ``change.files``.
        """
        before, self._change = self._change, change
        same = before is not None and before.change_id == change.change_id
        if not same or before is None or before.revision != change.revision:
            self._checks.forget()
            self._set_problem("")
        self._checks.learn(change)
        self._gate.answered()
        self._lay_out_parts()
        is_rolled_back = change.state is ChangeState.ROLLED_BACK
        is_new = self._diff.show(diffs, is_rolled_back=is_rolled_back)
        if is_new or not same:
            self._gate.proposal_came(has_focus=self.has_focus_within)
        self._refresh()

    def set_checking(self, path: str) -> None:
        """Say that a file (empty: the whole change) is being checked."""
        self._checks.start(path)
        self._refresh()

    def set_check(
        self, path: str, strategy: str, is_valid: bool | None, messages: Sequence[str] = ()
    ) -> None:
        """Say what a check found.

        Args:
            path: The file, or empty for the whole change.
            strategy: The kind of check.
            is_valid: None when it was skipped.
            messages: What it found, or why it was skipped.
        """
        self._checks.add(CheckRecord(path, strategy, is_valid, tuple(messages)))
        self._refresh()

    def show_problem(self, text: str) -> None:
        """Say why a decision was not carried out; stays until the next decision."""
        self._gate.answered()
        self._set_problem(text)

    def show_earlier(self, changes: Sequence[ChangeSet]) -> None:
        """List changes to choose from, newest first."""
        self._history.show(changes, self._change.change_id if self._change else "")
        self._history.display = True
        self._lay_out_parts()
        self._history.focus()
        self._refresh()

    def clear(self) -> None:
        """Show that nothing waits."""
        self._change = None
        self._checks.forget()
        self._gate.answered()
        self._set_problem("")
        self._diff.show(())
        self._lay_out_parts()
        self._refresh()

    @property
    def change(self) -> ChangeSet | None:
        """The proposal that is shown."""
        return self._change

    @property
    def open_count(self) -> int:
        """How many decisions wait here."""
        return open_hunks(self._change)

    def focus(self, scroll_visible: bool = True) -> Self:
        """Let the keys act on the hunks."""
        (self._history if self._history.display else self._diff).focus(scroll_visible)
        return self

    # Keys and buttons.

    def accepts_keys(self) -> bool:
        """Whether a key may decide: not in the first moment after a proposal came."""
        if self._gate.accepts_keys():
            return True
        self.query_one(ReviewActions).say("Just arrived: read it, then press the key again")
        return False

    def action_accept_all(self) -> None:
        """Accept all that is open."""
        if self._choices().accept and self.accepts_keys():
            self._decide(self.AcceptRequested)

    def action_accept_hunk(self) -> None:
        """Accept the current hunk."""
        if self._choices().accept_hunk and self.accepts_keys():
            self._decide(self.AcceptRequested, current_only=True)

    def action_reject_all(self) -> None:
        """Reject all that is open."""
        if self._choices().reject and self.accepts_keys():
            self._decide(self.RejectRequested)

    def action_reject_hunk(self) -> None:
        """Reject the current hunk."""
        if self._choices().accept_hunk and self.accepts_keys():
            self._decide(self.RejectRequested, current_only=True)

    def action_roll_back(self) -> None:
        """Take back what was accepted."""
        if self._choices().roll_back and self.accepts_keys():
            self._roll_back()

    def action_go(self, step: int) -> None:
        """Go to the next or the previous hunk."""
        self._diff.go(step)

    def action_go_file(self, step: int) -> None:
        """Go to the next or the previous file."""
        self._diff.go_file(step)

    def action_earlier(self) -> None:
        """Ask for the list of changes."""
        self.post_message(self.EarlierRequested())

    def action_close_earlier(self) -> None:
        """Back from the list to the hunks."""
        self._history.display = False
        self._lay_out_parts()
        self._diff.focus()
        self._refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what works now."""
        if action == "close_earlier":
            return self._history.display
        if self._history.display:
            return not action.startswith(("accept", "reject", "roll", "go", "earlier"))
        allowed = self._choices()
        number, total = self._diff.position
        works = {
            "accept_all": allowed.accept,
            "accept_hunk": allowed.accept_hunk,
            "reject_all": allowed.reject,
            "reject_hunk": allowed.accept_hunk,
            "roll_back": allowed.roll_back,
            "go": total > 1 and (number < total if parameters == (1,) else number > 1),
        }
        return works.get(action, True)

    @on(ReviewActions.Chosen)
    def _choose(self, event: ReviewActions.Chosen) -> None:
        event.stop()
        self._diff.focus()
        match event.name:
            case "accept-all":
                self._decide(self.AcceptRequested)
            case "accept-hunk":
                self._decide(self.AcceptRequested, current_only=True)
            case "reject":
                self._decide(self.RejectRequested)
            case _:
                self._roll_back()

    @on(DiffView.HunkClicked)
    def _click(self, event: DiffView.HunkClicked) -> None:
        event.stop()
        if self._change is not None and self._change.is_open:  # else it closed under the mouse
            kind = self.AcceptRequested if event.is_accept else self.RejectRequested
            self._request(kind(self._change.change_id, self._change.revision, (event.k,)))

    def _decide(
        self,
        kind: type[Decision],
        *,
        current_only: bool = False,
    ) -> None:
        change, current = self._change, self._diff.current
        if change is None:
            return
        if not current_only or current is None:
            self._request(kind(change.change_id, change.revision))
        elif isinstance(current, HunkBlock):
            self._request(kind(change.change_id, change.revision, hunks=(current.hunk.k,)))
        else:
            self._request(kind(change.change_id, change.revision, files=(current.path,)))

    def _roll_back(self) -> None:
        if self._change is not None:
            self._request(self.RollBackRequested(self._change.change_id))

    def _request(self, message: Message) -> None:
        """Post a decision, unless the one before it is still being carried out."""
        if self._gate.take():
            self._set_problem("")
            self.post_message(message)

    # Moving.

    @on(DiffView.CurrentChanged)
    def _follow(self, event: DiffView.CurrentChanged) -> None:
        event.stop()
        self._refresh()

    @on(ReviewFiles.Picked)
    def _pick_file(self, event: ReviewFiles.Picked) -> None:
        event.stop()
        self._diff.go_to_path(event.path)
        self._diff.focus()

    @on(ReviewHistory.Picked)
    def _pick_change(self, event: ReviewHistory.Picked) -> None:
        event.stop()
        self.action_close_earlier()
        self.post_message(self.ChangePicked(event.change_id))

    def on_descendant_focus(self, _: events.DescendantFocus) -> None:
        """Start the grace when a proposal that came meanwhile takes the focus."""
        self._gate.focus_came()

    def on_resize(self, event: events.Resize) -> None:
        """Make room on low screens."""
        is_low = event.size.height < LOW_ROWS
        self.query_one(ReviewActions).make_compact(is_low)
        self._checks.set_class(is_low, "-low")

    # Drawing.

    def _choices(self) -> Choices:
        current = self._diff.current
        is_current_open = current is not None and is_open(current)
        return choices(self._change, is_shown=current is not None, is_current_open=is_current_open)

    def _lay_out_parts(self) -> None:
        has_change, is_listing = self._change is not None, self._history.display
        self.query_one("#review-empty").display = not has_change and not is_listing
        self.query_one("#review-files").display = has_change and not is_listing
        self._diff.display = has_change and not is_listing
        self.query_one("#review-actions").display = not is_listing

    def _set_problem(self, text: str) -> None:
        problem = self.query_one("#review-problem", Static)
        problem.display = bool(text)
        problem.update(Content(f"! {clean_line(text)}"))

    def _refresh(self) -> None:
        path = self._diff.current.path if self._diff.current else ""
        self.query_one(ReviewFiles).show(self._file_rows(), path)
        self._checks.draw(path, is_hidden=self._history.display)
        self.query_one(ReviewActions).show(self._choices())
        self.border_subtitle = self._subtitle()
        number, total = self._diff.position
        offered = (self._choices(), self._history.display, number == 1, number == total)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def _file_rows(self) -> list[FileRow]:
        change, checks = self._change, self._checks
        if change is None:
            return []
        badges = [file_badge(change, f, checks.records, checks.checking) for f in change.files]
        files = zip(change.files, badges, strict=True)
        return [FileRow(file.path, file.added, file.removed, badge) for file, badge in files]

    def _subtitle(self) -> str:
        number, total = self._diff.position
        if self._history.display:
            return "earlier changes · newest first"
        if self._change is None or not total:
            return ""
        place = f"hunk {number} of {total} · unified"
        return place if self._change.is_open else f"{change_badge(self._change).word} · {place}"


_EMPTY = Content.assemble(
    ("Nothing to review", "bold"),
    "\n\nEdits of an answer wait here,\nand reach no file until you accept them.",
)
