"""What a conversation needs of the rooms below, behind one object."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vibe_tui.changes.model import ChangeAction, ChangeSet, CheckRecord, Edit, Origin
from vibe_tui.llm.model import (
    ChatMessage,
    GatewayEvent,
    ModelTarget,
    RequestOptions,
    Settled,
)

if TYPE_CHECKING:
    from vibe_tui.analytics.pricing import PriceBook
    from vibe_tui.analytics.token_counter import TokenCounter
    from vibe_tui.changes.formats.stream import EditStream
    from vibe_tui.changes.store import ChangeStore, Proposed
    from vibe_tui.chat.verdicts import Verdicts
    from vibe_tui.healing.validator import CodeValidator
    from vibe_tui.intelligence.context.excerpts import Excerpt
    from vibe_tui.intelligence.repo_mapper import RepositoryMapper
    from vibe_tui.llm.gateway import Gateway

_LOG = logging.getLogger(__name__)
_UNKNOWN_CONTEXT_TOKENS = 32_000
_MARGIN_TOKENS = 256


@dataclass(frozen=True, slots=True)
class ChatServices:
    """The rooms that a turn walks through. Callables keep a room unopened until it is needed.

    Args:
        root: The project.
        session_id: Whose spending this is.
        mapper: The repository map.
        changes: The store of proposals.
        gateway: The way to models.
        counter: Token counts.
        prices: Models' contexts.
        validator: Checks.
        local_context_tokens: Context of the embedded model.
    """

    root: Path
    session_id: str
    mapper: Callable[[], "RepositoryMapper"]
    changes: Callable[[], "ChangeStore"]
    gateway: Callable[[], "Gateway"]
    counter: Callable[[], "TokenCounter"]
    prices: Callable[[], "PriceBook"]
    validator: Callable[[], "CodeValidator"]
    local_context_tokens: int

    def stream(
        self,
        messages: Sequence[ChatMessage],
        target: ModelTarget,
        options: RequestOptions,
        on_settled: Callable[[Settled], None],
    ) -> AsyncGenerator[GatewayEvent, None]:
        """Send to a model: reserved before, settled after.

        Args:
            messages: The prompt.
            target: Which model.
            options: How.
            on_settled: Told of every settled try, also of a cancelled one.

        Raises:
            VibeError: A refused budget or a model's failure.
        """
        return self.gateway().stream_request(
            messages,
            target,
            options,
            session_id=self.session_id,
            project=str(self.root),
            on_settled=on_settled,
        )

    async def known_paths(self) -> Sequence[str]:
        """The project's files, discovered if nobody did yet, as open proposals would have them."""
        mapper = self.mapper()
        if mapper.repository_map is not None:
            files = tuple(mapper.repository_map.modules)
        else:
            files = (await asyncio.to_thread(mapper.discover)).files
        changed = await asyncio.to_thread(lambda: self.changes().overlay().paths())
        kept = [path for path in files if path not in changed]
        there = [path for path, action in changed.items() if action is not ChangeAction.DELETE]
        return (*kept, *there)

    async def project_map(self, tokens: int, target: ModelTarget) -> str:
        """The compressed map of at most ``tokens`` tokens; empty when ``tokens`` is 0."""
        if tokens <= 0:
            return ""
        mapper = self.mapper()
        repository_map = mapper.repository_map or await mapper.scan_repository()
        return await asyncio.to_thread(
            mapper.compress_representation,
            repository_map,
            tokens,
            lambda text: self.count(text, target),
        )

    async def excerpt(self, path: str, line_start: int | None, line_end: int | None) -> "Excerpt":
        """Read a file of the project.

        Raises:
            VibeError: If it is outside, binary or gone.
        """
        from vibe_tui.intelligence.context.excerpts import file_excerpt

        return await asyncio.to_thread(file_excerpt, self.root, path, line_start, line_end)

    async def proposed_excerpt(
        self, path: str, line_start: int | None, line_end: int | None
    ) -> "Excerpt":
        """Read a file as it would be with the proposals that wait for a decision.

        Raises:
            VibeError: If it is outside, binary or gone, or would be.
        """
        from vibe_tui.intelligence.context.excerpts import excerpt_of, gone

        def layered() -> "Excerpt | None":
            overlay = self.changes().overlay()
            if path not in overlay.paths():
                return None
            content = overlay.read(path)
            if content is None:
                raise gone(path)
            return excerpt_of(path, content, line_start, line_end)

        found = await asyncio.to_thread(layered)
        return found or await self.excerpt(path, line_start, line_end)

    async def verdicts(self, change_ids: Sequence[str], told: Mapping[str, str]) -> "Verdicts":
        """What a person decided on some changes since the model was told last."""
        from vibe_tui.changes.errors import DamagedStoreError, UnknownChangeError
        from vibe_tui.chat.verdicts import new_verdicts

        def read() -> "Verdicts":
            store = self.changes()
            found: list[ChangeSet] = []
            for change_id in change_ids:
                try:
                    found.append(store.get(change_id))
                except (UnknownChangeError, DamagedStoreError) as error:
                    _LOG.warning("the model is not told of %s: %s", change_id, error)
            return new_verdicts(found, told, store.diffs)

        return await asyncio.to_thread(read)

    def count(self, text: str, target: ModelTarget) -> int:
        """Tokens of a text for a model."""
        return self.counter().count(text, target.name).tokens

    def context_tokens(self, target: ModelTarget) -> int | None:
        """Tokens that a model's context holds; None when that is unknown."""
        if target.provider == "local":
            return self.local_context_tokens
        price = self.prices().price(target.name)
        return price.context if price else None

    def prompt_room(self, target: ModelTarget, max_output_tokens: int) -> int:
        """Tokens that a prompt may have, so that the answer still fits into the context."""
        context = self.context_tokens(target) or _UNKNOWN_CONTEXT_TOKENS
        return context - min(max_output_tokens, context // 2) - _MARGIN_TOKENS

    def edit_parser(self, known: Sequence[str]) -> "EditStream":
        """A parser for one answer."""
        from vibe_tui.changes.formats.stream import EditStream

        paths = frozenset(known)
        return EditStream(is_path=lambda word: word in paths or looks_like_path(word))

    async def propose(self, edits: Sequence[Edit], origin: Origin) -> "Proposed":
        """Store a proposal."""
        return await asyncio.to_thread(self.changes().propose, edits, origin)

    async def check(self, change: ChangeSet) -> Sequence[CheckRecord]:
        """Check the syntax of a stored proposal's files and record the outcome."""
        store, validator = self.changes(), self.validator()
        records: list[CheckRecord] = []
        for file in change.files:
            proposed = await asyncio.to_thread(store.proposed_bytes, change.change_id, file.path)
            if proposed is None:
                continue
            result = await validator.validate_file_syntax(file.path, proposed)
            messages = tuple(problem.line_text for problem in result.errors)
            records.append(
                CheckRecord(
                    file.path,
                    result.strategy.value,
                    result.is_valid,
                    messages,
                    result.execution_time,
                    result.skipped,
                )
            )
        await asyncio.to_thread(store.record_checks, change.change_id, records)
        return records


def looks_like_path(word: str) -> bool:
    """Whether a word alone on a line can name a new file: a suffix or a slash, no spaces."""
    return not any(c.isspace() for c in word) and ("/" in word.strip("/") or "." in word[1:-1])
