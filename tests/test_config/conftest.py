"""Folders of a made-up person."""

from collections.abc import Callable
from pathlib import Path

import pytest

from vibe_tui.config.locations import Locations


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    return Locations(tmp_path / "config", tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def write_user(locations: Locations) -> Callable[[str], Path]:
    """Writes the person's own settings file."""

    def write(text: str) -> Path:
        locations.config_dir.mkdir(exist_ok=True)
        locations.settings_file.write_text(text, encoding="utf-8")
        return locations.settings_file

    return write


@pytest.fixture
def write_project(project: Path) -> Callable[[str], Path]:
    """Writes the project's settings file."""

    def write(text: str) -> Path:
        path = project / ".vibe-tui" / "config.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write
