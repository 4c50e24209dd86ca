"""One HTTP/1.1 connection of the provider server, and when its client hung up."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


class UnreadableRequestError(Exception):
    """What arrived is no HTTP request, or ended in the middle."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request as it came. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Connection(asyncio.StreamReaderProtocol):
    """Reads requests, writes answers, and notes the moment the client closes its side."""

    def __init__(self, connected: Callable[["Connection"], Coroutine[Any, Any, None]]) -> None:
        self._reader = asyncio.StreamReader()
        self.hung_up_at: float | None = None
        self.gone = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None
        self._connected = connected
        self._task: asyncio.Task[None] | None = None
        super().__init__(self._reader, self._begin)

    async def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        await self._connected(self)

    def eof_received(self) -> bool | None:
        """The client closed its side."""
        self._left()
        return super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone altogether."""
        self._left()
        super().connection_lost(exc)

    def _left(self) -> None:
        if self.hung_up_at is None:
            self.hung_up_at = time.monotonic()
            self.gone.set()

    async def pause(self, seconds: float) -> None:
        """Wait, or less when the client leaves.

        Raises:
            ConnectionResetError: If the client left.
        """
        try:
            await asyncio.wait_for(self.gone.wait(), seconds)
        except TimeoutError:
            return
        raise ConnectionResetError("the client hung up")

    async def next_request(self) -> HttpRequest | None:
        """Read the next request; None when the client is done.

        Raises:
            UnreadableRequestError: If it is no complete HTTP request.
        """
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError as error:
            if error.partial:
                raise UnreadableRequestError("the head ends in the middle") from error
            return None
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = int(headers.get("content-length", "0"))
        try:
            body = await self._reader.readexactly(length)
        except asyncio.IncompleteReadError as error:
            raise UnreadableRequestError("the body ends in the middle") from error
        return HttpRequest(method, path, headers, body)

    async def _write(self, raw: bytes) -> None:
        writer = self._writer
        if writer is None or self.gone.is_set():
            raise ConnectionResetError("the client hung up")
        writer.write(raw)
        await writer.drain()

    async def send_head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send the status line and headers."""
        try:
            phrase = HTTPStatus(status).phrase
        except ValueError:
            phrase = "Overloaded"
        lines = [f"HTTP/1.1 {status} {phrase}", *(f"{k}: {v}" for k, v in headers.items())]
        await self._write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    async def send_json(
        self, status: int, payload: dict[str, Any], headers: Mapping[str, str] | None = None
    ) -> None:
        """Send a whole JSON answer."""
        body = json.dumps(payload).encode()
        sizes = {"content-type": "application/json", "content-length": str(len(body))}
        await self.send_head(status, {**sizes, **(headers or {})})
        await self._write(body)

    async def send_chunk(self, text: str) -> None:
        """Send one chunk of a chunked answer; an empty one ends it."""
        raw = text.encode()
        await self._write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")

    def drop(self) -> None:
        """Break the connection off, without an end."""
        if self._writer is not None:
            self._writer.transport.abort()

    def close(self) -> None:
        """Close the connection in order."""
        if self._writer is not None:
            self._writer.close()
