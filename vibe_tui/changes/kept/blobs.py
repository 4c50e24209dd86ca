"""File contents by their sha256, compressed: what proposals and the journal refer to."""

import contextlib
import hashlib
import os
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vibe_tui.changes.errors import DamagedStoreError
from vibe_tui.config.files import write_atomically

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEVEL = 1  # the least effort of zlib: text shrinks to a third of its size already
_SAMPLES = 8
_SAMPLE_BYTES = 8192
_WORTH = 0.9


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """A content as it is kept."""

    sha256: str
    length: int
    """Bytes that it takes on the disk."""
    written_s: float
    """When it was put last: seconds since the epoch."""


def sha256_of(content: bytes) -> str:
    """The name of a content."""
    return hashlib.sha256(content).hexdigest()


def _level(content: bytes) -> int:
    """How hard to compress: not at all where samples show that it does not help."""
    if len(content) <= _SAMPLES * _SAMPLE_BYTES:
        return _LEVEL
    step = len(content) // _SAMPLES
    sample = b"".join(content[n * step : n * step + _SAMPLE_BYTES] for n in range(_SAMPLES))
    return _LEVEL if len(zlib.compress(sample, _LEVEL)) < _WORTH * len(sample) else 0


class BlobStore:
    """Keeps contents; the same content is kept once.

    Args:
        folder: Where to keep them; created when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, content: bytes) -> str:
        """Keep a content, on the disk when this returns; return its sha256.

        Raises:
            OSError: If the disk refuses.
        """
        sha256 = sha256_of(content)
        path = self._path(sha256)
        try:
            os.utime(path)  # it is wanted again, so nobody shall tidy it away now
        except FileNotFoundError:
            write_atomically(path, zlib.compress(content, _level(content)))
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return a content.

        Raises:
            DamagedStoreError: If it is missing or is not what was kept.
        """
        if not _SHA256.fullmatch(sha256):
            raise DamagedStoreError("A stored proposal names a content wrongly")
        try:
            content = zlib.decompress(self._path(sha256).read_bytes())
        except (OSError, zlib.error) as error:
            raise DamagedStoreError(
                f"The stored content {sha256[:12]} cannot be read: {error}"
            ) from error
        if sha256_of(content) != sha256:
            raise DamagedStoreError(f"The stored content {sha256[:12]} is damaged")
        return content

    def stored(self) -> Iterator[StoredBlob]:
        """Everything that is kept."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            sha256 = path.parent.name + path.name
            with contextlib.suppress(FileNotFoundError):
                if _SHA256.fullmatch(sha256):
                    status = path.stat()
                    yield StoredBlob(sha256, status.st_size, status.st_mtime)

    def remove(self, blob: StoredBlob, before_s: float) -> bool:
        """Forget a content, unless it was put again; return whether it is gone now.

        Args:
            blob: Of ``stored``.
            before_s: It goes only if it was put last before this: seconds since the epoch.
        """
        path = self._path(blob.sha256)
        if path.stat().st_mtime >= before_s:
            return False
        path.unlink()
        return True

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256[2:]
