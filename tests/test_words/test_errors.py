"""An error is one line for a person, and a code and an exit status for a script."""

import pytest

from vibe_tui.errors import DeniedError, NotBuiltError, OutsideError, UsageError, VibeError


@pytest.mark.parametrize(
    ("kind", "code", "exit_code"),
    [
        (DeniedError, "denied", 1),
        (UsageError, "usage", 2),
        (NotBuiltError, "not_built", 2),
        (OutsideError, "outside", 3),
        (VibeError, "error", 3),
    ],
)
def test_kinds_have_the_exit_codes_of_the_command_line(
    kind: type[VibeError], code: str, exit_code: int
) -> None:
    failure = kind("It broke")
    assert isinstance(failure, VibeError)
    assert (failure.code, failure.exit_code) == (code, exit_code)


def test_a_hint_follows_the_message() -> None:
    failure = UsageError("No such file: a.py", "name a file of the project")
    assert str(failure) == "No such file: a.py: name a file of the project"
    assert (failure.message, failure.hint) == ("No such file: a.py", "name a file of the project")


def test_without_a_hint_the_message_stands_alone() -> None:
    assert str(OutsideError("The disk is full")) == "The disk is full"
