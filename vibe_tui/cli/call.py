"""One call of a subcommand, and the workspace it works on."""

import os
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vibe_tui.cli.output import Output
from vibe_tui.errors import UsageError

if TYPE_CHECKING:
    from vibe_tui.config.locations import Locations
    from vibe_tui.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Call:
    """What a subcommand works with."""

    options: Namespace
    action: str
    output: Output
    workspace: "Workspace"


def locations_of(options: Namespace, environ: Mapping[str, str] = os.environ) -> "Locations":
    """Where settings, data and caches of this call are."""
    from vibe_tui.config.locations import find_locations

    return find_locations(options.config_dir, options.data_dir, options.cache_dir, environ)


def open_workspace(
    options: Namespace, environ: Mapping[str, str] = os.environ, *, map_processes: int = 0
) -> "Workspace":
    """Open the project that the options mean.

    Args:
        options: Of the call.
        environ: The environment, for settings and keys.
        map_processes: Worker processes of the map, so that parsing holds up no screen.

    Raises:
        UsageError: If there is no such folder, or two are named.
        SettingsError: If an option's value is not allowed.
    """
    from vibe_tui.config.locations import find_project
    from vibe_tui.workspace import Workspace

    path: Path | None = getattr(options, "path", None)
    project: Path | None = options.project
    if path is not None and project is not None:
        raise UsageError("The project is named twice", "leave out PATH or --project")
    root = path or project or find_project(Path.cwd())
    overrides = {
        "model.name": getattr(options, "answering_model", None),
        "model.api_base": getattr(options, "api_base", None),
        "model.api_key_env": getattr(options, "api_key_env", None),
    }
    return Workspace.open(
        root,
        locations=locations_of(options, environ),
        overrides=overrides,
        environ=environ,
        map_processes=map_processes,
    )


def project_path(root: Path, given: str) -> str:
    """A file or folder as named on the command line, relative to the project's root.

    What exists below the current folder is meant first, then what the root has.

    Raises:
        UsageError: If it is outside the project.
    """
    here = Path(given).resolve()
    full = here if here.exists() or Path(given).is_absolute() else (root / given).resolve()
    if not full.is_relative_to(root):
        raise UsageError(f"{given} is outside the project {root}", "see --project")
    return full.relative_to(root).as_posix()
