"""The full-screen app: it composes the screens and routes between panes and engine."""

import asyncio
import gc
import logging
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.app import App, SystemCommand
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker

from vibe_tui.errors import VibeError
from vibe_tui.events import Asked
from vibe_tui.foreign import clean_line
from vibe_tui.ui import slash
from vibe_tui.ui.desk import Desk, Work
from vibe_tui.ui.palette import APP_BINDINGS, key_sections, palette_entries
from vibe_tui.ui.screens.main import MainScreen
from vibe_tui.ui.styles import style_sheets
from vibe_tui.ui.tour import TOUR_PROMPTS, WELCOME
from vibe_tui.ui.widgets.chat_pane import ChatPane
from vibe_tui.ui.widgets.map_pane import MapPane
from vibe_tui.ui.widgets.review_requests import ReviewRequest
from vibe_tui.workspace import Workspace

if TYPE_CHECKING:
    from vibe_tui.llm.model import ProviderOffer

_LOG = logging.getLogger(__name__)


class VibeApp(App[None]):
    """A project on the screen; the tour's sample project is laid over it.

    Args:
        workspace: The person's project, opened.
    """

    TITLE = "vibe-tui"
    BINDINGS = APP_BINDINGS

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(css_path=[*style_sheets()])
        if workspace.settings.ui_theme in self.available_themes:
            self.theme = workspace.settings.ui_theme
        self._kept_theme = self.theme
        self._desks = [Desk(workspace, self._defer, self._ask_person)]

    @property
    def desk(self) -> Desk:
        """The project that is shown."""
        return self._desks[-1]

    # Screens.

    def get_default_screen(self) -> Screen[None]:
        """Start with the panes, empty until the project is read."""
        return self.desk.screen

    def on_mount(self) -> None:
        """Let the first frame out before anything is read."""
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        self.call_after_refresh(self._open)

    def _keep_theme(self, theme: Theme) -> None:
        """Save a theme that the person picked."""
        desk = self._desks[0]
        if theme.name not in (desk.workspace.settings.ui_theme, self._kept_theme):
            self._start(partial(desk.readings.keep_theme, theme.name), "theme")
        self._kept_theme = theme.name

    def _open(self) -> None:
        """Wire the panes to the project, and read it in the background."""
        gc.enable()
        desk = self.desk
        desk.open()
        desk.screen.run_worker(desk.watch(self.attempt), group="events")
        desk.screen.run_worker(desk.reviewing.auto_accept.watch(), group="events")
        desk.screen.run_worker(desk.read(self.attempt), group="opening")
        if desk.workspace.target is None:
            self.action_offer_models()

    # The engine: every call runs in a worker, and what fails becomes one line.

    async def attempt(self, work: Work) -> None:
        """Do work of the engine; what goes wrong is said and logged, and ends nothing else."""
        try:
            await work()
        except VibeError as error:
            self.say(error)
        except Exception as error:  # noqa: BLE001 - the boundary of the face: a defect must not end the app
            _LOG.exception("work of the app failed")
            self.say(VibeError(f"{type(error).__name__}: {error}", "the log has the details"))

    def say(self, error: VibeError) -> None:
        """Show an error as one line."""
        self.notify(clean_line(str(error)), severity="error", markup=False, timeout=8)

    def _start(self, work: Work, group: str, *, exclusive: bool = False) -> None:
        async def attempt() -> None:
            await self.attempt(work)

        _: Worker[None] = self.desk.screen.run_worker(attempt, group=group, exclusive=exclusive)

    def _defer(self, what: str) -> None:
        readings = self.desk.readings
        work = {"spend": readings.read_spend, "git": readings.read_git}[what]
        self._start(work, f"reading {what}", exclusive=True)

    def _ask_person(self, question: Asked) -> None:
        from vibe_tui.ui.screens.ask import AskScreen

        workspace = self.desk.workspace

        def answer(choice: str | None) -> None:
            workspace.answer(question.request_id, choice or "no")

        self.push_screen(AskScreen(question), answer)

    # The conversation.

    @on(ChatPane.Submitted)
    def _submit(self, event: ChatPane.Submitted) -> None:
        if event.text.startswith("/"):
            self.run_slash(event.text)
        elif self.desk.workspace.target is None:
            self.action_offer_models(event.text)
        else:
            self.desk.ask(event.text)

    @on(ChatPane.StopRequested)
    @on(MainScreen.StopRequested)
    def _stop(self) -> None:
        self._start(self.desk.stop, "stopping")

    def run_slash(self, line: str) -> None:
        """Run a slash command, the screen's own or the engine's."""
        if (command := slash.face_command(line)) is not None:
            self.call_later(self.run_action, command.action)
        else:
            self._start(partial(self.desk.run_slash, line), "command")

    # The map.

    @on(MapPane.ContextToggled)
    def _toggle_context(self, event: MapPane.ContextToggled) -> None:
        self.desk.toggle_context(event.path)

    @on(MapPane.PreviewRequested)
    def _preview(self, event: MapPane.PreviewRequested) -> None:
        work = partial(self._show_file, self.desk, event.path, event.line)
        self._start(work, "preview", exclusive=True)

    async def _show_file(self, desk: Desk, path: str, line: int) -> None:
        from vibe_tui.ui.screens.preview import PreviewScreen

        text = await desk.workspace.read_text(path)
        self.push_screen(PreviewScreen(path, text, line), desk.toggle_context)

    # Review.

    @on(ReviewRequest)
    def _review(self, event: ReviewRequest) -> None:
        work = partial(self.desk.reviewing.carry_out, event)
        if event.is_reading:
            self._start(work, "reading change", exclusive=True)
        else:
            self._start(work, "decision")

    # Actions.

    def action_offer_models(self, prompt: str = "") -> None:
        """Offer ways to a model; then ask it what waits, if anything."""
        from vibe_tui.ui.screens.first_run import FirstRunScreen

        def use(offer: "ProviderOffer | None") -> None:
            if offer is not None and offer.kind == "tour":
                self.call_later(self.run_action, "start_tour")
            elif offer is not None:
                self._start(partial(self.desk.use, offer, prompt), "model", exclusive=True)

        self.push_screen(FirstRunScreen(self.desk.workspace.offers), use)

    async def action_start_tour(self) -> None:
        """Lay the tour's sample project over the person's own."""
        tour = await asyncio.to_thread(self.desk.workspace.start_tour)
        title = f"the tour: {tour.root.name}"
        self._desks.append(Desk(tour, self._defer, self._ask_person, title))
        await self.push_screen(self.desk.screen)
        self._open()
        self.desk.screen.chat.show_report(WELCOME)
        self.desk.screen.chat.write(TOUR_PROMPTS[0])

    async def action_leave_tour(self) -> None:
        """Back to the person's own project."""
        await self.pop_screen()
        await self._desks.pop().workspace.close()

    def action_help(self) -> None:
        """List what every key does."""
        from vibe_tui.ui.screens.help import HelpScreen

        self.push_screen(HelpScreen(key_sections()))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the tour at home, and the way back in the tour."""
        if action in {"start_tour", "leave_tour"}:
            return (len(self._desks) > 1) == (action == "leave_tour")
        return super().check_action(action, parameters)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:  # noqa: ARG002 - Textual's signature
        """What the palette offers."""
        return palette_entries(self)

    async def close(self) -> None:
        """Close every project that is open."""
        for desk in reversed(self._desks):
            await desk.workspace.close()


async def _run(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    try:
        await app.run_async()
    finally:
        await app.close()


def run_app(workspace: Workspace) -> None:
    """Show a project full-screen until the person leaves; then close it."""
    asyncio.run(_run(workspace))
