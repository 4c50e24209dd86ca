"""Model servers that run on this machine, found on their usual loopback ports."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from vibe_tui.foreign import clean_line
from vibe_tui.llm.loopback import get
from vibe_tui.llm.model import ModelTarget, ProviderOffer
from vibe_tui.llm.providers import is_loopback

_PROBE_TIMEOUT_S: Final = 0.4
_MODELS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class ServerKind:
    """A kind of model server, and how it is told from another."""

    title: str
    url: str
    path: str
    """Where it lists its models."""
    provider: str
    api_path: str
    """Appended to the address for requests."""
    key_env: str | None = None
    """The variable of this server's own key, so that no other provider's is sent to it."""


SERVER_KINDS: Final = (
    ServerKind("Ollama", "http://127.0.0.1:11434", "/api/tags", "ollama", ""),
    ServerKind(
        "LM Studio", "http://127.0.0.1:1234", "/v1/models", "openai", "/v1", "LM_STUDIO_API_KEY"
    ),
    ServerKind("vLLM", "http://127.0.0.1:8000", "/v1/models", "openai", "/v1", "VLLM_API_KEY"),
    ServerKind(
        "LiteLLM proxy",
        "http://127.0.0.1:4000",
        "/v1/models",
        "openai",
        "/v1",
        "LITELLM_PROXY_API_KEY",
    ),
    ServerKind(
        "llama.cpp", "http://127.0.0.1:8080", "/v1/models", "openai", "/v1", "LLAMA_API_KEY"
    ),
)


def _names(listed: object, key: str) -> tuple[str, ...]:
    rows = listed if isinstance(listed, list) else []
    names = (row.get(key) for row in rows if isinstance(row, dict))
    return tuple(name for name in names if isinstance(name, str) and name)


def _ollama_models(answer: dict[str, Any]) -> tuple[str, ...]:
    return _names(answer.get("models"), "name")


def _openai_models(answer: dict[str, Any]) -> tuple[str, ...]:
    return _names(answer.get("data"), "id") if answer.get("object") == "list" else ()


_READERS: Final[dict[str, Callable[[dict[str, Any]], tuple[str, ...]]]] = {
    "/api/tags": _ollama_models,
    "/v1/models": _openai_models,
}


async def _offer(kind: ServerKind) -> ProviderOffer | None:
    try:
        async with asyncio.timeout(_PROBE_TIMEOUT_S):
            body = await get(kind.url, kind.path)
        answer = json.loads(body) if body else None
    except (OSError, TimeoutError, ValueError):
        return None  # nothing listens there, or something else does
    names = _READERS[kind.path](answer) if isinstance(answer, dict) else ()
    if not names:
        return None
    models = tuple(f"{kind.provider}/{clean_line(name, 200)}" for name in names[:_MODELS_SHOWN])
    target = ModelTarget(models[0], kind.url + kind.api_path, kind.key_env)
    label = f"{kind.title} on port {urlsplit(kind.url).port}"
    return ProviderOffer(label, "server", target, models)


async def find_server_offers(
    kinds: Sequence[ServerKind] = SERVER_KINDS,
) -> tuple[ProviderOffer, ...]:
    """Ask the usual loopback ports, in parallel, for at most 0.4 s each.

    What answers must list models in that server's own form; a server without a model is no way
    to one.

    Args:
        kinds: Which servers to look for; those not on loopback are left out.
    """
    here = [kind for kind in kinds if is_loopback(kind.url)]
    found = await asyncio.gather(*map(_offer, here))
    return tuple(offer for offer in found if offer is not None)
