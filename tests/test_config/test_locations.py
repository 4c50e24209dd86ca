"""The program's folders come from the call, the environment or the system, in this order."""

import os
from pathlib import Path

import platformdirs
import pytest

from vibe_tui.config.locations import Locations, find_locations, find_project


def test_the_call_beats_the_environment(tmp_path: Path) -> None:
    environ = {
        "VIBE_TUI_CONFIG_DIR": "/e/config",
        "VIBE_TUI_DATA_DIR": "/e/data",
        "VIBE_TUI_CACHE_DIR": "/e/cache",
    }
    found = find_locations(data_dir=tmp_path, environ=environ)
    assert found == Locations(Path("/e/config"), tmp_path, Path("/e/cache"))


def test_without_either_the_system_decides() -> None:
    found = find_locations(environ={"VIBE_TUI_CONFIG_DIR": ""})
    assert found == Locations(
        platformdirs.user_config_path("vibe-tui", appauthor=False),
        platformdirs.user_data_path("vibe-tui", appauthor=False),
        platformdirs.user_cache_path("vibe-tui", appauthor=False),
    )


def test_relative_and_home_folders_become_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    found = find_locations(Path("settings"), Path("~/data"), Path("/c"))
    assert found == Locations(tmp_path / "settings", Path("/home/ada/data"), Path("/c"))


@pytest.mark.parametrize("mark", [".vibe-tui", ".git", "pyproject.toml"])
def test_the_project_is_the_nearest_marked_folder_upwards(tmp_path: Path, mark: str) -> None:
    outer, inner = tmp_path / "outer", tmp_path / "outer" / "inner"
    deep = inner / "a" / "b"
    deep.mkdir(parents=True)
    (outer / "pyproject.toml").touch()
    assert find_project(deep) == outer
    (inner / mark).mkdir()
    assert find_project(deep) == inner
    (deep / "file.py").touch()
    assert find_project(deep / "file.py") == inner


def test_an_unmarked_folder_is_its_own_project(tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    assert find_project(folder) == folder


def test_projects_of_one_name_have_folders_of_their_own(locations: Locations) -> None:
    first = locations.project_data(Path("/work/one/shop"))
    second = locations.project_data(Path("/work/two/shop"))
    assert first != second
    assert first.name.startswith("shop-")
    assert first.parent == locations.data_dir / "projects"
    assert locations.project_cache(Path("/work/one/shop")).name == first.name


def test_a_project_is_known_by_its_real_path(tmp_path: Path, locations: Locations) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)
    assert locations.project_data(tmp_path / "link") == locations.project_data(real)


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("my shop (new)", "my-shop-new"),
        ("..hidden", "hidden"),
        ("商店", "project"),
        ("a\nb\x1b[0m", "a-b-0m"),
        ("long" * 60, "long" * 10),
    ],
)
def test_any_name_makes_a_plain_folder(locations: Locations, name: str, readable: str) -> None:
    folder = locations.project_data(Path("/work") / name)
    assert folder.parent == locations.data_dir / "projects"
    assert folder.name.rpartition("-")[0] == readable


def test_a_name_that_is_no_unicode_works(locations: Locations) -> None:
    folder = locations.project_data(Path(os.fsdecode(b"/work/caf\xe9")))
    assert folder.name.startswith("caf-")
