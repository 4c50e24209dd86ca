"""What is said to a model, and what comes back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from vibe_tui.analytics.model import Provenance, TokenUsage


class FailureKind(StrEnum):
    """Why a request failed, in our own words (providers' are misleading)."""

    AUTH = "auth"
    PERMISSION = "permission"
    QUOTA = "quota"
    RATE = "rate"
    CONTEXT = "context"
    POLICY = "policy"
    BAD_REQUEST = "bad_request"
    NOT_FOUND = "not_found"
    OVERLOADED = "overloaded"
    SERVER = "server"
    NETWORK = "network"
    TIMEOUT = "timeout"
    INTERRUPTED = "interrupted"
    BUDGET = "budget"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class ModelTarget:
    """Which model to ask, and where.

    ``name`` is LiteLLM's (``openai/gpt-4o``, ``anthropic/…``, ``ollama/…``) or ours
    (``local/smollm2``, ``tour/recorded``). ``api_key_env`` names the variable of the key; None
    means the provider's usual one, then the keyring.
    """

    name: str
    api_base: str | None = None
    api_key_env: str | None = None

    @property
    def provider(self) -> str:
        """The part before the first slash; ``openai`` for a bare name."""
        return self.name.partition("/")[0] if "/" in self.name else "openai"


@dataclass(frozen=True, slots=True)
class RequestOptions:
    """How a request is sent. Times in seconds; ``max_cost_nano_usd`` caps this one request."""

    operation: str = "chat"
    max_output_tokens: int = 4096
    max_cost_nano_usd: int | None = None
    idle_timeout_s: float = 60.0
    total_timeout_s: float = 600.0
    temperature: float | None = None
    tries: int = 4
    """Sends in all, the first included; only rate, overloaded, server, network and timeout
    failures before the first token are tried again."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """The worst case is held (None: unpriced). First event of every try."""

    nano_usd: int | None
    input_tokens: int


@dataclass(frozen=True, slots=True)
class TextChunk:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingChunk:
    """A piece of the model's reasoning, where the provider shows it."""

    text: str


@dataclass(frozen=True, slots=True)
class RunningEstimate:
    """At most ten a second while the answer streams."""

    input_tokens: int
    output_tokens: int
    cost_nano_usd: int | None


@dataclass(frozen=True, slots=True)
class RetryNotice:
    """A try failed before its first token and is sent again."""

    reason: str
    in_s: float


@dataclass(frozen=True, slots=True)
class Settled:
    """The last event of every try that reached the provider."""

    model: str
    usage: TokenUsage
    cost_nano_usd: int | None
    provenance: Provenance
    finish_reason: str
    """``stop``, ``length``, or another word of the provider."""


GatewayEvent = Reserved | TextChunk | ThinkingChunk | RunningEstimate | RetryNotice | Settled


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer."""

    content: str
    usage: TokenUsage
    cost_nano_usd: int | None
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ProviderOffer:
    """A way to a model that works on this machine now: a key found, or a server on loopback."""

    label: str
    """For people: ``Anthropic, key in ANTHROPIC_API_KEY`` or ``Ollama on port 11434``."""
    kind: Literal["key", "server", "local", "tour"]
    target: ModelTarget
    """A sensible default model there."""
    models: tuple[str, ...] = ()
