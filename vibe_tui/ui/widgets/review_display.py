"""What Review shows of a proposal: its files, its hunks, what checks found, what is left to do.

It knows nothing of the engine: it is given values. What a person does with them is in
``review_pane``.
"""

import time
from collections.abc import Callable, Sequence
from typing import Self

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from vibe_tui.changes.model import ChangeSet, ChangeState, CheckRecord, FileDiff
from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.hunk_block import HunkBlock
from vibe_tui.ui.widgets.hunk_context import USUAL_CONTEXT
from vibe_tui.ui.widgets.review_actions import ReviewActions
from vibe_tui.ui.widgets.review_allowed import Situation, why_not
from vibe_tui.ui.widgets.review_checks import ReviewChecks
from vibe_tui.ui.widgets.review_files import FileRow, ReviewFiles
from vibe_tui.ui.widgets.review_gate import DecisionGate
from vibe_tui.ui.widgets.review_keys import LINE_TOOLS, TOOLS
from vibe_tui.ui.widgets.review_state import change_badge, file_badge, open_hunks

LOW_ROWS = 24
"""A pane lower than this has buttons of one row."""


class ReviewDisplay(Vertical):
    """Files, hunks, checks and buttons of one proposal.

    Args:
        clock: Seconds that only go forward.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        id: str | None = None,  # noqa: A002 - Textual's own word
    ) -> None:
        super().__init__(id=id)
        self._gate = DecisionGate(clock)
        self._change: ChangeSet | None = None
        self._diffs: Sequence[FileDiff] = ()
        self._is_alone = self._is_zoomed = False
        self._waiting: frozenset[str] = frozenset()
        self._offered: tuple[object, ...] = ()
        self._is_problem_of_next = False
        """Whether the problem is about a revision that is still to be shown."""
        self._said: tuple[Situation, str] = (Situation(), "")
        """What was said last, and where the reader stood then."""
        self._drafts: dict[tuple[type, str, int], str] = {}
        """What was written about a hunk and could not be taken, by kind, change and hunk."""

    def compose(self) -> ComposeResult:
        """From the files at the top to the buttons at the bottom."""
        yield Static(_EMPTY, id="review-empty")
        yield ReviewFiles(id="review-files")
        yield DiffView(id="review-diff")
        yield ReviewChecks(id="review-checks")
        yield Static(id="review-problem")
        yield ReviewActions(self.accepts_keys, id="review-actions")

    def on_mount(self) -> None:
        """Start empty."""
        self.clear()

    @property
    def _diff(self) -> DiffView:
        return self.query_one("#review-diff", DiffView)

    @property
    def _checks(self) -> ReviewChecks:
        return self.query_one("#review-checks", ReviewChecks)

    # What the app tells the pane.

    def show_change(self, change: ChangeSet, diffs: Sequence[FileDiff]) -> None:
        """Show a proposal, or what became of the one that is shown.

        Args:
            change: The proposal.
            diffs: Its files and hunks, in the order of ``change.files``.
        """
        before, self._change, self._diffs = self._change, change, diffs
        same = before is not None and before.change_id == change.change_id
        if not same or before is None or before.revision != change.revision:
            self._checks.forget()
            if not same or not self._is_problem_of_next:
                self._set_problem("")
            self._is_problem_of_next = False
        self._checks.learn(change)
        self._gate.answered()
        self._lay_out_parts()
        is_new = self._diff.show(
            diffs,
            is_rolled_back=change.state is ChangeState.ROLLED_BACK,
            comments=change.comments,
        )
        if is_new or not same:
            self.start_grace()
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

    def show_problem(self, text: str, *, is_shown_again: bool = False) -> None:
        """Say why a decision was not carried out; stays until the next decision.

        Args:
            text: One line.
            is_shown_again: Whether other lines are shown now than those decided on, so that keys
                wait as they do for a proposal that has just come.
        """
        self._gate.answered()
        self._is_problem_of_next = is_shown_again
        if is_shown_again:
            self.start_grace()
        self._set_problem(text)

    def say(self, words: str) -> None:
        """Put one line above the buttons until the reader moves or decides."""
        self._said = self.situation, words
        self.query_one(ReviewActions).say(words)

    def set_room(self, *, is_alone: bool, is_zoomed: bool) -> None:
        """Say whether the pane has the whole width, and whether a person asked for it."""
        if (is_alone, is_zoomed) != (self._is_alone, self._is_zoomed):
            self._is_alone, self._is_zoomed = is_alone, is_zoomed
            self.refresh_bindings()

    def set_waiting(self, change_ids: frozenset[str]) -> None:
        """Say which proposals wait for a decision, the one shown included."""
        if change_ids != self._waiting:
            self._waiting = change_ids
            self._refresh()

    def clear(self) -> None:
        """Show that nothing waits."""
        self._change, self._diffs = None, ()
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

    @property
    def situation(self) -> Situation:
        """Where the reader stands."""
        current = self._diff.current
        hunk = current.hunk if isinstance(current, HunkBlock) else None
        number, total = self._diff.position
        is_choosing = self._diff.line_cursor is not None
        return Situation(
            self._change,
            current.path if current is not None else "",
            hunk,
            number,
            total,
            len(self._diff.selected_rows) if is_choosing else None,
            self._is_alone,
            self._is_zoomed,
            len(self._waiting - {self._change.change_id if self._change else ""}),
        )

    # The grace in which keys do not decide.

    def accepts_keys(self) -> bool:
        """Whether a key may decide: not in the first moment after a proposal came."""
        if self._gate.accepts_keys():
            return True
        self.say("Just arrived: read it, then press the key again")
        return False

    @property
    def _has_keys(self) -> bool:
        """Whether keys go to this pane now, and not to a box above it."""
        return self.has_focus_within and self.screen.is_active

    def start_grace(self) -> None:
        """Let keys wait: whoever comes back from elsewhere may find other lines than before."""
        self._gate.proposal_came(has_focus=self._has_keys)

    def keys_came(self) -> None:
        """Start the grace when a proposal that came meanwhile gets the keys."""
        self._gate.focus_came()

    def on_descendant_focus(self, _: events.DescendantFocus) -> None:
        """The keys go to this pane from now on."""
        self.keys_came()

    def focus(self, scroll_visible: bool = True) -> Self:
        """Let the keys act on the hunks."""
        self._diff.focus(scroll_visible)
        return self

    # Drawing.

    def on_resize(self, event: events.Resize) -> None:
        """Make room on low screens."""
        is_low = event.size.height < LOW_ROWS
        self.query_one(ReviewActions).make_compact(is_low)
        self._checks.set_class(is_low, "-low")

    def _lay_out_parts(self) -> None:
        has_change = self._change is not None
        self.query_one("#review-empty").display = not has_change
        self.query_one("#review-files").display = self._diff.display = has_change

    def _set_problem(self, text: str) -> None:
        problem = self.query_one("#review-problem", Static)
        problem.display = bool(text)
        problem.update(Content(f"! {clean_line(text)}"))

    def _refresh(self) -> None:
        now = self.situation
        self.query_one(ReviewFiles).show(self._file_rows(), now.path)
        self._checks.draw(now.path)
        actions = self.query_one(ReviewActions)
        actions.show(now.choices, has_change=now.change is not None)
        said_at, words = self._said
        actions.say(words if words and said_at == now else now.reason)
        self.border_title = self._title()
        self.border_subtitle = self._subtitle()
        offered = self._footer_keys(now)
        if offered != self._offered:
            self._offered = offered
            self.refresh_bindings()

    def _footer_keys(self, now: Situation) -> tuple[object, ...]:
        """What the footer says: it is made of new widgets whenever this changes, and only then."""
        told = (tool for tool in (*LINE_TOOLS, *TOOLS) if tool.is_told)
        works = (not why_not(tool.name, tool.parameters, now) for tool in told)
        return (*works, self._diff.line_cursor is None, self._is_zoomed)

    def _file_rows(self) -> list[FileRow]:
        change, checks = self._change, self._checks
        if change is None:
            return []
        badges = [file_badge(change, f, checks.records, checks.checking) for f in change.files]
        files = zip(change.files, badges, strict=True)
        return [FileRow(file.path, file.added, file.removed, badge) for file, badge in files]

    def _title(self) -> str:
        change = self._change
        if change is None:
            return "Review"
        what = "Roll back" if change.reverts else "Review"
        if len(change.files) == 1:
            return what
        added = sum(file.added for file in change.files)
        removed = sum(file.removed for file in change.files)
        return f"{what} · {len(change.files)} files +{added:,} −{removed:,}"

    def _subtitle(self) -> str:
        diff = self._diff
        number, total = diff.position
        if self._change is None or not total:
            return ""
        parts = [] if self._change.is_open else [change_badge(self._change).word]
        parts.append(f"hunk {number} of {total}")
        if diff.reviewed:
            hunks = sum(len(each.hunks) for each in self._diffs)
            parts.append(f"{len(diff.reviewed)} of {hunks} seen")
        if diff.context_lines != USUAL_CONTEXT:
            lines = diff.context_lines
            parts.append("all context" if lines is None else f"context {lines}")
        if diff.hides_white_space:
            parts.append("white space hidden")
        parts.append(diff.layout_in_force)
        return " · ".join(parts)


_EMPTY = Content.assemble(
    ("Nothing to review", "bold"),
    "\n\nEdits of an answer wait here,\nand reach no file until you accept them.",
)
