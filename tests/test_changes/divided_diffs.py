"""Diffs for property tests: files in several forms, whose hunks were divided by chance."""

from hypothesis import assume
from hypothesis import strategies as st

from vibe_tui.changes.content.diff import LineDiff, diff_lines, divided, hunk_rows
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.hunks.dividing import picked, split

TEXTS = st.sampled_from(
    ["a", "b", "", "}", "x = 1", "x = 2", "call(one, two)", "call(one, three)", "end"]
)
LINES = st.lists(TEXTS, max_size=16)


def _content(lines: list[str], newline: str, encoding: str, is_ended: bool) -> bytes:
    text = newline.join(lines) + (newline if lines and is_ended else "")
    return text.encode(encoding) if text else b""


@st.composite
def contents(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """Two states of a file, in one form; either may lack its last line end."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    base, proposed = (
        _content(draw(LINES), newline, encoding, draw(st.booleans())) for _ in range(2)
    )
    assume(base != proposed)
    return base, proposed


@st.composite
def divisions(draw: st.DrawFn, least: int = 1) -> tuple[bytes, bytes, LineDiff]:
    """A diff whose hunks were divided several times, by picks and by blocks."""
    base, proposed = draw(contents())
    diff = diff_lines(base, proposed)
    for _ in range(draw(st.integers(least, 4))):
        index = draw(st.integers(0, len(diff.hunks) - 1))
        rows = len(hunk_rows(diff, diff.hunks[index]))
        chosen = draw(st.none() | st.sets(st.integers(0, max(0, rows - 1))))
        try:
            division = split(diff, index) if chosen is None else picked(diff, index, chosen)
        except EditRefusedError:
            continue
        diff = divided(diff, division.groups)
    return base, proposed, diff
