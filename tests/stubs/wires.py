"""The wire formats of OpenAI chat completions, Anthropic messages and Gemini."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from tests.stubs import anthropic_wire, gemini_wire, openai_wire
from tests.stubs.script import Fault, FaultKind, ModelRequest, ScriptedAnswer, StubUsage

_GEMINI_PATH = re.compile(r"/models/([^/:]+):(generateContent|streamGenerateContent)$")

STATUS = {
    FaultKind.UNAUTHORIZED: 401,
    FaultKind.FORBIDDEN: 403,
    FaultKind.NOT_FOUND: 404,
    FaultKind.RATE_LIMITED: 429,
    FaultKind.QUOTA: 429,
    FaultKind.SERVER_ERROR: 500,
    FaultKind.OVERLOADED: 529,
    FaultKind.BAD_REQUEST: 400,
    FaultKind.CONTEXT_OVERFLOW: 400,
    FaultKind.POLICY: 400,
}
"""Faults that are an HTTP status, before any answer."""
_STATUS_THERE = {
    ("anthropic", FaultKind.QUOTA): 400,
    ("gemini", FaultKind.UNAUTHORIZED): 400,
    ("gemini", FaultKind.OVERLOADED): 503,
}
"""Where a provider's own status differs."""


class Wire(Protocol):
    """One format; each is a module."""

    def request(self, body: dict[str, Any], *, model: str, streamed: bool) -> ModelRequest:
        """Read a request's JSON."""
        ...

    def whole(
        self, request: ModelRequest, answer: ScriptedAnswer, usage: StubUsage | None, finish: str
    ) -> dict[str, Any]:
        """The JSON of an answer that is not streamed."""
        ...

    def opening(self, request: ModelRequest, usage: StubUsage | None) -> Iterator[str]:
        """SSE events before the first token."""
        ...

    def thought(self, request: ModelRequest, text: str) -> Iterator[str]:
        """SSE events of one piece of reasoning."""
        ...

    def token(self, request: ModelRequest, text: str) -> Iterator[str]:
        """SSE events of one piece of the answer."""
        ...

    def closing(
        self, request: ModelRequest, answer: ScriptedAnswer, usage: StubUsage | None, finish: str
    ) -> Iterator[str]:
        """SSE events of tool calls, the finish reason and the usage."""
        ...

    def error(self, fault: FaultKind, model: str) -> dict[str, Any]:
        """The JSON of an error, as the provider words it."""
        ...

    def stream_error(self) -> str:
        """The SSE event of an error in mid-stream."""
        ...


WIRES: Mapping[str, Wire] = {
    "openai": openai_wire,
    "anthropic": anthropic_wire,
    "gemini": gemini_wire,
}


@dataclass(frozen=True, slots=True)
class Addressed:
    """Which format a path speaks."""

    wire: str
    model: str = ""
    streamed: bool = False


def addressed(target: str) -> Addressed | None:
    """The format that a request path asks for; None for a path that no provider has."""
    path = urlsplit(target).path
    if path.endswith("/chat/completions"):
        return Addressed("openai")
    if path.endswith("/v1/messages"):
        return Addressed("anthropic")
    found = _GEMINI_PATH.search(path)
    if found:
        return Addressed("gemini", found[1], found[2] == "streamGenerateContent")
    return None


def read_request(where: Addressed, raw: bytes) -> ModelRequest:
    """Parse a request body.

    Raises:
        ValueError: If the body is no JSON object.
    """
    body = json.loads(raw)
    if not isinstance(body, dict):
        raise ValueError("the body is no JSON object")
    return WIRES[where.wire].request(
        body,
        model=where.model or str(body.get("model", "")),
        streamed=where.streamed or bool(body.get("stream")),
    )


def error_status(wire: str, fault: FaultKind) -> int | None:
    """The HTTP status of a fault; None for a fault that strikes in the answer."""
    return _STATUS_THERE.get((wire, fault), STATUS.get(fault))


def error_headers(fault: Fault) -> dict[str, str]:
    """Headers that come with a fault."""
    return {"retry-after": fault.retry_after} if fault.retry_after is not None else {}
