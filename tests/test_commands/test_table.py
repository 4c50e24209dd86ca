"""Foreign values stay what they are: in a cell, in a code span, in a fence."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from vibe_tui.commands.table import code_span, fenced, markdown_table, plain_cell
from vibe_tui.foreign import clean, clean_line

MARKDOWN = MarkdownIt("commonmark").enable("table")
HOSTILE = st.text(alphabet="ab`*_[]()<>|~\\!#&; \n-\x1b", max_size=40)


def inline_text(markdown: str) -> list[str]:
    """What a reader sees of each piece of running text."""
    return [
        "".join(child.content for child in token.children or [])
        for token in MARKDOWN.parse(markdown)
        if token.type == "inline"
    ]


@given(HOSTILE)
def test_a_cell_shows_the_value_and_nothing_else(value: str) -> None:
    table = markdown_table(("name", "count"), [(value, "1")], right=(1,))
    shown = inline_text(table)
    assert shown[:2] == ["name", "count"]
    assert shown[2:] == [clean_line(value, 200), "1"]


@given(HOSTILE)
def test_a_fence_shows_the_lines_and_nothing_else(text: str) -> None:
    [block] = MARKDOWN.parse(fenced(text, "diff"))
    assert block.type == "fence"
    assert block.content.rstrip() == clean(text).rstrip()


@given(HOSTILE.filter(lambda value: bool(clean_line(value).strip())))
def test_a_code_span_is_one_piece_of_code(value: str) -> None:
    tokens = MARKDOWN.parse(f"type {code_span(value)} now")
    children = [child for token in tokens for child in token.children or []]
    assert [child.type for child in children] == ["text", "code_inline", "text"]


def test_a_value_is_cut_at_a_readable_length() -> None:
    assert len(plain_cell("x" * 1000)) == 200
