"""What models cost: LiteLLM's bundled price map, read without importing LiteLLM."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from vibe_tui.analytics.bundled import PRICE_FILE, litellm_folder, litellm_version
from vibe_tui.analytics.errors import PriceFileError
from vibe_tui.analytics.model import ModelPrice, ModelTier, PriceTier

FREE_PROVIDERS = frozenset({"ollama", "local", "tour"})
"""They run on the person's own machine; nobody sends a bill."""

CHEAP_BELOW_USD_PER_MILLION = Decimal(1)
EXPENSIVE_ABOVE_USD_PER_MILLION = Decimal(8)

_TEXT_MODES = frozenset({"chat", "responses", "completion"})
_TIER_KEY = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_SAME_BILL = {
    "openai": {"text-completion-openai"},
    "azure": {"azure_text"},
    "bedrock": {"bedrock_converse"},
    "cohere": {"cohere_chat"},
    "codestral": {"text-completion-codestral"},
}
_ZERO = Decimal(0)


def tier_of(input_usd: Decimal, output_usd: Decimal) -> ModelTier:
    """A model's tier by its blended price, 3 parts input to 1 part output.

    Below 1 USD a million tokens is cheap, above 8 USD is expensive: thresholds of ours, which put
    gpt-3.5-turbo (0.75) among the cheap, claude-3-sonnet (6) among the standard and claude-3-opus
    (30) among the expensive ones.

    Args:
        input_usd: USD a token.
        output_usd: USD a token.
    """
    blended = (3 * input_usd + output_usd) / 4 * 1_000_000
    if blended < CHEAP_BELOW_USD_PER_MILLION:
        return ModelTier.CHEAP
    return ModelTier.EXPENSIVE if blended > EXPENSIVE_ABOVE_USD_PER_MILLION else ModelTier.STANDARD


class PriceBook:
    """Prices by a model's name, read when the first one is asked for.

    Args:
        path: A file of LiteLLM's format; None is the one inside the installed package.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._given_path = path
        self._found: dict[str, ModelPrice | None] = {}

    @cached_property
    def path(self) -> Path:
        """The price file.

        Raises:
            PriceFileError: If there is none.
        """
        if self._given_path is not None:
            return self._given_path
        folder = litellm_folder()
        if folder is None:
            raise PriceFileError("The package litellm is not installed", "install vibe-tui again")
        return folder / PRICE_FILE

    @cached_property
    def _entries(self) -> Mapping[str, Mapping[str, Any]]:
        try:
            text = self.path.read_text(encoding="utf-8")
            entries = json.loads(text, parse_float=Decimal, parse_int=_exact_int)
        except (OSError, ValueError) as error:
            raise PriceFileError(
                f"The price file {self.path} cannot be read ({type(error).__name__})",
                "install vibe-tui again, or name another price file",
            ) from error
        if not isinstance(entries, dict):
            raise PriceFileError(f"The price file {self.path} is no table of models")
        return {name: entry for name, entry in entries.items() if _is_text_model(entry)}

    @cached_property
    def as_of(self) -> str:
        """Which prices these are: LiteLLM's version, and when its file came onto this machine.

        The file carries no date of its own, so the date is the installation's, and said to be.
        """
        try:
            modified = datetime.fromtimestamp(self.path.stat().st_mtime, UTC).date().isoformat()
        except OSError as error:
            raise PriceFileError(f"The price file {self.path} cannot be read") from error
        if self._given_path is not None:
            return f"{self.path.name}, file of {modified}"
        return f"LiteLLM {litellm_version()}, installed {modified}"

    def price(self, model_name: str) -> ModelPrice | None:
        """The price of a model.

        Args:
            model_name: As LiteLLM knows it: ``openai/gpt-4o``, ``gpt-4o``, ``gemini/…``; or ours,
                ``local/…`` and ``tour/…``.

        Returns:
            The price, all zero for what runs on this machine; None when it is not known in full,
            which never means $0.
        """
        if model_name not in self._found:
            self._found[model_name] = self._look_up(model_name)
        return self._found[model_name]

    def search(self, query: str) -> list[ModelPrice]:
        """The priced models whose name or provider contains every word, closest names first.

        Args:
            query: Words in any case; empty finds all.
        """
        words = query.lower().split()
        hits = []
        for name, entry in self._entries.items():
            haystack = f"{name} {entry.get('litellm_provider')}".lower()
            if all(word in haystack for word in words) and (price := self.price(name)):
                hits.append(price)
        wanted = query.strip().lower()
        return sorted(hits, key=lambda hit: _distance(hit.model, wanted))

    def _look_up(self, name: str) -> ModelPrice | None:
        provider, slash, bare = name.partition("/")
        if slash and bare and provider in FREE_PROVIDERS:
            return _free(name, provider, self._entries.get(name, {}))
        entry = self._entries.get(name)
        if entry is None and slash:
            entry = self._entries.get(bare)
            if entry is not None and not _bills_as(provider, entry["litellm_provider"]):
                entry = None  # the same name at another provider has another price
        return _parse(name, entry, self.as_of) if entry is not None else None


def _exact_int(digits: str) -> int | Decimal:
    return int(digits) if len(digits) < 20 else Decimal(digits)


def _is_text_model(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("mode") in _TEXT_MODES
        and isinstance(entry.get("litellm_provider"), str)
    )


def _bills_as(asked: str, listed: str) -> bool:
    """Whether a provider's requests are billed by a listed price; ``vertex_ai-…`` are its kinds."""
    return listed == asked or listed.startswith(f"{asked}-") or listed in _SAME_BILL.get(asked, ())


def _distance(name: str, wanted: str) -> tuple[bool, bool, str]:
    bare = name.rpartition("/")[2].lower()
    return wanted not in (name.lower(), bare), not bare.startswith(wanted), name


def _usd(entry: Mapping[str, Any], key: str) -> Decimal | None:
    amount = entry.get(key)
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        return None
    exact = Decimal(amount)
    return exact if exact.is_finite() and exact >= 0 else None


def _tokens(entry: Mapping[str, Any], *keys: str) -> int | None:
    amounts = (entry.get(key) for key in keys)
    return next((a for a in amounts if isinstance(a, int) and not isinstance(a, bool)), None)


def _parse(name: str, entry: Mapping[str, Any], source: str) -> ModelPrice | None:
    """A model's price; None where a part of the bill is missing or not by the token.

    A zero in the map stands for "not known" (previews, subscriptions) or, in a router, for a part
    billed elsewhere; a fee for each request is not by the token.
    """
    input_usd = _usd(entry, "input_cost_per_token")
    output_usd = _usd(entry, "output_cost_per_token")
    if not input_usd or not output_usd or _usd(entry, "input_cost_per_request"):
        return None
    base = ModelPrice(
        model=name,
        provider=str(entry["litellm_provider"]),
        input_usd=input_usd,
        output_usd=output_usd,
        cache_read_usd=_either(_usd(entry, "cache_read_input_token_cost"), input_usd),
        cache_write_usd=_usd(entry, "cache_creation_input_token_cost") or input_usd,
        context=_tokens(entry, "max_input_tokens", "max_tokens"),
        max_output=_tokens(entry, "max_output_tokens", "max_tokens"),
        tier=tier_of(input_usd, output_usd),
        source=source,
        reasoning_usd=_usd(entry, "output_cost_per_reasoning_token") or None,
    )
    return replace(base, tiers=_price_tiers(entry, base))


def _either(known: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if known is None else known


def _price_tiers(entry: Mapping[str, Any], base: ModelPrice) -> tuple[PriceTier, ...]:
    tiers = []
    for key in entry:
        found = _TIER_KEY.fullmatch(key)
        input_usd = _usd(entry, key) if found else None
        if not found or not input_usd:
            continue
        suffix = f"_above_{found[1]}k_tokens"
        written_usd = _usd(entry, f"cache_creation_input_token_cost{suffix}")
        tiers.append(
            PriceTier(
                above_tokens=int(found[1]) * 1000,
                input_usd=input_usd,
                output_usd=_either(_usd(entry, f"output_cost_per_token{suffix}"), base.output_usd),
                cache_read_usd=_either(
                    _usd(entry, f"cache_read_input_token_cost{suffix}"), input_usd
                ),
                cache_write_usd=written_usd or max(input_usd, base.cache_write_usd),
            )
        )
    return tuple(sorted(tiers, key=lambda tier: tier.above_tokens))


def _free(name: str, provider: str, entry: Mapping[str, Any]) -> ModelPrice:
    return ModelPrice(
        model=name,
        provider=provider,
        input_usd=_ZERO,
        output_usd=_ZERO,
        cache_read_usd=_ZERO,
        cache_write_usd=_ZERO,
        context=_tokens(entry, "max_input_tokens", "max_tokens"),
        max_output=_tokens(entry, "max_output_tokens", "max_tokens"),
        tier=ModelTier.CHEAP,
        source="free: it runs on this machine",
    )
