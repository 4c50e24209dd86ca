"""/config: settings, where each comes from, and changing them."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from vibe_tui.commands.table import markdown_table, plain_cell
from vibe_tui.config.load import load_settings
from vibe_tui.config.save import set_setting, unset_setting
from vibe_tui.config.schema import all_settings, setting_for, value_of
from vibe_tui.errors import UsageError
from vibe_tui.events import Event, Noticed, Reported

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


def payload(workspace: "Workspace", key: str | None = None) -> dict[str, Any]:
    """Settings in force, all or one.

    Raises:
        UnknownSettingError: If there is no such key.
    """
    loaded = workspace.rooms.loaded
    wanted = [setting_for(key)] if key else list(all_settings())
    return {
        "schema_version": 1,
        "settings": {
            setting.key: {
                "value": setting.to_json(value_of(loaded.settings, setting)),
                "default": setting.to_json(setting.default),
                "origin": str(loaded.origins[setting.key]),
                "title": setting.title,
            }
            for setting in wanted
        },
        "problems": [str(problem) for problem in loaded.problems],
    }


def paths(workspace: "Workspace") -> dict[str, str]:
    """Where settings, data and caches live."""
    places = workspace.rooms.locations
    return {
        "settings": str(places.settings_file),
        "project_settings": str(workspace.root / ".vibe-tui" / "config.toml"),
        "data": str(places.data_dir),
        "project_data": str(places.project_data(workspace.root)),
        "cache": str(places.cache_dir),
    }


def paths_text(places: dict[str, str]) -> str:
    """A list for people."""
    return "\n".join(f"- {name.replace('_', ' ')}: {plain_cell(p)}" for name, p in places.items())


def text(found: dict[str, Any]) -> str:
    """A table for people."""
    rows = [
        (key, "not set" if row["value"] is None else str(row["value"]), row["origin"])
        for key, row in found["settings"].items()
    ]
    lines = [markdown_table(("setting", "value", "from"), rows)]
    lines += [f"Problem: {plain_cell(problem)}" for problem in found["problems"]]
    return "\n\n".join(lines)


def value_text(workspace: "Workspace", key: str) -> str:
    """One value as ``set`` reads it; empty when it is not set.

    Raises:
        UnknownSettingError: If there is no such key.
    """
    setting = setting_for(key)
    return setting.to_text(value_of(workspace.settings, setting))


def change(workspace: "Workspace", key: str, value: str | None) -> str:
    """Save a setting for this person, or with None take it back; return a sentence.

    The running workspace reads the settings again; a project, the environment or an option may
    still decide otherwise.

    Raises:
        SettingsError: If the key or value is not allowed, or the file is broken.
    """
    rooms = workspace.rooms
    if value is None:
        known = unset_setting(rooms.locations, key)
        done = f"{key} is no longer set" if known else f"{key} was not set"
    else:
        set_setting(rooms.locations, key, value)
        done = f"{key} is saved"
    rooms.loaded = load_settings(rooms.locations, workspace.root, rooms.environ, rooms.overrides)
    origin = str(rooms.loaded.origins[key])
    wins = f"; here the {origin} decides otherwise" if origin not in ("user", "default") else ""
    return done + wins


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """List, show or set: ``/config``, ``/config map.tokens``, ``/config map.tokens 4096``.

    Raises:
        UsageError: If there are too many words.
        SettingsError: If the key or value is not allowed.
    """
    if len(args) > 2:
        raise UsageError("/config takes a key and a value", 'quote a value with spaces: "a b"')
    if len(args) == 2:
        yield Noticed(change(workspace, args[0], args[1]))
        return
    found = payload(workspace, args[0] if args else None)
    yield Reported("config", text(found), found)
