"""The root of every room's errors: what happened, to what, and what to do about it."""

from typing import ClassVar


class VibeError(Exception):
    """An error that a person reads as one line.

    Args:
        message: What happened, and to what.
        hint: What to do next; empty when there is nothing to do.
    """

    code: str = "error"
    """A stable word for programs, such as ``not_found``."""
    exit_code: ClassVar[int] = 3
    """What the command line exits with: 1 = the answer is no, 2 = usage, 3 = the outside failed."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}: {self.hint}" if self.hint else self.message


class UsageError(VibeError):
    """The call's words are off."""

    code = "usage"
    exit_code = 2


class NotBuiltError(UsageError):
    """A command or an option whose feature is not built yet."""

    code = "not_built"


class DeniedError(VibeError):
    """Done, and the answer is no."""

    code = "denied"
    exit_code = 1


class OutsideError(VibeError):
    """Something outside the program failed: a provider, a tool, the disk."""

    code = "outside"
