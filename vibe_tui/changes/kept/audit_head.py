"""How far the audit went, in a small file beside it: lines cut off at its end are missed by it."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_WIDTH = 256
"""Bytes of the file: always as many, so that writing it over replaces all of it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the audit when its last line was written."""

    lines: int
    """Good lines."""
    length: int
    """Bytes."""
    last_hash: str

    def as_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)


class AuditHead:
    """Reads and writes the head.

    It is written over without waiting for the disk, after the line itself is safe: after a power
    cut it may be an older one, and an older one is as true.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, head: Head) -> None:
        """Replace the head.

        Raises:
            OSError: If the disk refuses.
        """
        values = head.as_json()
        text = json.dumps({**values, "check": _check(values)}).ljust(_WIDTH - 1) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, text.encode(), 0)
        finally:
            os.close(descriptor)

    def read(self) -> Head | None:
        """The head; None when there is none, or it is not as it was written."""
        try:
            values = json.loads(self.path.read_bytes())
            if values.pop("check") == _check(values):
                return Head(**values)
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            pass
        return None


def _check(values: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
