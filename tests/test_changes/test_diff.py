"""Hunks: any subset applies, all of them give the proposal, none the base, and git agrees."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given
from hypothesis import strategies as st

from vibe_tui.changes.content.diff import (
    apply_hunks,
    diff_lines,
    display_lines,
    hunk_header,
    merge_hunks,
)
from vibe_tui.changes.content.sequence import matching_blocks
from vibe_tui.changes.content.text import split_bytes
from vibe_tui.changes.model import ChangeAction, FileChange, HunkState
from vibe_tui.changes.views import unified_file

LINES = st.lists(
    st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n", b"}\n", b"x = 1\n", b"-- q\n", b"++ q\n"]),
    max_size=40,
)
CONTENT = st.builds(lambda lines, end: b"".join(lines) + end, LINES, st.sampled_from([b"", b"end"]))


@given(st.lists(st.integers(0, 5), max_size=60), st.lists(st.integers(0, 5), max_size=60))
def test_blocks_are_equal_rising_and_maximal(old: list[int], new: list[int]) -> None:
    blocks = matching_blocks(old, new)
    i = j = 0
    for block in blocks:
        assert block.old >= i
        assert block.new >= j
        assert (block.old, block.new) != (i, j) or block.old == 0 or block.new == 0
        i, j = block.old + block.length, block.new + block.length
        assert old[block.old : i] == new[block.new : j]


def test_unique_lines_anchor_a_moved_function() -> None:
    old = ["def a", "", "}", "def b", "", "}"]
    new = ["def c", "", "}", "def a", "", "}", "def b", "", "}"]
    assert matching_blocks(old, new) == [(0, 3, 6)]


def test_repeating_lines_end_in_bounded_effort() -> None:
    old, new = [1, 2] * 3000, [2, 1, 3] * 2000
    blocks = matching_blocks(old, new)
    assert all(old[b.old : b.old + b.length] == new[b.new : b.new + b.length] for b in blocks)


@given(CONTENT, CONTENT, st.data())
def test_none_is_base_all_is_proposal_and_a_part_is_in_between(
    base: bytes, proposed: bytes, data: st.DataObject
) -> None:
    diff = diff_lines(base, proposed)
    indexes = range(len(diff.hunks))
    assert apply_hunks(base, proposed, set()) == base
    assert apply_hunks(base, proposed, set(indexes)) == proposed
    chosen = data.draw(st.sets(st.sampled_from(list(indexes))))
    partly = merge_hunks(diff, chosen)
    rest = set(indexes) - chosen
    assert apply_hunks(base, proposed, chosen) == partly
    kept = sum(diff.hunks[i].old_end - diff.hunks[i].old_start for i in rest)
    taken = sum(diff.hunks[i].new_end - diff.hunks[i].new_start for i in chosen)
    outside = len(diff.old) - sum(h.old_end - h.old_start for h in diff.hunks)
    assert len(split_bytes(partly)) == outside + kept + taken


@given(CONTENT, CONTENT)
def test_shown_lines_are_the_change(base: bytes, proposed: bytes) -> None:
    diff = diff_lines(base, proposed)
    shown = [line for hunk in diff.hunks for line in display_lines(diff, hunk)]
    assert sum(line.kind == "+" for line in shown) == diff.added
    assert sum(line.kind == "-" for line in shown) == diff.removed
    old, new = split_bytes(base), split_bytes(proposed)
    for line in shown:
        if line.old_number is not None:
            assert old[line.old_number - 1].decode().rstrip("\r\n") == line.text
        if line.new_number is not None:
            assert new[line.new_number - 1].decode().rstrip("\r\n") == line.text


def test_changes_far_apart_are_hunks_of_their_own() -> None:
    base = b"".join(b"%d\n" % n for n in range(40))
    proposed = base.replace(b"\n3\n", b"\nthree\n").replace(b"\n30\n", b"\nthirty\n")
    diff = diff_lines(base, proposed)
    assert [hunk_header(diff, hunk) for hunk in diff.hunks] == [
        "@@ -1,7 +1,7 @@",
        "@@ -28,7 +28,7 @@",
    ]
    assert apply_hunks(base, proposed, {1}) == base.replace(b"\n30\n", b"\nthirty\n")


def test_a_binary_file_is_one_hunk_without_lines() -> None:
    diff = diff_lines(b"\0a\nb\n", b"\0a\nc\nd\n")
    assert diff.is_binary
    assert len(diff.hunks) == 1
    assert display_lines(diff, diff.hunks[0]) == ()
    assert merge_hunks(diff, {0}) == b"\0a\nc\nd\n"


def test_utf_16_is_split_at_its_own_line_ends() -> None:
    base = "eins\nzwei\n\u0a0a drei\n".encode("utf-16")
    proposed = "eins\n2\n\u0a0a drei\n".encode("utf-16")
    diff = diff_lines(base, proposed)
    assert [(line.kind, line.text) for line in display_lines(diff, diff.hunks[0])] == [
        (" ", "eins"),
        ("-", "zwei"),
        ("+", "2"),
        (" ", "\u0a0a drei"),
    ]


def _change(base: bytes | None, proposed: bytes | None) -> FileChange:
    action = ChangeAction.MODIFY
    if base is None:
        action = ChangeAction.CREATE
    return FileChange(
        "some dir/f.txt",
        action,
        None if base is None else "0" * 64,
        None if proposed is None else "1" * 64,
        0o644,
        0,
        0,
        (HunkState.OPEN,),
    )


@given(CONTENT, CONTENT)
def test_git_applies_our_unified_diff(base: bytes, proposed: bytes) -> None:
    assume(base != proposed)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "some dir" / "f.txt"
        target.parent.mkdir()
        target.write_bytes(base)
        patch = unified_file(_change(base, proposed), diff_lines(base, proposed))
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        done = subprocess.run(command, cwd=folder, input=patch.encode(), capture_output=True)
        assert done.returncode == 0, (patch, done.stderr)
        assert target.read_bytes() == proposed
