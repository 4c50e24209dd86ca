"""A model provider on loopback: three wire formats, scripted answers, faults on demand.

As a program it prints its port and serves until it is interrupted::

    python -m tests.stubs.provider_server --port 0 --tokens-per-second 200

A model name that ends in ``fault-KIND`` (``openai/fault-429``) asks for that fault.
"""

import argparse
import asyncio
import contextlib
import json
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Self

from tests.stubs.connection import Connection, HttpRequest, UnreadableRequestError
from tests.stubs.responder import Responder
from tests.stubs.script import Answerer, Fault, FaultKind, ModelRequest, ScriptedAnswer, echo
from tests.stubs.wires import addressed, read_request

_FAULT_MARK = "fault-"


@dataclass(slots=True)
class RecordedRequest:
    """What a client asked, and how it left. Times are seconds of ``time.monotonic``."""

    path: str
    headers: dict[str, str]
    raw: bytes
    parsed: ModelRequest | None
    arrived_at: float
    tokens_sent: int = 0
    hung_up_at: float | None = None
    """When the client closed the connection before the answer was complete."""
    done: threading.Event = field(default_factory=threading.Event)
    """Set when the server is idle again, whatever the reason."""

    @property
    def hung_up(self) -> bool:
        """Whether the client left before the answer was complete."""
        return self.hung_up_at is not None


class ProviderServer:
    """The server, in a thread of its own.

    Args:
        answerer: What to answer when no scripted answer is left.
        tokens_per_s: Pace of streams; None is as fast as possible.
        port: Loopback port; 0 takes a free one.
        model_ids: What ``/v1/models`` lists.
        looks_like_ollama: Whether ``/api/tags`` answers too.
        redirect_to: Where every POST is sent instead; None answers it here.
    """

    def __init__(
        self,
        answerer: Answerer = echo,
        *,
        tokens_per_s: float | None = None,
        port: int = 0,
        model_ids: Iterable[str] = ("stub-model",),
        looks_like_ollama: bool = False,
        redirect_to: str | None = None,
    ) -> None:
        self.requests: list[RecordedRequest] = []
        self.answerer = answerer
        self.port = port
        self.arrived = threading.Event()
        """Set when a request arrived since the last reset."""
        self.echo_key = False
        """Whether POSTs are refused in words that repeat the key, as a careless proxy does."""
        self._redirect_to = redirect_to
        self._tokens_per_s = tokens_per_s
        self._model_ids = tuple(model_ids)
        self._looks_like_ollama = looks_like_ollama
        self._script: deque[ScriptedAnswer] = deque()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="provider-server", daemon=True)
        self._ready = threading.Event()
        self._connections: set[Connection] = set()
        self._stopping: asyncio.Event | None = None

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``."""
        return f"http://127.0.0.1:{self.port}"

    def api_base(self, wire: str) -> str:
        """What a client of that wire format is configured with."""
        return {
            "openai": f"{self.url}/v1",
            "anthropic": self.url,
            "gemini": f"{self.url}/v1beta",
        }[wire]

    def script(self, *answers: ScriptedAnswer) -> None:
        """Queue answers; each serves one request, in this order."""
        self._script.extend(answers)

    def reset(self, answerer: Answerer = echo) -> None:
        """Forget requests and scripted answers."""
        self._script.clear()
        self.requests.clear()
        self.arrived.clear()
        self.answerer = answerer

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the provider server did not start in 10 s")
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        stopping = self._stopping
        if stopping is not None:
            self._loop.call_soon_threadsafe(stopping.set)
        self._thread.join(10)

    def join(self) -> None:
        """Wait until the server ends."""
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stopping = asyncio.Event()
        server = await self._loop.create_server(
            lambda: Connection(self._connected), "127.0.0.1", self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for connection in list(self._connections):
            connection.drop()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*left, return_exceptions=True)

    async def _connected(self, connection: Connection) -> None:
        self._connections.add(connection)
        try:
            while (asked := await connection.next_request()) is not None:
                if not await self._answer(connection, asked):
                    break
        except (ConnectionError, UnreadableRequestError):
            pass  # the client is gone, and its record says so
        finally:
            self._connections.discard(connection)
            connection.close()

    async def _answer(self, connection: Connection, asked: HttpRequest) -> bool:
        """Answer one request; returns whether the connection stays open."""
        if asked.method == "GET":
            await connection.send_json(*self._static(asked.path))
            return True
        if self._redirect_to is not None:
            moved = {"location": self._redirect_to}
            await connection.send_json(307, {"error": {"message": "moved"}}, moved)
            return True
        if self.echo_key:
            message = f"unknown key {asked.headers.get('authorization', '')}"
            await connection.send_json(401, {"error": {"message": message}})
            return True
        where = addressed(asked.path)
        if where is None:
            await connection.send_json(404, {"error": {"message": f"no such path {asked.path}"}})
            return True
        parsed = read_request(where, asked.body)
        record = RecordedRequest(asked.path, asked.headers, asked.body, parsed, time.monotonic())
        self.requests.append(record)
        self.arrived.set()
        responder = Responder(connection, record, parsed, self._tokens_per_s)
        try:
            return await responder.run(self._next_answer(parsed))
        finally:
            if connection.hung_up_at is not None:
                record.hung_up_at = connection.hung_up_at
            record.done.set()

    def _next_answer(self, request: ModelRequest) -> ScriptedAnswer:
        answer = self._script.popleft() if self._script else self.answerer(request)
        _, mark, kind = request.model.partition(_FAULT_MARK)
        if mark and answer.fault is None:
            answer = replace(answer, fault=Fault(FaultKind(kind)))
        return answer

    def _static(self, path: str) -> tuple[int, dict[str, Any]]:
        if path.endswith("/v1/models"):
            listed = [{"id": name, "object": "model"} for name in self._model_ids]
            return 200, {"object": "list", "data": listed}
        if path == "/api/tags" and self._looks_like_ollama:
            return 200, {"models": [{"name": name, "model": name} for name in self._model_ids]}
        return 404, {"error": {"message": f"no such path {path}"}}


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted, after one line ``{"port": …}`` on stdout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--tokens-per-second", type=float)
    parser.add_argument("--answers", help="a JSON file: a list of texts, answered in turn, again")
    parser.add_argument("--ollama", action="store_true", help="answer /api/tags too")
    chosen = parser.parse_args(arguments)
    with ProviderServer(
        _answerer(chosen.answers),
        tokens_per_s=chosen.tokens_per_second,
        port=chosen.port,
        looks_like_ollama=chosen.ollama,
    ) as server:
        sys.stdout.write(json.dumps({"port": server.port, "url": server.url}) + "\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            server.join()


def _answerer(path: str | None) -> Answerer:
    if path is None:
        return echo
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 — one line, no path arithmetic
        texts = deque(str(text) for text in json.load(file))

    def in_turn(request: ModelRequest) -> ScriptedAnswer:
        texts.rotate(-1)
        return ScriptedAnswer(texts[-1])

    return in_turn


if __name__ == "__main__":
    main()
