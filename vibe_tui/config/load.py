"""Settings from their layers: defaults, the person's file, the project's, environment, options."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Any

from vibe_tui.config.errors import BrokenSettingsFileError, InvalidValueError, SettingsError
from vibe_tui.config.kinds import SettingValue
from vibe_tui.config.locations import PROJECT_FOLDER, SETTINGS_FILE, Locations
from vibe_tui.config.schema import Settings, all_settings, nearest_key, setting_for
from vibe_tui.config.setting import Setting
from vibe_tui.config.toml_file import LARGEST_FILE_BYTES, LARGEST_PROJECT_FILE_BYTES, read_toml
from vibe_tui.foreign import clean_line

_MOST_PROBLEMS_A_SOURCE = 20
_PREFIX = "VIBE_TUI_"


class Origin(StrEnum):
    """The layer that a value comes from; each beats those before it."""

    DEFAULT = "default"
    USER = "user"
    PROJECT = "project"
    ENVIRONMENT = "environment"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """Something in a layer that was left out, in words fit to show."""

    source: str
    """The file, or the environment variable."""
    key: str
    """The setting; empty when the whole source is unusable."""
    message: str
    hint: str = ""
    may_hide_budget: bool = False
    """Whether a limit on spending may be what was left out."""

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings in force, and where each comes from."""

    settings: Settings
    origins: Mapping[str, Origin]
    """By key."""
    problems: tuple[SettingsProblem, ...] = ()

    @property
    def budget_problem(self) -> SettingsProblem | None:
        """A problem that may hide a budget: nothing is to be sent until it is mended."""
        return next((problem for problem in self.problems if problem.may_hide_budget), None)


@dataclass
class _Layers:
    """The values so far, while layer after layer is put on top."""

    values: dict[str, SettingValue]
    origins: dict[str, Origin]
    problems: list[SettingsProblem] = field(default_factory=list)

    def put(self, known: Setting, value: SettingValue, origin: Origin) -> None:
        if origin is Origin.PROJECT:
            own = self.values[known.key]
            value = known.tightened(own, value)
            if value == own:
                return
        self.values[known.key] = value
        self.origins[known.key] = origin

    def report(self, source: str, key: str, message: str, hint: str, meant: str = "") -> None:
        """Note a problem; ``meant`` is the known key that an unknown one stands for."""
        hides = not key or "budget" in (key.split(".")[0], meant.split(".")[0])
        shown = (clean_line(source), clean_line(key, 100))
        self.problems.append(SettingsProblem(*shown, message, hint, hides))


def load_settings(
    locations: Locations,
    project: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    overrides: Mapping[str, object] | None = None,
    *,
    strict: bool = False,
) -> LoadedSettings:
    """Read every layer. What is wrong in a file or the environment is left out and reported.

    Args:
        locations: Where the person's file is.
        project: The project's folder, whose file may set project-safe keys; None for no project.
        environ: The environment; an empty variable counts as not set.
        overrides: Options of the call by key; text is parsed, None means "not given".
        strict: Whether any problem is an error.

    Raises:
        UnknownSettingError: If an option's key is not known.
        InvalidValueError: If an option's value is not allowed.
        SettingsError: If ``strict`` and there is a problem.
    """
    layers = _Layers(
        {known.key: known.default for known in all_settings()},
        {known.key: Origin.DEFAULT for known in all_settings()},
    )
    _put_file(layers, locations.settings_file, Origin.USER)
    if project is not None:
        _put_project_file(layers, project)
    _put_environment(layers, environ)
    _put_options(layers, overrides or {})
    if strict and layers.problems:
        first = layers.problems[0]
        raise SettingsError(first.message, first.hint)
    values: dict[str, Any] = {each.field_name: layers.values[each.key] for each in all_settings()}
    return LoadedSettings(Settings(**values), layers.origins, tuple(layers.problems))


def _put_project_file(layers: _Layers, project: Path) -> None:
    path = project / PROJECT_FOLDER / SETTINGS_FILE
    real = Path(os.path.realpath(path))
    if not real.is_relative_to(project.resolve()):
        message = f"{clean_line(str(path))} leads out of the project and was not read"
        layers.report(str(path), "", message, "put a file there, not a link")
        return
    _put_file(layers, real, Origin.PROJECT)


def _put_file(layers: _Layers, path: Path, origin: Origin) -> None:
    by_project = origin is Origin.PROJECT
    largest_bytes = LARGEST_PROJECT_FILE_BYTES if by_project else LARGEST_FILE_BYTES
    try:
        document = read_toml(path, largest_bytes)
    except BrokenSettingsFileError as broken:
        layers.report(str(path), "", broken.message, broken.hint)
        return
    before = len(layers.problems)
    for key, raw in _flat(document):
        _put_entry(layers, path, key, raw, origin)
        if len(layers.problems) - before >= _MOST_PROBLEMS_A_SOURCE:
            layers.report(str(path), "", f"{clean_line(str(path))} has more problems", "")
            return


def _put_entry(layers: _Layers, path: Path, key: str, raw: object, origin: Origin) -> None:
    place = f"{clean_line(key, 100)} in {clean_line(str(path))}"
    by_project = origin is Origin.PROJECT
    known = next((known for known in all_settings() if known.key == key), None)
    if known is None:
        meant = nearest_key(key)
        hint = f"did you mean {meant}?" if meant else "see vibe-tui config list"
        layers.report(str(path), key, f"{place}: no setting is called so", hint, meant)
    elif by_project and not known.project_safe:
        hint = f"if you want it, say so yourself: vibe-tui config set {key} …"
        layers.report(str(path), key, f"{place}: a project may not set this", hint)
    else:
        try:
            layers.put(known, known.from_toml(raw, by_project=by_project), origin)
        except InvalidValueError as invalid:
            message = f"{clean_line(str(path))}: {invalid.message}"
            layers.report(str(path), key, message, f"until then it is {_in_words(layers, known)}")


def _flat(document: Mapping[str, object]) -> list[tuple[str, object]]:
    """The entries as ``section.name``; what is outside a section is no setting of ours."""
    entries: list[tuple[str, object]] = []
    for section, content in document.items():
        if isinstance(content, dict):
            entries += [(f"{section}.{name}", raw) for name, raw in content.items()]
        else:
            entries.append((f'"{section}"' if "." in section else section, content))
    return entries


def _put_environment(layers: _Layers, environ: Mapping[str, str]) -> None:
    for known in all_settings():
        name = next((name for name in known.environment_names if environ.get(name)), None)
        if name is None:
            continue
        try:
            layers.put(known, known.from_text(environ[name]), Origin.ENVIRONMENT)
        except InvalidValueError as invalid:
            hint = f"until then it is {_in_words(layers, known)}"
            layers.report(name, known.key, f"{name}: {invalid.message}", hint)
    _report_misspelt_variables(layers, environ)


def _report_misspelt_variables(layers: _Layers, environ: Mapping[str, str]) -> None:
    """Name variables that are nearly ours; one that is not near may serve another purpose."""
    keys = {name: known.key for known in all_settings() for name in known.environment_names}
    places = {f"{_PREFIX}{place}_DIR" for place in ("CONFIG", "DATA", "CACHE")}
    for name in sorted(environ):
        if not name.startswith(_PREFIX) or name in keys or name in places:
            continue
        for meant in get_close_matches(name[:100], keys, n=1, cutoff=0.85):
            message = f"{clean_line(name, 100)} is no variable of ours"
            layers.report(name, keys[meant], message, f"did you mean {meant}?")


def _put_options(layers: _Layers, overrides: Mapping[str, object]) -> None:
    for key, value in overrides.items():
        known = setting_for(key)
        if isinstance(value, str | Path):
            layers.put(known, known.from_text(str(value)), Origin.OPTION)
        elif value is not None:
            layers.put(known, known.from_toml(value), Origin.OPTION)


def _in_words(layers: _Layers, known: Setting) -> str:
    return known.to_text(layers.values[known.key]) or "not set"
