"""The child process that serves the embedded model.

It is told everything over stdin, so that its key shows in neither arguments nor environment. It
ends when stdin ends, which happens also when the app is killed.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
import threading
from dataclasses import dataclass
from typing import Any, Final

_PR_SET_PDEATHSIG: Final = 1
_NICENESS: Final = 5
"""The screen stays quick while the model computes."""


@dataclass(frozen=True)
class Order:
    """What the parent wants served."""

    gguf: str
    api_key: str
    alias: str
    context_tokens: int
    threads: int
    parent_pid: int


def die_with(parent_pid: int) -> None:
    """Have the kernel end this process with its parent, where it can (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent_pid:
            os._exit(0)  # the parent went before the kernel knew


def parameters(order: Order, engine: Any) -> Any:  # noqa: ANN401 — an extension module without types
    """The engine's parameters: loopback only, a key, one conversation at a time."""
    chosen = engine.CommonParams()
    chosen.model.path = order.gguf
    chosen.model_alias = {order.alias}
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = 0
    chosen.api_keys = [order.api_key]
    chosen.n_ctx = order.context_tokens
    chosen.n_parallel = 1
    chosen.n_gpu_layers = 0
    chosen.verbosity = 0
    chosen.warmup = False
    chosen.ui = False
    chosen.endpoint_slots = False
    chosen.offline = True
    if order.threads:
        chosen.cpuparams.n_threads = order.threads
        chosen.cpuparams_batch.n_threads = order.threads
    return chosen


def _end_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


def main() -> None:
    """Serve until stdin ends. The first line on stdout says where."""
    order = Order(**json.loads(_first_line()))
    die_with(order.parent_pid)
    watch = threading.Thread(target=_end_with_stdin, daemon=True)
    watch.start()
    os.nice(_NICENESS)
    told = os.dup(1)
    os.dup2(2, 1)  # what the engine prints must not be taken for our line
    engine: Any = importlib.import_module("xllamacpp")
    server = engine.Server(parameters(order, engine))
    os.write(told, json.dumps({"address": server.listening_address}).encode() + b"\n")
    os.close(told)
    watch.join()


def _first_line() -> bytes:
    """Read one line without buffering what follows it."""
    line = b""
    while not line.endswith(b"\n"):
        piece = os.read(0, 1)
        if not piece:
            os._exit(0)
        line += piece
    return line


if __name__ == "__main__":
    main()
