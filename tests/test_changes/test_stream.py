"""Every edit format, and that the cuts between pieces of a stream never matter."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_changes.answers import ANSWERS, BLOCK, EDIT, is_path
from vibe_tui.changes.formats.stream import EditStream, parse_edits
from vibe_tui.changes.model import Edit, RefusedEdit, SearchReplace, WholeFile

PIECES = st.lists(
    st.one_of(
        st.sampled_from([text for text, _ in ANSWERS.values()]),
        st.sampled_from(
            ["```", "~~~\n", "```python src/b.py\n", "=======\n", "\r\n", BLOCK, "--- a/x.py\n"]
        ),
        st.text("abc`<>=+-@/. \n\r", max_size=20),
    ),
    max_size=5,
).map("".join)


def read(pieces: list[str]) -> list[Edit | RefusedEdit]:
    stream = EditStream(is_path=is_path)
    found = [edit for piece in pieces for edit in stream.feed(piece)]
    return found + stream.finish()


@pytest.mark.parametrize("name", ANSWERS)
def test_answers_mean_their_edits(name: str) -> None:
    text, expected = ANSWERS[name]
    assert read([text]) == expected
    assert read(list(text)) == expected


@given(PIECES, st.randoms(use_true_random=False))
def test_cuts_do_not_matter(text: str, chance: random.Random) -> None:
    cuts = sorted(chance.sample(range(len(text) + 1), min(len(text) + 1, chance.randint(0, 9))))
    bounds = [0, *cuts, len(text)]
    pieces = [text[a:b] for a, b in pairwise(bounds)]
    assert read(pieces) == read([text])


def test_edits_come_as_soon_as_they_are_complete() -> None:
    stream = EditStream(is_path=is_path)
    assert stream.feed(f"src/a.py\n```\n{BLOCK}"[:-1]) == []
    assert stream.feed("\n") == [EDIT]
    assert stream.feed("```\n```text src/b.py\nx\n``") == []
    assert stream.feed("`\n") == [WholeFile("src/b.py", "x\n")]
    assert stream.finish() == []


@pytest.mark.parametrize("name", ANSWERS)
def test_parsing_a_whole_answer_is_the_same(name: str) -> None:
    text, expected = ANSWERS[name]
    assert parse_edits(text, is_path=is_path) == expected


def test_a_stream_of_one_long_line_is_read_in_one_pass() -> None:
    pieces = [
        "src/a.py\n",
        "<<<<<<< SEARCH\n",
        *["x" * 20] * 50_000,
        "\n=======\ny\n>>>>>>> REPLACE",
    ]
    assert read(pieces) == [SearchReplace("src/a.py", "x" * 1_000_000 + "\n", "y\n")]
