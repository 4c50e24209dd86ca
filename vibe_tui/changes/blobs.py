"""File contents by their sha256, compressed: what proposals and the journal refer to."""

import hashlib
import re
import zlib
from pathlib import Path

from vibe_tui.changes.errors import DamagedStoreError
from vibe_tui.config.files import write_atomically

_SHA256 = re.compile(r"[0-9a-f]{64}")
_LEVEL = 1  # the least effort of zlib: text shrinks to a third of its size already


def sha256_of(content: bytes) -> str:
    """The name of a content."""
    return hashlib.sha256(content).hexdigest()


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
        if not path.exists():
            write_atomically(path, zlib.compress(content, _LEVEL))
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

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256[2:]
