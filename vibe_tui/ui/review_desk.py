"""What Review asks for, carried out: from its requests to the engine, and back as one line."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from vibe_tui.commands.auto_accept import AutoAccept
from vibe_tui.commands.decide_lines import decide_lines
from vibe_tui.errors import VibeError
from vibe_tui.ui.router import EventRouter
from vibe_tui.ui.screens.main import MainScreen
from vibe_tui.ui.widgets import review_requests as asks
from vibe_tui.workspace import Workspace

if TYPE_CHECKING:
    from vibe_tui.ui.screens.conflict import Settlement

_NEW_LINES = frozenset({"shown_again", "stale_revision"})
"""Codes of errors after which other lines are on the screen than those decided on."""
Work = Callable[[], Awaitable[object]]
Take = Callable[[bytes], Awaitable[object]]


class ReviewDesk:
    """Answers the requests of one Review pane.

    Args:
        workspace: The project.
        screen: Its panes.
        router: Shows changes.
    """

    def __init__(self, workspace: Workspace, screen: MainScreen, router: EventRouter) -> None:
        self._workspace = workspace
        self._screen = screen
        self._router = router
        self.auto_accept = AutoAccept(workspace)
        """What a person allowed to be accepted without asking."""
        self._refused: dict[tuple[str, str], bytes] = {}
        """What was saved in the editor and could not be taken, by change and path."""

    async def carry_out(self, request: asks.ReviewRequest) -> None:
        """Do what was asked; Review says why it could not be done."""
        work = self._decision(request) or self._revision(request) or self._reading(request)
        if work is None:
            return
        try:
            await work()
        except VibeError as error:
            review = self._screen.review
            if isinstance(request, asks.HunkEdited | asks.HunkCommented):
                review.keep_draft(request)
            review.show_problem(str(error), is_shown_again=error.code in _NEW_LINES)

    def _decision(self, request: asks.ReviewRequest) -> Work | None:
        review = self._workspace.review
        match request:
            case asks.AcceptRequested():
                accept = partial(review.accept, request.change_id, request.revision)
                return partial(accept, hunks=request.hunks, files=request.files)
            case asks.RejectRequested():
                reject = partial(review.reject, request.change_id, revision=request.revision)
                return partial(reject, hunks=request.hunks, files=request.files)
            case asks.LinesDecided(change_id=change_id, revision=revision, k=k, rows=rows):
                decide = partial(decide_lines, review, change_id, revision, k, rows)
                return partial(decide, is_accept=request.is_accept)
            case asks.RollBackRequested(change_id=change_id):
                return partial(review.roll_back, change_id)
            case asks.AutoAcceptUndone():
                return self.auto_accept.undo
        return None

    def _revision(self, request: asks.ReviewRequest) -> Work | None:
        review = self._workspace.review
        match request:
            case asks.SplitRequested(change_id=change_id, revision=revision, k=k):
                return partial(review.split, change_id, revision, k)
            case asks.HunkEdited(change_id=change_id, revision=revision, k=k, text=text):
                return partial(review.edit, change_id, revision, k, text)
            case asks.HunkCommented(change_id=change_id, k=k, text=text):
                return partial(review.comment, change_id, k, text)
            case asks.OpenRequested():
                return partial(self._open, request)
            case asks.ConflictRequested():
                return partial(self._settle, request)
        return None

    def _reading(self, request: asks.ReviewRequest) -> Work | None:
        match request:
            case asks.CopyRequested(change_id=change_id, k=k):
                return partial(self._copy, change_id, k)
            case asks.AutoAcceptRequested(paths=paths):
                return partial(self._set_auto_accept, paths)
            case asks.NextRequested():
                return self._router.show_next_waiting
            case asks.EarlierRequested():
                return self._show_history
        return None

    async def _show_history(self) -> None:
        """Open the history at the change that is shown; then show the one that was picked."""
        from vibe_tui.ui.history_source import WorkspaceHistory
        from vibe_tui.ui.screens.history import HistoryScreen

        shown = self._screen.review.change
        here = shown.change_id if shown is not None else ""
        history = HistoryScreen(WorkspaceHistory(self._workspace), change_id=here)
        picked = await self._screen.app.push_screen_wait(history)
        if picked is not None:
            await self._router.show_change(picked)
            self._screen.action_show_pane("review")

    async def _copy(self, change_id: str, k: int) -> None:
        patch = await self._workspace.review.patch(change_id, k)
        self._screen.app.copy_to_clipboard(patch)
        lines = patch.count("\n")
        self._screen.review.say(f"{lines} lines of a patch are on the clipboard")

    async def _open(self, request: asks.OpenRequested) -> None:
        review, change_id, path = self._workspace.review, request.change_id, request.path
        content = await review.proposed_bytes(change_id, path)
        take = partial(review.replace, change_id, request.revision, path)
        await self._edit_outside((change_id, path), content or b"", request.line, take)

    async def _edit_outside(
        self, where: tuple[str, str], content: bytes, line: int, take: Take
    ) -> None:
        """Let the person edit a copy; what they saved but was refused is there the next time.

        Args:
            where: Change and path.
            content: What to begin with.
            line: 1-based.
            take: Makes what they saved the next revision.
        """
        from vibe_tui.ui.external_editor import edit_outside

        begin = self._refused.pop(where, content)
        environ = self._workspace.rooms.environ
        edited = await edit_outside(self._screen.app, begin, where[1], line, environ)
        self._screen.review.start_grace()
        if edited == content:
            self._screen.review.say("The editor changed nothing")
            return
        try:
            await take(edited)
        except VibeError:
            self._refused[where] = edited
            raise

    async def _settle(self, request: asks.ConflictRequested) -> None:
        """Show both sides, and make what a person takes of them the next revision."""
        from vibe_tui.ui.screens.conflict import ConflictScreen

        review, change_id, path = self._workspace.review, request.change_id, request.path
        view = await review.conflict(change_id, path)
        settled: Settlement | None = await self._screen.app.push_screen_wait(ConflictScreen(view))
        if settled is None:
            return
        take = partial(review.resolve, change_id, view.revision, path, view=view)
        choices = settled.by_region(view)
        if settled.way == "keep":
            await review.keep_ours(change_id, view.revision, path)
        elif settled.way == "choices":
            await take(await review.merged(view, choices))
        else:
            content = await review.merged(view, choices, marks_open=True)
            await self._edit_outside((change_id, path), content or b"", 1, take)

    async def _set_auto_accept(self, paths: tuple[str, ...]) -> None:
        """Switch it off, or offer to switch it on."""
        from vibe_tui.ui.screens.auto_accept import AutoAcceptScreen

        if self.auto_accept.is_on:
            self.auto_accept.switch_off()
            return
        patterns = await self._screen.app.push_screen_wait(AutoAcceptScreen(paths))
        if patterns:
            self.auto_accept.switch_on(patterns)
