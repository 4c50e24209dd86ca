"""Wrapping keeps every character and every place; the window over a transcript is exact."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.content import Content

from vibe_tui.ui.row_window import MOST_ROWS, USUAL_ROWS, RowWindow, line_index, part_number
from vibe_tui.ui.rows import Line, cuts, first_difference, rows_of
from vibe_tui.ui.transcript import (
    CodePart,
    EndPart,
    NotePart,
    Part,
    PromptPart,
    ProsePart,
    Transcript,
    WaitPart,
)

TEXT = st.text(st.sampled_from("ab  .漢字é-"), max_size=60)


@example("字 a", 1, 4)
@given(TEXT, st.integers(1, 30), st.integers(2, 30))
def test_rows_hold_the_text_and_fit(text: str, width: int, further: int) -> None:
    offsets = [0, *cuts(text, width, further), len(text)]
    assert offsets == sorted(offsets)
    rows = [text[start:end] for start, end in pairwise(offsets)]
    assert "".join(rows) == text
    for index, row in enumerate(rows):
        limit = max(further if index else width, 2 if len(row.strip()) == 1 else 1)
        assert cell_len(row.strip()) <= limit


@given(st.lists(st.text(st.sampled_from("abc"), min_size=1, max_size=8), max_size=12))
def test_words_that_fit_are_not_torn(words: list[str]) -> None:
    text = " ".join(words)
    for offset in cuts(text, 8):
        assert text[offset - 1] == " "


def test_rows_know_their_place_and_prefix() -> None:
    line = Line(Content("one two three"), Content("- "), Content("    "))
    rows = list(rows_of(line, 7, 10))
    assert [(row.x, row.prefix.plain, row.key) for row in rows] == [
        (0, "- ", 7),
        (8, "    ", 7),
    ]


def test_lines_that_draw_the_same_are_kept() -> None:
    old = [Line(Content("a")), Line(Content("b"))]
    assert first_difference(old, [Line(Content("a")), Line(Content("b").stylize("bold"))]) == 1
    assert first_difference(old, [*old, Line(Content("c"))]) == 2


def long_transcript(turns: int) -> Transcript:
    transcript = Transcript()
    for number in range(turns):
        transcript.add(PromptPart(f"prompt {number}"))
        transcript.add(ProsePart([f"answer {number} " + "and more words " * (number % 7)]))
        if number % 3 == 0:
            transcript.add(CodePart("python", "", [f"x = {number}", "y = 2"]))
        transcript.add(EndPart(f"{number} done · now"))
    return transcript


def shown(window: RowWindow) -> list[tuple[int, int, str]]:
    return [(row.key, row.x, row.line.content.plain[row.x : row.x_end]) for row in window.rows]


def whole(transcript: Transcript, width: int) -> list[tuple[int, int, str]]:
    window = RowWindow(transcript)
    window.width = width
    window.show_start(10**9)
    return shown(window)


def test_a_window_is_a_stretch_of_the_whole() -> None:
    transcript = long_transcript(2_000)
    everything = whole(transcript, 30)
    assert everything == sorted(everything)
    window = RowWindow(transcript)
    window.width = 30
    window.show_end()
    assert USUAL_ROWS <= len(window.rows) < USUAL_ROWS + 50
    assert shown(window) == everything[-len(window.rows) :]
    assert window.has_end
    assert not window.has_start
    assert window.extend_up(100) >= 100
    assert shown(window) == everything[-len(window.rows) :]
    window.show_start()
    assert shown(window) == everything[: len(window.rows)]
    window.extend_down(50)
    assert shown(window) == everything[: len(window.rows)]


def test_a_window_is_cut_on_the_side_away_from_the_reader() -> None:
    transcript = long_transcript(2_000)
    everything = whole(transcript, 30)
    window = RowWindow(transcript)
    window.width = 30
    window.show_end(MOST_ROWS + 2_000)
    removed = window.trim_top(len(window.rows))
    assert removed > 1_900
    assert len(window.rows) >= MOST_ROWS
    assert shown(window) == everything[-len(window.rows) :]
    window.extend_up(2_000)
    window.trim_bottom(40)
    assert not window.has_end
    assert MOST_ROWS <= len(window.rows) < MOST_ROWS + 50
    start = everything.index(shown(window)[0])
    assert shown(window) == everything[start : start + len(window.rows)]


def test_a_line_is_found_again_at_another_width() -> None:
    transcript = long_transcript(500)
    window = RowWindow(transcript)
    window.width = 60
    window.show_end()
    row = window.rows[200]
    window.width = 25
    window.show_around(row.key)
    found = window.rows[window.index_of(row.key, row.x)]
    assert (part_number(found.key), line_index(found.key)) == (
        part_number(row.key),
        line_index(row.key),
    )
    assert found.x <= row.x < max(found.x_end, found.x + 1)


STEPS = st.lists(
    st.sampled_from(["prompt", "prose", "grow", "code", "end", "wait", "note", "change"]),
    max_size=30,
)


@given(STEPS, st.integers(10, 50))
def test_following_equals_laying_out_anew(steps: list[str], width: int) -> None:
    transcript = Transcript()
    window = RowWindow(transcript)
    window.width = width
    window.show_end()
    for number, step in enumerate(steps):
        before = list(window.rows)
        take(step, number, transcript)
        changed = window.sync()
        assert shown(window) == whole(transcript, width)
        kept = len(before) if changed is None else changed
        assert window.rows[:kept] == before[:kept]


def take(step: str, number: int, transcript: Transcript) -> None:
    parts: dict[str, Part] = {
        "prompt": PromptPart(f"prompt {number}\nwith two lines"),
        "prose": ProsePart([f"text {number} " * 5]),
        "code": CodePart("python", "", [f"x = {number}"]),
        "end": EndPart("done · now"),
        "wait": WaitPart(),
        "note": NotePart("a note"),
    }
    last = transcript.parts[-1] if transcript.parts else None
    if step in parts:
        transcript.add(parts[step])
    elif step == "grow" and isinstance(last, ProsePart | CodePart):
        last.lines.append(f"more {number}")
        last.touch()
    elif step == "change" and isinstance(last, ProsePart):
        last.lines[0] = "another beginning"
        last.touch()
