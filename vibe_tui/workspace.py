"""A project, opened: what every face asks, decides and watches goes through here."""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vibe_tui.chat.hub import EventHub
from vibe_tui.config.load import load_settings
from vibe_tui.config.locations import Locations, find_locations
from vibe_tui.errors import DeniedError, UsageError, VibeError
from vibe_tui.events import (
    ChangeApplied,
    ChangeRejected,
    ChangeRevised,
    ChangeRolledBack,
    Event,
    MapProgress,
    MapUpdated,
)
from vibe_tui.monitoring.spans import span
from vibe_tui.rooms import Rooms

if TYPE_CHECKING:
    from vibe_tui.analytics.model import SpendSnapshot
    from vibe_tui.changes.model import ChangeSet, FileDiff
    from vibe_tui.changes.store import Proposed
    from vibe_tui.chat.sessions import Session
    from vibe_tui.chat.turn import Turn
    from vibe_tui.config.schema import Settings
    from vibe_tui.intelligence.git import GitStatus
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

        if self._turn is not None and self._turn.is_running:
            raise UsageError("An answer is still on its way", "wait for it, or stop it with Escape")
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
        from vibe_tui.intelligence.git import git_status

        return await asyncio.to_thread(git_status, self.root)

    async def read_text(self, path: str) -> str:
        """A project file's text for a preview; not yet cleaned for display.

        Raises:
            VibeError: If it is outside the project, binary or gone.
        """
        return (await self.rooms.chat_services().excerpt(path, None, None)).text

    # Decisions on proposals.

    async def propose_patch(self, text: str) -> "Proposed":
        """Store a proposal from a patch, or any edit format of DESIGN.md."""
        from vibe_tui.changes.formats.stream import parse_edits
        from vibe_tui.changes.model import Origin, RefusedEdit
        from vibe_tui.chat.services import looks_like_path

        found = parse_edits(text, is_path=looks_like_path)
        edits = [edit for edit in found if not isinstance(edit, RefusedEdit)]
        refused = tuple(edit for edit in found if isinstance(edit, RefusedEdit))
        proposed = await asyncio.to_thread(self.rooms.change_store.propose, edits, Origin("patch"))
        if proposed.change is not None:
            await self.rooms.chat_services().check(proposed.change)
        return replace(proposed, refused=(*refused, *proposed.refused))

    async def changes(self) -> "tuple[ChangeSet, ...]":
        """All proposals, newest first."""
        return tuple(await asyncio.to_thread(self.rooms.change_store.list_changes))

    async def diffs(self, change_id: str) -> "tuple[FileDiff, ...]":
        """A proposal's files and hunks as Review shows them."""
        return await asyncio.to_thread(self.rooms.change_store.diffs, change_id)

    async def accept(
        self,
        change_id: str,
        revision: int,
        *,
        hunks: Collection[int] | None = None,
        files: Collection[str] | None = None,
        by: str = "person",
    ) -> "ChangeSet":
        """Write what was accepted: all that is open, or these hunks or files.

        ``by`` is who accepts, for the audit.

        Raises:
            VibeError: If the revision is stale or the project moved on; nothing is written.
        """
        decide = partial(
            self.rooms.change_store.accept, change_id, revision, hunks=hunks, files=files, by=by
        )
        return await self._decide(change_id, decide, ChangeApplied)

    async def reject(
        self,
        change_id: str,
        *,
        hunks: Collection[int] | None = None,
        files: Collection[str] | None = None,
    ) -> "ChangeSet":
        """Say no to all that is open, or to these hunks or files.

        Raises:
            VibeError: If there is no such proposal, or nothing of it is open.
        """
        change = await asyncio.to_thread(
            partial(self.rooms.change_store.reject, change_id, hunks=hunks, files=files)
        )
        self.publish(ChangeRejected(change_id))
        return change

    async def roll_back(self, change_id: str) -> "ChangeSet":
        """Restore what an accepted change had replaced, byte for byte.

        Raises:
            VibeError: If the files are no longer what was written; nothing is touched.
        """
        decide = partial(self.rooms.change_store.rollback, change_id)
        return await self._decide(change_id, decide, ChangeRolledBack)

    async def _decide(
        self,
        change_id: str,
        decide: "Callable[[], ChangeSet]",
        event: type[ChangeApplied] | type[ChangeRolledBack],
    ) -> "ChangeSet":
        try:
            with span(f"changes.{event.__name__}"):
                change = await asyncio.to_thread(decide)
        except VibeError as error:
            self.publish(ChangeRevised(change_id, 0, error.message))
            raise
        paths = tuple(dict.fromkeys(p for f in change.files for p in (f.path, f.renamed_from) if p))
        self.publish(event(change_id, paths))
        await self._remap(paths)
        return change

    async def _remap(self, paths: Sequence[str]) -> None:
        if self.rooms.mapper.repository_map is None:
            return
        for path in paths:
            await self.rooms.mapper.update_on_file_change(path)
        self.publish(MapUpdated(tuple(paths)))

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
