"""Starts and stops the child process that serves the embedded model."""

import asyncio
import json
import os
import secrets
import sys
from asyncio.subprocess import PIPE, Process
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from vibe_tui.foreign import clean_line
from vibe_tui.llm.errors import LocalModelFailedError
from vibe_tui.llm.local.weights import EMBEDDED_NAME, find_weights, require_engine
from vibe_tui.llm.loopback import get

_CHILD: Final = ("-I", "-m", "vibe_tui.llm.local.child")
"""Isolated: the project's folder, which is foreign, is not where modules are looked for."""
_START_TIMEOUT_S: Final = 120.0
_STOP_TIMEOUT_S: Final = 2.0
_HEALTH_EVERY_S: Final = 0.05
_STDERR_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the model is served. The key never shows in a repr."""

    api_base: str
    alias: str
    api_key: str = field(repr=False)


class LocalModelServer:
    """The embedded model in a process of its own, started on first use.

    Args:
        gguf: A file of the person's own; None is the one that comes with the app.
        context_tokens: How much the model can read and write.
        threads: 0 fits the machine.
        start_timeout_s: Longest wait for the weights to be loaded, in seconds.
        command: The interpreter and its arguments.
    """

    def __init__(
        self,
        *,
        gguf: Path | None = None,
        context_tokens: int = 8192,
        threads: int = 0,
        start_timeout_s: float = _START_TIMEOUT_S,
        command: tuple[str, ...] = (sys.executable, *_CHILD),
    ) -> None:
        self._gguf = gguf
        self._context_tokens = context_tokens
        self._threads = threads
        self._start_timeout_s = start_timeout_s
        self._command = command
        self._process: Process | None = None
        self._endpoint: Endpoint | None = None
        self._stderr: deque[str] = deque(maxlen=_STDERR_LINES)
        self._listener: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self, name: str = EMBEDDED_NAME) -> Endpoint:
        """The address of the running model; starts it if it does not run.

        Args:
            name: The model asked for.

        Raises:
            LocalModelMissingError: If weights or engine are not installed.
            LocalModelFailedError: If it did not start in time.
        """
        async with self._lock:
            if self._endpoint is not None and self.pid is not None:
                return self._endpoint
            require_engine()
            weights = find_weights(name, self._gguf)
            self._endpoint = None
            try:
                async with asyncio.timeout(self._start_timeout_s):
                    self._endpoint = await self._launch(weights)
            except TimeoutError:
                raise self._failed(f"was not ready in {self._start_timeout_s:g} s") from None
            finally:
                if self._endpoint is None:
                    await self._end()
            return self._endpoint

    async def _launch(self, weights: Path) -> Endpoint:
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={"LC_ALL": "C.UTF-8"},
            cwd="/",
            start_new_session=True,  # Ctrl-C in the terminal is for the app
        )
        self._process = process
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._stderr.clear()
        self._listener = asyncio.create_task(self._listen(process.stderr))
        api_key, alias = secrets.token_urlsafe(32), weights.stem
        order = {
            "gguf": str(weights),
            "api_key": api_key,
            "alias": alias,
            "context_tokens": self._context_tokens,
            "threads": self._threads,
            "parent_pid": os.getpid(),
        }
        try:
            process.stdin.write(json.dumps(order).encode() + b"\n")
            await process.stdin.drain()
            told = await process.stdout.readline()
        except ConnectionError:
            told = b""
        if not told:
            await self._listener
            raise self._failed(f"ended with exit code {await process.wait()}")
        address = str(json.loads(told)["address"])
        await self._until_healthy(address)
        return Endpoint(f"{address}/v1", alias, api_key)

    async def _until_healthy(self, address: str) -> None:
        while await get(address, "/health") is None:  # noqa: ASYNC110 — another process's state
            await asyncio.sleep(_HEALTH_EVERY_S)

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        """Keep the last lines, so that the pipe never fills and a failure can be explained."""
        async for line in stderr:
            self._stderr.append(line.decode("utf-8", "replace"))

    def _failed(self, what: str) -> LocalModelFailedError:
        tail = clean_line(" ".join(self._stderr), 300)
        return LocalModelFailedError(
            f"The embedded model {what}" + (f" ({tail})" if tail else ""),
            "check local.gguf and local.context_tokens, or choose another model with /model",
        )

    async def stop(self) -> None:
        """End the child; it does not matter whether it runs."""
        async with self._lock:
            await self._end()

    async def _end(self) -> None:
        process, self._process = self._process, None
        self._endpoint = None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            try:
                async with asyncio.timeout(_STOP_TIMEOUT_S):
                    await process.wait()
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._listener is not None:
            await asyncio.wait([self._listener])
            self._listener = None
