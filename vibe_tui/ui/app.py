"""The full-screen app: it composes the screens and routes between panes and engine."""

import asyncio
import logging
from collections.abc import Awaitable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import App, SystemCommand
from textual.screen import Screen

from vibe_tui.commands.registry import dispatch
from vibe_tui.errors import VibeError
from vibe_tui.events import Asked
from vibe_tui.foreign import clean_line
from vibe_tui.ui import slash
from vibe_tui.ui.layout import PaneWidths
from vibe_tui.ui.palette import APP_BINDINGS, key_sections, palette_entries
from vibe_tui.ui.readings import Readings
from vibe_tui.ui.router import EventRouter
from vibe_tui.ui.screens.main import MainScreen
from vibe_tui.ui.styles import style_sheets
from vibe_tui.ui.widgets.chat_pane import ChatPane
from vibe_tui.ui.widgets.map_pane import MapPane
from vibe_tui.ui.widgets.review_pane import ReviewPane
from vibe_tui.workspace import Workspace

if TYPE_CHECKING:
    from vibe_tui.chat.turn import Turn
    from vibe_tui.llm.model import ProviderOffer

_LOG = logging.getLogger(__name__)
_MOST_COMPLETIONS = 20


class VibeApp(App[None]):
    """One project on a screen; the tour is another one in its place.

    Args:
        workspace: The person's project, opened.
    """

    TITLE = "vibe-tui"
    BINDINGS = APP_BINDINGS

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(css_path=[*style_sheets()])
        self.workspace = workspace
        """The project on the screen."""
        self._home = workspace
        self._turn: Turn | None = None
        if workspace.settings.ui_theme in self.available_themes:
            self.theme = workspace.settings.ui_theme

    # Screens.

    def get_default_screen(self) -> Screen[None]:
        """Start with the panes, empty until the project is read."""
        return self._new_main()

    def on_mount(self) -> None:
        """Let the first frame out before anything is read."""
        self.call_after_refresh(self._open)

    @property
    def main(self) -> MainScreen:
        """The panes, under whatever lies over them."""
        return next(screen for screen in self.screen_stack if isinstance(screen, MainScreen))

    def _new_main(self) -> MainScreen:
        settings = self.workspace.settings
        widths = PaneWidths(settings.ui_map_width, settings.ui_review_width)
        return MainScreen(self.workspace.find_paths, widths)

    def _open(self) -> None:
        """Wire the panes to the project, and read it in the background."""
        main = self.main
        router = EventRouter(self.workspace, main, self._defer, self._ask_person)
        self._readings = Readings(self.workspace, main, router)
        self._router = router
        self._readings.show_model()
        find_paths = partial(self.workspace.find_paths, limit=_MOST_COMPLETIONS)
        main.chat.set_completions(find_paths, slash.completions())
        main.run_worker(self._watch(), group="events")
        main.run_worker(self._read_project(), group="opening")
        if self.workspace.target is None:
            self.action_offer_models()

    async def _show(self, workspace: Workspace) -> None:
        """Put another project on the screen."""
        self.workspace = workspace
        await self.switch_screen(self._new_main())
        self._open()

    # The engine: every call runs in a worker, and what fails becomes one line.

    async def attempt(self, work: Awaitable[object]) -> bool:
        """Wait for work of the engine; say what went wrong.

        Returns:
            Whether it went well.
        """
        try:
            await work
        except VibeError as error:
            self.say(error)
        except Exception as error:  # noqa: BLE001 - the boundary of the face: a defect must not end the app
            _LOG.exception("work of the app failed")
            self.say(VibeError(f"{type(error).__name__}: {error}", "the log has the details"))
        else:
            return True
        return False

    def say(self, error: VibeError) -> None:
        """Show an error as one line."""
        self.notify(clean_line(str(error)), severity="error", markup=False, timeout=8)

    def _start(self, work: Awaitable[object], group: str, *, exclusive: bool = False) -> None:
        self.main.run_worker(self.attempt(work), group=group, exclusive=exclusive)

    async def _watch(self) -> None:
        async for event in self.workspace.events():
            await self.attempt(self._router.route(event))

    async def _read_project(self) -> None:
        for step in self._readings.opening:
            await self.attempt(step())

    def _defer(self, what: str) -> None:
        readings = {"spend": self._readings.read_spend, "git": self._readings.read_git}
        self._start(readings[what](), f"reading {what}", exclusive=True)

    def _ask_person(self, question: Asked) -> None:
        from vibe_tui.ui.screens.ask import AskScreen

        def answer(choice: str | None) -> None:
            self.workspace.answer(question.request_id, choice or "no")

        self.push_screen(AskScreen(question), answer)

    # The conversation.

    @on(ChatPane.Submitted)
    def _submit(self, event: ChatPane.Submitted) -> None:
        if event.text.startswith("/"):
            self.run_slash(event.text)
        elif self.workspace.target is None:
            self.action_offer_models(event.text)
        else:
            self.ask(event.text)

    def ask(self, prompt: str) -> None:
        """Start a turn, or queue the prompt behind the one that runs."""
        if self._turn is not None and self._turn.is_running:
            self._turn.send(prompt)
            self.main.chat.add_note("asked next, when this answer has ended", "information")
            return
        try:
            self._turn = self.workspace.ask(prompt)
        except VibeError as error:
            self.say(error)

    @on(ChatPane.StopRequested)
    @on(MainScreen.StopRequested)
    def _stop(self) -> None:
        if self._turn is not None and self._turn.is_running:
            self._start(self._turn.cancel(), "stopping")

    def run_slash(self, text: str) -> None:
        """Run a slash command."""
        self._start(self._run_slash(text), "command")

    async def _run_slash(self, text: str) -> None:
        if (command := slash.face_command(text)) is not None:
            await self.run_action(command.action)
            return
        async for event in dispatch(self.workspace, text):
            await self._router.route(event)
        self._readings.show_model()
        self._defer("spend")

    # The map.

    @on(MapPane.ContextToggled)
    def _toggle_context(self, event: MapPane.ContextToggled) -> None:
        self.toggle_context(event.path)

    def toggle_context(self, path: str | None) -> None:
        """Put a file into the context of every request, or take it out."""
        if path is not None:
            self.workspace.pin(path)
            self._router.show_context()

    @on(MapPane.PreviewRequested)
    def _preview(self, event: MapPane.PreviewRequested) -> None:
        self._start(self._show_file(event.path, event.line), "preview", exclusive=True)

    async def _show_file(self, path: str, line: int) -> None:
        from vibe_tui.ui.screens.preview import PreviewScreen

        text = await self.workspace.read_text(path)
        await self.push_screen(PreviewScreen(path, text, line), self.toggle_context)

    # Decisions.

    @on(ReviewPane.AcceptRequested)
    def _accept(self, event: ReviewPane.AcceptRequested) -> None:
        work = self.workspace.accept(
            event.change_id, event.revision, hunks=event.hunks, files=event.files
        )
        self._start(self._decide(work), "decision")

    @on(ReviewPane.RejectRequested)
    def _reject(self, event: ReviewPane.RejectRequested) -> None:
        work = self.workspace.reject(event.change_id, hunks=event.hunks, files=event.files)
        self._start(self._decide(work), "decision")

    @on(ReviewPane.RollBackRequested)
    def _roll_back(self, event: ReviewPane.RollBackRequested) -> None:
        self._start(self._decide(self.workspace.roll_back(event.change_id)), "decision")

    async def _decide(self, work: Awaitable[object]) -> None:
        try:
            await work
        except VibeError as error:
            self.main.review.show_problem(str(error))

    @on(ReviewPane.EarlierRequested)
    async def _list_changes(self) -> None:
        self.main.review.show_earlier(await self.workspace.changes())

    @on(ReviewPane.ChangePicked)
    def _pick_change(self, event: ReviewPane.ChangePicked) -> None:
        self._start(self._router.show_change(event.change_id), "reading change", exclusive=True)

    # Actions.

    def action_offer_models(self, prompt: str = "") -> None:
        """Offer ways to a model; then ask it what waits, if anything."""
        from vibe_tui.ui.screens.first_run import FirstRunScreen

        def use(offer: "ProviderOffer | None") -> None:
            if offer is not None:
                self._start(self._use(offer, prompt), "model", exclusive=True)

        self.push_screen(FirstRunScreen(self.workspace.offers), use)

    async def _use(self, offer: "ProviderOffer", prompt: str) -> None:
        if offer.kind == "tour":
            self.call_later(self.action_start_tour)
            return
        self.workspace.use_model(offer.target)
        self._readings.show_model()
        if prompt:
            self.ask(prompt)
        await self._readings.warm_up()

    async def action_start_tour(self) -> None:
        """Put the tour's sample project on the screen."""
        await self._show(self._home.start_tour())

    async def action_leave_tour(self) -> None:
        """Back to the person's own project."""
        tour = self.workspace
        await self._show(self._home)
        await tour.close()

    def action_help(self) -> None:
        """List what every key does."""
        from vibe_tui.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen(key_sections()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the tour at home, and the way back in the tour."""
        is_home = self.workspace is self._home
        if action in {"start_tour", "leave_tour"}:
            return is_home == (action == "start_tour")
        return super().check_action(action, parameters)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002 - Textual's signature
        """What the palette offers."""
        return palette_entries(self)


async def _run(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    try:
        await app.run_async()
    finally:
        if app.workspace is not workspace:
            await app.workspace.close()
        await workspace.close()


def run_app(workspace: Workspace) -> None:
    """Show a project full-screen until the person leaves; then close it."""
    asyncio.run(_run(workspace))
