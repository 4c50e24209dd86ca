"""One project on the screen: its panes, and what ties them to its engine."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from vibe_tui.commands.registry import dispatch
from vibe_tui.events import Asked
from vibe_tui.llm.model import ProviderOffer
from vibe_tui.ui import slash
from vibe_tui.ui.layout import PaneWidths
from vibe_tui.ui.readings import Readings
from vibe_tui.ui.review_desk import ReviewDesk
from vibe_tui.ui.router import Defer, EventRouter
from vibe_tui.ui.screens.main import MainScreen
from vibe_tui.workspace import Workspace

_MOST_COMPLETIONS = 20

Work = Callable[[], Awaitable[object]]
"""Starts work of the engine when called."""
Attempt = Callable[[Work], Awaitable[None]]
"""Does work; what goes wrong is said, and ends nothing else."""


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
        self.reviewing = ReviewDesk(workspace, self.screen, self.router)
        self._turn: Turn | None = None

    def open(self) -> None:
        """Say what is known without reading anything; the panes must be mounted."""
        self.readings.show_model()
        find_paths = partial(self.workspace.find_paths, limit=_MOST_COMPLETIONS)
        self.screen.chat.set_completions(find_paths, slash.completions())

    async def watch(self, attempt: Attempt) -> None:
        """Show events until the workspace closes."""
        async for event in self.workspace.events():
            await attempt(partial(self.router.route, event))

    async def read(self, attempt: Attempt) -> None:
        """Read the project into the panes."""
        for step in self.readings.opening:
            await attempt(step)

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

    async def run_slash(self, line: str) -> None:
        """Run a slash command of the engine.

        Raises:
            VibeError: What the command says of bad input or a failure.
        """
        async for event in dispatch(self.workspace, line):
            await self.router.route(event)
            await self.reviewing.auto_accept.follow(event)
        self.readings.show_model()
        self.router.show_context()
        await self.readings.read_context_limit()

    async def use(self, offer: ProviderOffer, prompt: str) -> None:
        """Ask the offered model from now on, first what waits, if anything."""
        self.workspace.use_model(offer.target)
        self.readings.show_model()
        if prompt:
            self.ask(prompt)
        await self.readings.read_context_limit()
        await self.readings.warm_up()
