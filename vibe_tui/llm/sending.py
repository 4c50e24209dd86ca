"""One request through LiteLLM: its chunks as our pieces, its exceptions as our failures."""

import logging
from collections.abc import AsyncGenerator, Iterator
from typing import Any, Final

import httpx

from vibe_tui.llm.backend import BackendPiece, Finished
from vibe_tui.llm.classify import (
    Evidence,
    failure,
    parse_retry_after,
    plain_words,
    provider_words,
)
from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.model import ModelTarget, TextChunk, ThinkingChunk
from vibe_tui.llm.route import Route
from vibe_tui.llm.usage import token_usage
from vibe_tui.llm.witness import WireWitness, current_witness

_REFUSED: Final = 400
"""What counts as the status when LiteLLM could not even make a request of it."""
_log = logging.getLogger(__name__)


class Sending:
    """Sends once. Run it in a task of its own: it sets a context variable.

    Args:
        litellm: The module.
        target: Which model, for error messages.
        route: Where to.
    """

    def __init__(self, litellm: Any, target: ModelTarget, route: Route) -> None:  # noqa: ANN401 — a module without types
        self._litellm = litellm
        self._target = target
        self._route = route
        self._witness = WireWitness()
        self._stream: Any = None

    async def pieces(self, arguments: dict[str, Any]) -> AsyncGenerator[BackendPiece, None]:
        """Stream the answer.

        Args:
            arguments: Of ``litellm.acompletion``.

        Raises:
            ModelFailureError: If the request failed or the answer broke off.
        """
        current_witness.set(self._witness)
        reason, usage = "stop", None
        try:
            self._stream = await self._litellm.acompletion(**arguments)
            async for chunk in self._stream:
                usage = token_usage(getattr(chunk, "usage", None)) or usage
                for choice in chunk.choices:
                    reason = choice.finish_reason or reason
                    for piece in _pieces_of(choice.delta):
                        yield piece
        except Exception as error:  # noqa: BLE001 — boundary: LiteLLM raises whatever it meets
            raise self._failure(error) from None  # its text may hold a key
        if not self._ended():
            evidence = Evidence(sent=True, began=True, detail="the connection closed early")
            raise failure(self._target, evidence)
        yield Finished(reason, usage)

    async def close(self) -> None:
        """Close the connection, so that the provider stops."""
        if self._stream is not None:
            await self._stream.aclose()
        await self._witness.close()

    def _ended(self) -> bool:
        """Whether the provider itself ended the answer; LiteLLM ends broken ones as well."""
        if self._witness.ended is not None:
            return self._witness.ended
        return bool(getattr(self._stream, "received_finish_reason", None))

    def _failure(self, error: Exception) -> ModelFailureError:
        evidence = self._evidence(error)
        _log.info(
            "%s failed: %s, status %s", self._target.name, type(error).__name__, evidence.status
        )
        return failure(self._target, evidence)

    def _evidence(self, error: Exception) -> Evidence:
        witness = self._witness
        status = witness.status if witness.status and witness.status >= 300 else None
        text, detail = provider_words(witness.error_body)
        if status is None:
            text = detail = plain_words(error)
            if not witness.asked:
                status = _own_status(error)
        shown = f"{witness.status}: {detail}" if detail and witness.error_body else detail
        return Evidence(
            status=status,
            text=text,
            detail=self._without_key(shown),
            retry_after_s=parse_retry_after(witness.headers.get("retry-after"), text),
            sent=witness.sent,
            began=witness.status is not None and witness.status < 300,
            timed_out=any(_is_timeout(link) for link in _chain(error)),
        )

    def _without_key(self, text: str) -> str:
        key = self._route.api_key
        return text.replace(key, "…") if key else text


def _pieces_of(delta: Any) -> Iterator[BackendPiece]:  # noqa: ANN401 — LiteLLM's types are not exported
    thinking = getattr(delta, "reasoning_content", None)
    if thinking:
        yield ThinkingChunk(thinking)
    if delta.content:
        yield TextChunk(delta.content)


def _own_status(error: Exception) -> int:
    """The status of a request that LiteLLM refused to make; its own 500 says nothing."""
    status = getattr(error, "status_code", None)
    return status if isinstance(status, int) and 400 <= status < 500 else _REFUSED


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An exception and what led to it, as far as Python and LiteLLM remember."""
    seen: set[int] = set()
    left: list[BaseException | None] = [error]
    while left:
        link = left.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        left += [link.__cause__, link.__context__, getattr(link, "original_exception", None)]


def _is_timeout(error: BaseException) -> bool:
    if isinstance(error, httpx.ConnectTimeout):
        return False  # the provider was never reached
    return isinstance(error, TimeoutError | httpx.TimeoutException)
