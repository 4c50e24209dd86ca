"""One project on the screen: its panes, and what ties them to its engine."""

from collections.abc import Callable
from functools import partial
from typing import Protocol

from vibe_tui.events import Asked
from vibe_tui.ui import slash
from vibe_tui.ui.layout import PaneWidths
from vibe_tui.ui.readings import Readings
from vibe_tui.ui.router import Defer, EventRouter
from vibe_tui.ui.screens.main import MainScreen
from vibe_tui.workspace import Workspace

_MOST_COMPLETIONS = 20


class Turn(Protocol):
    """What the face needs of a turn that the workspace started."""

    @property
    def is_running(self) -> bool:
        """Whether events are still to come."""
        ...

    def send(self, text: str) -> None:
        """Queue a further prompt."""
        ...

    async def cancel(self) -> None:
        """Stop at once; returns when money is settled."""
        ...


class Desk:
    """A workspace and the screen that shows it.

    Args:
        workspace: The project.
        defer: Has slow readings done in the background.
        ask_person: Puts a question of the engine to the person.
        title: What the project is called; its folder by default.
    """

    def __init__(
        self,
        workspace: Workspace,
        defer: Defer,
        ask_person: Callable[[Asked], None],
        title: str | None = None,
    ) -> None:
        settings = workspace.settings
        widths = PaneWidths(settings.ui_map_width, settings.ui_review_width)
        self.workspace = workspace
        self.screen = MainScreen(workspace.find_paths, widths)
        self.router = EventRouter(workspace, self.screen, defer, ask_person)
        self.readings = Readings(workspace, self.screen, self.router, title)
        self._turn: Turn | None = None

    def open(self) -> None:
        """Say what is known without reading anything; the panes must be mounted."""
        self.readings.show_model()
        find_paths = partial(self.workspace.find_paths, limit=_MOST_COMPLETIONS)
        self.screen.chat.set_completions(find_paths, slash.completions())

    def ask(self, prompt: str) -> None:
        """Start a turn, or queue the prompt behind the one that runs."""
        if self._turn is not None and self._turn.is_running:
            self._turn.send(prompt)
            self.screen.chat.add_note("asked next, when this answer has ended")
        else:
            self._turn = self.workspace.ask(prompt)

    async def stop(self) -> None:
        """Stop the turn that runs; returns when its money is settled."""
        if self._turn is not None and self._turn.is_running:
            await self._turn.cancel()

    def toggle_context(self, path: str | None) -> None:
        """Put a file into the context of every request, or take it out; None does nothing."""
        if path is not None:
            self.workspace.pin(path)
            self.router.show_context()
