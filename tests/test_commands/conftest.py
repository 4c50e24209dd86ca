"""A workspace on a small project, without a model, and a way to run a slash command in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from vibe_tui.commands.registry import dispatch
from vibe_tui.config.locations import Locations
from vibe_tui.events import Event
from vibe_tui.workspace import Workspace

FILES = {
    "shop/prices.py": "def total(prices):\n    return sum(prices)\n",
    "shop/broken.py": "def broken(:\n",
    "shop/unused.py": "import os\n",
    "README.md": "# shop\n",
}
Run = Callable[[str], Awaitable[list[Event]]]


@pytest.fixture
def places(tmp_path: Path) -> Locations:
    return Locations(tmp_path / "config", tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def shop(project: Path) -> Path:
    for path, text in FILES.items():
        target = project / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return project


@pytest.fixture
async def workspace(shop: Path, places: Locations) -> AsyncIterator[Workspace]:
    opened = Workspace.open(shop, locations=places, environ={"PATH": "/usr/bin:/bin"})
    yield opened
    await opened.close()


@pytest.fixture
def run(workspace: Workspace) -> Run:
    async def run_line(line: str) -> list[Event]:
        return [event async for event in dispatch(workspace, line)]

    return run_line
