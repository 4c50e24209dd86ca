"""A project, a provider on loopback, and a way to call the program in this process."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.stubs.provider_server import ProviderServer
from vibe_tui.cli.main import main

FILES = {
    "shop/prices.py": "def total(prices):\n    return sum(prices)\n",
    "shop/broken.py": "def broken(:\n",
    "README.md": "# shop\n",
}


@dataclass(frozen=True)
class Called:
    """What a call printed and returned."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - a JSON document
        """The one document on stdout."""
        return json.loads(self.out)


class Cli(Protocol):
    """Calls the program on the project."""

    def __call__(self, *words: str) -> Called:
        """Call it with these words."""


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _ordinary_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture
def shop(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for path, text in FILES.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (project / ".vibe-tui").mkdir()
    monkeypatch.chdir(project)
    return project


@pytest.fixture
def cli(shop: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    def call(*words: str) -> Called:
        capsys.readouterr()
        code = main(words)
        printed = capsys.readouterr()
        return Called(code, printed.out, printed.err)

    return call


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("VIBE_TUI_DATA_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def provider_session() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


@pytest.fixture
def provider(provider_session: ProviderServer, monkeypatch: pytest.MonkeyPatch) -> ProviderServer:
    """A provider of gpt-4o-mini, which the settings name."""
    provider_session.reset()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    monkeypatch.setenv("VIBE_TUI_MODEL", "openai/gpt-4o-mini")
    monkeypatch.setenv("VIBE_TUI_API_BASE", provider_session.api_base("openai"))
    return provider_session
