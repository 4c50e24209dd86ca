"""Is it right: what a check found."""

from dataclasses import dataclass
from enum import StrEnum


class ValidationStrategy(StrEnum):
    """Kinds of checks."""

    SYNTAX = "syntax"
    LINT = "lint"
    TYPE_CHECK = "typecheck"
    TESTS = "tests"
    BUILD = "build"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Problem:
    """One message of a check. Line and column are 1-based, None when the tool gave none."""

    line: int | None
    column: int | None
    code: str
    message: str

    @property
    def line_text(self) -> str:
        """``12:5 F821 undefined name``."""
        place = ":".join(str(part) for part in (self.line, self.column) if part is not None)
        return " ".join(part for part in (place, self.code, self.message) if part)


@dataclass(frozen=True, slots=True)
class ValidationResult:
    """What one check said of one file. ``is_valid`` None: skipped, for the reason given."""

    path: str
    strategy: ValidationStrategy
    is_valid: bool | None
    errors: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    execution_time: float = 0.0
    """Seconds."""
    tool: str | None = None
    """Name and version."""
    command: str | None = None
    skipped: str | None = None
