"""What really went over the wire: the facts that LiteLLM's exceptions blur.

LiteLLM sends a request a second time by itself when a connection breaks, which would be a send
that nobody reserved, and it ends a broken stream as if it were complete. So its HTTP clients get
a transport of ours: it sends once, follows no redirect (keys stay with the host they are for),
keeps no idle connection, and leaves a witness of the status, the error's body, and whether the
answer's own end mark arrived.
"""

import re
from collections.abc import AsyncIterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final

import httpx

_ERROR_BODY_BYTES: Final = 65_536
_END_MARK: Final = re.compile(
    rb'"(?:finish_reason|finishReason|stop_reason)"\s*:\s*"|(?:\A|\n)data: ?\[DONE\]'
)
_OVERLAP_BYTES: Final = 64
"""Longer than any end mark, so that one cut by a packet's edge is still seen."""


@dataclass(slots=True)
class WireWitness:
    """What one request left on the wire."""

    is_rehearsal: bool = False
    """Whether nothing is to go out: a rehearsal loads what the first request would."""
    asked: bool = False
    """Whether a request came to the transport at all."""
    sent: bool = False
    """Whether it may have reached the provider."""
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    error_body: bytes = b""
    """Of an answer with status 400 or more; at most 64 KiB."""
    ended: bool | None = None
    """Whether the answer's end mark was seen; None when the bytes could not be read."""
    stream: "WitnessedStream | None" = None

    async def close(self) -> None:
        """Close the connection, whatever the layers above did."""
        if self.stream is not None:
            await self.stream.aclose()


current_witness: ContextVar[WireWitness | None] = ContextVar("current_witness", default=None)
"""The witness of the request that this task makes."""


class WitnessedStream(httpx.AsyncByteStream):
    """An answer's bytes, watched for the end mark."""

    def __init__(self, stream: httpx.AsyncByteStream, witness: WireWitness) -> None:
        self._stream = stream
        self._witness = witness

    async def __aiter__(self) -> AsyncIterator[bytes]:
        window = b""
        async for piece in self._stream:
            if not self._witness.ended:
                window = window[-_OVERLAP_BYTES:] + piece
                self._witness.ended = _END_MARK.search(window) is not None
            yield piece

    async def aclose(self) -> None:
        """Close the connection."""
        await self._stream.aclose()


async def _error_body(response: httpx.Response) -> bytes:
    body = b""
    try:
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) >= _ERROR_BODY_BYTES:
                break
    except httpx.HTTPError:
        pass  # the status alone says enough
    finally:
        await response.aclose()
    return body[:_ERROR_BODY_BYTES]


class SendOnceTransport(httpx.AsyncHTTPTransport):
    """Sends each request once and leaves a witness."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            httpx.NetworkError: Also where httpx would raise ``ConnectError`` or
                ``RemoteProtocolError``, because those make LiteLLM send again.
        """
        witness = current_witness.get() or WireWitness()
        witness.asked = True
        if witness.is_rehearsal:
            raise httpx.NetworkError("a rehearsal sends nothing", request=request)
        request.headers["accept-encoding"] = "identity"
        try:
            response = await super().handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise httpx.NetworkError(str(error), request=request) from error
        except httpx.RemoteProtocolError as error:
            witness.sent = True
            raise httpx.NetworkError(str(error), request=request) from error
        except BaseException:
            witness.sent = True
            raise
        return await self._witnessed(response, witness)

    async def _witnessed(self, response: httpx.Response, witness: WireWitness) -> httpx.Response:
        witness.sent = True
        witness.status = response.status_code
        witness.headers = response.headers
        response.headers.pop("location", None)
        if response.status_code >= 400:
            witness.error_body = await _error_body(response)
            kept = {k: v for k, v in response.headers.items() if not k.startswith("content-")}
            kept["content-type"] = response.headers.get("content-type", "application/json")
            kept.pop("transfer-encoding", None)
            return httpx.Response(
                response.status_code,
                headers=kept,
                content=witness.error_body,
                extensions=response.extensions,
            )
        assert isinstance(response.stream, httpx.AsyncByteStream)
        readable = response.headers.get("content-encoding", "identity") == "identity"
        witness.ended = False if readable else None
        stream = WitnessedStream(response.stream, witness)
        witness.stream = stream
        response.stream = stream
        return response
