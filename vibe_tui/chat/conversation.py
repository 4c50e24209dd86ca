"""A conversation: context in, a streamed answer out, its edits proposed and checked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vibe_tui.analytics.errors import BudgetExceededError, UnpricedRefusedError
from vibe_tui.analytics.model import Provenance, usd
from vibe_tui.changes.model import ChangeSet, Edit, Origin, RefusedEdit
from vibe_tui.chat.errors import NoModelError
from vibe_tui.chat.mentions import find_mentions
from vibe_tui.chat.prompt import RETRY_PROMPT, BuiltPrompt, Excerpt, build_prompt
from vibe_tui.errors import VibeError
from vibe_tui.events import (
    BudgetRefused,
    BudgetReserved,
    ChangeProposed,
    CheckFinished,
    ContextChosen,
    EditRefused,
    EditSeen,
    Event,
    Noticed,
    Retrying,
    SpendEstimated,
    Spent,
    TextDelta,
    TurnStarted,
)
from vibe_tui.llm.model import (
    GatewayEvent,
    ModelTarget,
    RequestOptions,
    Reserved,
    RetryNotice,
    RunningEstimate,
    Settled,
    TextChunk,
)
from vibe_tui.monitoring.spans import span

if TYPE_CHECKING:
    from vibe_tui.chat.services import ChatServices
    from vibe_tui.chat.sessions import Session, StoredMessage
    from vibe_tui.chat.turn import Turn

_MIN_ROOM_TOKENS = 1024
_LEAST_SURE_LAST = ("", *Provenance)


@dataclass(frozen=True, slots=True)
class Ask:
    """One prompt and its limits."""

    prompt: str
    target: ModelTarget | None
    pinned: tuple[str, ...] = ()
    map_tokens: int = 2048
    options: RequestOptions = field(default_factory=RequestOptions)
    max_cost_nano_usd: int | None = None


@dataclass(slots=True)
class _Answer:
    """What one streamed answer held."""

    text: str = ""
    edits: list[Edit] = field(default_factory=list)
    refused: list[RefusedEdit] = field(default_factory=list)
    cost_nano_usd: int | None = 0
    cost_certainty: str = ""
    """The least sure provenance of its requests."""

    def add(self, settled: Settled) -> None:
        known = None not in (settled.cost_nano_usd, self.cost_nano_usd)
        sum_nano_usd = (self.cost_nano_usd or 0) + (settled.cost_nano_usd or 0)
        self.cost_nano_usd = sum_nano_usd if known else None
        found = (settled.provenance.value, self.cost_certainty)
        self.cost_certainty = max(found, key=_LEAST_SURE_LAST.index)

    def take(self, found: Sequence[Edit | RefusedEdit]) -> list[Event]:
        events: list[Event] = []
        for edit in found:
            if isinstance(edit, RefusedEdit):
                self.refused.append(edit)
            else:
                self.edits.append(edit)
                events.append(EditSeen(edit_path(edit)))
        return events


def edit_path(edit: Edit) -> str:
    """The file that an edit is about."""
    path = getattr(edit, "path", None) or getattr(edit, "new_path", None)
    return path or getattr(edit, "old_path", None) or ""


class Conversation:
    """Runs turns of one session.

    Args:
        session: Where messages are kept.
        services: The rooms below.
    """

    def __init__(self, session: "Session", services: "ChatServices") -> None:
        self.session = session
        self._services = services

    async def run(self, turn: "Turn", ask: Ask) -> AsyncIterator[Event]:
        """Produce the events of a turn: the prompt, then those queued meanwhile.

        Raises:
            VibeError: What ended the turn; the face shows its line.
        """
        prompt: str | None = ask.prompt
        try:
            while prompt is not None:
                async for event in self._exchange(turn, replace(ask, prompt=prompt)):
                    yield event
                prompt = turn.next_prompt()
        except (BudgetExceededError, UnpricedRefusedError) as error:
            yield _refusal(error)
            raise

    async def _exchange(self, turn: "Turn", ask: Ask) -> AsyncIterator[Event]:
        yield TurnStarted(self.session.session_id, ask.prompt)
        if ask.target is None:
            raise NoModelError(
                "No model is configured", "choose one with /model, --model or VIBE_TUI_MODEL"
            )
        verdicts = await self._services.verdicts(self.session.change_ids(), self.session.told())
        if verdicts.text:
            yield Noticed("Telling the model what you decided on its earlier edits")
        asked = self.session.say("user", ask.prompt, review=verdicts.text, told=verdicts.told)
        refused: tuple[RefusedEdit, ...] = ()
        for attempt in range(2):
            answer = _Answer()
            async for event in self._answer(turn, ask, ask.target, answer):
                yield event
            origin = _origin(asked, ask.target, answer, self.session.session_id)
            async for event in self._propose(origin, ask.target, answer):
                yield event
            refused = tuple(answer.refused)
            for edit in refused:
                yield EditRefused(edit.path, edit.reason)
            if not refused or attempt:
                return
            self.session.say("user", _told_back(refused), prompt_id=asked.prompt_id)
            yield Noticed("Told the model, once, which edits did not apply", "warning")

    async def _context(
        self, ask: Ask, target: ModelTarget, known: Sequence[str]
    ) -> tuple[BuiltPrompt, list[Event]]:
        services = self._services
        mentions, unknown = find_mentions(ask.prompt, frozenset(known))
        wanted = {(m.path, m.line_start, m.line_end): "mentioned" for m in mentions}
        wanted |= {(path, None, None): "pinned" for path in ask.pinned}
        events: list[Event] = [
            Noticed(f"@{word} names no file of this project; sent as text", "warning")
            for word in unknown
        ]
        excerpts: list[tuple[Excerpt, str]] = []
        for (path, start, end), reason in wanted.items():
            try:
                excerpts.append((await services.proposed_excerpt(path, start, end), reason))
            except VibeError as error:
                events.append(Noticed(f"{path} is not shown to the model: {error}", "warning"))
        project_map = await services.project_map(ask.map_tokens, target)
        room = max(_MIN_ROOM_TOKENS, services.prompt_room(target, ask.options.max_output_tokens))

        def build() -> BuiltPrompt:
            return build_prompt(
                history=self.session.history(),
                project_map=project_map,
                excerpts=excerpts,
                count=lambda text: services.count(text, target),
                room_tokens=room,
            )

        with span("chat.context"):
            built = await asyncio.to_thread(build)
        items = tuple({"path": i.path, "tokens": i.tokens, "reason": i.reason} for i in built.items)
        return built, [*events, ContextChosen(built.tokens, items)]

    async def _answer(
        self, turn: "Turn", ask: Ask, target: ModelTarget, answer: _Answer
    ) -> AsyncIterator[Event]:
        known = await self._services.known_paths()
        built, events = await self._context(ask, target, known)
        for event in events:
            yield event
        parser = self._services.edit_parser(known)
        options = _capped(ask, turn.cost_nano_usd)

        def settle(settled: Settled) -> None:
            answer.add(settled)
            turn.add_cost(settled.cost_nano_usd)
            turn.emit(_spent(settled))

        stream = self._services.stream(built.messages, target, options, settle)
        try:
            async with aclosing(stream):
                async for piece in stream:
                    if isinstance(piece, TextChunk):
                        answer.text += piece.text
                        for event in answer.take(parser.feed(piece.text)):
                            yield event
                    if (translated := _translate(piece)) is not None:
                        yield translated
        except BaseException:
            if answer.text:
                self._keep(answer, target, stopped=True)
            raise
        for event in answer.take(parser.finish()):
            yield event

    async def _propose(
        self, origin: Origin, target: ModelTarget, answer: _Answer
    ) -> AsyncIterator[Event]:
        change: ChangeSet | None = None
        if answer.edits:
            with span("chat.propose", edits=len(answer.edits)):
                proposal = await self._services.propose(answer.edits, origin)
            answer.refused.extend(proposal.refused)
            change = proposal.change
        self._keep(answer, target, change=change)
        if change is None:
            return
        paths = tuple(file.path for file in change.files)
        yield ChangeProposed(change.change_id, change.revision, paths)
        for record in await self._services.check(change):
            yield CheckFinished(
                change.change_id, record.strategy, record.is_valid, record.path, record.messages
            )

    def _keep(
        self,
        answer: _Answer,
        target: ModelTarget,
        *,
        change: ChangeSet | None = None,
        stopped: bool = False,
    ) -> None:
        self.session.say(
            "assistant",
            answer.text,
            model=target.name,
            change_id=change.change_id if change else None,
            cost_nano_usd=answer.cost_nano_usd,
            stopped=stopped,
        )


def _origin(
    asked: "StoredMessage", target: ModelTarget, answer: _Answer, session_id: str
) -> Origin:
    """Who proposes the edits of an answer: for Review, the history and the audit."""
    known = bool(answer.cost_certainty)
    return Origin(
        "model",
        target.name,
        session_id,
        asked.content.strip().split("\n", 1)[0][:200],
        asked.prompt_id,
        answer.cost_nano_usd if known else None,
        answer.cost_certainty,
    )


def _told_back(refused: Sequence[RefusedEdit]) -> str:
    return RETRY_PROMPT + "\n".join(f"- {edit.path}: {edit.reason}" for edit in refused)


def _capped(ask: Ask, spent_nano_usd: int | None) -> RequestOptions:
    if ask.max_cost_nano_usd is None:
        return ask.options
    left = max(0, ask.max_cost_nano_usd - (spent_nano_usd or 0))
    return replace(ask.options, max_cost_nano_usd=left)


def _translate(piece: GatewayEvent) -> Event | None:
    match piece:
        case TextChunk(text):
            return TextDelta(text)
        case Reserved(nano_usd, _):
            return BudgetReserved(usd(nano_usd))
        case RunningEstimate(input_tokens, output_tokens, cost):
            return SpendEstimated(input_tokens, output_tokens, usd(cost))
        case RetryNotice(reason, in_s):
            return Retrying(reason, in_s)
        case _:
            return None


def _spent(settled: Settled) -> Spent:
    usage = settled.usage
    return Spent(
        settled.model,
        usage.input_tokens,
        usage.output_tokens,
        usage.cached_tokens,
        usd(settled.cost_nano_usd),
        settled.provenance.value,
    )


def _refusal(error: BudgetExceededError | UnpricedRefusedError) -> BudgetRefused:
    if isinstance(error, UnpricedRefusedError):
        return BudgetRefused(error.scope, error.period, None, (error.hint,))
    needed = usd(error.needed_nano_usd)
    return BudgetRefused(error.scope, error.period, needed, error.offers)
