"""The embedded model behind our backend's protocol: a child process, asked through LiteLLM."""

from collections.abc import AsyncGenerator, Sequence

from vibe_tui.llm.backend import BackendPiece
from vibe_tui.llm.litellm_backend import LiteLLMBackend
from vibe_tui.llm.local.server import LocalModelServer
from vibe_tui.llm.model import ChatMessage, ModelTarget, RequestOptions
from vibe_tui.llm.route import Route


class LocalBackend:
    """Sends to the embedded model, starting it first.

    Args:
        server: The child process.
    """

    def __init__(self, server: LocalModelServer) -> None:
        self._server = server
        self._litellm = LiteLLMBackend(self._route)

    async def _route(self, target: ModelTarget) -> Route:
        endpoint = await self._server.start(target.name)
        return Route(f"openai/{endpoint.alias}", endpoint.api_base, endpoint.api_key)

    async def warm_up(self) -> None:
        """Import LiteLLM; the model itself starts on first use."""
        await self._litellm.warm_up()

    async def prepare(self, target: ModelTarget) -> None:
        """Start the model.

        Raises:
            LocalModelMissingError: If it is not installed.
            LocalModelFailedError: If it does not start.
        """
        await self._litellm.prepare(target)

    def stream(
        self, target: ModelTarget, messages: Sequence[ChatMessage], options: RequestOptions
    ) -> AsyncGenerator[BackendPiece, None]:
        """Stream an answer.

        Raises:
            ModelFailureError: If the request failed.
        """
        return self._litellm.stream(target, messages, options)

    async def close(self) -> None:
        """Stop the model."""
        await self._server.stop()
