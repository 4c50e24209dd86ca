"""Stand-ins for the rooms around the gateway: money in memory, a backend with a script."""

import itertools
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field, replace

from vibe_tui.analytics.model import (
    CountMethod,
    Hold,
    RequestInfo,
    Settlement,
    TokenCount,
    TokenUsage,
)
from vibe_tui.errors import DeniedError, VibeError
from vibe_tui.llm.backend import Backend, BackendPiece, Finished
from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.gateway import ANY_PROVIDER, Gateway
from vibe_tui.llm.model import (
    ChatMessage,
    FailureKind,
    GatewayEvent,
    ModelTarget,
    RequestOptions,
    TextChunk,
)

INPUT_NANO, OUTPUT_NANO = 1_000, 5_000
"""Nano-USD a token of every model but those called unpriced."""


def words(text: str) -> int:
    return len(text.split())


@dataclass(frozen=True)
class FakeReservation:
    hold: Hold
    input_tokens: int
    max_output_tokens: int


@dataclass
class FakeSpending:
    """Money in memory; counts words, and refuses what the real ledger refuses."""

    refusal: VibeError | None = None
    output_limit: int | None = None
    """What the budget leaves; None leaves everything."""
    on_reserve: Callable[[], None] = lambda: None
    on_settle: Callable[[], None] = lambda: None
    on_release: Callable[[], None] = lambda: None
    open_holds: dict[str, Hold] = field(default_factory=dict)
    settled: list[Settlement] = field(default_factory=list)
    released: list[Hold] = field(default_factory=list)
    requests: list[RequestInfo] = field(default_factory=list)
    _ids: "itertools.count[int]" = field(default_factory=itertools.count)

    def reserve(
        self,
        request: RequestInfo,
        messages: Sequence[tuple[str, str]],
        max_output_tokens: int,
        cap_nano_usd: int | None = None,
    ) -> FakeReservation:
        self.on_reserve()
        if self.refusal is not None:
            raise self.refusal
        if self.output_limit is not None:
            max_output_tokens = min(max_output_tokens, self.output_limit)
        tokens = sum(words(text) for _, text in messages)
        nano_usd = self.cost(request.model, TokenUsage(tokens, max_output_tokens))
        if cap_nano_usd is not None and (nano_usd is None or nano_usd > cap_nano_usd):
            raise DeniedError("over the cap")
        hold = Hold(f"hold-{next(self._ids)}", request, nano_usd)
        self.requests.append(request)
        self.open_holds[hold.hold_id] = hold
        return FakeReservation(hold, tokens, max_output_tokens)

    def settle(self, hold: Hold, settlement: Settlement) -> None:
        self.on_settle()
        del self.open_holds[hold.hold_id]
        self.settled.append(settlement)

    def release(self, hold: Hold) -> None:
        del self.open_holds[hold.hold_id]
        self.released.append(hold)
        self.on_release()

    def cost(self, model: str, usage: TokenUsage) -> int | None:
        if "unpriced" in model:
            return None
        return usage.input_tokens * INPUT_NANO + usage.output_tokens * OUTPUT_NANO

    def count(self, text: str, model: str) -> TokenCount:
        return TokenCount(words(text), words(text), words(text), CountMethod.ESTIMATED, 0.1)


Script = Sequence[BackendPiece | Exception]


class FakeBackend:
    """Answers each send with the next script; an exception in it is raised there."""

    def __init__(self, *scripts: Script, prepare_error: VibeError | None = None) -> None:
        self._scripts = list(scripts)
        self._prepare_error = prepare_error
        self.sends: list[tuple[ModelTarget, RequestOptions]] = []
        self.closed_streams = 0
        self.closed = False
        self.warmed_up = False

    async def warm_up(self) -> None:
        self.warmed_up = True

    async def prepare(self, target: ModelTarget) -> None:
        if self._prepare_error is not None:
            raise self._prepare_error

    async def close(self) -> None:
        self.closed = True

    async def stream(
        self, target: ModelTarget, messages: Sequence[ChatMessage], options: RequestOptions
    ) -> AsyncGenerator[BackendPiece, None]:
        self.sends.append((target, options))
        try:
            for piece in self._scripts.pop(0):
                if isinstance(piece, Exception):
                    raise piece
                yield piece
        finally:
            self.closed_streams += 1


@dataclass
class FakeClock:
    """A clock that moves only when told, or by ``step_s`` at each look."""

    now_s: float = 0.0
    step_s: float = 0.0
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now_s += seconds


async def drain(stream: AsyncGenerator[GatewayEvent, None]) -> list[GatewayEvent]:
    return [event async for event in stream]


def quick(**changes: float) -> RequestOptions:
    """Options with short times, for tests."""
    base = RequestOptions(max_output_tokens=100, idle_timeout_s=10, total_timeout_s=20)
    return replace(base, **changes)  # type: ignore[arg-type]  # mypy cannot match ** to fields


async def collect_into(
    events: list[GatewayEvent], stream: AsyncGenerator[GatewayEvent, None]
) -> None:
    """Keep what came before a failure."""
    async for event in stream:
        events.append(event)


def no_keyring(user: str) -> None:
    """A keyring without keys."""


TARGET = ModelTarget("openai/gpt-4o")
ASK = [ChatMessage("user", "say hello now")]
USAGE = TokenUsage(10, 4)
HELLO: Script = [TextChunk("Hello"), TextChunk(" world"), Finished("stop", USAGE)]


def failing(
    kind: FailureKind, *, sent: bool = False, after: float | None = None
) -> ModelFailureError:
    return ModelFailureError(kind, "openai/gpt-4o: failed", "do", retry_after_s=after, sent=sent)


def make(
    spending: FakeSpending, backend: Backend, clock: FakeClock | None = None, jitter: float = 0.0
) -> Gateway:
    clock = clock or FakeClock()
    return Gateway(
        spending,
        {ANY_PROVIDER: backend},
        clock=clock,
        sleep=clock.sleep,
        jitter=lambda: jitter,
    )


def send(
    gateway: Gateway, options: RequestOptions | None = None, target: ModelTarget = TARGET
) -> AsyncGenerator[GatewayEvent, None]:
    return gateway.stream_request(
        ASK, target, options or quick(), session_id="session", project="project"
    )
