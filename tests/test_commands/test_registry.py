"""Every command can be found, a typing error names the nearest, and what is planned says so."""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_commands.conftest import Run
from tests.test_commands.saying import payload_of, report_of
from vibe_tui.commands.registry import Command, all_commands, find, split_line
from vibe_tui.errors import NotBuiltError, UsageError

BUILT = [command for command in all_commands() if command.is_built]
PLANNED = [command for command in all_commands() if not command.is_built]


def test_names_are_unique() -> None:
    names = [command.name for command in all_commands()]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("command", BUILT, ids=lambda c: c.name)
def test_a_built_command_yields_events(command: Command) -> None:
    assert inspect.isasyncgenfunction(command.load())


@pytest.mark.parametrize("command", PLANNED, ids=lambda c: c.name)
async def test_a_planned_command_says_so(command: Command, run: Run) -> None:
    with pytest.raises(NotBuiltError, match=f"/{command.name} is not built yet"):
        await run(f"/{command.name}")


def test_a_typing_error_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        find("chages")
    assert caught.value.hint == "did you mean /changes?"


def test_a_name_that_is_near_to_nothing_leads_to_help() -> None:
    with pytest.raises(UsageError) as caught:
        find("\x1b[31mzzzz")
    assert "\x1b" not in caught.value.message
    assert caught.value.hint == "see /help"


def test_words_are_split_as_in_a_shell() -> None:
    assert split_line('/config map.exclude "a b"') == ("config", ["map.exclude", "a b"])
    assert split_line("/cost\ttoday") == ("cost", ["today"])


def test_an_open_quote_is_said() -> None:
    with pytest.raises(UsageError, match="/tokens"):
        split_line('/tokens "never closed')


@given(st.text())
def test_no_line_breaks_the_splitting(line: str) -> None:
    try:
        name, words = split_line(line)
    except UsageError:
        return
    assert not any(character.isspace() for character in name)
    assert all(isinstance(word, str) for word in words)


async def test_help_lists_what_is_built(run: Run) -> None:
    report = report_of(await run("/help"))
    assert report.payload["commands"] == [command.name for command in BUILT]
    assert "| `/undo` |" in report.text
    assert "/heal" not in report.text


async def test_help_tells_of_one_command(run: Run) -> None:
    assert payload_of(await run("/help /cost"))["usage"].startswith("/cost [today|week")
    assert "not built yet" in report_of(await run("/help heal")).text
