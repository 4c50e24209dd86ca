"""Two columns: every line on its own side, like beside like, folded rows level on both sides."""

from hypothesis import given
from hypothesis import strategies as st

from tests.test_ui.diff_host import read
from vibe_tui.changes.model import DiffLine
from vibe_tui.ui.widgets.hunk_rows import HunkRows, Piece, SplitRows, fold
from vibe_tui.ui.widgets.hunk_text import QUIET, ShownLine, show_lines

WORDS = st.sampled_from(["a", "a b", "a  b", "\ta b", "c" * 30, "wide 名前 名前 名前", "", "  "])
DIFFS = st.lists(st.tuples(st.sampled_from(" -+"), WORDS), min_size=1, max_size=14)


def numbered(rows: list[tuple[str, str]]) -> list[DiffLine]:
    lines: list[DiffLine] = []
    old = new = 0
    for kind, text in rows:
        old, new = old + (kind != "+"), new + (kind != "-")
        numbers = (None if kind == "+" else old), (None if kind == "-" else new)
        lines.append(DiffLine(kind, *numbers, text))
    return lines


def joined(lines: tuple[ShownLine, ...], rows: SplitRows, side: int) -> dict[int, str]:
    """What a column shows of each line, over all rows."""
    seen: dict[int, str] = {}
    for row in range(rows.count):
        piece = rows.pieces(row)[side]
        if piece is not None:
            text = lines[piece.index].text + lines[piece.index].tail
            seen[piece.index] = seen.get(piece.index, "") + text[piece.start : piece.end]
    return seen


@given(rows=DIFFS, width=st.integers(8, 24), hides=st.booleans())
def test_each_side_shows_its_lines_whole_and_in_order(
    rows: list[tuple[str, str]], width: int, hides: bool
) -> None:
    lines = show_lines(numbered(rows), hides_white_space=hides)
    split = SplitRows(lines, width)
    old, new = joined(lines, split, 0), joined(lines, split, 1)
    assert old == {i: x.text + x.tail for i, x in enumerate(lines) if x.is_old_side}
    assert new == {i: x.text + x.tail for i, x in enumerate(lines) if x.is_new_side}
    assert list(old) == sorted(old)
    assert list(new) == sorted(new)


@given(rows=DIFFS, width=st.integers(8, 24), hides=st.booleans())
def test_hiding_white_space_keeps_every_line_and_its_row(
    rows: list[tuple[str, str]], width: int, hides: bool
) -> None:
    given_lines = numbered(rows)
    lines = show_lines(given_lines, 0, hides_white_space=hides)
    assert sorted(line.row for line in lines) == [*range(len(rows))]
    for line in lines:
        source = given_lines[line.row]
        assert line.kind in (source.kind, QUIET)
        assert line.is_twin == (line.kind == QUIET and source.kind == "-")
    unified = HunkRows(lines, width)
    drawn = {p.index for row in range(unified.count) for p in unified.pieces(row) if p}
    assert drawn == {index for index, line in enumerate(lines) if not line.is_twin}


@given(rows=DIFFS, width=st.integers(8, 24))
def test_the_rows_of_a_line_are_where_they_are_said_to_be(
    rows: list[tuple[str, str]], width: int
) -> None:
    lines = show_lines(numbered(rows))
    for layout in (HunkRows(lines, width), SplitRows(lines, width)):
        for index in range(len(lines)):
            first, behind = layout.span_of(index)
            starts = [p for p in layout.pieces(first) if p is not None and p.index == index]
            assert starts[0].is_first
            assert all(index in indexes(layout.pieces(row)) for row in range(first, behind))


def indexes(pieces: tuple[Piece | None, ...]) -> set[int]:
    return {piece.index for piece in pieces if piece is not None}


def test_a_longer_neighbour_leaves_the_other_side_empty_below() -> None:
    lines = show_lines(numbered([("-", "short"), ("+", "c" * 30)]))
    rows = SplitRows(lines, 12)
    left, right = rows.pieces(1)
    assert rows.count == len(fold("c" * 30, 12)) == 3
    assert left is not None
    assert left.is_below
    assert right is not None
    assert not right.is_below


def level(old: str, new: str) -> list[tuple[str, str]]:
    """The texts that stand beside each other in the one hunk of a change."""
    (diff,) = read({"a.py": (old, new)})
    lines = show_lines(diff.hunks[0].lines)
    rows = SplitRows(lines, 60)
    pairs = (rows.pieces(row) for row in range(rows.count))
    return [tuple(p.line.text if p else "" for p in pair) for pair in pairs]  # type: ignore[misc]  # two columns


def test_a_line_stands_beside_what_became_of_it() -> None:
    old = "return [name for name in order[:5] if totals[name]]\n"
    new = "chosen = order[:5]\nreturn [name for name in chosen if totals[name]]\n"
    assert level(old, new) == [("", "chosen = order[:5]"), (old.strip(), new.split("\n")[1])]


def test_lines_like_none_stand_beside_each_other_in_order() -> None:
    assert level("one\ntwo\n", "alpha\n") == [("one", "alpha"), ("two", "")]


def test_where_the_engine_pairs_nothing_equal_lines_still_stand_level() -> None:
    rows = [
        ("-", "if a:"),
        ("-", "\tx = 1"),
        ("+", "while b:"),
        ("+", "while c:"),
        ("+", "  x = 1"),
    ]
    split = SplitRows(show_lines(numbered(rows)), 40)
    shown = [
        [p.line.code.strip() if p else "" for p in split.pieces(r)] for r in range(split.count)
    ]
    assert shown == [["if a:", "while b:"], ["", "while c:"], ["x = 1", "x = 1"]]
