"""The rooms of one project, each opened when it is first needed.

So ``vibe-tui cost`` never scans a project and ``vibe-tui map`` never opens the ledger.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from vibe_tui.config.load import LoadedSettings
from vibe_tui.config.locations import Locations
from vibe_tui.monitoring.caches import CacheRegistry

if TYPE_CHECKING:
    from vibe_tui.analytics.model import BudgetLimit
    from vibe_tui.analytics.pricing import PriceBook
    from vibe_tui.analytics.spending import Spending
    from vibe_tui.analytics.token_counter import TokenCounter
    from vibe_tui.changes.store import ChangeStore
    from vibe_tui.chat.services import ChatServices
    from vibe_tui.chat.sessions import Session, SessionStore
    from vibe_tui.config.schema import Settings
    from vibe_tui.healing.validator import CodeValidator
    from vibe_tui.intelligence.repo_mapper import RepositoryMapper
    from vibe_tui.llm.gateway import Gateway


class Rooms:
    """Wires the rooms: what one needs of another it gets here, as a callable.

    Args:
        root: The project's folder.
        locations: Where settings, data and caches live.
        loaded: The settings and where each comes from.
        environ: The environment, for keys.
        overrides: Settings given as options.
        map_processes: Worker processes of the repository map; 0 parses in this process.
    """

    def __init__(
        self,
        root: Path,
        locations: Locations,
        loaded: LoadedSettings,
        *,
        environ: Mapping[str, str],
        overrides: Mapping[str, object],
        map_processes: int = 0,
    ) -> None:
        self.root = root
        self.locations = locations
        self.loaded = loaded
        self.environ = environ
        self.overrides = overrides
        self.caches = CacheRegistry()
        """The figures of every cache that a room keeps."""
        self._map_processes = map_processes

    @property
    def settings(self) -> "Settings":
        """The settings in force."""
        return self.loaded.settings

    @cached_property
    def mapper(self) -> "RepositoryMapper":
        """The repository map."""
        from vibe_tui.intelligence.repo_mapper import RepositoryMapper

        return RepositoryMapper(
            self.root,
            exclude=self.settings.map_exclude,
            max_file_bytes=self.settings.map_max_file_bytes,
            processes=self._map_processes,
        )

    @cached_property
    def change_store(self) -> "ChangeStore":
        """Proposals and what was applied."""
        from vibe_tui.changes.store import ChangeStore

        store = ChangeStore(
            self.root,
            self.locations.project_data(self.root) / "changes",
            symbols_of=self._symbols_of,
            remarks_of=self._remarks_of,
        )
        self.caches.register_cache("diffs", store.diff_statistics, store.forget_diffs)
        return store

    @cached_property
    def prices(self) -> "PriceBook":
        """What models cost."""
        from vibe_tui.analytics.pricing import PriceBook

        return PriceBook()

    @cached_property
    def counter(self) -> "TokenCounter":
        """Counts tokens, offline."""
        from vibe_tui.analytics.token_counter import TokenCounter

        return TokenCounter()

    @cached_property
    def spending(self) -> "Spending":
        """The ledger and its budgets."""
        from vibe_tui.analytics.ledger import Ledger
        from vibe_tui.analytics.spending import Spending

        return Spending(
            Ledger(self.locations.data_dir / "ledger.sqlite"),
            self.prices,
            self.counter,
            session_id=self.session.session_id,
            project=str(self.root),
            limits=self._limits,
            zone=self.settings.spend_timezone,
        )

    @cached_property
    def gateway(self) -> "Gateway":
        """The way to models."""
        from vibe_tui.llm.gateway import open_gateway

        return open_gateway(self.spending, self.settings, self.environ)

    @cached_property
    def validator(self) -> "CodeValidator":
        """Checks."""
        from vibe_tui.healing.validator import CodeValidator

        return CodeValidator(self.root)

    @cached_property
    def sessions(self) -> "SessionStore":
        """The project's conversations."""
        from vibe_tui.chat.sessions import SessionStore

        return SessionStore(self.locations.project_data(self.root) / "sessions")

    @cached_property
    def session(self) -> "Session":
        """The conversation of this run."""
        return self.sessions.create()

    def take_session(self, session: "Session") -> None:
        """Go on in another conversation; what is spent from now on is that session's."""
        self.session = session
        if "spending" in self.__dict__:
            self.spending.session_id = session.session_id

    def _limits(self) -> "Sequence[BudgetLimit]":
        from vibe_tui.analytics.model import BudgetLimit, nano

        settings = self.settings
        amounts = {
            "session": settings.budget_session_usd,
            "daily": settings.budget_daily_usd,
            "monthly": settings.budget_monthly_usd,
        }
        return [
            BudgetLimit("global", period, nano(amount))
            for period, amount in amounts.items()
            if amount is not None
        ]

    def chat_services(self) -> "ChatServices":
        """What a conversation needs of the rooms."""
        from vibe_tui.chat.services import ChatServices

        return ChatServices(
            root=self.root,
            session_id=self.session.session_id,
            mapper=lambda: self.mapper,
            changes=lambda: self.change_store,
            gateway=lambda: self.gateway,
            counter=lambda: self.counter,
            prices=lambda: self.prices,
            validator=lambda: self.validator,
            local_context_tokens=self.settings.local_context_tokens,
        )

    def _symbols_of(self, path: str, content: bytes) -> "Callable[[int], str | None]":
        from vibe_tui.intelligence.context.excerpts import symbols_of

        return symbols_of(path, content, self.settings.map_max_file_bytes)

    def _remarks_of(self, paths: "Sequence[str]") -> "Mapping[str, tuple[str, ...]]":
        from vibe_tui.intelligence.files.git_remarks import remarks_of

        return remarks_of(self.root, paths)

    async def close(self) -> None:
        """Close every room that was opened."""
        if "gateway" in self.__dict__:
            await self.gateway.close()
        if "mapper" in self.__dict__:
            self.mapper.close()
        if "spending" in self.__dict__:
            self.spending.close()
