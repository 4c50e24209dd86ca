"""LiteLLM behind our backend's protocol: the only module that imports it, and lazily.

A request runs in a task of its own, because LiteLLM and our witness keep context variables, and
an async generator would share its caller's.
"""

import asyncio
import logging
import os
import sys
import threading
import warnings
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from vibe_tui.llm.backend import BackendPiece
from vibe_tui.llm.errors import ModelFailureError
from vibe_tui.llm.model import ChatMessage, ModelTarget, RequestOptions
from vibe_tui.llm.route import Route, Router

if TYPE_CHECKING:
    from vibe_tui.llm.sending import Sending

_BACKSTOP_S: Final = 30.0
"""How much later than our own timeout LiteLLM's would strike."""
_AT_HOME: Final = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_LOG": "ERROR",
}
_NEVER: Final = 1 << 60
_MODE: Final = "LITELLM_MODE"
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_LOGGERS: Final = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "httpcore", "openai")
_REHEARSED: Final = ("openai/gpt-5-mini", "anthropic/claude-sonnet-4-5")
"""A model of each client that LiteLLM has."""
_Pieces = asyncio.Queue[BackendPiece | ModelFailureError | None]
_log = logging.getLogger(__name__)
_import_lock = threading.Lock()


def is_loaded() -> bool:
    """Whether LiteLLM is imported and set up."""
    return getattr(sys.modules.get("litellm"), "_vibe_tui_ready", False)


def load_litellm() -> Any:  # noqa: ANN401 — a module without types
    """Import LiteLLM, about 2.5 s the first time, and quieten it.

    Its environment must stand before the import: without it LiteLLM fetches two files from the
    network and takes over the variables of a ``.env`` file that lies around, in which a hostile
    project could redirect requests, and keys with them.
    """
    with _import_lock:
        if is_loaded():
            return sys.modules["litellm"]
        os.environ.update(_AT_HOME)
        _keep_loopback_direct()
        with _no_dotenv():
            import litellm

        litellm.suppress_debug_info = True
        litellm.telemetry = False
        litellm.disable_token_counter = True
        litellm.disable_streaming_logging = True
        litellm.disable_aiohttp_transport = True
        litellm.num_retries = 0
        vars(litellm)["REPEATED_STREAMING_CHUNK_LIMIT"] = _NEVER  # else tables of dashes break off
        litellm.callbacks = []
        litellm.success_callback = []
        litellm.failure_callback = []
        _send_once(litellm)
        _quieten()
        asyncio.run(_rehearse(litellm))
        litellm._vibe_tui_ready = True
        return litellm


@contextmanager
def _no_dotenv() -> Iterator[None]:
    """Keep LiteLLM from reading ``.env`` files; what we start later must not see the switch."""
    before = os.environ.get(_MODE)
    os.environ[_MODE] = "PRODUCTION"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_MODE]
        else:
            os.environ[_MODE] = before


def _keep_loopback_direct() -> None:
    """Keep requests to this machine out of a configured proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        listed = [host for host in os.environ.get(name, "").split(",") if host]
        if listed != ["*"]:
            os.environ[name] = ",".join(dict.fromkeys((*listed, *_LOOPBACK)))


def _send_once(litellm: Any) -> None:  # noqa: ANN401 — a module without types
    """Give every HTTP client of LiteLLM our transport.

    ``tests/test_llm`` counts the requests that reach a server, so that a LiteLLM that builds its
    clients in another way is noticed.
    """
    from vibe_tui.llm.witness import SendOnceTransport

    handlers: Any = sys.modules["litellm.llms.custom_httpx.http_handler"]

    def transport(
        ssl_context: Any = None,  # noqa: ANN401 — LiteLLM's signature
        ssl_verify: bool | None = None,
        shared_session: Any = None,  # noqa: ANN401, ARG001 — LiteLLM's signature
    ) -> SendOnceTransport:
        verify = ssl_context if ssl_context is not None else ssl_verify is not False
        return SendOnceTransport(verify=verify, limits=_no_idle_connections())

    handlers.AsyncHTTPTransport = SendOnceTransport
    handlers.AsyncHTTPHandler.create_async_transport = staticmethod(transport)
    handlers.AsyncHTTPHandler._create_async_transport = staticmethod(transport)
    litellm.module_level_aclient = handlers.AsyncHTTPHandler(timeout=600.0)


def _no_idle_connections() -> Any:  # noqa: ANN401 — httpx is imported lazily
    """Idle connections go stale, and LiteLLM's cached clients outlive an event loop."""
    import httpx

    return httpx.Limits(max_keepalive_connections=0)


async def _rehearse(litellm: Any) -> None:  # noqa: ANN401 — a module without types
    """Go through a request that is not sent.

    LiteLLM imports most of a provider's code at the first request, which would hold up the
    screen for half a second; here it happens in a thread.
    """
    from vibe_tui.llm.witness import WireWitness, current_witness

    current_witness.set(WireWitness(is_rehearsal=True))
    messages = [{"role": "user", "content": "rehearsal"}]
    for model in _REHEARSED:
        try:
            await litellm.acompletion(
                model=model, messages=messages, stream=True, api_key="none", max_retries=0
            )
        except Exception as error:  # noqa: BLE001 — boundary: it fails as planned, in LiteLLM's words
            _log.debug("rehearsed %s: %s", model, type(error).__name__)


def _quieten() -> None:
    """Send what LiteLLM and its clients log to our log file only."""
    from vibe_tui.monitoring.log import capture_logger

    for name in _LOGGERS:
        capture_logger(name)
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings")


class LiteLLMBackend:
    """Any model that LiteLLM knows, and any OpenAI-compatible server.

    Args:
        route: Finds the address and the key of a model.
    """

    def __init__(self, route: Router) -> None:
        self._route = route

    async def warm_up(self) -> None:
        """Import LiteLLM in a thread."""
        if not is_loaded():
            await asyncio.to_thread(load_litellm)

    async def prepare(self, target: ModelTarget) -> None:
        """Find the way to the model, then import LiteLLM.

        Raises:
            VibeError: If there is no way to it.
        """
        await self._route(target)
        await self.warm_up()

    async def close(self) -> None:
        """Nothing is held between requests."""

    async def stream(
        self, target: ModelTarget, messages: Sequence[ChatMessage], options: RequestOptions
    ) -> AsyncGenerator[BackendPiece, None]:
        """Stream an answer; closing the generator closes the connection.

        Raises:
            ModelFailureError: If the request failed.
        """
        from vibe_tui.llm.sending import Sending

        route = await self._route(target)
        await self.warm_up()
        sending = Sending(load_litellm(), target, route)
        queue: _Pieces = asyncio.Queue(1)  # what waits here was received and is not counted
        arguments = self._arguments(route, messages, options)
        pump = asyncio.create_task(_pump(sending, arguments, queue))
        try:
            while (piece := await queue.get()) is not None:
                if isinstance(piece, ModelFailureError):
                    raise piece
                yield piece
        finally:
            pump.cancel()
            await asyncio.wait([pump])

    @staticmethod
    def _arguments(
        route: Route, messages: Sequence[ChatMessage], options: RequestOptions
    ) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "model": route.model,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": options.max_output_tokens,
            "timeout": options.idle_timeout_s + _BACKSTOP_S,
            "max_retries": 0,
            "num_retries": 0,
            "drop_params": True,
        }
        optional = {
            "temperature": options.temperature,
            "api_base": route.api_base,
            "api_key": route.api_key,
        }
        return arguments | {k: v for k, v in optional.items() if v is not None}


async def _pump(sending: "Sending", arguments: dict[str, Any], queue: _Pieces) -> None:
    """Move an answer's pieces into a queue, then its failure, or None at the end."""
    try:
        async for piece in sending.pieces(arguments):
            await queue.put(piece)
        outcome = None
    except ModelFailureError as failure:
        outcome = failure
    finally:
        await sending.close()
    await queue.put(outcome)
