"""Markdown reads as Markdown, fits its width, and hides nothing from the reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from vibe_tui.ui.prose import prose_lines
from vibe_tui.ui.tables import table_lines


def drawn(source: str, width: int = 40) -> list[str]:
    return [(line.first + line.content).plain.rstrip() for line in prose_lines(source, width)]


def styles(source: str) -> dict[str, str]:
    found = {}
    for line in prose_lines(source, 40):
        for span in line.content.spans:
            found[line.content.plain[span.start : span.end]] = str(span.style)
    return found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a\nb\n\nc", ["a b", "", "c"]),
        ("one  \ntwo", ["one", "two"]),
        ("# T\ntext", ["T", "", "text"]),
        ("- a\n- b\n  - c\n    - d", ["• a", "• b", "  ◦ c", "    ▪ d"]),
        ("9. a\n10. b", [" 9. a", "10. b"]),
        ("3. a\n\n   more\n\n4. b", ["3. a", "", "   more", "", "4. b"]),
        ("text\n- a", ["text", "", "• a"]),
        ("> q\n>\n> r", ["▎ q", "▎", "▎ r"]),
        ("> - a", ["▎ • a"]),
        ("-", ["•"]),
        ("- \n- b", ["•", "• b"]),
        ("- x\n\n      code", ["• x", "", "  code"]),
        ("a\n\n---\n\nb", ["a", "", "─" * 40, "", "b"]),
        ("[t](http://x.y) [http://x.y](http://x.y)", ["t (http://x.y) http://x.y"]),
        ("![alt](pic.png)", ["[image: alt] pic.png"]),
        ("<b>x</b> &amp; <script>", ["<b>x</b> & <script>"]),
        ("[a]: http://x.y\n\n[a]", ["a (http://x.y)"]),
        ("", []),
    ],
)
def test_blocks(source: str, expected: list[str]) -> None:
    assert drawn(source) == expected


def test_inline_styles() -> None:
    found = styles("**bold** *em* `code` ~~gone~~ [l](u)\n\n## Head")
    assert found["bold"] == ".transcript--strong"
    assert found["em"] == ".transcript--em"
    assert found["code"] == ".transcript--inline-code"
    assert found["gone"] == "strike"
    assert found["l"] == ".transcript--link"
    assert found["Head"] == ".transcript--heading"


def test_a_nested_fence_is_code() -> None:
    lines = prose_lines("- x\n\n    ```python\n    def f(): pass\n    ```", 40)
    (code,) = [line for line in lines if line.fill]
    assert code.content.plain.strip() == "def f(): pass"
    assert code.fill == "transcript--code"


@pytest.mark.parametrize("entity", ["&#x202e;", "&#27;", "&#x9b;", "&#8203;", "&#x2066;"])
def test_entities_cannot_smuggle_control_characters(entity: str) -> None:
    for source in (f"a{entity}b", f"`x` **{entity}**", f"[a{entity}](http://x{entity})"):
        text = "\n".join(drawn(source))
        assert text.isprintable() or text.replace("\n", "").isprintable()
        assert not set(text) & {"\u202e", "\x1b", "\x9b", "\u200b", "\u2066"}


def test_square_brackets_are_text() -> None:
    assert drawn("[@click=app.bell]x[/] [/x] [red]") == ["[@click=app.bell]x[/] [/x] [red]"]


TABLE = "| a | long heading |\n|---|---|\n| 1 | some words that wrap |\n| 2 | `x` |"


@given(st.integers(10, 80))
def test_tables_fit(width: int) -> None:
    rows = drawn(TABLE, width)
    assert all(cell_len(row) <= width for row in rows)
    assert rows[-1].startswith("2")
    assert "x" in rows[-1]


def test_a_table_keeps_its_columns_aligned() -> None:
    assert drawn(TABLE, 80) == [
        "a │ long heading",
        "──┼─────────────────────",
        "1 │ some words that wrap",
        "2 │ x",
    ]


def test_ragged_rows_are_filled() -> None:
    rows = [[Content("a"), Content("b")], [Content("1")]]
    assert [line.plain for line in table_lines(rows, 20)] == ["a │ b", "──┼──", "1 │"]
    assert list(table_lines([], 20)) == []


@given(st.text(st.sampled_from("ab #*-_>`|[]()!\n1.<&;~\\:"), max_size=120), st.integers(8, 60))
def test_nothing_breaks_the_layout(source: str, width: int) -> None:
    for line in prose_lines(source, width):
        assert "\n" not in line.content.plain
        assert line.first.cell_length == line.rest.cell_length
