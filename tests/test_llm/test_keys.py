"""Keys come from the environment or the keyring, in that order, and a keyring never holds us up."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.keys import KeyFinder, read_keyring
from vibe_tui.llm.model import FailureKind, ModelTarget
from vibe_tui.llm.route import ProviderRoutes, Route, api_base_for

CLAUDE = ModelTarget("anthropic/claude-sonnet-4-5")


class FakeKeyring:
    """A keyring that counts who asks."""

    def __init__(self, **keys: str) -> None:
        self._keys = keys
        self.asked: list[str] = []

    def __call__(self, user: str) -> str | None:
        self.asked.append(user)
        return self._keys.get(user)


async def test_the_environment_comes_first_and_the_keyring_is_not_asked() -> None:
    keyring = FakeKeyring(anthropic="from the keyring")
    finder = KeyFinder({"ANTHROPIC_API_KEY": " from the environment "}, keyring)
    assert await finder.key_for(CLAUDE) == "from the environment"
    assert keyring.asked == []


async def test_an_empty_variable_is_no_key() -> None:
    finder = KeyFinder({"ANTHROPIC_API_KEY": "  "}, FakeKeyring(anthropic="kept"))
    assert await finder.key_for(CLAUDE) == "kept"


async def test_the_keyring_is_asked_once_for_each_provider() -> None:
    keyring = FakeKeyring(anthropic="kept")
    finder = KeyFinder({}, keyring)
    assert [await finder.key_for(CLAUDE) for _ in range(3)] == ["kept"] * 3
    assert await finder.key_for(ModelTarget("openai/gpt-4o")) is None
    assert keyring.asked == ["anthropic", "openai"]


async def test_another_variable_can_be_named() -> None:
    environ = {"WORK_KEY": "work", "OPENAI_API_KEY": "private"}
    target = ModelTarget("openai/gpt-4o", api_key_env="WORK_KEY")
    assert await KeyFinder(environ, FakeKeyring()).key_for(target) == "work"
    target = ModelTarget("openai/gpt-4o", api_key_env="NOT_SET")
    assert await KeyFinder(environ, FakeKeyring()).key_for(target) is None


async def test_a_keyring_that_never_answers_is_given_up_once() -> None:
    hanging = threading.Event()
    asked = []

    def hang(user: str) -> str | None:
        asked.append(user)
        hanging.wait(20)
        return None

    finder = KeyFinder({}, hang, timeout_s=0.05)
    try:
        assert await finder.key_for(CLAUDE) is None
        assert await finder.key_for(CLAUDE) is None
        assert asked == ["anthropic"]
    finally:
        hanging.set()


async def test_a_keyring_that_fails_is_no_keyring() -> None:
    def broken(user: str) -> str | None:
        raise RuntimeError(f"no daemon for {user}")

    assert await KeyFinder({}, broken).key_for(CLAUDE) is None


@pytest.fixture
def use_keyring() -> Iterator[Callable[[Any], None]]:
    """Puts a keyring in the place of the machine's own."""
    import keyring

    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


def test_the_systems_keyring_is_read_under_our_service(
    use_keyring: Callable[[Any], None],
) -> None:
    from keyring.backends import null

    class Memory(null.Keyring):
        def get_password(self, service: str, username: str, password: object = None) -> str | None:
            return "kept" if (service, username) == ("vibe-tui", "anthropic") else None

    memory: Any = Memory
    use_keyring(memory())
    assert read_keyring("anthropic") == "kept"
    assert read_keyring("openai") is None


def test_a_system_without_a_keyring_gives_no_key(use_keyring: Callable[[Any], None]) -> None:
    from keyring.backends import fail

    broken: Any = fail.Keyring
    use_keyring(broken())
    assert read_keyring("anthropic") is None


def routes(**environ: str) -> ProviderRoutes:
    return ProviderRoutes(KeyFinder(environ, FakeKeyring()), environ)


async def test_a_missing_key_is_said_before_anything_is_sent() -> None:
    with pytest.raises(ModelFailureError) as raised:
        await routes()(CLAUDE)
    assert (raised.value.kind, raised.value.sent) == (FailureKind.AUTH, False)
    assert "ANTHROPIC_API_KEY" in raised.value.hint
    assert "keyring set vibe-tui anthropic" in raised.value.hint


async def test_a_server_of_ones_own_needs_no_key() -> None:
    route = await routes()(ModelTarget("openai/qwen", "http://127.0.0.1:8000"))
    assert route == Route("openai/qwen", "http://127.0.0.1:8000/v1", "no-key-needed")


async def test_an_unknown_provider_is_left_to_litellm() -> None:
    route = await routes()(ModelTarget("bedrock/claude"))
    assert route == Route("bedrock/claude", None, None)


def test_a_route_never_shows_its_key() -> None:
    assert "secret" not in repr(Route("m", None, "secret"))


@pytest.mark.parametrize(
    ("provider", "given", "expected"),
    [
        ("openai", None, None),
        ("openai", "http://h:1", "http://h:1/v1"),
        ("openai", "http://h:1/", "http://h:1/v1"),
        ("openai", "http://h:1/v1/", "http://h:1/v1"),
        ("openai", "http://h:1/api/openai", "http://h:1/api/openai"),
        ("anthropic", "http://h:1/v1", "http://h:1"),
        ("anthropic", "http://h:1/", "http://h:1"),
        ("gemini", "http://h:1", "http://h:1/v1beta"),
        ("gemini", "http://h:1/v1beta/", "http://h:1/v1beta"),
        ("mistral", "http://h:1/x/", "http://h:1/x"),
        ("ollama", "http://h:1", "http://h:1/v1"),
        ("ollama", None, "http://127.0.0.1:11434/v1"),
    ],
)
def test_addresses_take_the_form_that_litellm_wants(
    provider: str, given: str | None, expected: str | None
) -> None:
    assert api_base_for(provider, given, {}) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"OLLAMA_HOST": ".".join("0000")}, "http://127.0.0.1:11434/v1"),
        ({"OLLAMA_HOST": "box:1234"}, "http://box:1234/v1"),
        ({"OLLAMA_HOST": "a", "OLLAMA_API_BASE": "https://b:1"}, "https://b:1/v1"),
    ],
)
def test_ollamas_own_variables_are_heeded(environ: dict[str, str], expected: str) -> None:
    assert api_base_for("ollama", None, environ) == expected


async def test_two_tasks_can_look_for_a_key_at_once() -> None:
    finder = KeyFinder({}, FakeKeyring(anthropic="kept"))
    assert await asyncio.gather(*[finder.key_for(CLAUDE) for _ in range(4)]) == ["kept"] * 4
