"""Big files: their lines found when asked for, and their diff as sound as that of small ones."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_changes.projects import Project, swap
from vibe_tui.changes.content import big, lines
from vibe_tui.changes.content.big import big_blocks
from vibe_tui.changes.content.diff import diff_lines, display_lines, hunk_header, merge_hunks
from vibe_tui.changes.content.lines import ByteLines, lines_of, span
from vibe_tui.changes.content.text import split_at_lf

LINE = st.sampled_from([b"a\n", b"bb\n", b"ccc\r\n", b"\n", b"\xff\xfe\n", b"long line %d\n" % 7])
CONTENT = st.builds(
    lambda some, end: b"".join(some) + end,
    st.lists(LINE, max_size=80),
    st.sampled_from([b"", b"open", b"\r"]),
)
LOOSELY = ("utf-16-le", "surrogatepass")
NUMBERED = [b"%d: some line\n" % n for n in range(400)]


@pytest.fixture
def _small_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is big, far and much, so that small texts meet every way through."""
    monkeypatch.setattr(lines, "_PIECE_BYTES", 16)
    monkeypatch.setattr(big, "_PROBE_BYTES", 6)
    monkeypatch.setattr(big, "_STEP_BYTES", 24)
    monkeypatch.setattr(big, "_REACHES", (8, 64, 1 << 40))
    monkeypatch.setattr(big, "_SKIPS", (0, 4, 16, 64))


@pytest.mark.usefixtures("_small_measures")
@given(CONTENT, st.data())
def test_lines_are_those_of_a_list(content: bytes, data: st.DataObject) -> None:
    listed, lazy = split_at_lf(content), ByteLines(content)
    assert len(lazy) == len(listed)
    assert list(lazy) == listed
    numbers = st.integers(-len(listed) - 2, len(listed) + 2)
    start, end = data.draw(numbers), data.draw(numbers)
    step = data.draw(st.sampled_from([1, 2, -1]))
    assert lazy[start:end:step] == listed[start:end:step]
    assert lazy[start:] == listed[start:]
    if 0 <= start < end:
        assert span(lazy, start, end) == span(listed, start, end)
    for number in range(-len(listed), len(listed)):
        assert lazy[number] == listed[number]
    with pytest.raises(IndexError):
        lazy[len(listed)]


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A content, and what some insertions, deletions, moves and changes make of it."""
    old = draw(st.lists(st.sampled_from(NUMBERED), max_size=60))
    new = list(old)
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(new)))
        to = draw(st.integers(at, len(new)))
        match draw(st.sampled_from(["insert", "delete", "move", "change"])):
            case "insert":
                new[at:at] = draw(st.lists(LINE, max_size=20))
            case "delete":
                del new[at:to]
            case "move":
                new = new[:at] + new[to:] + new[at:to]
            case _:
                new[at:to] = [line.upper() for line in new[at:to]]
    ends = st.sampled_from([b"", b"x"])
    return b"".join(old) + draw(ends), b"".join(new) + draw(ends)


@pytest.mark.usefixtures("_small_measures")
@given(st.one_of(edited(), st.tuples(CONTENT, CONTENT)), st.booleans(), st.booleans())
def test_blocks_are_equal_and_rising(pair: tuple[bytes, bytes], poor: bool, vain: bool) -> None:
    old, new = pair
    with pytest.MonkeyPatch.context() as patch:
        if poor:
            patch.setattr(big, "_JOINS", 2)
            patch.setattr(big, "_GAP_BYTES", 30)
        if vain:
            patch.setattr(big, "_SEARCHED_BYTES", 20)
            patch.setattr(big, "_STEP_LINES", 10)
        blocks = big_blocks(old, new)
        assert big_blocks(old, new) == blocks
    before, after = split_at_lf(old), split_at_lf(new)
    i = j = 0
    for block in blocks:
        assert block.length > 0
        assert block.old >= i
        assert block.new >= j
        i, j = block.old + block.length, block.new + block.length
        assert before[block.old : i] == after[block.new : j]
    if old == new:
        assert i == len(before)


@pytest.mark.usefixtures("_small_measures")
@given(edited(), st.data())
def test_hunks_of_big_files_apply(pair: tuple[bytes, bytes], data: st.DataObject) -> None:
    base, proposed = pair
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BIG_BYTES", 1)
        patch.setattr("vibe_tui.changes.content.diff.BIG_BYTES", 1)
        diff = diff_lines(base, proposed)
    everything = range(len(diff.hunks))
    assert merge_hunks(diff, everything) == proposed
    assert merge_hunks(diff, ()) == base
    small = diff_lines(base, proposed)
    chosen = data.draw(st.sets(st.sampled_from(list(everything))))
    merged = merge_hunks(diff, chosen)
    listed = replace(diff, old=list(diff.old), new=list(diff.new))
    assert merged == merge_hunks(listed, chosen)
    assert diff.added - diff.removed == small.added - small.removed
    for hunk in diff.hunks:
        assert display_lines(diff, hunk) == display_lines(listed, hunk)


def _numbered(count: int) -> list[bytes]:
    return [b"%d: a line of a big file, so long that it is one\n" % n for n in range(count)]


def test_far_apart_edits_of_a_real_big_file_are_hunks_of_their_own() -> None:
    old = _numbered(60_000)
    new = [*old]
    new[50_000] = b"changed\n"
    del new[30_000:30_100]
    new[10_000:10_000] = [b"inserted %d\n" % n for n in range(5000)]
    new[3] = b"three\n"
    diff = diff_lines(b"".join(old), b"".join(new))
    assert isinstance(diff.old, ByteLines)
    assert [hunk_header(diff, hunk) for hunk in diff.hunks] == [
        "@@ -1,7 +1,7 @@",
        "@@ -9998,6 +9998,5006 @@",
        "@@ -29998,106 +34998,6 @@",
        "@@ -49998,7 +54898,7 @@",
    ]
    assert merge_hunks(diff, {0, 3}) == b"".join(
        [*old[:3], b"three\n", *old[4:50_000], b"changed\n", *old[50_001:]]
    )


def test_every_second_line_changed_keeps_the_others() -> None:
    old = _numbered(60_000)
    new = [line.upper() if n % 2 else line for n, line in enumerate(old)]
    diff = diff_lines(b"".join(old), b"".join(new))
    assert (diff.added, diff.removed) == (30_000, 30_000)


def test_nothing_in_common_is_one_hunk() -> None:
    diff = diff_lines(b"".join(_numbered(60_000)), b"other line\n" * 200_000)
    assert (diff.added, diff.removed, len(diff.hunks)) == (200_000, 60_000, 1)


def test_wide_and_small_contents_are_split_at_once() -> None:
    wide = "".join(f"{n}\n" for n in range(300_000)).encode("utf-16")
    assert isinstance(lines_of(wide), list)
    assert isinstance(lines_of(b"a\n"), list)
    changed = wide.replace("\n7\n".encode("utf-16-le"), "\n\ud800\u0a00\n".encode(*LOOSELY))
    changed = changed.replace("\n299999\n".encode("utf-16-le"), "\n\u0a0a\u000a".encode(*LOOSELY))
    for other in (changed, changed + b"x"):  # with half a character at the end it is no UTF-16
        diff = diff_lines(wide, other)
        assert [hunk_header(diff, hunk)[:6] for hunk in diff.hunks] == ["@@ -5,", "@@ -29"]
        assert merge_hunks(diff, {0, 1}) == other
    diff = diff_lines(wide, wide.decode("utf-16").encode())
    assert (diff.added, diff.removed) == (300_000, 300_000)


def test_a_big_file_there_and_back(project: Project) -> None:
    content = b"".join(_numbered(60_000))
    project.write("big", content)
    change = project.propose(
        swap("big", _numbered(51)[50].decode(), "fifty\n"),
        swap("big", _numbered(50_001)[50_000].decode(), "fifty thousand\n"),
    )
    store = project.store()
    assert [len(diff.hunks) for diff in store.diffs(change.change_id)] == [2]
    change = store.accept(change.change_id, 1, hunks=[2])
    assert b"fifty thousand\n" in project.read("big")
    assert b"fifty\n" not in project.read("big")
    store.rollback(change.change_id)
    assert project.read("big") == content
