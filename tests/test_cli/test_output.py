"""Answers for people and programs: plain in a pipe, drawn on a terminal, safe everywhere."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_cli.conftest import Screen
from vibe_tui.cli.output import Output
from vibe_tui.cli.plain import plain_text
from vibe_tui.commands.table import fenced, markdown_table, plain_cell
from vibe_tui.errors import DeniedError
from vibe_tui.foreign import clean, clean_line


def output(stdout: io.StringIO, *, color: bool = True, **environ: str) -> Output:
    named = {"TERM": "xterm-256color"} | environ
    return Output(stdout, io.StringIO(), color=color, environ=named)


def test_a_table_is_aligned_in_a_pipe() -> None:
    table = markdown_table(("name", "count"), [("a_b", "1"), ("long | name", "200")], right=(1,))
    assert plain_text(table).splitlines() == [
        "name         count",
        "a_b              1",
        "long | name    200",
    ]


def test_marks_are_taken_out_and_fences_opened() -> None:
    block = fenced("**kept**\n| a |", "diff")
    text = f"**Bold** `code` \\*star\\*\n\n{block}\nafter"
    assert plain_text(text) == "Bold code *star*\n\n**kept**\n| a |\nafter"


@given(st.lists(st.text(alphabet="ab|\\`*_ \n<", max_size=10), min_size=2, max_size=2))
def test_a_pipe_shows_every_cell_as_it_is(cells: list[str]) -> None:
    lines = plain_text(markdown_table(("x", "y"), [cells])).split("\n")
    first, second = map(clean_line, cells)
    width = max(1, len(first))
    assert lines[1] == f"{first.ljust(width)}  {second}".rstrip()


@given(st.text(max_size=60))
def test_a_pipe_shows_every_fence_as_it_is(text: str) -> None:
    assert plain_text(fenced(text)) == clean(text).rstrip()


@given(st.text(alphabet="`*_|\\[]a ~", max_size=20))
def test_a_literal_value_survives(value: str) -> None:
    assert plain_text(f"- x {plain_cell(value)}") == f"- x {clean_line(value)}"


@pytest.mark.parametrize(
    ("color", "environ", "is_coloured"),
    [(True, {}, True), (False, {}, False), (True, {"NO_COLOR": "1"}, False)],
)
def test_a_terminal_gets_colours_unless_they_are_unwanted(
    color: bool, environ: dict[str, str], is_coloured: bool
) -> None:
    screen = Screen()
    output(screen, color=color, **environ).markdown("**bold** and `code`")
    assert ("\x1b[1;36" in screen.getvalue()) is is_coloured


def test_a_dumb_terminal_is_a_pipe() -> None:
    screen = Screen()
    output(screen, TERM="dumb").markdown("**bold**")
    assert screen.getvalue() == "bold\n"


def test_foreign_text_cannot_drive_the_terminal() -> None:
    screen = Screen()
    shown = output(screen, NO_COLOR="1")
    shown.text("a\x1b]0;title\x07b\n")
    shown.markdown("c\x1b[31md")
    assert "\x1b]" not in screen.getvalue()
    assert "\x1b[31m" not in screen.getvalue()


def test_a_narrow_stream_gets_escapes_instead_of_an_error() -> None:
    raw = io.BytesIO()
    narrow = io.TextIOWrapper(raw, encoding="ascii")
    shown = Output(narrow, narrow, as_json=True, environ={})
    shown.text("é\n")
    shown.json_line({"text": "é \udc80"})
    narrow.flush()
    first, second = raw.getvalue().decode("ascii").splitlines()
    assert first == "\\xe9"
    assert json.loads(second) == {"text": "é \udc80"}


def test_a_number_that_json_does_not_have_is_a_defect() -> None:
    with pytest.raises(ValueError, match="JSON"):
        output(io.StringIO()).json_line({"cost": float("nan")})


def test_an_error_is_one_line_and_a_document() -> None:
    stdout, stderr = io.StringIO(), io.StringIO()
    shown = Output(stdout, stderr, as_json=True, environ={})
    shown.problem(DeniedError("no\nroom", "pay more"))
    assert stderr.getvalue() == "vibe-tui: no room: pay more\n"
    assert json.loads(stdout.getvalue()) == {
        "error": {"code": "denied", "message": "no\nroom", "hint": "pay more"}
    }
