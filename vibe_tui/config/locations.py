"""Where settings, data and caches live, and which folder is the project."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

APPLICATION = "vibe-tui"
PROJECT_FOLDER = ".vibe-tui"
"""What a team shares with its project: settings, commands, plugins; never secrets."""
SETTINGS_FILE = "config.toml"

_PROJECT_MARKS = (PROJECT_FOLDER, ".git", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Locations:
    """The program's folders on this machine; none of them need exist yet."""

    config_dir: Path
    data_dir: Path
    """Ledger, proposals, journals, sessions."""
    cache_dir: Path
    """What can be computed again."""

    @property
    def settings_file(self) -> Path:
        """The person's own settings."""
        return self.config_dir / SETTINGS_FILE

    def project_data(self, root: Path) -> Path:
        """The data folder of one project: a readable name and a hash of its real path."""
        return self.data_dir / "projects" / _project_name(root)

    def project_cache(self, root: Path) -> Path:
        """The cache folder of one project, named as its data folder is."""
        return self.cache_dir / "projects" / _project_name(root)


def find_locations(
    config_dir: Path | None = None,
    data_dir: Path | None = None,
    cache_dir: Path | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Locations:
    """Where things live: the argument, else ``VIBE_TUI_CONFIG_DIR`` and so on, else the system's.

    Args:
        config_dir: Folder of the settings.
        data_dir: Folder of the data.
        cache_dir: Folder of the caches.
        environ: The environment; an empty variable counts as not set.
    """
    return Locations(
        _place(config_dir, environ.get("VIBE_TUI_CONFIG_DIR"), "user_config_path"),
        _place(data_dir, environ.get("VIBE_TUI_DATA_DIR"), "user_data_path"),
        _place(cache_dir, environ.get("VIBE_TUI_CACHE_DIR"), "user_cache_path"),
    )


def find_project(start: Path) -> Path:
    """The nearest folder upwards that holds ``.vibe-tui``, ``.git`` or ``pyproject.toml``.

    Args:
        start: A folder, or a file in it.

    Returns:
        An absolute path without links; the folder of ``start`` itself when none is marked.
    """
    here = start.resolve()
    if here.is_file():
        here = here.parent
    return next((folder for folder in (here, *here.parents) if _is_marked(folder)), here)


def _is_marked(folder: Path) -> bool:
    try:
        return any((folder / mark).exists() for mark in _PROJECT_MARKS)
    except PermissionError:
        return False


def _place(argument: Path | None, variable: str | None, system_place: str) -> Path:
    chosen = argument or (Path(variable) if variable else None)
    if chosen is not None:
        return chosen.expanduser().absolute()
    import platformdirs  # not needed where the folders are given

    place: Path = getattr(platformdirs, system_place)(APPLICATION, appauthor=False)
    return place


def _project_name(root: Path) -> str:
    real = root.resolve()
    readable = re.sub(r"[^A-Za-z0-9._-]+", "-", real.name).strip(".-")[:40] or "project"
    return f"{readable}-{hashlib.sha256(os.fsencode(real)).hexdigest()[:12]}"
