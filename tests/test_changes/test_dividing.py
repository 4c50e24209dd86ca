"""However hunks are divided, any subset of them leaves shown lines in order, and git agrees."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.test_changes.divided_diffs import divisions
from vibe_tui.changes.content.diff import (
    LineDiff,
    diff_lines,
    display_lines,
    divided,
    hunk_header,
    hunk_rows,
    merge_hunks,
    undivided,
)
from vibe_tui.changes.content.text import read_text, split_bytes
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.hunks.dividing import picked, split, with_division
from vibe_tui.changes.model import ChangeAction, FileChange, HunkState
from vibe_tui.changes.views import unified_file


def _shown(diff: LineDiff, chosen: set[int]) -> list[str]:
    """What accepting some hunks must leave: of the lines that Review shows, in their order."""
    placed = sorted(
        (change, index in chosen)
        for index, hunk in enumerate(diff.hunks)
        for change in hunk.changes
    )
    lines: list[str] = []
    done = 0
    for change, is_taken in placed:
        lines += [_text(line, diff.old_encoding) for line in diff.old[done : change.old_start]]
        old = diff.old[change.old_start : change.old_end]
        new = diff.new[change.new_start : change.new_end]
        encoding = diff.new_encoding if is_taken else diff.old_encoding
        lines += [_text(line, encoding) for line in (new if is_taken else old)]
        done = change.old_end
    return lines + [_text(line, diff.old_encoding) for line in diff.old[done:]]


def _text(line: bytes, encoding: str) -> str:
    return line.decode(encoding).removeprefix("\ufeff").rstrip("\r\n")


@given(divisions(), st.data())
def test_any_subset_gives_shown_lines_in_order(
    case: tuple[bytes, bytes, LineDiff], data: st.DataObject
) -> None:
    base, proposed, diff = case
    indexes = range(len(diff.hunks))
    assert merge_hunks(diff, set()) == base
    assert merge_hunks(diff, set(indexes)) == proposed
    chosen = data.draw(st.sets(st.sampled_from(list(indexes))))
    merged = merge_hunks(diff, chosen)
    text, form = read_text(merged)
    assert form.is_known
    lines = [line.rstrip("\r\n") for line in form.split(text)]
    assert lines == _shown(diff, chosen)
    if base and proposed and merged:
        assert form.bom == read_text(base)[1].bom


@given(divisions())
def test_hunks_together_hold_every_changed_line_once(case: tuple[bytes, bytes, LineDiff]) -> None:
    base, proposed, diff = case
    plain = diff_lines(base, proposed)
    rows = [row for hunk in diff.hunks for row in hunk_rows(diff, hunk)]
    before = [row for hunk in plain.hunks for row in hunk_rows(plain, hunk)]
    changed = [row for row in rows if row.kind != " "]
    assert sorted(changed, key=repr) == sorted((r for r in before if r.kind != " "), key=repr)
    assert (diff.added, diff.removed) == (plain.added, plain.removed)
    assert [hunk.changes for hunk in diff.hunks] == sorted(hunk.changes for hunk in diff.hunks)


@given(divisions())
def test_context_is_unchanged_lines_only_and_stands_where_it_says(
    case: tuple[bytes, bytes, LineDiff],
) -> None:
    _, _, diff = case
    all_changes = [change for hunk in diff.hunks for change in hunk.changes]
    removed = {n + 1 for c in all_changes for n in range(c.old_start, c.old_end)}
    added = {n + 1 for c in all_changes for n in range(c.new_start, c.new_end)}
    for hunk in diff.hunks:
        rows = hunk_rows(diff, hunk)
        for row in rows:
            if row.kind == " ":
                assert row.old_number is not None
                assert row.new_number is not None
                assert row.old_number not in removed
                assert row.new_number not in added
                assert diff.old[row.old_number - 1] == diff.new[row.new_number - 1] == row.content
        numbers = [row.old_number for row in rows if row.old_number is not None]
        assert numbers == sorted(set(numbers))
        numbers = [row.new_number for row in rows if row.new_number is not None]
        assert numbers == sorted(set(numbers))


@given(divisions())
def test_the_header_spans_what_is_shown(case: tuple[bytes, bytes, LineDiff]) -> None:
    _, _, diff = case
    for hunk in diff.hunks:
        rows = hunk_rows(diff, hunk)
        header = hunk_header(diff, hunk).removeprefix("@@ -").removesuffix(" @@").split(" +")
        for side, numbers in zip(
            header,
            (
                [row.old_number for row in rows if row.old_number is not None],
                [row.new_number for row in rows if row.new_number is not None],
            ),
            strict=True,
        ):
            first, count = [int(n) for n in (side if "," in side else side + ",1").split(",")]
            assert (count == 0) == (not numbers) or not numbers
            if numbers:
                assert first <= numbers[0]
                assert numbers[-1] <= first + count - 1


@given(divisions())
def test_git_applies_the_whole_of_a_divided_file(case: tuple[bytes, bytes, LineDiff]) -> None:
    base, proposed, diff = case
    assume(base.isascii() and proposed.isascii())
    assert undivided(diff).hunks == diff_lines(base, proposed).hunks
    change = FileChange(
        "f.txt", ChangeAction.MODIFY, "0" * 64, "1" * 64, 0o644, 0, 0, (HunkState.OPEN,)
    )
    with TemporaryDirectory() as folder:
        target = Path(folder) / "f.txt"
        target.write_bytes(base)
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        patch = unified_file(change, diff).encode()
        done = subprocess.run(command, cwd=folder, input=patch, capture_output=True, check=False)
        assert done.returncode == 0, (patch, done.stderr)
        assert target.read_bytes() == proposed


def _diff(base: str, proposed: str) -> LineDiff:
    return diff_lines(*("".join(f"{c}\n" for c in text).encode() for text in (base, proposed)))


def _pick(diff: LineDiff, *wanted: str) -> LineDiff:
    rows = [f"{line.kind}{line.text}" for line in display_lines(diff, diff.hunks[0])]
    chosen = {index for index, row in enumerate(rows) if row in wanted}
    assert len(chosen) == len(wanted)
    return divided(diff, picked(diff, 0, chosen).groups)


def _result(diff: LineDiff, index: int) -> str:
    return merge_hunks(diff, {index}).decode().replace("\n", "")


@pytest.mark.parametrize(
    ("wanted", "of_picked", "of_rest"),
    [
        (["+b"], "[123b]", "[ac]"),
        (["-2"], "[13]", "[2abc]"),
        (["-2", "+b"], "[1b3]", "[a2c]"),
        (["-1", "+c"], "[23c]", "[1ab]"),
        (["-1", "-2", "-3"], "[]", "[123abc]"),
        (["+a", "+b", "+c"], "[123abc]", "[]"),
        (["-3", "+a"], "[12a]", "[3bc]"),
    ],
)
def test_which_place_picked_lines_take(wanted: list[str], of_picked: str, of_rest: str) -> None:
    diff = _pick(_diff("[123]", "[abc]"), *wanted)
    assert len(diff.hunks) == 2
    results = {_result(diff, 0), _result(diff, 1)}
    assert results == {of_picked, of_rest}


def test_like_lines_keep_their_places() -> None:
    base = b"[\nwidth = 1\nheight = 2\ndepth = 3\n]\n"
    proposed = b"[\nunits = 'cm'\nwidth = 10\nheight = 20\ndepth = 30\n]\n"
    diff = diff_lines(base, proposed)
    rows = [line.text for line in display_lines(diff, diff.hunks[0])]
    chosen = {rows.index("depth = 3"), rows.index("depth = 30"), rows.index("units = 'cm'")}
    diff = divided(diff, picked(diff, 0, chosen).groups)
    assert merge_hunks(diff, {0}) == b"[\nunits = 'cm'\nwidth = 1\nheight = 2\ndepth = 30\n]\n"
    assert merge_hunks(diff, {1}) == b"[\nwidth = 10\nheight = 20\ndepth = 3\n]\n"


def test_the_rest_of_a_pick_stays_one_hunk_and_shows_no_picked_line() -> None:
    diff = _pick(_diff("u123v", "uabcv"), "-2", "+b")
    shown = [
        [f"{line.kind}{line.text}" for line in display_lines(diff, hunk)] for hunk in diff.hunks
    ]
    assert shown == [[" u", "-1", "+a", "-3", "+c", " v"], ["-2", "+b"]]
    assert [hunk_header(diff, hunk) for hunk in diff.hunks] == ["@@ -1,5 +1,5 @@", "@@ -3 +3 @@"]


def test_a_hunk_is_split_where_lines_stay_then_within_a_block() -> None:
    diff = _diff("0123456789", "0x23y5z789")
    assert len(diff.hunks) == 1
    division = split(diff, 0)
    diff = divided(diff, division.groups)
    assert division.origins == (0, 0, 0)
    shown = [
        "".join(line.kind + line.text for line in display_lines(diff, hunk)) for hunk in diff.hunks
    ]
    assert shown == [" 0-1+x 2 3", " 2 3-4+y 5", " 5-6+z 7 8 9"]
    with pytest.raises(EditRefusedError, match="Nothing can be divided here"):
        split(_diff("0a1", "0a2"), 0)


def test_an_added_block_is_split_behind_its_blank_lines_then_by_line() -> None:
    diff = diff_lines(b"", b"one\ntwo\n\nthree\nfour\n")
    diff = divided(diff, split(diff, 0).groups)
    assert [merge_hunks(diff, {index}) for index in range(2)] == [b"one\ntwo\n\n", b"three\nfour\n"]
    diff = divided(diff, split(diff, 1).groups)
    assert [merge_hunks(diff, {index}) for index in range(3)] == [
        b"one\ntwo\n\n",
        b"three\n",
        b"four\n",
    ]


def test_unlike_sides_of_a_block_are_split_from_each_other() -> None:
    diff = _diff("u12v", "uabcv")
    diff = divided(diff, split(diff, 0).groups)
    assert [_result(diff, 0), _result(diff, 1)] == ["uv", "u12abcv"]


def test_lines_without_an_end_stay_lines() -> None:
    diff = diff_lines(b"a\r\nlast", b"a\r\nlast\r\nmore")
    rows = hunk_rows(diff, diff.hunks[0])
    more = next(index for index, row in enumerate(rows) if row.content == b"more")
    diff = divided(diff, picked(diff, 0, {more}).groups)
    picked_hunk = next(
        index
        for index, hunk in enumerate(diff.hunks)
        if any(row.content == b"more" for row in hunk_rows(diff, hunk))
    )
    assert merge_hunks(diff, {picked_hunk}) == b"a\r\nlast\r\nmore"
    diff = diff_lines(b"one", b"two")
    diff = divided(diff, picked(diff, 0, {1}).groups)
    assert sorted(merge_hunks(diff, {index}) for index in (0, 1)) == [b"", b"one\ntwo"]


def test_a_byte_order_mark_stays_in_front() -> None:
    base, proposed = ("\ufeff1\n2\n".encode(), "\ufeff0\n2\n".encode())
    diff = diff_lines(base, proposed)
    diff = divided(diff, picked(diff, 0, {1}).groups)
    assert {merge_hunks(diff, {index}) for index in (0, 1)} == {
        "\ufeff1\n0\n2\n".encode(),
        "\ufeff2\n".encode(),
    }
    assert split_bytes(merge_hunks(diff, {0, 1})) == split_bytes(proposed)


@pytest.mark.parametrize(
    ("base", "proposed", "rows", "words"),
    [
        (b"\0a\nb\n", b"\0a\nc\n", {0}, "binary file"),
        (b"a\n", b"b\n", {0, 1}, "all changed lines"),
        (b"a\nb\n", b"a\nc\n", {0}, "None of these lines changes"),
        (b"a\nb\n", b"a\nc\n", {99, -3}, "None of these lines changes"),
        ("\ufeffa\n".encode(), b"b\n", {0}, "byte order mark"),
    ],
)
def test_what_is_not_divided(base: bytes, proposed: bytes, rows: set[int], words: str) -> None:
    with pytest.raises(EditRefusedError, match=words):
        picked(diff_lines(base, proposed), 0, rows)


def test_a_hunk_without_lines_is_not_split() -> None:
    with pytest.raises(EditRefusedError, match="Nothing can be divided"):
        split(diff_lines(b"same\n", b"same\n"), 0)


def test_other_hunks_keep_their_states() -> None:
    base = b"".join(b"%d\n" % n for n in range(60))
    proposed = base.replace(b"\n20\n", b"\ntwenty\nmore\n").replace(b"\n40\n", b"\nforty\n")
    proposed = proposed.replace(b"\n3\n", b"\nthree\n")
    diff = diff_lines(base, proposed)
    states = (HunkState.ACCEPTED, HunkState.OPEN, HunkState.REJECTED)
    file = FileChange("f", ChangeAction.MODIFY, "0" * 64, "1" * 64, 0o644, 4, 3, states)
    after = with_division(file, split(diff, 1))
    assert after.hunk_states == (states[0], states[1], states[1], states[2])
    assert after.groups is not None
    assert [len(group) for group in after.groups] == [1, 1, 1, 1]
