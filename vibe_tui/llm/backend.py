"""What the gateway needs of whatever talks to a model."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Protocol

from vibe_tui.analytics.model import TokenUsage
from vibe_tui.llm.model import (
    ChatMessage,
    ModelTarget,
    RequestOptions,
    TextChunk,
    ThinkingChunk,
)


@dataclass(frozen=True, slots=True)
class Finished:
    """The last piece of an answer that ended. ``usage`` None: the provider told none."""

    finish_reason: str
    usage: TokenUsage | None


BackendPiece = TextChunk | ThinkingChunk | Finished


class Backend(Protocol):
    """Sends one request once. It neither retries nor counts money."""

    async def warm_up(self) -> None:
        """Import what requests need, off the event loop. It asks for no key, starts nothing."""
        ...

    async def prepare(self, target: ModelTarget) -> None:
        """Make ready what this request needs; called before each send.

        Raises:
            VibeError: If the model cannot be reached as things are.
        """
        ...

    def stream(
        self, target: ModelTarget, messages: Sequence[ChatMessage], options: RequestOptions
    ) -> AsyncGenerator[BackendPiece, None]:
        """Stream an answer, ``Finished`` last; closing the generator closes the connection.

        Raises:
            ModelFailureError: If the request failed.
        """
        ...

    async def close(self) -> None:
        """Let go of processes and connections."""
        ...
