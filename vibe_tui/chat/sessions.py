"""Conversations on disk: one append-only JSONL file a session.

The first line is the header, each further line one message. A line that was cut by a crash is
skipped when it is the last one; damage elsewhere is named, never papered over.
"""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from vibe_tui.chat.errors import DamagedSessionError, NoSuchSessionError
from vibe_tui.llm.model import ChatMessage

SCHEMA_VERSION = 1
_NAME_LENGTH = 60


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as it was said. ``change_id`` names the proposal that the answer led to."""

    role: Literal["user", "assistant"]
    content: str
    at: str
    model: str = ""
    change_id: str | None = None
    cost_nano_usd: int | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of the list of sessions."""

    session_id: str
    name: str
    created_at: str
    messages: int


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


@dataclass(slots=True)
class Session:
    """A conversation that appends every message to its file before anything else happens."""

    session_id: str
    path: Path
    created_at: str
    messages: list[StoredMessage] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The first prompt's first line; never asked of a model."""
        first = next((m.content for m in self.messages if m.role == "user"), "")
        line = first.strip().split("\n", 1)[0]
        return line[:_NAME_LENGTH] or "empty session"

    def append(self, message: StoredMessage) -> None:
        """Store one message durably.

        Raises:
            OSError: If the disk refuses; the message is then not in the session either.
        """
        lines = [] if self.path.exists() else [self._header()]
        fields = {name: getattr(message, name) for name in StoredMessage.__slots__}
        lines.append({"type": "message", **fields})
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            _drop_torn_line(file)
            for line in lines:
                file.write(json.dumps(line, ensure_ascii=False).encode("utf-8") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.messages.append(message)

    def _header(self) -> dict[str, Any]:
        return {
            "type": "session",
            "schema_version": SCHEMA_VERSION,
            "session_id": self.session_id,
            "created_at": self.created_at,
        }

    def say(self, role: Literal["user", "assistant"], content: str, **details: Any) -> None:  # noqa: ANN401 - StoredMessage's own fields
        """Append a message said now."""
        self.append(StoredMessage(role=role, content=content, at=_now(), **details))

    def history(self) -> list[ChatMessage]:
        """The messages as a model is shown them."""
        return [ChatMessage(m.role, m.content) for m in self.messages if m.content]


class SessionStore:
    """The sessions of one project.

    Args:
        folder: Where the files live; made on the first message.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> Session:
        """A new session; nothing is written before its first message."""
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        session_id = f"s-{stamp}-{secrets.token_hex(3)}"
        return Session(session_id, self._path(session_id), _now())

    def _path(self, session_id: str) -> Path:
        return self.folder / f"{session_id}.jsonl"

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("s-*.jsonl"), reverse=True) if self.folder.is_dir() else []

    def latest(self) -> Session:
        """The newest session.

        Raises:
            NoSuchSessionError: If this project has none.
            DamagedSessionError: If its file cannot be read.
        """
        files = self._files()
        if not files:
            raise NoSuchSessionError(
                "This project has no session to continue", "start one without --continue"
            )
        return self.load(files[0].stem)

    def load(self, session_id: str) -> Session:
        """One session by its id.

        Raises:
            NoSuchSessionError: If there is none of that id.
            DamagedSessionError: If its file cannot be read.
        """
        path = self._path(session_id)
        if Path(session_id).name != session_id or not path.is_file():
            raise NoSuchSessionError(
                f"No session {session_id!r} in this project", "see vibe-tui sessions list"
            )
        records = list(_records(path))
        if not records or records[0].get("type") != "session":
            raise DamagedSessionError(
                f"The session file {path.name} has no header", "start a new session"
            )
        session = Session(session_id, path, str(records[0].get("created_at", "")))
        session.messages = [_message(r, path) for r in records[1:] if r.get("type") == "message"]
        return session

    def summaries(self) -> Iterator[SessionSummary]:
        """All readable sessions, newest first."""
        for path in self._files():
            try:
                session = self.load(path.stem)
            except DamagedSessionError:
                continue
            yield SessionSummary(
                session.session_id, session.name, session.created_at, len(session.messages)
            )


def _drop_torn_line(file: BinaryIO) -> None:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return
    file.seek(size - 1)
    if file.read(1) != b"\n":
        file.seek(0)
        file.truncate(file.read().rfind(b"\n") + 1)


def _records(path: Path) -> Iterator[dict[str, Any]]:
    lines = path.read_text(encoding="utf-8", errors="replace").rstrip("\n").split("\n")
    for number, line in enumerate(lines, 1):
        try:
            record = json.loads(line)
        except ValueError as error:
            if number == len(lines):
                return
            raise DamagedSessionError(
                f"Line {number} of the session file {path.name} is damaged", "start a new session"
            ) from error
        if isinstance(record, dict):
            yield record


def _message(record: dict[str, Any], path: Path) -> StoredMessage:
    fields = {name: record[name] for name in StoredMessage.__slots__ if name in record}
    try:
        return StoredMessage(**fields)
    except TypeError as error:
        raise DamagedSessionError(
            f"A message of the session file {path.name} is incomplete", "start a new session"
        ) from error
