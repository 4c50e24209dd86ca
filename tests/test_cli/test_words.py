"""The subcommand is found among options, and nothing else is taken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.cli.catalogue import SUBCOMMANDS
from vibe_tui.cli.parser import parse
from vibe_tui.cli.words import COMMON_WITH_VALUE, read_words
from vibe_tui.errors import UsageError


@pytest.mark.parametrize(
    ("line", "program"),
    [
        ("map", "vibe-tui map"),
        ("--json map", "vibe-tui map"),
        ("--project map map", "vibe-tui map"),
        ("--project=x map", "vibe-tui map"),
        ("--model ask cost", "vibe-tui cost"),
        ("changes accept c-1", "vibe-tui changes accept"),
        ("--debug changes --json accept c-1", "vibe-tui changes accept"),
        ("changes", "vibe-tui changes list"),
        ("", "vibe-tui"),
        ("./map", "vibe-tui"),
        ("-- map", "vibe-tui"),
        ("--continue s-1 map", "vibe-tui map"),
        ("--continue .", "vibe-tui"),
    ],
)
def test_the_program_that_is_meant(line: str, program: str) -> None:
    assert read_words(line.split()).program == program


@pytest.mark.parametrize("place", [0, 1, 2])
def test_common_options_stand_anywhere(place: int) -> None:
    words = ["changes", "show", "c-1"]
    words[place:place] = ["--project", "somewhere", "--json"]
    options = parse(read_words(words))
    assert str(options.project) == "somewhere"
    assert options.json
    assert options.change_id == "c-1"


@pytest.mark.parametrize(
    ("line", "session", "prompt"),
    [
        ("ask --continue hello", "", "hello"),
        ("ask hello --continue", "", "hello"),
        ("ask --continue s-20260101-000000-abcdef hello", "s-20260101-000000-abcdef", "hello"),
        ("ask hello --continue=s-1", "s-1", "hello"),
        ("ask hello", None, "hello"),
        ("ask -- --continue", None, "--continue"),
    ],
)
def test_a_prompt_after_continue_is_never_its_id(
    line: str, session: str | None, prompt: str
) -> None:
    options = parse(read_words(line.split()))
    assert (options.session, options.prompt) == (session, prompt)


def test_a_wrong_action_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        read_words(["changes", "acept"])
    assert caught.value.hint == "did you mean accept?"
    with pytest.raises(UsageError, match="zzz") as caught:
        read_words(["config", "zzz"])
    assert "get, set, unset, path, list" in caught.value.hint


@pytest.mark.parametrize("line", ["budget --json", "plugins", "changes --help", "budget"])
def test_a_group_without_an_action_is_a_group(line: str) -> None:
    assert read_words(line.split()).name == line.split()[0]


def test_options_are_not_abbreviated() -> None:
    with pytest.raises(UsageError, match="--tok"):
        parse(read_words(["map", "--tok", "3"]))


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "many", "٣"])
def test_a_number_starts_at_one(number: str) -> None:
    with pytest.raises(UsageError):
        parse(read_words(["map", f"--tokens={number}"]))


WORDS = st.sampled_from(
    [*SUBCOMMANDS, *COMMON_WITH_VALUE, "--json", "--continue", "s-1", "-", "--", "x", "list", "-h"]
)


@given(st.lists(WORDS, max_size=8))
def test_no_word_is_lost(words: list[str]) -> None:
    try:
        found = read_words(words)
    except UsageError:
        return
    taken = [found.name] if found.name else []
    explicit = len(words) - len(found.arguments) - len(taken)
    joined = sum(1 for word in found.arguments if word.startswith("--continue=s-"))
    assert explicit - joined in (0, 1)  # the action, when it was named
    assert all(word in words for word in found.arguments if not word.startswith("--continue="))
