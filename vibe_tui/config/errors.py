"""What can be wrong with settings."""

from pathlib import Path

from vibe_tui.errors import OutsideError, UsageError
from vibe_tui.foreign import clean_line


class SettingsError(UsageError):
    """Settings that cannot be used as they are."""

    code = "settings"


class UnknownSettingError(SettingsError):
    """A key that the schema does not have.

    Args:
        key: The key as given.
        suggestion: The nearest known key; empty when none is near.
    """

    code = "unknown_setting"

    def __init__(self, key: str, suggestion: str = "") -> None:
        hint = (
            f"did you mean {suggestion}?" if suggestion else "vibe-tui config list names them all"
        )
        super().__init__(f"No setting is called {clean_line(key, 100)!r}", hint)
        self.suggestion = suggestion


class InvalidValueError(SettingsError):
    """A value that a setting does not take; the value itself is not repeated, it may be a key.

    Args:
        key: The setting.
        allowed: What it takes, as words after "must be".
    """

    code = "invalid_setting"

    def __init__(self, key: str, allowed: str) -> None:
        super().__init__(f"{key} must be {allowed}")


class BrokenSettingsFileError(SettingsError):
    """A settings file that cannot be read as TOML; it is never overwritten.

    Args:
        path: The file.
        reason: What is wrong with it.
        line: Where, 1-based; None when the place is unknown.
        column: Where in the line, 1-based.
    """

    code = "broken_settings"

    def __init__(
        self, path: Path, reason: str, line: int | None = None, column: int | None = None
    ) -> None:
        place = clean_line(str(path))
        if line is not None:
            place += f", line {line}, column {column}"
        super().__init__(f"{place}: {clean_line(reason, 200)}", "mend the file; it stays untouched")
        self.path = path
        self.line = line
        self.column = column


class SettingsNotSavedError(OutsideError):
    """The disk refused the settings file."""

    code = "settings_not_saved"
