"""An answer is taken apart the same way however it is cut into pieces, and loses nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.ui.answer import AnswerParts, path_of
from vibe_tui.ui.transcript import (
    CodePart,
    EditPart,
    NotePart,
    Part,
    PromptPart,
    ProsePart,
    Transcript,
    WaitPart,
)

EDIT = """\
<<<<<<< SEARCH
old
same
=======
new
same
>>>>>>> REPLACE
"""


def parts_of(*pieces: str, ended: bool = True) -> list[Part]:
    parts: list[Part] = []
    answer = AnswerParts(parts.append)
    for piece in pieces:
        answer.feed(piece)
    if ended:
        answer.finish()
    return parts


def summary(parts: list[Part]) -> list[object]:
    found: list[object] = []
    for part in parts:
        match part:
            case ProsePart() if part.source.strip():
                found.append(("prose", part.source.strip()))
            case CodePart() if part.lines:
                found.append(("code", part.language, part.path, tuple(part.lines)))
            case EditPart():
                edit = (tuple(part.removed), tuple(part.added), part.is_cut)
                found.append(("edit", part.path, *edit))
    return found


LINES = st.sampled_from(
    [
        "A sentence with `code` in it.",
        "",
        "- an item",
        "12. another",
        "src/a.py",
        "**src/b.py**:",
        "```python",
        "```",
        "````",
        "~~~ js title=web/x.js",
        "~~~",
        "    indented",
        "<<<<<<< SEARCH",
        "=======",
        ">>>>>>> REPLACE",
        "<b>not a marker</b>",
        "`` double ``",
        "x = 1",
    ]
)


@given(st.lists(LINES, max_size=40), st.data())
def test_pieces_do_not_matter(lines: list[str], data: st.DataObject) -> None:
    text = "\n".join(lines)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=12).map(sorted))
    ends = [0, *cuts, len(text)]
    pieces = [text[start:end] for start, end in pairwise(ends)]
    assert summary(parts_of(*pieces)) == summary(parts_of(text))
    assert summary(parts_of(*text)) == summary(parts_of(text))


@given(st.lists(LINES, max_size=40))
def test_no_word_is_lost(lines: list[str]) -> None:
    shown: list[str] = []
    for part in parts_of("\n".join(lines)):
        match part:
            case ProsePart():
                shown += part.lines
            case CodePart():
                shown += [part.path, *part.lines]
            case EditPart():
                shown += [part.path, *part.removed, *part.added]
    for word in ("A sentence with `code` in it.", "- an item", "x = 1", "12. another"):
        assert sum(word in line for line in shown) == lines.count(word)


@given(st.lists(LINES, max_size=40))
def test_all_is_closed_at_the_end(lines: list[str]) -> None:
    assert not any(part.is_open for part in parts_of("\n".join(lines)))


def test_a_fence_is_code_with_its_language() -> None:
    text = "Look:\n\n```python\nx = 1\n\ny\n```\nDone."
    assert summary(parts_of(text)) == [
        ("prose", "Look:"),
        ("code", "python", "", ("x = 1", "", "y")),
        ("prose", "Done."),
    ]


@pytest.mark.parametrize(
    ("text", "language", "path"),
    [
        ("```python src/a.py\nx\n```", "python", "src/a.py"),
        ("```src/a.py\nx\n```", "", "src/a.py"),
        ('```py title="src/a.py"\nx\n```', "py", "src/a.py"),
        ("src/a.py\n```python\nx\n```", "python", "src/a.py"),
        ("### `./src/a.py`\n\n```\nx\n```", "", "src/a.py"),
        ("```makefile\nx\n```", "makefile", ""),
    ],
)
def test_the_file_of_a_fence(text: str, language: str, path: str) -> None:
    assert summary(parts_of(text)) == [("code", language, path, ("x",))]


@pytest.mark.parametrize(
    "text",
    [
        f"src/a.py\n```python\n{EDIT}```\n",
        f"```python\nsrc/a.py\n{EDIT}```\n",
        f"src/a.py\n{EDIT}",
        f"**src/a.py**\n\n````\n{EDIT}````",
        f"```python src/a.py\n{EDIT}```",
    ],
)
def test_an_edit_with_its_path(text: str) -> None:
    edit = ("edit", "src/a.py", ("old", "same"), ("new", "same"), False)
    assert summary(parts_of(text)) == [edit]


def test_two_edits_in_one_fence() -> None:
    found = summary(parts_of(f"a.py\n```\n{EDIT}\nb.py\n{EDIT}```\nEnd"))
    assert [row[1] for row in found[:2] if isinstance(row, tuple)] == ["a.py", "b.py"]
    assert found[2:] == [("prose", "End")]


def test_code_around_an_edit_stays_code() -> None:
    found = summary(parts_of(f"```py\nx = 1\ny = 2\n{EDIT}z = 3\n```"))
    assert [row[0] for row in found if isinstance(row, tuple)] == ["code", "edit", "code"]


def test_an_edit_that_is_cut_off_says_so() -> None:
    *_, edit = parts_of("a.py\n<<<<<<< SEARCH\nold\n=======\nne")
    assert isinstance(edit, EditPart)
    assert edit.is_cut
    assert edit.added == ["ne"]


def test_an_edit_counts_what_really_differs() -> None:
    *_, edit = parts_of(f"a.py\n{EDIT}")
    assert isinstance(edit, EditPart)
    assert edit.rows() == [("-", "old"), ("+", "new"), (" ", "same")]
    assert edit.counts() == (1, 1)
    assert edit.is_folded


def test_a_growing_edit_shows_what_is_known() -> None:
    *_, edit = parts_of("a.py\n<<<<<<< SEARCH\nold\nsa", ended=False)
    assert isinstance(edit, EditPart)
    assert edit.rows() == [(" ", "old"), (" ", "sa")]
    *_, edit = parts_of("a.py\n<<<<<<< SEARCH\nold\n=======\nold\nnew", ended=False)
    assert isinstance(edit, EditPart)
    assert edit.rows() == [(" ", "old"), ("+", "new")]


def test_a_vast_edit_is_not_compared() -> None:
    edit = EditPart("a.py", [f"o{n}" for n in range(600)], [f"o{n}" for n in range(600)])
    assert edit.counts() == (600, 600)


@pytest.mark.parametrize("start", ["`", "``", "```py", "<<<<", "<<<<<<< SEA", "~~~"])
def test_what_may_be_a_marker_waits(start: str) -> None:
    (prose,) = parts_of(f"Text.\n{start}", ended=False)
    assert isinstance(prose, ProsePart)
    assert prose.tail == ""
    assert start in summary(parts_of(f"Text.\n{start}x"))[0][1] or start.startswith(("```", "~~~"))  # type: ignore[index]  # the summary's rows are tuples


def test_words_are_shown_before_their_line_ends() -> None:
    (prose,) = parts_of("Hel", "lo `co", ended=False)
    assert isinstance(prose, ProsePart)
    assert prose.tail == "Hello `co"


def test_long_prose_goes_on_in_parts_of_its_own() -> None:
    text = "\n\n".join(f"Paragraph {n}." for n in range(100))
    parts = parts_of(text)
    assert len(parts) > 5
    assert all(isinstance(part, ProsePart) and len(part.lines) < 40 for part in parts)


def test_an_endless_list_and_an_endless_line_end() -> None:
    parts = parts_of("\n".join(f"- item {n}" for n in range(500)))
    assert max(len(part.lines) for part in parts if isinstance(part, ProsePart)) <= 120
    (prose,) = parts_of("x" * 20_000)
    assert isinstance(prose, ProsePart)
    assert max(map(len, prose.lines)) == 8_000


@pytest.mark.parametrize(
    "line", ["Done.", "see src/a.py now", "", "e", "1. a", "a b.py", "http://x.y/z"]
)
def test_what_is_no_path(line: str) -> None:
    assert path_of(line) == ""


def test_the_waiting_mark_gives_way() -> None:
    transcript = Transcript()
    for part in (PromptPart("p"), WaitPart(), NotePart("sent again")):
        transcript.add(part)
    assert [type(part) for part in transcript.parts] == [PromptPart, NotePart, WaitPart]
    transcript.add(ProsePart(["a"]))
    assert [type(part) for part in transcript.parts] == [PromptPart, NotePart, ProsePart]
    assert [part.number for part in transcript.parts] == [0, 1, 2]


def test_marking_an_edit_looks_at_this_turn_alone() -> None:
    transcript = Transcript()
    old, new = EditPart("a.py"), EditPart("a.py")
    for part in (PromptPart("1"), old, PromptPart("2"), NotePart("n"), new):
        transcript.add(part)
    assert transcript.mark_in_review("a.py")
    assert (old.is_in_review, new.is_in_review) == (False, True)
    assert not transcript.mark_in_review("a.py")
    unnamed = EditPart("")
    transcript.add(unnamed)
    assert transcript.mark_in_review("b.py")
    assert unnamed.path == "b.py"
