"""Where a request goes: LiteLLM's name of the model, the address and the key."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.keys import KeyFinder
from vibe_tui.llm.model import FailureKind, ModelTarget
from vibe_tui.llm.providers import PROVIDERS, full_name, key_hint

_NO_KEY: Final = "no-key-needed"
"""Sent where a client insists on a key and the server does not."""
_OLLAMA: Final = "http://127.0.0.1:11434"


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a model. ``api_key`` never shows in a repr."""

    model: str
    api_base: str | None
    api_key: str | None = field(repr=False)


Router = Callable[[ModelTarget], Awaitable[Route]]


def _with_path(url: str, path: str) -> str:
    """The address with a path, unless it has one already."""
    parts = urlsplit(url.rstrip("/"))
    return url.rstrip("/") if parts.path else urlunsplit(parts._replace(path=path))


def _ollama_address(environ: Mapping[str, str]) -> str:
    """Where Ollama runs; ``OLLAMA_HOST`` may lack the scheme, and 0.0.0.0 is for listening."""
    address = environ.get("OLLAMA_API_BASE") or environ.get("OLLAMA_HOST") or _OLLAMA
    if "://" not in address:
        address = f"http://{address}"
    parts = urlsplit(address)
    host = "127.0.0.1" if parts.hostname in (None, "0.0.0.0") else parts.hostname  # noqa: S104 — replaced, not bound
    return f"{parts.scheme}://{host}:{parts.port or 11434}"


def api_base_for(provider: str, api_base: str | None, environ: Mapping[str, str]) -> str | None:
    """The address in the form that LiteLLM wants for a provider.

    LiteLLM appends ``/v1/messages`` for Anthropic, ``/models/…`` for Gemini and
    ``/chat/completions`` for OpenAI's form, which Ollama speaks below ``/v1`` too.

    Args:
        provider: LiteLLM's prefix.
        api_base: What the person configured; None is the provider's own.
        environ: For Ollama's usual variables.
    """
    if provider == "ollama":
        return _with_path(api_base or _ollama_address(environ), "/v1")
    if api_base is None:
        return None
    match provider:
        case "anthropic":
            return api_base.rstrip("/").removesuffix("/v1")
        case "gemini":
            return _with_path(api_base, "/v1beta")
        case "openai":
            return _with_path(api_base, "/v1")
        case _:
            return api_base.rstrip("/")


class ProviderRoutes:
    """Routes to providers and to servers that speak like one.

    Args:
        keys: Finds keys.
        environ: The environment.
    """

    def __init__(self, keys: KeyFinder, environ: Mapping[str, str]) -> None:
        self._keys = keys
        self._environ = environ

    async def __call__(self, target: ModelTarget) -> Route:
        """Find the way to a model.

        Raises:
            ModelFailureError: If the provider needs a key and there is none.
        """
        name = full_name(target)
        provider, _, model = name.partition("/")
        api_base = api_base_for(provider, target.api_base, self._environ)
        key = await self._keys.key_for(target)
        known = PROVIDERS.get(provider)
        if key is None and api_base is not None:
            key = _NO_KEY
        if key is None and known is not None and known.key_envs:
            raise ModelFailureError(
                FailureKind.AUTH, f"{target.name}: no key for {known.title} here", key_hint(target)
            )
        return Route(f"openai/{model}" if provider == "ollama" else name, api_base, key)
