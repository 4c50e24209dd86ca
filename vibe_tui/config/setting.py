"""What a setting is: its words, its kind of value, its limits, and who may set it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from vibe_tui.config.checks import Check
from vibe_tui.config.errors import InvalidValueError
from vibe_tui.config.kinds import Kind, SettingValue

Value = TypeVar("Value")
Raw = TypeVar("Raw")
Limits = tuple[float, float]


def setting(
    default: Value,
    *,
    title: str,
    help: str,  # noqa: A002 (the word that the schema's readers look for)
    limits: Limits | None = None,
    choices: tuple[str, ...] = (),
    check: Check | None = None,
    project_safe: bool = False,
    project_maximum: float | None = None,
    tighter_wins: bool = False,
    environment: str = "",
) -> Value:
    """Declare a field of ``Settings``; the arguments are the attributes of ``Setting``."""
    allowed = {"limits": limits, "choices": choices, "check": check}
    trust = {
        "project_safe": project_safe,
        "project_maximum": project_maximum,
        "tighter_wins": tighter_wins,
    }
    words = {"title": title, "help": help, "environment": environment}
    declared: Value = field(default=default, metadata={**words, **allowed, **trust})
    return declared


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as the schema declares it."""

    field_name: str
    """The attribute of ``Settings``; its first underscore is the dot of the key."""
    kind: Kind
    default: SettingValue
    """None stands for "not set"."""
    title: str
    help: str
    environment: str
    """A second, shorter name in the environment."""
    limits: Limits | None
    """Smallest and largest number or amount."""
    choices: tuple[str, ...]
    check: Check | None
    project_safe: bool
    """Whether a project, which is foreign, may set it."""
    project_maximum: float | None
    """The largest number that a project may set, where that is less than a person may."""
    tighter_wins: bool
    """Whether a project only adds to a person's value: the smaller amount, the longer list."""

    @property
    def key(self) -> str:
        """``section.name``, as in the file."""
        return self.field_name.replace("_", ".", 1)

    @property
    def environment_names(self) -> tuple[str, ...]:
        """The environment variables that set it; the first one that is set counts."""
        general = "VIBE_TUI_" + self.field_name.upper()
        return (self.environment, general) if self.environment else (general,)

    @property
    def allowed(self) -> str:
        """What it takes, as words after "must be"."""
        return self._allowed_within(self.limits)

    def from_text(self, text: str) -> SettingValue:
        """The value that a person typed or put into the environment.

        Raises:
            InvalidValueError: If the setting does not take it.
        """
        return self._read(self.kind.from_text, text, self.limits)

    def from_toml(self, raw: object, *, by_project: bool = False) -> SettingValue:
        """The value that stands in a settings file.

        Args:
            raw: What tomllib gave, floats as Decimal.
            by_project: Whether the file is a project's.

        Raises:
            InvalidValueError: If the setting does not take it.
        """
        limits = self.limits
        if by_project and limits and self.project_maximum is not None:
            limits = (limits[0], self.project_maximum)
        return self._read(self.kind.from_toml, raw, limits)

    def to_toml(self, value: SettingValue) -> object:
        """A value as it is written into a settings file."""
        return self.kind.to_toml(value)

    def to_text(self, value: SettingValue) -> str:
        """A value as ``from_text`` reads it; empty when there is none."""
        return "" if value is None else self.kind.to_text(value)

    def to_json(self, value: SettingValue) -> object:
        """A value for programs: amounts as numbers of USD, paths as text, lists as lists."""
        if value is None:
            return None
        stored = self.kind.to_toml(value)
        return float(stored) if isinstance(stored, Decimal) else stored

    def tightened(self, own: SettingValue, by_project: SettingValue) -> SettingValue:
        """What a person's value and a project's make together.

        Of patterns a later one wins, so a person's come last: no project undoes them.
        """
        if not self.tighter_wins:
            return by_project
        match own, by_project:
            case tuple(), tuple():
                return by_project + own
            case Decimal(), Decimal():
                return min(own, by_project)
            case _:
                return by_project

    def _read(
        self, convert: Callable[[Raw], SettingValue], raw: Raw, limits: Limits | None
    ) -> SettingValue:
        try:
            value = convert(raw)
        except (ValueError, ArithmeticError, RuntimeError):
            raise InvalidValueError(self.key, self._allowed_within(limits)) from None
        if not self._accepts(value, limits):
            raise InvalidValueError(self.key, self._allowed_within(limits))
        return value

    def _accepts(self, value: SettingValue, limits: Limits | None) -> bool:
        if isinstance(value, str):
            is_choice = not self.choices or value in self.choices
            return is_choice and (self.check is None or self.check.accepts(value))
        if limits and isinstance(value, int | float | Decimal):
            return limits[0] <= value <= limits[1]
        return True

    def _allowed_within(self, limits: Limits | None) -> str:
        if self.choices:
            return "one of " + ", ".join(self.choices)
        words = self.check.words if self.check else self.kind.words
        return f"{words}, from {limits[0]:,.15g} to {limits[1]:,.15g}" if limits else words
