"""Changing the person's own settings file."""

from pathlib import Path
from typing import Any

from vibe_tui.config.errors import SettingsError, SettingsNotSavedError
from vibe_tui.config.files import write_atomically
from vibe_tui.config.kinds import SettingValue
from vibe_tui.config.locations import Locations
from vibe_tui.config.schema import setting_for
from vibe_tui.config.toml_file import has_comments, parse_toml, read_text
from vibe_tui.foreign import clean_line


def set_setting(locations: Locations, key: str, text: str) -> SettingValue:
    """Set one key in the person's settings file; every other key stays, also an unknown one.

    The file is written anew, so comments in it are lost: a file that has some is first copied to
    ``config.toml.bak`` beside it.

    Args:
        locations: Where the file is.
        key: ``section.name``.
        text: The value as typed.

    Returns:
        The value that was set.

    Raises:
        UnknownSettingError: If there is no such key.
        InvalidValueError: If the value is not allowed.
        SettingsError: If the file is broken or has something else in the section's place.
        SettingsNotSavedError: If the disk refuses.
    """
    known = setting_for(key)
    value = known.from_text(text)
    section, name = key.split(".", 1)
    written = read_text(locations.settings_file)
    document = parse_toml(locations.settings_file, written)
    table = document.setdefault(section, {})
    if not isinstance(table, dict):
        place = clean_line(str(locations.settings_file))
        raise SettingsError(f"{section} in {place} is no section", f"write [{section}] there")
    table[name] = known.to_toml(value)
    _save(locations.settings_file, written, document)
    return value


def unset_setting(locations: Locations, key: str) -> bool:
    """Take one key out of the person's settings file, as ``set_setting`` puts it in.

    Returns:
        Whether it was there.

    Raises:
        UnknownSettingError: If there is no such key.
        SettingsError: If the file is broken.
        SettingsNotSavedError: If the disk refuses.
    """
    section, name = setting_for(key).key.split(".", 1)
    written = read_text(locations.settings_file)
    document = parse_toml(locations.settings_file, written)
    table = document.get(section)
    if not isinstance(table, dict) or name not in table:
        return False
    del table[name]
    if not table:
        del document[section]
    _save(locations.settings_file, written, document)
    return True


def _save(path: Path, written: str, document: dict[str, Any]) -> None:
    import tomli_w  # needed only here

    try:
        if has_comments(written):
            write_atomically(path.with_name(f"{path.name}.bak"), written.encode())
        write_atomically(path, tomli_w.dumps(document).encode())
    except OSError as failure:
        message = f"{clean_line(str(path))} could not be written ({failure.strerror})"
        raise SettingsNotSavedError(message, "the old settings are still in place") from failure
