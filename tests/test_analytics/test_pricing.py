"""Prices are found by any name LiteLLM knows, never by another provider's, and never invented."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from vibe_tui.analytics.bundled import PRICE_FILE, litellm_folder
from vibe_tui.analytics.errors import PriceFileError
from vibe_tui.analytics.model import ModelTier
from vibe_tui.analytics.pricing import PriceBook, tier_of

ENTRIES = {
    "sample_spec": {"mode": "one of: chat", "litellm_provider": "any", "input_cost_per_token": 0},
    "m-1": {
        "mode": "chat",
        "litellm_provider": "openai",
        "input_cost_per_token": 1e-6,
        "output_cost_per_token": 2e-6,
        "max_input_tokens": 1000,
        "max_output_tokens": 100,
    },
    "azure/m-1": {
        "mode": "chat",
        "litellm_provider": "azure",
        "input_cost_per_token": 3e-6,
        "output_cost_per_token": 4e-6,
    },
    "m-vertex": {
        "mode": "chat",
        "litellm_provider": "vertex_ai-language-models",
        "input_cost_per_token": 1e-6,
        "output_cost_per_token": 2e-6,
    },
    "no-output": {"mode": "chat", "litellm_provider": "openai", "input_cost_per_token": 1e-6},
    "preview": {
        "mode": "chat",
        "litellm_provider": "gemini",
        "input_cost_per_token": 0,
        "output_cost_per_token": 0.0,
    },
    "router": {
        "mode": "chat",
        "litellm_provider": "azure",
        "input_cost_per_token": 1e-7,
        "output_cost_per_token": 0,
    },
    "fee": {
        "mode": "chat",
        "litellm_provider": "perplexity",
        "input_cost_per_token": 1e-7,
        "output_cost_per_token": 1e-7,
        "input_cost_per_request": 0.005,
    },
    "negative": {
        "mode": "chat",
        "litellm_provider": "openai",
        "input_cost_per_token": -1e-7,
        "output_cost_per_token": 1e-7,
    },
    "words": {
        "mode": "chat",
        "litellm_provider": "openai",
        "input_cost_per_token": "cheap",
        "output_cost_per_token": True,
    },
    "painter": {
        "mode": "image_generation",
        "litellm_provider": "openai",
        "input_cost_per_token": 1e-6,
        "output_cost_per_token": 1e-6,
    },
    "tiered": {
        "mode": "chat",
        "litellm_provider": "gemini",
        "input_cost_per_token": 1e-6,
        "output_cost_per_token": 2e-6,
        "input_cost_per_token_above_512k_tokens": 4e-6,
        "input_cost_per_token_above_128k_tokens": 2e-6,
        "output_cost_per_token_above_128k_tokens": 3e-6,
        "input_cost_per_token_above_128k_tokens_batches": 9e-6,
    },
    "not-a-table": 7,
}


@pytest.fixture
def book(tmp_path: Path) -> PriceBook:
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(ENTRIES), encoding="utf-8")
    return PriceBook(path)


@pytest.mark.parametrize(
    ("name", "input_usd"),
    [
        ("m-1", "0.000001"),
        ("openai/m-1", "0.000001"),
        ("azure/m-1", "0.000003"),
        ("vertex_ai/m-vertex", "0.000001"),
        ("m-vertex", "0.000001"),
    ],
)
def test_a_model_is_found_by_each_of_its_names(book: PriceBook, name: str, input_usd: str) -> None:
    price = book.price(name)
    assert price is not None
    assert price.model == name
    assert price.input_usd == Decimal(input_usd)


@pytest.mark.parametrize(
    "name",
    [
        "gemini/m-1",  # the name of another provider's model
        "gemini/m-vertex",
        "vertex_ai/m-1",
        "azure/m-vertex",
        "openrouter/openai/m-1",
        "no-output",
        "preview",
        "router",
        "fee",
        "negative",
        "words",
        "painter",
        "not-a-table",
        "sample_spec",
        "unheard-of",
        "openai/",
        "/m-1",
        "",
        "ollama/",
        "ollama",
    ],
)
def test_what_is_not_known_in_full_is_unpriced(book: PriceBook, name: str) -> None:
    assert book.price(name) is None


@pytest.mark.parametrize("name", ["ollama/llama3", "local/smollm2", "tour/recorded"])
def test_what_runs_here_is_free_and_says_so(book: PriceBook, name: str) -> None:
    price = book.price(name)
    assert price is not None
    assert price.is_free
    assert price.source.startswith("free")


def test_missing_cache_prices_are_the_input_price(book: PriceBook) -> None:
    price = book.price("m-1")
    assert price is not None
    assert (price.cache_read_usd, price.cache_write_usd) == (price.input_usd, price.input_usd)
    assert (price.context, price.max_output, price.reasoning_usd) == (1000, 100, None)


def test_long_prompt_tiers_are_sorted_and_fall_back_to_the_base(book: PriceBook) -> None:
    price = book.price("tiered")
    assert price is not None
    assert [(t.above_tokens, t.input_usd, t.output_usd) for t in price.tiers] == [
        (128_000, Decimal("0.000002"), Decimal("0.000003")),
        (512_000, Decimal("0.000004"), Decimal("0.000002")),
    ]


def test_prices_are_exact_decimals(prices: PriceBook) -> None:
    price = prices.price("openai/gpt-4o")
    assert price is not None
    assert price.input_usd == Decimal("0.0000025")
    assert price.output_usd == Decimal("0.00001")
    assert price.cache_read_usd == Decimal("0.00000125")


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4o",
        "openai/gpt-4o-mini",
        "azure/gpt-4o",
        "anthropic/claude-sonnet-4-5",
        "claude-sonnet-4-5",
        "gemini/gemini-2.5-pro",
        "vertex_ai/gemini-2.5-pro",
        "deepseek/deepseek-chat",
        "mistral/mistral-large-latest",
    ],
)
def test_the_bundled_map_prices_the_usual_models(prices: PriceBook, name: str) -> None:
    price = prices.price(name)
    assert price is not None
    assert price.input_usd > 0
    assert price.output_usd > 0
    assert price.context


def test_the_bundled_cache_prices_are_read(prices: PriceBook) -> None:
    price = prices.price("anthropic/claude-sonnet-4-5")
    assert price is not None
    assert price.cache_read_usd < price.input_usd < price.cache_write_usd


def test_free_previews_of_the_bundled_map_are_unpriced(prices: PriceBook) -> None:
    assert litellm_folder() is not None
    text = prices.path.read_text(encoding="utf-8")
    zero = [
        name
        for name, entry in json.loads(text).items()
        if entry.get("input_cost_per_token") == 0 == entry.get("output_cost_per_token")
        and not name.startswith(("ollama/", "sample_spec"))
    ]
    assert zero
    assert [name for name in zero if prices.price(name)] == []


def test_search_finds_every_word_in_any_case_closest_first(prices: PriceBook) -> None:
    hits = prices.search("GPT-4o")
    assert hits[0].model.rpartition("/")[2] == "gpt-4o"
    assert all("gpt-4o" in hit.model.lower() for hit in hits)
    both = prices.search("anthropic sonnet")
    assert both
    assert all("sonnet" in f"{hit.model} {hit.provider}".lower() for hit in both)
    assert prices.search("no such model anywhere") == []
    assert len(prices.search("")) > 1000


def test_as_of_tells_the_version_and_what_the_date_is(prices: PriceBook, book: PriceBook) -> None:
    assert prices.as_of.startswith("LiteLLM 1.")
    assert ", installed 20" in prices.as_of
    os.utime(book.path, (1_700_000_000, 1_700_000_000))
    assert PriceBook(book.path).as_of == "prices.json, file of 2023-11-14"
    price = prices.price("gpt-4o")
    assert price is not None
    assert price.source == prices.as_of


@pytest.mark.parametrize("content", ["{broken", "[]", None])
def test_an_unreadable_price_file_is_an_error_not_a_world_without_prices(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "prices.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(PriceFileError):
        PriceBook(path).price("gpt-4o")
    if content is None:
        with pytest.raises(PriceFileError):
            _ = PriceBook(path).as_of


def test_without_litellm_the_price_book_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vibe_tui.analytics.pricing.litellm_folder", lambda: None)
    with pytest.raises(PriceFileError, match="not installed"):
        PriceBook().price("gpt-4o")


@pytest.mark.parametrize(
    ("input_usd", "output_usd", "tier"),
    [
        ("0", "0", ModelTier.CHEAP),
        ("0.0000005", "0.0000015", ModelTier.CHEAP),  # gpt-3.5-turbo: 0.75 a million
        ("0.000001", "0.000001", ModelTier.STANDARD),  # 1 a million
        ("0.000003", "0.000015", ModelTier.STANDARD),  # claude-3-sonnet: 6
        ("0.000008", "0.000008", ModelTier.STANDARD),  # 8
        ("0.000015", "0.000075", ModelTier.EXPENSIVE),  # claude-3-opus: 30
        ("0.00003", "0.00006", ModelTier.EXPENSIVE),  # gpt-4: 37.5
    ],
)
def test_tiers_follow_the_blended_price(input_usd: str, output_usd: str, tier: ModelTier) -> None:
    assert tier_of(Decimal(input_usd), Decimal(output_usd)) is tier


def test_prices_and_counts_load_neither_litellm_nor_numpy() -> None:
    program = (
        "import sys\n"
        "from vibe_tui.analytics.pricing import PriceBook\n"
        "from vibe_tui.analytics.token_counter import TokenCounter\n"
        "assert 'tiktoken' not in sys.modules\n"
        "assert PriceBook().price('gpt-4o')\n"
        "assert TokenCounter().count('x', 'gpt-4o').tokens == 1\n"
        "print(sorted({'litellm', 'openai', 'numpy', 'textual', 'pydantic'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_litellm_still_carries_its_price_file_where_we_look() -> None:
    folder = litellm_folder()
    assert folder is not None
    assert (folder / PRICE_FILE).is_file()
