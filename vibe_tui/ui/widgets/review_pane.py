"""Review: what would change, hunk by hunk, and what a person decides on it and does with it."""

from typing import ClassVar, Literal

from textual import events, on
from textual.binding import BindingType
from textual.message import Message

from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets import review_requests as asks
from vibe_tui.ui.widgets.diff_view import DiffView
from vibe_tui.ui.widgets.hunk_block import HunkBlock
from vibe_tui.ui.widgets.paper import LayoutMode
from vibe_tui.ui.widgets.review_actions import ReviewActions
from vibe_tui.ui.widgets.review_allowed import why_not
from vibe_tui.ui.widgets.review_display import ReviewDisplay
from vibe_tui.ui.widgets.review_files import ReviewFiles
from vibe_tui.ui.widgets.review_keys import KEYS, TOOLS, Tool
from vibe_tui.ui.widgets.review_writing import comment_writing, edit_writing, first_new_line

_LAYOUTS: tuple[LayoutMode, ...] = ("auto", "unified", "split")
Part = Literal["all", "hunk", "file"]


class ReviewPane(ReviewDisplay):
    """Posts what a person wants; the app carries it out."""

    BINDINGS: ClassVar[list[BindingType]] = [*KEYS]

    AcceptRequested = asks.AcceptRequested
    RejectRequested = asks.RejectRequested
    RollBackRequested = asks.RollBackRequested
    EarlierRequested = asks.EarlierRequested

    class ZoomToggled(Message):
        """The whole screen is to be Review's, or shared again."""

    # What works now.

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what works now."""
        if action == "leave":
            return self._diff.line_cursor is not None or self._is_zoomed
        if action in _ACTIONS:
            return not why_not(action, parameters, self.situation)
        return super().check_action(action, parameters)

    def on_key(self, event: events.Key) -> None:
        """Say why a key of Review does nothing now."""
        tools = [tool for tool in TOOLS if event.key in tool.keys.split(",")]
        if tools and self._change is not None:
            self.say(self.why_not(tools[0]))

    def why_not(self, tool: Tool) -> str:
        """Why a tool does nothing now; empty when it works."""
        return why_not(tool.name, tool.parameters, self.situation)

    # Deciding.

    def action_accept_all(self) -> None:
        """Accept all that is open."""
        self._decide_by_key(asks.AcceptRequested, "all")

    def action_accept_hunk(self) -> None:
        """Accept the current hunk."""
        self._decide_by_key(asks.AcceptRequested, "hunk")

    def action_accept_file(self) -> None:
        """Accept all that is open of the current file."""
        self._decide_by_key(asks.AcceptRequested, "file")

    def action_reject_all(self) -> None:
        """Reject all that is open."""
        self._decide_by_key(asks.RejectRequested, "all")

    def action_reject_hunk(self) -> None:
        """Reject the current hunk."""
        self._decide_by_key(asks.RejectRequested, "hunk")

    def action_reject_file(self) -> None:
        """Reject all that is open of the current file."""
        self._decide_by_key(asks.RejectRequested, "file")

    def action_accept_lines(self) -> None:
        """Accept the chosen lines alone."""
        if self.accepts_keys():
            self._decide_lines(self._diff.selected_rows, is_accept=True)

    def action_reject_lines(self) -> None:
        """Reject the chosen lines alone."""
        if self.accepts_keys():
            self._decide_lines(self._diff.selected_rows, is_accept=False)

    def action_roll_back(self) -> None:
        """Take back what was accepted."""
        if self.accepts_keys():
            self._roll_back()

    def action_split(self) -> None:
        """Divide the current hunk."""
        change, hunk = self._change, self.situation.hunk
        if change is not None and hunk is not None and self.accepts_keys():
            self._request(asks.SplitRequested(change.change_id, change.revision, hunk.k))

    def _decide_by_key(self, kind: type[asks.Decision], part: Part) -> None:
        if self.accepts_keys():
            self._decide(kind, part)

    def _decide(self, kind: type[asks.Decision], part: Part) -> None:
        change, current = self._change, self._diff.current
        if change is None:
            return
        where = change.change_id, change.revision
        if part == "all" or current is None:
            self._request(kind(*where))
        elif part == "hunk" and isinstance(current, HunkBlock):
            self._request(kind(*where, hunks=(current.hunk.k,)))
        else:
            self._request(kind(*where, files=(current.path,)))

    def _decide_lines(self, rows: tuple[int, ...], *, is_accept: bool) -> None:
        change, hunk = self._change, self.situation.hunk
        if change is not None and hunk is not None and rows:
            where = change.change_id, change.revision, hunk.k
            self._request(asks.LinesDecided(*where, rows, is_accept))

    def _roll_back(self) -> None:
        if self._change is not None:
            self._request(asks.RollBackRequested(self._change.change_id))

    def _request(self, message: asks.ReviewRequest) -> None:
        """Post a decision, unless the one before it is still being carried out."""
        if self._gate.take():
            self._set_problem("")
            self.post_message(message)

    # Changing what is proposed.

    def action_edit(self) -> None:
        """Write other new lines for the current hunk."""
        from vibe_tui.ui.screens.text_box import TextBox

        change, hunk = self._change, self.situation.hunk
        if change is None or hunk is None:
            return
        where = change.change_id, change.revision, hunk.k

        def done(text: str | None) -> None:
            if text is not None:
                self._set_problem("")
                self.post_message(asks.HunkEdited(*where, text))

        draft = self._drafts.pop((asks.HunkEdited, change.change_id, hunk.k), None)
        self.app.push_screen(TextBox(edit_writing(hunk, draft)), done)

    def action_comment(self) -> None:
        """Write to the model about the current hunk."""
        from vibe_tui.ui.screens.text_box import TextBox

        change, hunk = self._change, self.situation.hunk
        if change is None or hunk is None:
            return
        where = change.change_id, hunk.k

        def done(text: str | None) -> None:
            if text is not None:
                self._set_problem("")
                self.post_message(asks.HunkCommented(*where, text.strip()))

        draft = self._drafts.pop((asks.HunkCommented, *where), None)
        self.app.push_screen(TextBox(comment_writing(hunk, draft)), done)

    def keep_draft(self, request: asks.HunkEdited | asks.HunkCommented) -> None:
        """Keep what was written but could not be taken; the next box on that hunk holds it."""
        self._drafts[type(request), request.change_id, request.k] = request.text

    def action_open(self) -> None:
        """Edit a copy of the proposed file in the person's editor."""
        change, now = self._change, self.situation
        if change is not None and now.path:
            line = first_new_line(now.hunk)
            where = change.change_id, change.revision, now.path
            self._request(asks.OpenRequested(*where, line))

    def action_copy(self) -> None:
        """Put the current hunk on the clipboard."""
        change, hunk = self._change, self.situation.hunk
        if change is not None and hunk is not None:
            self.post_message(asks.CopyRequested(change.change_id, hunk.k))

    def action_resolve(self) -> None:
        """Show both sides of the current file's conflict."""
        change, path = self._change, self.situation.path
        if change is not None and path:
            self._request(asks.ConflictRequested(change.change_id, change.revision, path))

    # Reading.

    def action_go(self, step: int) -> None:
        """Go to the next or the previous hunk."""
        self._diff.go(step)

    def action_go_file(self, step: int) -> None:
        """Go to the next or the previous file."""
        self._diff.go_file(step)

    def action_lines(self) -> None:
        """Choose single lines of the current hunk, or let go of them."""
        if self._diff.line_cursor is not None:
            self._diff.leave_lines()
        elif not self._diff.enter_lines():
            self.say("This hunk shows no changed line to choose")

    def action_mark(self) -> None:
        """Mark the current hunk as seen and go to the next unseen, or take the mark away."""
        if not self._diff.mark_reviewed():
            return
        place = self._place_of_next_unseen()
        if place is not None:
            self._diff.go(place - (self._diff.position[0] - 1))

    def _place_of_next_unseen(self) -> int | None:
        """Among everything that ``n`` steps on, from 0; None when all is seen."""
        stops: list[int | None] = []
        for diff in self._diffs:
            stops += [hunk.k for hunk in diff.hunks] or [None]
        here = self._diff.position[0] - 1
        order = [*range(here + 1, len(stops)), *range(here)]
        seen = self._diff.reviewed
        return next((at for at in order if stops[at] is not None and stops[at] not in seen), None)

    def action_context(self, step: int) -> None:
        """Show more unchanged lines, or fewer."""
        moved = self._diff.widen_context() if step > 0 else self._diff.narrow_context()
        self._refresh()
        if not moved:
            self.say("All context is shown" if step > 0 else "No context is shown")

    def action_white_space(self) -> None:
        """Hide changes of white space alone, or show them."""
        self._diff.hides_white_space = not self._diff.hides_white_space
        self._refresh()

    def action_layout(self) -> None:
        """One column, two, or by the width."""
        at = _LAYOUTS.index(self._diff.layout_mode)
        mode = self._diff.layout_mode = _LAYOUTS[(at + 1) % len(_LAYOUTS)]
        self._refresh()
        is_refused = mode == "split" and self._diff.layout_in_force != "split"
        self.say("Too narrow for two columns: z zooms" if is_refused else f"Layout: {mode}")

    def action_zoom(self) -> None:
        """Take the whole screen, or share it again."""
        self.post_message(self.ZoomToggled())

    # More.

    def action_more(self) -> None:
        """Everything that can be done here, and why not the rest."""
        from vibe_tui.ui.screens.review_menu import ReviewMenu

        number, total = self._diff.position
        path = clean_line(self.situation.path, 60)
        title = f"Hunk {number} of {total} · {path}" if total else "Review"

        def do(action: str | None) -> None:
            if action is not None:
                self.call_later(self.run_action, action)

        self.app.push_screen(ReviewMenu(title, self.why_not), do)

    def action_auto_accept(self) -> None:
        """Switch auto-accept on for some paths, or off."""
        files = self._change.files if self._change else ()
        self.post_message(asks.AutoAcceptRequested(tuple(file.path for file in files)))

    def action_next_change(self) -> None:
        """Ask for the next proposal that waits."""
        self.post_message(asks.NextRequested())

    def action_earlier(self) -> None:
        """Ask for the history of changes."""
        self.post_message(asks.EarlierRequested())

    def action_leave(self) -> None:
        """Back from choosing lines, or from the whole screen."""
        if self._diff.line_cursor is not None:
            self._diff.leave_lines()
        elif self._is_zoomed:
            self.action_zoom()
        self._refresh()

    # The mouse, and what the parts tell.

    @on(ReviewActions.Chosen)
    def _choose(self, event: ReviewActions.Chosen) -> None:
        event.stop()
        self._diff.focus()
        match event.name:
            case "accept-all":
                self._decide(asks.AcceptRequested, "all")
            case "accept-hunk":
                self._decide(asks.AcceptRequested, "hunk")
            case "reject":
                self._decide(asks.RejectRequested, "all")
            case "rollback":
                self._roll_back()
            case _:
                self.action_more()

    @on(DiffView.HunkClicked)
    def _click(self, event: DiffView.HunkClicked) -> None:
        event.stop()
        change = self._change
        if change is None or not change.is_open:  # it closed under the mouse
            return
        where = change.change_id, change.revision
        if event.rows:
            self._request(asks.LinesDecided(*where, event.k, event.rows, event.is_accept))
        else:
            kind = asks.AcceptRequested if event.is_accept else asks.RejectRequested
            self._request(kind(*where, (event.k,)))

    def on_click(self, event: events.Click) -> None:
        """The right button opens the menu on the hunk below it."""
        if event.button == _RIGHT:
            event.stop()
            self.call_later(self.action_more)

    @on(DiffView.CurrentChanged)
    @on(DiffView.LinesSelected)
    @on(DiffView.Reviewed)
    def _follow(self, event: Message) -> None:
        event.stop()
        self._refresh()

    @on(ReviewFiles.Picked)
    def _pick_file(self, event: ReviewFiles.Picked) -> None:
        event.stop()
        self._diff.go_to_path(event.path)
        self._diff.focus()


_RIGHT = 3
_ACTIONS = frozenset(tool.name for tool in TOOLS) | {"accept_lines", "reject_lines", "more"}
