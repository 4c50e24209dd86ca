"""A merge keeps what either side did, never drops a line in silence, and is symmetrical."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.changes.content.merge import merge3

LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\n", b"d\r\n", b"x"]), max_size=9)
CONTENT = LINES.map(b"".join)


@given(CONTENT, CONTENT)
def test_a_side_that_did_nothing_loses_nothing(base: bytes, changed: bytes) -> None:
    assert merge3(base, base, changed).content == changed
    assert merge3(base, changed, base).content == changed
    assert merge3(base, changed, changed).content == changed


@given(CONTENT, CONTENT, CONTENT)
def test_sides_can_be_swapped(base: bytes, ours: bytes, theirs: bytes) -> None:
    there, back = merge3(base, ours, theirs), merge3(base, theirs, ours)
    assert there.is_clean == back.is_clean
    if there.is_clean:
        assert there.content == back.content


@given(CONTENT, CONTENT, CONTENT)
def test_regions_hold_every_line_of_every_side(base: bytes, ours: bytes, theirs: bytes) -> None:
    merge = merge3(base, ours, theirs)
    if not merge.regions:
        return
    for side, content in (("base", base), ("ours", ours), ("theirs", theirs)):
        lines = [line for region in merge.regions for line in getattr(region, side)]
        assert b"".join(lines) == content
    assert merge.is_clean == (not any(region.is_conflict for region in merge.regions))


@given(st.lists(st.integers(0, 30), min_size=8, max_size=30, unique=True), st.data())
def test_changes_of_distant_lines_are_both_kept(numbers: list[int], data: st.DataObject) -> None:
    lines = [b"%d\n" % number for number in numbers]
    one = data.draw(st.integers(0, len(lines) - 4))
    other = data.draw(st.integers(one + 2, len(lines) - 1))
    ours, theirs, both = list(lines), list(lines), list(lines)
    ours[one] = both[one] = b"ours\n"
    theirs[other] = both[other] = b"theirs\n"
    merge = merge3(*(b"".join(side) for side in (lines, ours, theirs)))
    assert merge.is_clean
    assert merge.content == b"".join(both)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "clean"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", b"a\nX\nc\n", False),
        (b"a\nb\nc\n", b"A\nb\nc\n", b"a\nb\nC\n", True),
        (b"a\nb\n", b"A\nb\n", b"a\nB\n", False),
        (b"a\n", b"a\nours\n", b"a\ntheirs\n", False),
        (b"a\n", b"a\nboth\n", b"a\nboth\n", True),
        (b"\0a", b"\0b", b"\0c", False),
    ],
)
def test_git_agrees(tmp_path: Path, base: bytes, ours: bytes, theirs: bytes, clean: bool) -> None:
    merge = merge3(base, ours, theirs)
    assert merge.is_clean is clean
    for name, content in (("base", base), ("ours", ours), ("theirs", theirs)):
        (tmp_path / name).write_bytes(content)
    command = ["git", "merge-file", "-p", "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode == 0) is clean
    if clean:
        assert done.stdout == merge.content


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "clean", "content"),
    [
        (None, None, b"new", True, b"new"),
        (None, b"one", b"other", False, b"one"),
        (None, b"same", b"same", True, b"same"),
        (b"a", None, b"b", False, None),
        (b"a", None, None, True, None),
        (b"a", b"b", None, False, b"b"),
        (b"a", b"a", None, True, None),
    ],
)
def test_files_that_come_and_go(
    base: bytes | None, ours: bytes | None, theirs: bytes | None, clean: bool, content: bytes | None
) -> None:
    merge = merge3(base, ours, theirs)
    assert (merge.is_clean, merge.content) == (clean, content)
