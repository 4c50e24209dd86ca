"""Nothing heavy is loaded before it is needed. Only a fresh process can show that."""

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = ("litellm", "openai", "httpx", "aiohttp", "keyring", "tiktoken", "numpy", "xllamacpp")


def loaded_after(code: str) -> set[str]:
    """Which heavy packages a fresh interpreter holds after running some code."""
    program = f"{code}\nimport sys, json\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=25
    )
    return set(HEAVY) & set(json.loads(done.stdout.splitlines()[-1]))


def test_opening_the_gateway_loads_nothing_heavy() -> None:
    code = """
from vibe_tui.config.schema import Settings
from vibe_tui.llm.gateway import open_gateway
from tests.test_llm.fakes import FakeSpending
gateway = open_gateway(FakeSpending(), Settings(), {"OPENAI_API_KEY": "k"})
"""
    assert loaded_after(code) == set()


ASK = """
import asyncio, os
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
from vibe_tui.config.schema import Settings
from vibe_tui.errors import DeniedError, VibeError
from vibe_tui.llm.gateway import open_gateway
from vibe_tui.llm.model import ChatMessage, ModelTarget, RequestOptions
from tests.test_llm.fakes import FakeSpending

async def ask(spending):
    gateway = open_gateway(spending, Settings(), {})
    try:
        await gateway.send_request(
            [ChatMessage("user", "x")],
            ModelTarget("openai/gpt-4o"),
            RequestOptions(),
            session_id="s",
            project="p",
        )
    except VibeError as error:
        return error.code
"""


def test_a_refused_budget_loads_nothing_heavy() -> None:
    code = ASK + 'assert asyncio.run(ask(FakeSpending(DeniedError("no")))) == "denied"'
    assert loaded_after(code) == set()


def test_a_missing_key_loads_no_client() -> None:
    code = ASK + 'assert asyncio.run(ask(FakeSpending())) == "auth"'
    assert loaded_after(code) == {"keyring"}


def test_looking_for_offers_loads_nothing_heavy() -> None:
    code = """
import asyncio
from vibe_tui.config.schema import Settings
from vibe_tui.llm import discovery, providers
discovery.SERVER_KINDS = ()
asyncio.run(providers.find_offers({"OPENAI_API_KEY": "k"}, Settings()))
"""
    assert loaded_after(code) == set()


STAY_HOME = """
import asyncio, os, socket
asked = []
connect, resolve = socket.socket.connect, socket.getaddrinfo

def watched_connect(self, address):
    if self.family != socket.AF_UNIX:
        asked.append(address[0])
    return connect(self, address)

def watched_resolve(host, *rest, **more):
    asked.append(host)
    return resolve(host, *rest, **more)

socket.socket.connect, socket.getaddrinfo = watched_connect, watched_resolve
from vibe_tui.config.schema import Settings
from vibe_tui.errors import VibeError
from vibe_tui.llm.gateway import open_gateway
from vibe_tui.llm.model import ChatMessage, ModelTarget
from tests.test_llm.fakes import FakeSpending, quick

async def ask(name):
    gateway = open_gateway(FakeSpending(), Settings(), os.environ)
    client = gateway.client(
        ModelTarget(name, "http://127.0.0.1:9/v1"), quick(), session_id="s", project="p")
    return (await client.validate_connection()).message

for name in ("openai/gpt-4o", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash"):
    message = asyncio.run(ask(name))
    assert "could not be reached" in message, message
assert set(asked) <= {"127.0.0.1", "localhost", "::1", None}, asked
assert "127.0.0.1" in asked
assert not any("hostile" in value for value in os.environ.values())
assert "LITELLM_MODE" not in os.environ
"""


def test_litellm_asks_nobody_but_the_provider_and_reads_no_dotenv(tmp_path: Path) -> None:
    """A project's ``.env`` could send keys elsewhere; python-dotenv looks into the folder."""
    variables = ("OPENAI_API_BASE", "OPENAI_BASE_URL", "ANTHROPIC_API_BASE", "HTTPS_PROXY")
    lines = [f"{name}=http://hostile.invalid" for name in variables]
    (tmp_path / ".env").write_text("\n".join(lines))
    root = Path(__file__).resolve().parents[2]
    environ = {**os.environ, "PYTHONPATH": str(root), "OPENAI_API_KEY": "k"}
    done = subprocess.run(
        [sys.executable, "-c", STAY_HOME],
        cwd=tmp_path,
        env={name: value for name, value in environ.items() if not name.startswith("LITELLM")},
        capture_output=True,
        text=True,
        timeout=28,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
