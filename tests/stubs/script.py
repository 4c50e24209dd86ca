"""What the provider server answers: scripted texts, usage, tool calls and faults."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

_TOKEN = re.compile(r"\s*\S+|\s+$")
_CREATE = re.compile(r"\bcreate ([\w./-]+\.\w+)")
_REPLACE = re.compile(r"\breplace `([^`\n]+)` with `([^`\n]*)` in ([\w./-]+\.\w+)")


class FaultKind(StrEnum):
    """What goes wrong, and at which moment."""

    UNAUTHORIZED = "401"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    RATE_LIMITED = "429"
    QUOTA = "quota"
    SERVER_ERROR = "500"
    OVERLOADED = "529"
    BAD_REQUEST = "400"
    CONTEXT_OVERFLOW = "context"
    POLICY = "policy"
    SLOW_FIRST_BYTE = "slow"
    STALL = "stall"
    DROP = "drop"
    DROP_AT_ONCE = "drop-at-once"
    STREAM_ERROR = "stream-error"
    MALFORMED_SSE = "malformed"
    NO_FINISH = "no-finish"
    NO_USAGE = "no-usage"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. ``after_tokens`` says when a fault in mid-stream strikes."""

    kind: FaultKind
    after_tokens: int = 3
    retry_after: str | None = None
    """Value of a ``retry-after`` header: seconds or an HTTP date."""
    delay_s: float = 3600.0
    """How long the first byte is late, or the stall lasts."""


@dataclass(frozen=True, slots=True)
class StubUsage:
    """Tokens as billed: ``input`` includes cached and cache-written, ``output`` reasoning."""

    input: int
    output: int
    cached: int = 0
    cache_write: int = 0
    reasoning: int = 0


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model asks for."""

    name: str
    arguments: dict[str, Any]
    call_id: str = "call_1"


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """One answer of the server."""

    text: str = ""
    thinking: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    usage: StubUsage | None = None
    """None: counted by words, which never exceeds a real tokenizer's count."""
    finish: str | None = None
    """``stop``, ``length``, ``content_filter`` or ``tool_calls``; None: what fits."""
    fault: Fault | None = None
    tokens_per_s: float | None = None
    """Pace of the stream; None: the server's."""
    keeps_limit: bool = True
    """Whether the answer is cut at the request's output limit, as a provider does."""


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A request as any of the wire formats carries it."""

    wire: str
    """``openai``, ``anthropic`` or ``gemini``."""
    model: str
    streamed: bool
    max_tokens: int | None
    messages: tuple[tuple[str, str], ...]
    """Role and text; roles are ``system``, ``user`` and ``assistant``."""
    wants_usage: bool
    tools: tuple[str, ...] = ()
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """The last message's text."""
        return self.messages[-1][1] if self.messages else ""


Answerer = Callable[[ModelRequest], ScriptedAnswer]


def tokens_of(text: str) -> list[str]:
    """Cut text into pieces that joined are the text again, one word a piece."""
    return _TOKEN.findall(text)


def counted_usage(request: ModelRequest, answer: ScriptedAnswer, sent_tokens: int) -> StubUsage:
    """What the answer bills: its own usage, or words counted."""
    if answer.usage is not None:
        return answer.usage
    prompt_tokens = sum(len(text.split()) for _, text in request.messages)
    thought = len(tokens_of(answer.thinking))
    return StubUsage(prompt_tokens, sent_tokens + thought, reasoning=thought)


def edits_asked_for(prompt: str) -> Iterator[str]:
    """SEARCH/REPLACE blocks for ``create PATH`` and ``replace `A` with `B` in PATH``."""
    for path in _CREATE.findall(prompt):
        yield f'{path}\n<<<<<<< SEARCH\n=======\n"""Made by the stub."""\n>>>>>>> REPLACE\n'
    for old, new, path in _REPLACE.findall(prompt):
        yield f"{path}\n<<<<<<< SEARCH\n{old}\n=======\n{new}\n>>>>>>> REPLACE\n"


def by_keyword(answers: Mapping[str, ScriptedAnswer]) -> Answerer:
    """Answer by the first of these words that the prompt holds; echo without any."""

    def answer(request: ModelRequest) -> ScriptedAnswer:
        found = (answer for word, answer in answers.items() if word in request.prompt)
        return next(found, None) or echo(request)

    return answer


def echo(request: ModelRequest) -> ScriptedAnswer:
    """Answer usefully without a script: the prompt again, and the edits that it asks for."""
    question = request.prompt.strip().splitlines()
    lines = [f"You asked: {question[-1] if question else 'nothing'}", ""]
    lines += edits_asked_for(request.prompt)
    return ScriptedAnswer("\n".join(lines))
