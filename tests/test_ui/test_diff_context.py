"""Context of any size: the file's own lines under their own numbers, none of them twice."""

from hypothesis import example, given
from hypothesis import strategies as st

from tests.test_ui.diff_host import Groups, read
from vibe_tui.changes.model import DiffLine, FileDiff, Hunk, HunkState
from vibe_tui.ui.widgets.hunk_context import MOST_CONTEXT, excerpts

LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=40)


def text_of(lines: list[str]) -> str:
    return "".join(f"{line}{index % 7}\n" for index, line in enumerate(lines))


@example(old=["a"] * 40, new=["b", *["a"] * 38, "b"], context=None)
@given(old=LINES, new=LINES, context=st.sampled_from([0, 1, 3, 5, 10, None]))
def test_every_line_is_the_files_own_and_none_is_shown_twice(
    old: list[str], new: list[str], context: int | None
) -> None:
    before, after = text_of(old), text_of(new)
    (diff,) = read({"a.py": (before, after)})
    found = excerpts(diff, context)
    check_lines(before, after, [line for excerpt in found for line in excerpt.lines])
    for hunk, excerpt in zip(diff.hunks, found, strict=True):
        check_rows(hunk, excerpt.lines, excerpt.first_row)


def check_lines(before: str, after: str, shown: list[DiffLine]) -> None:
    """Texts stand under their numbers; numbers of both sides rise."""
    old, new = before.split("\n"), after.split("\n")
    for line in shown:
        assert line.old_number is None or old[line.old_number - 1] == line.text
        assert line.new_number is None or new[line.new_number - 1] == line.text
    for numbers in ([x.old_number for x in shown], [x.new_number for x in shown]):
        known = [number for number in numbers if number is not None]
        assert known == sorted(set(known))


def check_rows(hunk: Hunk, lines: object, first_row: int) -> None:
    """Every row of the hunk that is shown is found by its index; no changed one is left out."""
    shown = dict(enumerate(list(lines), first_row))  # type: ignore[call-overload]  # a sequence
    for row, line in enumerate(hunk.lines):
        if line.kind != " ":
            assert shown[row] == line
        elif row in shown:
            assert (shown[row].old_number, shown[row].text) == (line.old_number, line.text)


TEN = "".join(f"line {n}\n" for n in range(1, 21))
CHANGED = TEN.replace("line 5\n", "LINE 5\n").replace("line 14\n", "LINE 14\n")


def numbers(diff: FileDiff, context: int | None) -> list[list[int | None]]:
    return [
        [line.old_number for line in e.lines if line.old_number] for e in excerpts(diff, context)
    ]


def test_steps_of_context() -> None:
    (diff,) = read({"a.py": (TEN, CHANGED)})
    assert numbers(diff, 0) == [[5], [14]]
    assert numbers(diff, 3) == [[*range(2, 9)], [*range(11, 18)]]
    assert numbers(diff, 6) == [[*range(1, 12)], [*range(12, 21)]]
    assert numbers(diff, None) == [[*range(1, 14)], [*range(14, 21)]]


def test_all_of_a_huge_file_is_a_great_deal_of_it() -> None:
    old = "".join(f"{n}\n" for n in range(3 * MOST_CONTEXT))
    (diff,) = read({"a.txt": (old, old.replace("\n7500\n", "\nseven\n"))})
    (found,) = excerpts(diff, None)
    assert len(found.lines) == 2 * MOST_CONTEXT + 2


DIVIDED: Groups = [[(4, 5, 4, 5)], [(5, 5, 5, 6)], [(13, 14, 14, 15)]]


@given(context=st.sampled_from([0, 1, 3, 8, None]))
def test_hunks_that_a_person_divided_share_no_line(context: int | None) -> None:
    after = CHANGED.replace("LINE 5\n", "LINE 5\nand another\n")
    (diff,) = read({"a.py": (TEN, after)}, groups=DIVIDED)
    found = excerpts(diff, context)
    check_lines(TEN, after, [line for excerpt in found for line in excerpt.lines])
    assert [line.text for line in found[1].lines if line.kind == "+"] == ["and another"]


def test_a_hunk_taken_out_of_another_shows_what_the_engine_gives() -> None:
    groups: Groups = [[(4, 5, 4, 5), (13, 14, 13, 14)], [(8, 9, 8, 9)]]
    after = CHANGED.replace("line 9\n", "LINE 9\n")
    (diff,) = read({"a.py": (TEN, after)}, groups=groups)
    found = excerpts(diff, None)
    assert [list(excerpt.lines) for excerpt in found] == [list(hunk.lines) for hunk in diff.hunks]
    bare = [[line.text for line in e.lines if line.kind == "+"] for e in excerpts(diff, 0)]
    assert bare == [["LINE 5", "LINE 14"], ["LINE 9"]]


def test_without_the_files_lines_a_hunks_own_context_is_cut() -> None:
    (whole,) = read({"a.py": (TEN, CHANGED)})
    diff = FileDiff(whole.change, whole.hunks)
    assert numbers(diff, 0) == [[5], [14]]
    assert numbers(diff, 1) == [[4, 5, 6], [13, 14, 15]]
    assert numbers(diff, 10) == numbers(whole, 3)


def test_a_hunk_without_lines_has_no_context() -> None:
    (whole,) = read({"a.py": (TEN, CHANGED)})
    bare = Hunk(1, "a.py", "@@ -0,0 +0,0 @@", HunkState.OPEN, ())
    assert [e.lines for e in excerpts(FileDiff(whole.change, (bare,)), None)] == [()]


def test_an_insertion_alone_knows_its_place_by_the_header() -> None:
    (whole,) = read({"a.py": (TEN, CHANGED)})
    inserted = DiffLine("+", None, 9, "new")
    hunk = Hunk(1, "a.py", "@@ -8,0 +9 @@ f", HunkState.OPEN, (inserted,))
    diff = FileDiff(whole.change, (hunk,), "", whole.base_lines)
    (found,) = excerpts(diff, 2)
    assert [(line.old_number, line.new_number) for line in found.lines] == [
        (7, 7), (8, 8), (None, 9), (9, 10), (10, 11),
    ]  # fmt: skip
    unknown = Hunk(1, "a.py", "", HunkState.OPEN, (inserted,))
    (found,) = excerpts(FileDiff(whole.change, (unknown,), "", whole.base_lines), 1)
    assert [line.old_number for line in found.lines] == [None, 1]
