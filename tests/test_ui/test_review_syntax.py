"""Syntax colours fall on the right characters of the right side, and never fail a review."""

from hypothesis import given
from hypothesis import strategies as st

from tests.test_ui.review_host import ROUTER, ROUTER_NEW, ROUTER_OLD, propose
from vibe_tui.changes.model import DiffLine
from vibe_tui.ui.widgets.hunk_syntax import MOST_CHARACTERS, find_spans
from vibe_tui.ui.widgets.hunk_text import ShownLine, show_lines


def lines_of(*rows: tuple[str, str]) -> tuple[ShownLine, ...]:
    return show_lines([DiffLine(kind, 1, 1, text) for kind, text in rows])


def words(path: str, lines: tuple[ShownLine, ...]) -> list[list[tuple[str, str]]]:
    """For each line its coloured words and their roles."""
    spans = find_spans(path, lines)
    return [
        [(line.code[a:b], role) for a, b, role in found]
        for line, found in zip(lines, spans, strict=True)
    ]


def test_each_kind_of_word_has_its_role() -> None:
    lines = lines_of(
        (" ", "@cached"),
        ("+", "def area(r):  # round"),
        ("+", "    return 3.14 * r if r else None"),
        ("-", "    return 'nothing'"),
    )
    assert words("a.py", lines) == [
        [("@cached", "definition")],
        [("def", "keyword"), ("area", "definition"), ("# round", "comment")],
        [
            ("return", "keyword"),
            ("3.14", "literal"),
            ("if", "keyword"),
            ("else", "keyword"),
            ("None", "literal"),
        ],
        [("return", "keyword"), ("'", "string"), ("nothing", "string"), ("'", "string")],
    ]


def test_a_string_over_lines_colours_each_of_them() -> None:
    lines = lines_of(("+", '"""One'), ("+", "def two"), ("+", 'three"""'), ("+", "x = 1"))
    roles = [{role for _, role in line} for line in words("a.py", lines)]
    assert roles == [{"string"}, {"string"}, {"string"}, {"literal"}]


def test_the_removed_side_does_not_leak_into_the_added_one() -> None:
    lines = lines_of(("-", 'text = """open'), ("+", "text = 1"), (" ", "return text"))
    coloured = words("a.py", lines)
    assert coloured[0][-1][1] == "string"
    assert coloured[1] == [("1", "literal")]
    assert coloured[2] == [("return", "keyword")]


def test_an_unknown_language_has_no_colours() -> None:
    assert find_spans("notes.unheard-of", lines_of(("+", "def f(): pass"))) == ((),)


def test_a_huge_hunk_has_no_colours() -> None:
    rows = [("+", "x = 1" * 100)] * (MOST_CHARACTERS // 500 + 1)
    assert not any(find_spans("a.py", lines_of(*rows)))


def test_spans_lie_in_their_lines_in_order() -> None:
    _, diffs = propose({ROUTER: (ROUTER_OLD, ROUTER_NEW)})
    for hunk in diffs[0].hunks:
        lines = show_lines(hunk.lines)
        for line, found in zip(lines, find_spans(ROUTER, lines), strict=True):
            edges = [edge for start, end, _ in found for edge in (start, end)]
            assert edges == sorted(edges)
            assert all(0 <= edge <= len(line.code) for edge in edges)


@given(st.lists(st.tuples(st.sampled_from("+- "), st.text(max_size=30)), max_size=10))
def test_no_text_confuses_it(rows: list[tuple[str, str]]) -> None:
    lines = lines_of(*rows)
    spans = find_spans("a.py", lines)
    assert len(spans) == len(lines)
    for line, found in zip(lines, spans, strict=True):
        assert all(0 <= start < end <= len(line.code) for start, end, _ in found)
