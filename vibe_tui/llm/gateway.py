"""The gateway: the one way to a model. Nothing is sent that was not reserved."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from vibe_tui.analytics.model import RequestInfo
from vibe_tui.llm.attempt import Attempt, Request
from vibe_tui.llm.backend import Backend
from vibe_tui.llm.client import ApiClient, BoundClient, collect
from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.model import (
    ChatMessage,
    GatewayEvent,
    ModelTarget,
    Reply,
    RequestOptions,
    RetryNotice,
    Settled,
)
from vibe_tui.llm.port import SpendingPort
from vibe_tui.llm.providers import provider_of
from vibe_tui.llm.retry import RetryPolicy

if TYPE_CHECKING:
    from vibe_tui.config.schema import Settings

ANY_PROVIDER: Final = "*"
"""Key of the backend for providers that have none of their own."""


class Gateway:
    """Sends requests to models, every try reserved before and settled after.

    Args:
        spending: Holds the money.
        backends: Provider's name to who sends to it; ``ANY_PROVIDER`` for all others.
        clock: Seconds, monotonic.
        sleep: Waits between tries.
        jitter: A number in [0, 1).
    """

    def __init__(
        self,
        spending: SpendingPort,
        backends: Mapping[str, Backend],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._spending = spending
        self._backends = backends
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter

    def _backend(self, target: ModelTarget) -> Backend:
        return self._backends.get(provider_of(target)) or self._backends[ANY_PROVIDER]

    async def stream_request(
        self,
        messages: Sequence[ChatMessage],
        target: ModelTarget,
        options: RequestOptions,
        *,
        session_id: str,
        project: str,
        on_settled: Callable[[Settled], None] | None = None,
    ) -> AsyncGenerator[GatewayEvent, None]:
        """Send messages and stream the answer; closing the generator stops the provider.

        Args:
            messages: The conversation.
            target: Which model.
            options: How; ``total_timeout_s`` spans all tries and the waits between them.
            session_id: For the ledger.
            project: For the ledger.
            on_settled: Told of every settled try, also of a cancelled one, whose ``Settled``
                can no longer be yielded.

        Yields:
            For each try ``Reserved``, the answer's pieces with running estimates, ``Settled``;
            between tries ``RetryNotice``.

        Raises:
            ModelFailureError: If the last try failed.
            DeniedError: If a budget has no room; nothing was sent and nothing imported.
        """
        provider = provider_of(target)
        info = RequestInfo(session_id, project, options.operation, provider, target.name)
        request = Request(messages, target, options, info)
        policy = RetryPolicy(options.tries)
        deadline = self._clock() + options.total_timeout_s
        number = 0
        while True:
            number += 1
            attempt = Attempt(
                request,
                self._backend(target),
                self._spending,
                deadline=deadline,
                clock=self._clock,
                on_settled=on_settled,
            )
            try:
                async with aclosing(attempt.events()) as events:
                    async for event in events:
                        yield event
                return
            except ModelFailureError as failure:
                wait_s = policy.wait_s(number, failure, self._jitter())
                if wait_s is None or attempt.began or self._clock() + wait_s > deadline:
                    raise
                notice = RetryNotice(failure.message, wait_s)
            yield notice
            await self._sleep(notice.in_s)

    async def send_request(
        self,
        messages: Sequence[ChatMessage],
        target: ModelTarget,
        options: RequestOptions,
        *,
        session_id: str,
        project: str,
    ) -> Reply:
        """Send messages and wait for the whole answer.

        Raises:
            ModelFailureError: If the last try failed.
            DeniedError: If a budget has no room.
        """
        return await collect(
            self.stream_request(messages, target, options, session_id=session_id, project=project)
        )

    def client(
        self, target: ModelTarget, options: RequestOptions, *, session_id: str, project: str
    ) -> ApiClient:
        """The plan's client, bound to a model and an account."""

        def stream(
            messages: Sequence[ChatMessage], with_options: RequestOptions
        ) -> AsyncGenerator[GatewayEvent, None]:
            return self.stream_request(
                messages, target, with_options, session_id=session_id, project=project
            )

        return BoundClient(stream, target, options)

    async def warm_up(self, target: ModelTarget) -> None:
        """Import what requests to a model need, off the event loop."""
        await self._backend(target).warm_up()

    async def close(self) -> None:
        """Stop the embedded model and let go of connections."""
        for backend in self._backends.values():
            await backend.close()


def open_gateway(
    spending: SpendingPort, settings: "Settings", environ: Mapping[str, str]
) -> Gateway:
    """The gateway with every backend that the program has; nothing heavy is imported yet.

    Args:
        spending: Holds the money.
        settings: For the embedded model.
        environ: The environment, for keys and addresses.
    """
    from vibe_tui.llm.keys import KeyFinder
    from vibe_tui.llm.litellm_backend import LiteLLMBackend
    from vibe_tui.llm.local.backend import LocalBackend
    from vibe_tui.llm.local.server import LocalModelServer
    from vibe_tui.llm.recorded import RecordedBackend
    from vibe_tui.llm.route import ProviderRoutes

    server = LocalModelServer(
        gguf=settings.local_gguf,
        context_tokens=settings.local_context_tokens,
        threads=settings.local_threads,
    )
    backends: dict[str, Backend] = {
        ANY_PROVIDER: LiteLLMBackend(ProviderRoutes(KeyFinder(environ), environ)),
        "local": LocalBackend(server),
        "tour": RecordedBackend(),
    }
    return Gateway(spending, backends)
