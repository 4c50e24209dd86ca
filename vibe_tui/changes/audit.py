"""Who decided what, for good: one JSON line each, every line holding the hash of the one before."""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from vibe_tui.config.files import make_private_folder

SCHEMA_VERSION = 1
_TAIL_BYTES = 1 << 20
_FIRST = "0" * 64


class AuditLog:
    """Appends lines and never changes one; the caller holds the project's lock.

    Args:
        path: The JSONL file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, event: str, at: datetime, details: dict[str, Any]) -> None:
        """Append a line, on the disk when this returns.

        Args:
            event: What happened: proposed, accepted, rejected, rolled_back, revised, recovered.
            at: When.
            details: JSON values: the change's id, its revision, who, which files with hashes.

        Raises:
            OSError: If the disk refuses.
        """
        tail, is_whole = self._tail()
        line = {
            "schema_version": SCHEMA_VERSION,
            "at": at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "event": event,
            **details,
            "previous": tail,
        }
        line["hash"] = _hash(line)
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n"
        make_private_folder(self._path.parent)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self._path, flags, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write((text if is_whole else "\n" + text).encode())
            file.flush()
            os.fsync(descriptor)

    def _tail(self) -> tuple[str, bool]:
        """The hash of the last good line, and whether the file ends with a line end."""
        if not self._path.exists():
            return _FIRST, True
        with self._path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            length = _TAIL_BYTES
            while True:
                file.seek(max(0, size - length))
                lines = file.read().split(b"\n")
                good = next(filter(None, map(_parsed, reversed(lines))), None)
                if good is not None or length >= size:
                    return str(good["hash"]) if good else _FIRST, lines[-1] == b""
                length *= 4

    def entries(self, change_id: str | None = None) -> Iterator[dict[str, Any]]:
        """The good lines, oldest first.

        Args:
            change_id: Only those of one change; None for all.
        """
        for _, line in self._numbered():
            if line is not None and change_id in (None, line.get("change_id")):
                yield line

    def holds(self, transaction_id: str) -> bool:
        """Whether a transaction has its line."""
        return any(line.get("transaction") == transaction_id for line in self.entries())

    def damaged_lines(self) -> tuple[int, ...]:
        """Numbers, from 1, of lines that were edited or torn, or stand after missing ones."""
        damaged: list[int] = []
        previous = _FIRST
        for number, line in self._numbered():
            if line is None or line.get("previous") != previous:
                damaged.append(number)
            if line is not None:
                previous = str(line["hash"])
        return tuple(damaged)

    def _numbered(self) -> Iterator[tuple[int, dict[str, Any] | None]]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                yield number, _parsed(raw)


def _hash(line: dict[str, Any]) -> str:
    body = {key: value for key, value in line.items() if key != "hash"}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _parsed(raw: bytes) -> dict[str, Any] | None:
    """A line whose hash is right, else None."""
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) and line.get("hash") == _hash(line) else None
