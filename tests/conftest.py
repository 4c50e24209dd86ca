"""What every test stands on: nobody's own files, no network but loopback, seeded proofs.

``make test`` runs a seeded sample of the long proofs; ``make prove`` sets ``VIBE_TUI_PROVE`` and
runs them whole, with fresh seeds.
"""

import logging
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

PROVE = bool(os.environ.get("VIBE_TUI_PROVE"))

_COMMON: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
}
settings.register_profile("sample", derandomize=True, max_examples=40, **_COMMON)
settings.register_profile("prove", max_examples=1000, **_COMMON)
settings.load_profile("prove" if PROVE else "sample")

_LOOPBACK = ("127.", "::1", "localhost")
_real_connect = socket.socket.connect


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long proofs run whole only under ``make prove``."""
    if PROVE:
        return
    skip = pytest.mark.skip(reason="a long proof; make prove runs it")
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - socket's own signature
        host = address[0] if isinstance(address, tuple) else ""
        if host and not str(host).startswith(_LOOPBACK):
            raise AssertionError(f"a test reached for the network: {address!r}")
        _real_connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def _nobodys_own_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home", numbered=True)
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"VIBE_TUI_{kind}_DIR", str(home / kind.lower()))
    for name in list(os.environ):
        if name.endswith(("_API_KEY", "_API_BASE")) or name in ("VIBE_TUI_MODEL",):
            monkeypatch.delenv(name)
    logging.getLogger("vibe_tui").propagate = True  # an opened log stops it, caplog needs it
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project folder."""
    root = tmp_path / "project"
    root.mkdir()
    return root
