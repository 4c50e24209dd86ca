"""What is read when a project opens, once its first frame is on the screen."""

import asyncio
import gc
from pathlib import Path

from vibe_tui.analytics.model import format_nano_usd
from vibe_tui.ui.router import EventRouter, turns_of
from vibe_tui.ui.screens.main import MainScreen
from vibe_tui.workspace import Workspace

_ALL_PATHS = 1_000_000


class Readings:
    """Reads what the engine knows into the panes; nothing here holds up the event loop.

    Args:
        workspace: The project.
        screen: The panes.
        router: Shows proposals.
        title: What the project is called; its folder by default.
    """

    def __init__(
        self, workspace: Workspace, screen: MainScreen, router: EventRouter, title: str | None
    ) -> None:
        self._workspace = workspace
        self._title = title or _readable(workspace.root)
        self._screen = screen
        self._router = router
        self.opening = (
            self.read_conversation,
            self.read_problems,
            self.read_spend,
            self.read_changes,
            self.read_git,
            self.read_paths,
            self.read_map,
            self.read_context_limit,
            self.warm_up,
            self.tidy,
        )
        """Run one after the other when the project opens, the quick ones first."""

    def show_model(self) -> None:
        """Say which project and which model this is."""
        target = self._workspace.target
        self._screen.top_bar.tell(project=self._title, model=target.name if target else None)

    async def read_conversation(self) -> None:
        """Show what was said before, when a conversation is continued."""
        turns = turns_of(self._workspace)
        if turns:
            self._screen.chat.show_turns(turns)

    async def read_problems(self) -> None:
        """Say what of the settings was left out, and why."""
        for problem in self._workspace.rooms.loaded.problems:
            self._screen.chat.add_note(str(problem), "warning")

    async def read_spend(self) -> None:
        """Ask the ledger."""
        snapshot = await asyncio.to_thread(self._workspace.spend)
        self._screen.gauge.show(snapshot)
        self._screen.chat.set_footnote(f"session {format_nano_usd(snapshot.session_nano_usd)}")

    async def read_changes(self) -> None:
        """Show the proposal that waits, or the last change."""
        await self._router.show_newest_change()

    async def read_git(self) -> None:
        """Show the branch and how much of it is not committed."""
        status = await self._workspace.git_status()
        if status is not None:
            self._screen.top_bar.tell(branch=status.branch, changed_files=status.changed)

    async def read_paths(self) -> None:
        """Show the files before any of them is parsed."""
        self._screen.map_pane.show_paths(await self._workspace.find_paths("", _ALL_PATHS))

    async def read_map(self) -> None:
        """Parse the project; progress and the map itself come as events."""
        await self._workspace.scan()

    async def read_context_limit(self) -> None:
        """Say how much the model can be shown."""
        limit = await self._workspace.context_limit()
        self._screen.top_bar.tell(context_limit=limit)

    async def warm_up(self) -> None:
        """Load what the first prompt needs, and have the collector pass it by from now on.

        Looking through all of LiteLLM for garbage would hold up a key by a tenth of a second.
        """
        await self._workspace.warm_up()
        gc.freeze()

    async def tidy(self) -> None:
        """Give up what is no longer kept for rolling back, in a thread, once a day."""
        await self._workspace.review.tidy()

    async def keep_theme(self, name: str) -> None:
        """Save the theme in the person's own settings."""
        from vibe_tui.config.save import set_setting

        locations = self._workspace.rooms.locations
        await asyncio.to_thread(set_setting, locations, "ui.theme", name)


def _readable(root: Path) -> str:
    """``~/src/atlas``."""
    try:
        return str(Path("~") / root.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(root)
