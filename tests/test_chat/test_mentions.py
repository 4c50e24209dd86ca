"""Which files a prompt names: with ranges, quotes and punctuation around them, never by guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.chat.mentions import Mention, find_mentions

KNOWN = ("src/a.py", "README.md", "with space.py", "Makefile", "odd:3", "a/b.c/d.py")


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Fix @src/a.py", [Mention("src/a.py")]),
        ("Fix @src/a.py.", [Mention("src/a.py")]),
        ("(see @src/a.py, @README.md)", [Mention("src/a.py"), Mention("README.md")]),
        ("@src/a.py:10-40 please", [Mention("src/a.py", 10, 40)]),
        ("@src/a.py:7", [Mention("src/a.py", 7, 7)]),
        ("@src/a.py:7.", [Mention("src/a.py", 7, 7)]),
        ("@./src/a.py", [Mention("src/a.py")]),
        ('@"with space.py" now', [Mention("with space.py")]),
        ('@"src/a.py:2-3"', [Mention("src/a.py", 2, 3)]),
        ("@Makefile and @Makefile", [Mention("Makefile")]),
        ("@a/b.c/d.py?", [Mention("a/b.c/d.py")]),
        ("`@src/a.py`", [Mention("src/a.py")]),
        ("**@src/a.py**", [Mention("src/a.py")]),
        ("mail me@src/a.py", []),
        ("no mention", []),
    ],
)
def test_mentions_are_found(prompt: str, expected: list[Mention]) -> None:
    assert list(find_mentions(prompt, KNOWN)[0]) == expected


def test_words_that_look_like_paths_but_name_no_file_are_reported() -> None:
    found, unknown = find_mentions("@src/b.py and @someone and @x.txt, @src/b.py", KNOWN)
    assert found == ()
    assert unknown == ("src/b.py", "x.txt")


def test_a_decorator_in_pasted_code_is_no_mention_and_no_complaint() -> None:
    assert find_mentions("@property\ndef x(self): ...", KNOWN) == ((), ())


@given(st.text(alphabet='@"/:.-0123abMakefile \n', max_size=80))
def test_only_known_files_are_ever_found(prompt: str) -> None:
    found, unknown = find_mentions(prompt, KNOWN)
    assert all(mention.path in KNOWN for mention in found)
    assert len(set(found)) == len(found)
    assert not set(unknown) & {mention.path for mention in found}
