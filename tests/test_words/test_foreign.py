"""Foreign text can neither drive the terminal nor hide from the reader, whatever it is."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vibe_tui.foreign import clean, clean_line, reveal

HOSTILE = st.text(
    st.one_of(
        st.sampled_from(
            "\x1b\x1b\x1b[]PX^_\\\x07\x9b\x9d\r\n\t;0m?h \u202e\u2066\u200b\u3164\ud800"
        ),
        st.characters(),
    ),
    max_size=60,
)


def is_safe(character: str) -> bool:
    unsafe = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return character in "\n\t" or not unsafe


@given(HOSTILE)
@example("\x1b\x1b[31m[31m")
@example("\r\u200b\n")
def test_cleaning_is_idempotent_and_leaves_nothing_unsafe(text: str) -> None:
    cleaned = clean(text)
    assert all(map(is_safe, cleaned))
    assert clean(cleaned) == cleaned


@given(HOSTILE)
def test_revealing_leaves_nothing_unsafe_and_loses_no_character(text: str) -> None:
    revealed = reveal(text)
    assert all(map(is_safe, revealed))
    assert len(revealed) >= len(text)
    assert reveal(revealed) == revealed


@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"])))
def test_visible_text_passes_unchanged(text: str) -> None:
    fillers = dict.fromkeys(map(ord, "\u115f\u1160\u2800\u3164\uffa0"))
    text = text.translate(fillers)
    assert clean(text) == text
    assert reveal(text) == text


@given(HOSTILE, st.integers(1, 80))
def test_a_cleaned_line_is_one_line_within_its_limit(text: str, limit: int) -> None:
    line = clean_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert "\t" not in line
    assert line == line.strip()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPpayload\x1b\\text", "text"),
        ("\x1b(Btext", "text"),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("tab\there", "tab\there"),
        ("bell\x07 back\x08 null\x00", "bell\ufffd back\ufffd null\ufffd"),
        ("\x9b31m", "\ufffd31m"),
        ("a\u202eb\u2066c\u200bd\ufeff", "abcd"),
        ("a\u2028b\u2029c", "a\ufffdb\ufffdc"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("if admin\u3164:", "if admin\ufffd:"),
        ("[bold]markup[/bold]", "[bold]markup[/bold]"),
        ("café 你好 🙂 e\u0301", "café 你好 🙂 e\u0301"),
    ],
)
def test_cleaning_by_example(text: str, shown: str) -> None:
    assert clean(text) == shown


@pytest.mark.parametrize("opening", ["\x1b]0;", "\x1bP", "\x1bX", "\x1b^", "\x1b_"])
def test_a_sequence_without_an_end_hides_no_later_line(opening: str) -> None:
    assert "os.system('rm')" in clean(f"# {opening}\nos.system('rm')\n\x07")


def test_revealing_names_what_cleaning_hides() -> None:
    assert reveal("a\u202eb\x1b[0m\r\n") == "a‹U+202E›b‹U+001B›[0m‹U+000D›\n"


def test_every_character_there_is_can_be_cleaned_and_revealed() -> None:
    everything = "".join(map(chr, range(0x110000)))
    cleaned = clean(everything)
    assert all(map(is_safe, cleaned))
    assert clean(cleaned) == cleaned
    assert all(map(is_safe, reveal(everything)))


def test_a_long_line_says_that_it_was_cut() -> None:
    assert clean_line("word " * 200, 20) == "word word word word…"
