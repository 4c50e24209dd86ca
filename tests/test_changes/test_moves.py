"""Moved blocks are told from where they went; what stayed, or is too slight, is not."""

from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.changes.content.diff import diff_lines, display_lines, divided
from vibe_tui.changes.hunks.annotations import Annotations
from vibe_tui.changes.hunks.dividing import picked
from vibe_tui.changes.hunks.moves import ChangedFile, moved_lines

BODY = b"def total(prices):\n    result = sum(prices)\n\n    return result\n"
LINES = [b"line number %d of the file\n" % n for n in range(40)]


def _file(path: str, before: bytes, after: bytes, old_path: str = "") -> ChangedFile:
    return ChangedFile(path, old_path or path, diff_lines(before, after))


def test_a_block_that_goes_to_another_file() -> None:
    files = [
        _file("new.py", b"x\n" + BODY + b"y\n", b"x\ny\n", "old.py"),
        _file("b.py", b"z\n", b"z\n" + b"".join(b"  " + line for line in BODY.splitlines(True))),
    ]
    moved = moved_lines(files)
    assert {key: words for key, words in moved.items() if key[1] == "-"} == {
        ("new.py", "-", number): "moved to b.py:2" for number in (2, 3, 4, 5)
    }
    assert {key: words for key, words in moved.items() if key[1] == "+"} == {
        ("b.py", "+", number): "moved from old.py:2" for number in (2, 3, 4, 5)
    }


def test_a_block_that_changes_its_place_in_a_file() -> None:
    before = b"".join(LINES)
    after = b"".join([*LINES[:5], *LINES[9:30], *LINES[5:9], *LINES[30:]])
    moved = moved_lines([_file("a.txt", before, after)])
    assert moved["a.txt", "-", 6] == "moved to a.txt:27"
    assert moved["a.txt", "+", 27] == "moved from a.txt:6"
    assert len(moved) == 8


def test_what_is_only_indented_did_not_move() -> None:
    before = b"".join(LINES)
    after = b"if True:\n" + b"".join(b"    " + line for line in LINES)
    assert moved_lines([_file("a.txt", before, after)]) == {}


def test_a_large_hunk_tells_no_moves_within_itself() -> None:
    before = [b"old line %d of many\n" % n for n in range(1_200)]
    after = [b"  " + line for line in [*before[600:], *before[:600]]]
    assert moved_lines([_file("a.txt", b"".join(before), b"".join(after))]) == {}


def test_slight_blocks_did_not_move() -> None:
    braces = b"}\n}\n}\n}\n"
    pair = BODY[: BODY.index(b"\n\n") + 1]
    for block in (braces, pair):
        files = [_file("a", b"1\n" + block, b"1\n"), _file("b", b"2\n", b"2\n" + block)]
        assert moved_lines(files) == {}


def test_a_copy_is_not_a_second_move() -> None:
    files = [
        _file("a.py", BODY, b"x\n"),
        _file("b.py", b"", BODY),
        _file("c.py", b"", BODY),
    ]
    assert {key[0] for key in moved_lines(files)} == {"a.py", "b.py"}


def test_binary_files_and_enormous_changes_are_passed_over() -> None:
    assert moved_lines([_file("a", b"\0" + BODY, b"\0"), _file("b", b"", BODY)]) == {}
    many = b"".join(b"this is line %d\n" % n for n in range(11_000))
    assert moved_lines([_file("a", many, b""), _file("b", b"", many)]) == {}


def test_a_divided_file_tells_the_same() -> None:
    diff = diff_lines(BODY + b"x\n", b"x\n")
    parts = divided(diff, picked(diff, 0, {1}).groups)
    target = _file("b.py", b"", BODY)
    assert moved_lines([ChangedFile("a.py", "a.py", parts), target]) == moved_lines(
        [ChangedFile("a.py", "a.py", diff), target]
    )


@given(
    st.lists(st.sampled_from(LINES[:6]), max_size=30),
    st.lists(st.sampled_from(LINES[:6]), max_size=30),
)
def test_what_is_told_is_true(old: list[bytes], new: list[bytes]) -> None:
    files = [_file("a", b"".join(old), b""), _file("b", b"", b"".join(new))]
    moved = moved_lines(files)
    gone = [key[2] for key in moved if key[1] == "-"]
    come = [key[2] for key in moved if key[1] == "+"]
    assert len(gone) == len(come)
    for number in come:
        start = int(moved["b", "+", number].rpartition(":")[2])
        first = next(n for n in come if moved["b", "+", n] == moved["b", "+", number])
        assert old[start - 1 + number - first] == new[number - 1]


def test_blocks_in_any_order_are_all_found() -> None:
    chunks = [LINES[start : start + 4] for start in range(0, 40, 4)]
    shuffled = [chunks[at * 3 % 10] for at in range(10)]
    files = [
        _file("a", b"".join(LINES), b""),
        _file("b", b"", b"".join(line for chunk in shuffled for line in chunk)),
    ]
    assert sum(key[1] == "+" for key in moved_lines(files)) == 40


def test_annotated_lines_carry_both() -> None:
    files = [_file("a.py", b"first(1)\n" + BODY, b"first(2)\n"), _file("b.py", b"", BODY)]
    notes = Annotations(files)
    shown = [
        line
        for file in files
        for hunk in file.diff.hunks
        for line in notes.on(file.path, display_lines(file.diff, hunk))
    ]
    assert [line.text for line in shown if line.marks] == ["first(1)", "first(2)"]
    assert sum(line.moved == "moved from a.py:2" for line in shown) == 4
    assert sum(line.moved == "moved to b.py:1" for line in shown) == 4


def test_beyond_the_bound_hunks_have_no_marks() -> None:
    before = b"".join(b"value_%d = compute(%d)\n" % (n, n) for n in range(2_500))
    file = _file("a.py", before, before.replace(b"compute", b"measure"))
    lines = display_lines(file.diff, file.diff.hunks[0])
    assert Annotations([file]).on("a.py", lines) == lines
