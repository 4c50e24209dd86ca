"""Who decided what, for good: one JSON line each, every line holding the hash of the one before."""

import hashlib
import json
import logging
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from vibe_tui.changes.kept.audit_head import AuditHead, Head
from vibe_tui.changes.kept.audit_lines import decided, facts
from vibe_tui.changes.kept.audit_report import AuditReport, survey, unrecorded
from vibe_tui.changes.model import ChangeSet
from vibe_tui.config.files import make_private_folder

SCHEMA_VERSION = 1
DAMAGED = "audit_damaged"
"""The event of a line that says: the lines before it are not those that were written."""
_TAIL_BYTES = 1 << 16
_CHUNK_BYTES = 1 << 22
FIRST = "0" * 64
_LOG = logging.getLogger(__name__)


class _Tail(NamedTuple):
    last_hash: str
    """Of the last good line."""
    ends_whole: bool
    """Whether the file ends with a line end."""
    length: int
    """Bytes of the file."""


class AuditLog:
    """Appends lines and never changes one; the caller holds the project's lock.

    A file beside it says how far the lines went, so that lines cut off at the end are missed.
    What is not found: somebody who knows this format and rewrites the lines, all hashes behind
    them and the head as well. There is no secret in it.

    Args:
        path: The JSONL file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.head = AuditHead(path.with_suffix(".head"))
        """How far the lines went."""

    def append(
        self, event: str, at: datetime, details: dict[str, Any], change: ChangeSet | None = None
    ) -> None:
        """Append a line, on the disk when this returns.

        Args:
            event: What happened: proposed, accepted, rejected, rolled_back, revised, recovered.
            at: When.
            details: JSON values: the change's id, its revision, who, which files with hashes.
            change: The change, to be said with who proposed it, at what cost, and its checks.

        Raises:
            OSError: If the disk refuses.
        """
        tail, head = self._tail(), self.head.read()
        written = head.lines if head is not None else sum(1 for _ in self.entries())
        moment = at.astimezone(UTC).isoformat(timespec="milliseconds")
        bodies: list[dict[str, Any]] = []
        if head is not None and not self._reaches(head, tail):
            found = {"hash": tail.last_hash, "bytes": tail.length}
            bodies.append({"event": DAMAGED, "expected": head.as_json(), "found": found})
        told = {} if change is None else facts(change)
        bodies.append({"event": event, **told, **decided(event, details), **details})
        previous, text = tail.last_hash, "" if tail.ends_whole else "\n"
        for body in bodies:
            line = {"schema_version": SCHEMA_VERSION, "at": moment, **body, "previous": previous}
            previous = line["hash"] = _hash(line)
            text += json.dumps(line, ensure_ascii=True, separators=(",", ":")) + "\n"
        self._write(text.encode())
        self._note(Head(written + len(bodies), tail.length + len(text), previous))

    def _write(self, text: bytes) -> None:
        make_private_folder(self.path.parent)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self.path, flags, 0o600)
        with os.fdopen(descriptor, "ab") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)

    def _note(self, head: Head) -> None:
        """Say how far the lines go now; a head that lags behind harms nothing."""
        try:
            self.head.write(head)
        except OSError as error:
            _LOG.warning("the audit's head could not be written: %s", error)

    def _tail(self) -> _Tail:
        if not self.path.exists():
            return _Tail(FIRST, True, 0)
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            length = _TAIL_BYTES
            while True:
                file.seek(max(0, size - length))
                lines = file.read(length).split(b"\n")
                good = next(filter(None, map(_parsed, reversed(lines))), None)
                if good is not None or length >= size:
                    found = str(good["hash"]) if good else FIRST
                    return _Tail(found, lines[-1] == b"", size)
                length *= 4

    def _reaches(self, head: Head, tail: _Tail) -> bool:
        """Whether the lines that the head knows are all there.

        After a crash there may be more: the head is written last.
        """
        if tail.length == head.length:
            return tail.last_hash == head.last_hash
        if tail.length < head.length:
            return False
        with self.path.open("rb") as file:
            length = _TAIL_BYTES
            while True:
                start = max(0, head.length - length)
                file.seek(start)
                lines = file.read(head.length - start).split(b"\n")
                line = _parsed(lines[-2]) if len(lines) > 1 and lines[-1] == b"" else None
                if line is not None or start == 0:
                    return line is not None and line["hash"] == head.last_hash
                length *= 4

    def is_shorter_than_known(self) -> bool:
        """Whether lines at the end are missing, or are others than those that were written."""
        head = self.head.read()
        return head is not None and not self._reaches(head, self._tail())

    def entries(self, change_id: str | None = None) -> Iterator[dict[str, Any]]:
        """The good lines, oldest first.

        Args:
            change_id: Only those about one change, also as one of several; None for all.
        """
        needle = b"" if change_id is None else json.dumps(change_id).encode()
        for raw in self._raw_lines():
            if needle in raw and (line := _parsed(raw)) is not None and _is_about(line, change_id):
                yield line

    def holds(self, transaction_id: str) -> bool:
        """Whether a transaction has its line.

        Looks from the end, where a crash leaves it, and parses what names the transaction only.
        """
        needle = json.dumps(transaction_id).encode()
        for raw in self._lines_from_end():
            if needle in raw:
                line = _parsed(raw)
                if line is not None and line.get("transaction") == transaction_id:
                    return True
        return False

    def examine(self, changes: Iterable[ChangeSet] = ()) -> AuditReport:
        """Read all of it and say whether it is whole; needs no lock.

        Args:
            changes: The stored ones: what was written to the project must have its line.
        """
        is_cut = self.is_shorter_than_known()  # first: lines may be added while it is read
        report = survey(self._numbered(), FIRST, is_cut=is_cut)
        report.has_no_head = report.lines > 0 and self.head.read() is None
        report.unrecorded = unrecorded(changes, self.entries())
        return report

    def damaged_lines(self) -> tuple[int, ...]:
        """Numbers, from 1, of lines that were edited or damaged, or stand after missing ones."""
        return survey(self._numbered(), FIRST, is_cut=self.is_shorter_than_known()).broken_lines

    def _numbered(self) -> Iterator[tuple[int, bytes, dict[str, Any] | None]]:
        for number, raw in enumerate(self._raw_lines(), start=1):
            yield number, raw, _parsed(raw)

    def _raw_lines(self) -> Iterator[bytes]:
        if self.path.exists():
            with self.path.open("rb") as file:
                yield from file

    def _lines_from_end(self) -> Iterator[bytes]:
        """The lines, newest first, read a piece at a time."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            step, rest = _TAIL_BYTES, b""
            while end > 0:
                start = max(0, end - step)
                file.seek(start)
                first, *whole = (file.read(end - start) + rest).split(b"\n")
                yield from reversed(whole)
                end, rest, step = start, first, _CHUNK_BYTES
            yield rest


def _is_about(line: dict[str, Any], change_id: str | None) -> bool:
    if change_id is None:
        return True
    return change_id == line.get("change_id") or change_id in (line.get("reverts") or ())


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
