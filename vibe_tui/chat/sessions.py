"""Conversations on disk: one append-only JSONL file a session.

The first line is the header, each further line one message, or says that the conversation went
back to before one: the file keeps what was said, the session ends there. A line that was cut by a
crash is skipped when it is the last one; damage elsewhere is named, never papered over.
"""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

from vibe_tui.chat.errors import DamagedSessionError, NoSuchPromptError, NoSuchSessionError
from vibe_tui.chat.prompt import delimited
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
    review: str = ""
    """What the model is told with a prompt of the person's decisions on its earlier edits."""
    told: Mapping[str, str] = field(default_factory=dict)
    """How far each change's decisions are told by then, by the change's id (``verdicts``)."""
    prompt_id: str = ""
    """The prompt that this is, or answers; the session can go back to before it."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """Something that a person asked in a session."""

    prompt_id: str
    text: str
    at: str


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """One line of the list of sessions."""

    session_id: str
    name: str
    created_at: str
    messages: int


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def new_prompt_id() -> str:
    """An id for a prompt that no other of its session has, whoever else appends to it."""
    return f"p-{secrets.token_hex(4)}"


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
        fields = {name: getattr(message, name) for name in StoredMessage.__slots__}
        self._write({"type": "message", **fields})
        self.messages.append(message)

    def rewind(self, before_prompt_id: str) -> tuple[StoredMessage, ...]:
        """End the conversation before a prompt; its file keeps what was said.

        Args:
            before_prompt_id: The first prompt that is no longer part of it.

        Returns:
            The messages that are no longer part of it.

        Raises:
            NoSuchPromptError: If the conversation has no such prompt.
            OSError: If the disk refuses; the conversation then stays as it is.
        """
        end = _first_of(self.messages, before_prompt_id)
        if end is None:
            raise NoSuchPromptError(
                f"This conversation has no message {before_prompt_id!r}",
                "it may be rewound already",
            )
        self._write({"type": "rewound", "before": before_prompt_id, "at": _now()})
        gone = tuple(self.messages[end:])
        del self.messages[end:]
        return gone

    def _write(self, line: dict[str, Any]) -> None:
        """Append a line, on the disk when this returns."""
        lines = [line] if self.path.exists() else [self._header(), line]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            _drop_torn_line(file)
            for each in lines:
                file.write(json.dumps(each, ensure_ascii=False).encode("utf-8") + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def _header(self) -> dict[str, Any]:
        return {
            "type": "session",
            "schema_version": SCHEMA_VERSION,
            "session_id": self.session_id,
            "created_at": self.created_at,
        }

    def say(
        self,
        role: Literal["user", "assistant"],
        content: str,
        *,
        prompt_id: str = "",
        **details: Any,  # noqa: ANN401 - StoredMessage's own fields
    ) -> StoredMessage:
        """Append a message said now.

        Args:
            role: Who says it.
            content: The words.
            prompt_id: The prompt that it belongs to; by default a person's words are a new one,
                and a model's belong to the one before.
            details: Other fields of the message.
        """
        if not prompt_id:
            is_answer = role == "assistant" and self.messages
            prompt_id = self.messages[-1].prompt_id if is_answer else new_prompt_id()
        message = StoredMessage(role, content, _now(), prompt_id=prompt_id, **details)
        self.append(message)
        return message

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        """What the person asked, oldest first; what the program said to the model is left out."""
        asked: dict[str, Prompt] = {}
        for message in self.messages:
            if message.role == "user" and message.prompt_id not in asked:
                prompt = Prompt(message.prompt_id, message.content, message.at)
                asked[message.prompt_id] = prompt
        return tuple(asked.values())

    def history(self) -> list[ChatMessage]:
        """The messages as a model is shown them."""
        return [ChatMessage(m.role, with_review(m)) for m in self.messages if m.content]

    def told(self) -> dict[str, str]:
        """How far the decisions on each change of this conversation were told to the model."""
        return {key: mark for message in self.messages for key, mark in message.told.items()}

    def change_ids(self) -> tuple[str, ...]:
        """The changes that its answers proposed, oldest first."""
        return tuple(dict.fromkeys(m.change_id for m in self.messages if m.change_id))


def with_review(message: StoredMessage) -> str:
    """A message's text, after what it tells of decisions, as data."""
    if not message.review:
        return message.content
    return delimited("review", "", message.review) + "\n" + message.content


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
        session.messages = _messages(records, path)
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


def _messages(records: list[dict[str, Any]], path: Path) -> list[StoredMessage]:
    """What is part of the conversation now."""
    messages: list[StoredMessage] = []
    prompt_id = ""
    for number, record in enumerate(records):
        match record.get("type"):
            case "message":
                if record.get("role") == "user":
                    prompt_id = f"p-line-{number}"  # for those that were stored without one
                prompt_id = record.get("prompt_id") or prompt_id
                messages.append(_message({**record, "prompt_id": prompt_id}, path))
            case "rewound":
                end = _first_of(messages, str(record.get("before")))
                del messages[len(messages) if end is None else end :]
    return messages


def _first_of(messages: list[StoredMessage], prompt_id: str) -> int | None:
    """Where what a prompt led to begins."""
    found = (i for i, message in enumerate(messages) if message.prompt_id == prompt_id)
    return next(found, None) if prompt_id else None


def _message(record: dict[str, Any], path: Path) -> StoredMessage:
    fields = {name: record[name] for name in StoredMessage.__slots__ if name in record}
    try:
        return StoredMessage(**fields)
    except TypeError as error:
        raise DamagedSessionError(
            f"A message of the session file {path.name} is incomplete", "start a new session"
        ) from error
