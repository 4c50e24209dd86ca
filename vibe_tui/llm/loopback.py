"""A GET to a server on this machine, without an HTTP library."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

_ANSWER_BYTES: Final = 1_000_000


async def get(url: str, path: str) -> bytes | None:
    """Ask a server for a small document.

    It asks in HTTP/1.0, in which no server answers in chunks. There is no timeout here: put one
    around it.

    Args:
        url: Scheme, host and port.
        path: From the first slash.

    Returns:
        The body, at most 1 MB of it; None for any status but 200.

    Raises:
        OSError: If nothing listens there.
    """
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port or 80)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\nHost: {address.netloc}\r\n\r\n".encode())
        await writer.drain()
        raw = b""
        while len(raw) < _ANSWER_BYTES and (piece := await reader.read(65_536)):
            raw += piece
            if _is_complete(raw):
                break
    finally:
        writer.close()
    head, _, body = raw.partition(b"\r\n\r\n")
    return body if head.split(b" ", 2)[1:2] == [b"200"] else None


def _is_complete(raw: bytes) -> bool:
    """Whether as many bytes arrived as the head announced: servers may keep the line open."""
    head, separator, body = raw.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name == b"content-length" and value.strip().isdigit():
            return bool(separator) and len(body) >= int(value)
    return False
