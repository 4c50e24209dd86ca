"""A project, opened: what every face asks, decides and watches goes through here."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vibe_tui.chat.hub import EventHub
from vibe_tui.config.load import load_settings
from vibe_tui.config.locations import Locations, find_locations
from vibe_tui.errors import DeniedError, UsageError
from vibe_tui.events import Event, MapProgress, MapUpdated, SessionRewound
from vibe_tui.reviewing import Reviewing
from vibe_tui.rooms import Rooms

if TYPE_CHECKING:
    from vibe_tui.analytics.model import SpendSnapshot
    from vibe_tui.chat.sessions import Session
    from vibe_tui.chat.turn import Turn
    from vibe_tui.config.schema import Settings
    from vibe_tui.intelligence.files.git import GitStatus
    from vibe_tui.intelligence.model import RepositoryMap
    from vibe_tui.llm.model import ModelTarget, ProviderOffer


class Workspace:
    """One project and the engine around it.

    Args:
        rooms: The engine's rooms for this project.
    """

    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.pinned: tuple[str, ...] = ()
        """Files in the context of every prompt."""
        self.target = _target(rooms.settings)
        """The model that answers; None until one is chosen."""
        self._hub = EventHub()
        self._answers: dict[str, asyncio.Future[str]] = {}
        self._turn: Turn | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self.review = Reviewing(rooms, self.publish)
        """Proposals and what a person decides on them."""

    @classmethod
    def open(
        cls,
        project: Path,
        *,
        locations: Locations | None = None,
        overrides: Mapping[str, object] | None = None,
        environ: Mapping[str, str] = os.environ,
        map_processes: int = 0,
    ) -> "Workspace":
        """Open a project; quick, since rooms open when needed.

        Raises:
            UsageError: If the folder does not exist.
        """
        root = project.resolve()
        if not root.is_dir():
            raise UsageError(f"{project} is not a folder", "name the folder of a project")
        places = locations or find_locations(environ=environ)
        given = overrides or {}
        loaded = load_settings(places, root, environ, given)
        rooms = Rooms(
            root,
            places,
            loaded,
            environ=environ,
            overrides=given,
            map_processes=map_processes,
        )
        return cls(rooms)

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.rooms.root

    @property
    def settings(self) -> "Settings":
        """The settings in force."""
        return self.rooms.settings

    @property
    def session(self) -> "Session":
        """The conversation of this run."""
        return self.rooms.session

    # Events.

    def publish(self, event: Event) -> None:
        """Tell everybody who watches."""
        self._hub.publish(event)

    def events(self) -> AsyncIterator[Event]:
        """Everything that happens from now on, until the workspace closes."""
        return self._hub.watch()

    # The conversation.

    def resume(self, session_id: str | None = None) -> None:
        """Continue a stored conversation, the newest by default.

        Raises:
            NoSuchSessionError: If there is none.
            DamagedSessionError: If it cannot be read.
        """
        store = self.rooms.sessions
        self.rooms.take_session(store.load(session_id) if session_id else store.latest())

    def start_session(self) -> None:
        """Begin a new conversation; the old one stays stored."""
        self.rooms.take_session(self.rooms.sessions.create())

    def ask(
        self,
        prompt: str,
        *,
        files: Sequence[str] = (),
        operation: str = "chat",
        max_cost_nano_usd: int | None = None,
        timeout_s: float | None = None,
    ) -> "Turn":
        """Start a turn.

        Args:
            prompt: The person's text; ``@file`` mentions are read.
            files: Project-relative files to show besides the pinned ones.
            operation: What the ledger calls it.
            max_cost_nano_usd: Limit of the whole turn.
            timeout_s: Seconds that the turn may take.

        Raises:
            UsageError: If a turn is running.
            DeniedError: If a setting that may be a budget cannot be read: nothing is sent then.
        """
        from vibe_tui.chat.conversation import Ask, Conversation
        from vibe_tui.chat.turn import Turn
        from vibe_tui.llm.model import RequestOptions

        self.refuse_while_asking()
        if (problem := self.rooms.loaded.budget_problem) is not None:
            hint = problem.hint or "mend the setting"
            raise DeniedError(
                f"Nothing is sent while a budget may be unread: {problem.message}", hint
            )
        settings = self.settings
        options = RequestOptions(
            operation=operation,
            max_output_tokens=settings.model_max_output_tokens,
            idle_timeout_s=settings.model_idle_timeout_s,
            total_timeout_s=settings.model_total_timeout_s,
            temperature=settings.model_temperature,
            tries=settings.model_tries,
        )
        pinned = tuple(dict.fromkeys((*self.pinned, *files)))
        ask = Ask(prompt, self.target, pinned, settings.map_tokens, options, max_cost_nano_usd)
        conversation = Conversation(self.session, self.rooms.chat_services())
        self._turn = Turn(
            self.session.session_id,
            lambda turn: conversation.run(turn, ask),
            self.publish,
            timeout_s,
        )
        return self._turn

    def refuse_while_asking(self) -> None:
        """Let nobody change the conversation while an answer is added to it.

        Raises:
            UsageError: If a turn is running.
        """
        if self._turn is not None and self._turn.is_running:
            raise UsageError("An answer is still on its way", "wait for it, or stop it with Escape")

    async def rewind(self, before_prompt_id: str) -> int:
        """End the conversation before a message; its file keeps what was said.

        Args:
            before_prompt_id: The first message that is no longer part of it.

        Returns:
            How many messages, answers included, are no longer sent to a model.

        Raises:
            UsageError: If a turn is running, or the conversation has no such message.
            OSError: If the disk refuses.
        """
        self.refuse_while_asking()
        gone = await asyncio.to_thread(self.session.rewind, before_prompt_id)
        session_id, prompt = self.session.session_id, gone[0].content
        self.publish(SessionRewound(session_id, before_prompt_id, prompt, len(gone)))
        return len(gone)

    def answer(self, request_id: str, choice: str) -> None:
        """Answer an ``Asked`` event.

        Raises:
            UsageError: If nothing of that id is asked.
        """
        future = self._answers.pop(request_id, None)
        if future is None or future.done():
            raise UsageError(f"Nothing is asked under {request_id!r}", "it may be answered already")
        future.set_result(choice)

    def use_model(self, target: "ModelTarget") -> None:
        """Ask this model from now on."""
        self.target = target

    async def context_limit(self) -> int | None:
        """Tokens that the model's context holds; None when that is unknown."""
        if self.target is None:
            return None
        return await asyncio.to_thread(self.rooms.chat_services().context_tokens, self.target)

    async def offers(self) -> "tuple[ProviderOffer, ...]":
        """Ways to a model that work on this machine now: keys found, servers on loopback."""
        from vibe_tui.llm.providers import find_offers

        return await find_offers(self.rooms.environ, self.settings)

    async def warm_up(self) -> None:
        """Load what the first prompt needs, off the event loop; call it after the first frame."""
        if self.target is not None:
            await self.rooms.gateway.warm_up(self.target)

    def start_tour(self) -> "Workspace":
        """Open the sample project of the tour: a workspace of its own, gone when it closes.

        It has its own data, so that a tour leaves nothing in the person's ledger and history.
        """
        from vibe_tui.llm.model import ModelTarget
        from vibe_tui.llm.recorded import copy_sample_project

        folder = tempfile.TemporaryDirectory(prefix="vibe-tui-tour-")
        base = Path(folder.name)
        root = base / "bakery"
        copy_sample_project(root)
        places = Locations(self.rooms.locations.config_dir, base / "data", base / "cache")
        tour = Workspace.open(root, locations=places, environ=self.rooms.environ)
        tour.use_model(ModelTarget("tour/recorded"))
        tour._temporary = folder
        return tour

    # The map.

    @property
    def repository_map(self) -> "RepositoryMap | None":
        """The map, once scanned."""
        return self.rooms.mapper.repository_map

    async def scan(self) -> "RepositoryMap":
        """Map the whole project, telling progress."""

        def progress(done: int, total: int) -> None:
            self.publish(MapProgress(done, total))

        repository_map = await self.rooms.mapper.scan_repository(progress)
        self.publish(MapUpdated())
        return repository_map

    def pin(self, path: str) -> bool:
        """Put a file into the context, or take it out; return whether it is in it now."""
        if path in self.pinned:
            self.pinned = tuple(p for p in self.pinned if p != path)
            return False
        self.pinned = (*self.pinned, path)
        return True

    async def find_paths(self, query: str, limit: int = 50) -> list[str]:
        """The project's files that match a few typed letters, best first."""
        from vibe_tui.intelligence.search import fuzzy_rank

        known = await self.rooms.chat_services().known_paths()
        return await asyncio.to_thread(fuzzy_rank, query, known, limit)

    async def git_status(self) -> "GitStatus | None":
        """Branch and number of changed files; None outside git."""
        from vibe_tui.intelligence.files.git import git_status

        return await asyncio.to_thread(git_status, self.root)

    async def read_text(self, path: str) -> str:
        """A project file's text for a preview; not yet cleaned for display.

        Raises:
            VibeError: If it is outside the project, binary or gone.
        """
        return (await self.rooms.chat_services().excerpt(path, None, None)).text

    # Money.

    def spend(self) -> "SpendSnapshot":
        """What the gauge shows."""
        return self.rooms.spending.snapshot()

    async def close(self) -> None:
        """Stop what runs, end every watcher, close every room that was opened."""
        if self._turn is not None and self._turn.is_running:
            await self._turn.cancel()
        await self.rooms.close()
        self._hub.close()
        if self._temporary is not None:
            self._temporary.cleanup()


def _target(settings: "Settings") -> "ModelTarget | None":
    if settings.model_name is None:
        return None
    from vibe_tui.llm.model import ModelTarget

    return ModelTarget(settings.model_name, settings.model_api_base, settings.model_api_key_env)
