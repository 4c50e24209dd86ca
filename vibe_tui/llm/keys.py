"""Keys: from the environment, else from the system's keyring; never from a file of ours."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Final

from vibe_tui.llm.model import ModelTarget
from vibe_tui.llm.providers import key_variables, provider_of

KEYRING_SERVICE: Final = "vibe-tui"
_KEYRING_TIMEOUT_S: Final = 2.0
_log = logging.getLogger(__name__)


def read_keyring(user: str) -> str | None:
    """A key of the system's keyring; None when there is none, or no keyring.

    Args:
        user: The provider's name.
    """
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(KEYRING_SERVICE, user)
    except KeyringError as error:
        _log.info("the keyring gave no key for %s: %s", user, type(error).__name__)
        return None


class KeyFinder:
    """Finds keys, and remembers what the keyring said for as long as the program runs.

    Args:
        environ: The environment.
        read: Reads the keyring; may block.
        timeout_s: Longest wait for the keyring, in seconds: it may be asking for a password in
            a window that nobody sees.
    """

    def __init__(
        self,
        environ: Mapping[str, str],
        read: Callable[[str], str | None] = read_keyring,
        timeout_s: float = _KEYRING_TIMEOUT_S,
    ) -> None:
        self._environ = environ
        self._read = read
        self._timeout_s = timeout_s
        self._from_keyring: dict[str, str | None] = {}

    def __repr__(self) -> str:
        return "KeyFinder(…)"

    async def key_for(self, target: ModelTarget) -> str | None:
        """The key for a model; None when there is none."""
        for variable in key_variables(target):
            value = self._environ.get(variable, "").strip()
            if value:
                return value
        provider = provider_of(target)
        if provider not in self._from_keyring:
            self._from_keyring[provider] = await self._ask_keyring(provider)
        return self._from_keyring[provider]

    async def _ask_keyring(self, provider: str) -> str | None:
        """Ask in a daemon thread, which a keyring that never answers cannot keep alive."""
        answer: Future[str | None] = Future()

        def ask() -> None:
            try:
                answer.set_result(self._read(provider))
            except Exception as error:  # noqa: BLE001 — boundary: any backend may be installed
                _log.warning("the keyring failed: %s", type(error).__name__)
                answer.set_result(None)

        threading.Thread(target=ask, name="keyring", daemon=True).start()
        try:
            async with asyncio.timeout(self._timeout_s):
                return await asyncio.shield(asyncio.wrap_future(answer))
        except TimeoutError:
            _log.warning("the keyring did not answer in %s s", self._timeout_s)
            return None
