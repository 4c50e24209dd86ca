"""A small project, and workspaces that are opened on it and closed after the test."""

import asyncio
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vibe_tui.config.locations import Locations
from vibe_tui.workspace import Workspace

OpenWorkspace = Callable[..., Workspace]
"""Opens a workspace: ``open_workspace(root=…, **settings by key)``."""

ROUTER = '''"""Routes."""


class Router:
    """Finds views."""

    def __init__(self) -> None:
        self.views: dict[str, str] = {}

    def register(self, name: str, view: str, *, strict: bool) -> str:
        """Attach a view."""
        if name in self.views and strict:
            raise KeyError(name)
        self.views[name] = view
        return view


def make_router() -> Router:
    """An empty router."""
    return Router()
'''


@pytest.fixture
def atlas(project: Path) -> Path:
    """A project of a package, a test, a file that does not parse, and documents."""
    files = {
        "src/atlas/__init__.py": "",
        "src/atlas/router.py": ROUTER,
        "src/atlas/broken.py": "def f(:\n",
        "tests/test_router.py": "def test_nothing():\n    assert True\n",
        "docs/index.md": "# Atlas\n",
        "README.md": "# Atlas\n",
    }
    for path, text in files.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    return project


@pytest.fixture
def in_git(atlas: Path) -> Path:
    """The project on branch ``main``, with one file changed since."""
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.invalid")
    for call in (("init", "-q", "-b", "main"), ("add", "-A"), (*identity, "commit", "-qm", "x")):
        subprocess.run(["git", *call], cwd=atlas, check=True)
    (atlas / "README.md").write_text("# Atlas, changed\n")
    return atlas


@pytest.fixture
def open_workspace(atlas: Path, tmp_path: Path) -> Iterator[OpenWorkspace]:
    """Opens workspaces whose data lives under the test's own folder; closes them at the end."""
    opened: list[Workspace] = []
    places = Locations(tmp_path / "config", tmp_path / "data", tmp_path / "cache")

    def open_one(root: Path | None = None, **settings: Any) -> Workspace:  # noqa: ANN401 - any setting
        overrides = {key.replace("__", "."): value for key, value in settings.items()}
        workspace = Workspace.open(
            root or atlas, locations=places, overrides=overrides, environ={"PATH": "/usr/bin:/bin"}
        )
        opened.append(workspace)
        return workspace

    yield open_one
    for workspace in opened:
        asyncio.run(workspace.close())


@pytest.fixture
def workspace(open_workspace: OpenWorkspace) -> Workspace:
    """The small project with the tour's recorded model, so that answers need no network."""
    return open_workspace(model__name="tour/recorded")
