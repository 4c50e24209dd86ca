"""The plan's client: a gateway bound to one model and one account."""

from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from vibe_tui.analytics.model import format_nano_usd
from vibe_tui.errors import VibeError
from vibe_tui.llm.model import (
    ChatMessage,
    GatewayEvent,
    ModelTarget,
    Reply,
    RequestOptions,
    Settled,
    TextChunk,
)

_CHECK_OUTPUT_TOKENS: Final = 16
_CHECK_PROMPT: Final = "Answer with the word: ready"


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """Whether a model answers. True when it does."""

    works: bool
    message: str
    """What happened and what the check cost, or what failed."""
    hint: str = ""
    cost_nano_usd: int | None = None

    def __bool__(self) -> bool:
        return self.works


class ApiClient(Protocol):
    """A model to talk to."""

    async def send_request(self, messages: Sequence[ChatMessage]) -> Reply:
        """Send messages and wait for the whole answer: ``response.content``.

        Raises:
            VibeError: A refused budget or a model's failure.
        """
        ...

    def stream_request(self, messages: Sequence[ChatMessage]) -> AsyncGenerator[GatewayEvent, None]:
        """Send messages and stream the answer.

        Raises:
            VibeError: A refused budget or a model's failure.
        """
        ...

    async def validate_connection(self) -> ConnectionReport:
        """Make one call of at most 16 output tokens, and say what it cost."""
        ...


Stream = Callable[[Sequence[ChatMessage], RequestOptions], AsyncGenerator[GatewayEvent, None]]


class BoundClient:
    """An ``ApiClient`` over a gateway.

    Args:
        stream: Sends with these options, on the account it is bound to.
        target: The model.
        options: How requests are sent.
    """

    def __init__(self, stream: Stream, target: ModelTarget, options: RequestOptions) -> None:
        self._stream = stream
        self._target = target
        self._options = options

    def stream_request(self, messages: Sequence[ChatMessage]) -> AsyncGenerator[GatewayEvent, None]:
        """Send messages and stream the answer."""
        return self._stream(messages, self._options)

    async def send_request(self, messages: Sequence[ChatMessage]) -> Reply:
        """Send messages and wait for the whole answer."""
        return await collect(self._stream(messages, self._options))

    async def validate_connection(self) -> ConnectionReport:
        """Make one call of at most 16 output tokens, and say what it cost."""
        options = replace(
            self._options,
            operation="connection_check",
            max_output_tokens=_CHECK_OUTPUT_TOKENS,
            tries=1,
        )
        try:
            reply = await collect(self._stream([ChatMessage("user", _CHECK_PROMPT)], options))
        except VibeError as error:
            return ConnectionReport(False, error.message, error.hint)
        price = (
            "an unknown amount"
            if reply.cost_nano_usd is None
            else (format_nano_usd(reply.cost_nano_usd))
        )
        message = f"{self._target.name} answers; this check cost {price}"
        return ConnectionReport(True, message, cost_nano_usd=reply.cost_nano_usd)


async def collect(stream: AsyncGenerator[GatewayEvent, None]) -> Reply:
    """Wait for a whole answer.

    Raises:
        VibeError: As the stream does.
    """
    pieces: list[str] = []
    settled: Settled | None = None
    async for event in stream:
        match event:
            case TextChunk(text):
                pieces.append(text)
            case Settled():
                settled = event
            case _:
                pass
    assert settled is not None, "a stream that ends without an error is settled"
    return Reply("".join(pieces), settled.usage, settled.cost_nano_usd, settled.provenance)
