"""A workspace on a small project, its model a provider server on loopback behind real LiteLLM."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.stubs.provider_server import ProviderServer
from vibe_tui.config.locations import Locations
from vibe_tui.llm.model import ModelTarget
from vibe_tui.workspace import Workspace

MODEL = "openai/gpt-4o-mini"
FILES = {
    "src/atlas/router.py": (
        "class Router:\n"
        "    def register(self, name, view):\n"
        "        self.views[name] = view\n"
        "        return view\n"
    ),
    "src/atlas/errors.py": "class DuplicateViewError(Exception):\n    pass\n",
    "README.md": "# atlas\n",
}
Opener = Callable[..., Workspace]


@pytest.fixture(scope="session")
def provider_session() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


@pytest.fixture
def provider(provider_session: ProviderServer) -> ProviderServer:
    provider_session.reset()
    return provider_session


@pytest.fixture
def atlas(project: Path) -> Path:
    for path, text in FILES.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return project


@pytest.fixture
async def open_workspace(
    atlas: Path, tmp_path: Path, provider: ProviderServer
) -> AsyncIterator[Opener]:
    """Opens workspaces of the project; all of them are closed at the end."""
    opened: list[Workspace] = []
    places = Locations(tmp_path / "config", tmp_path / "data", tmp_path / "cache")

    def open_one(model: str = MODEL, **overrides: object) -> Workspace:
        workspace = Workspace.open(
            atlas,
            locations=places,
            overrides=overrides,
            environ={"OPENAI_API_KEY": "sk-test-0123456789"},
        )
        workspace.use_model(ModelTarget(model, provider.api_base("openai")))
        opened.append(workspace)
        return workspace

    yield open_one
    for workspace in opened:
        await workspace.close()


@pytest.fixture
def workspace(open_workspace: Opener) -> Workspace:
    return open_workspace()
