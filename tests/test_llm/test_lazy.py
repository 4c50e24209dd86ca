"""Nothing heavy is loaded before it is needed. Only a fresh process can show that."""

import json
import subprocess
import sys

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


def test_a_refused_budget_and_a_missing_key_never_load_litellm() -> None:
    code = """
import asyncio
from vibe_tui.config.schema import Settings
from vibe_tui.errors import DeniedError, VibeError
from vibe_tui.llm.gateway import open_gateway
from vibe_tui.llm.model import ChatMessage, ModelTarget, RequestOptions
from tests.test_llm.fakes import FakeSpending, drain

async def ask(spending, name):
    gateway = open_gateway(spending, Settings(), {"KEY": "k"})
    target = ModelTarget(name, api_key_env="KEY" if spending.refusal else "NONE")
    try:
        await gateway.send_request(
            [ChatMessage("user", "x")], target, RequestOptions(), session_id="s", project="p")
    except VibeError as error:
        return error.code

refused = asyncio.run(ask(FakeSpending(DeniedError("no")), "openai/gpt-4o"))
assert refused == "denied", refused
"""
    assert loaded_after(code) == set()


def test_looking_for_offers_loads_nothing_heavy() -> None:
    code = """
import asyncio
from vibe_tui.config.schema import Settings
from vibe_tui.llm import discovery, providers
discovery.SERVER_KINDS = ()
asyncio.run(providers.find_offers({"OPENAI_API_KEY": "k"}, Settings()))
"""
    assert loaded_after(code) == set()
