"""Fuzzy search finds what a person means, in the same order every time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.intelligence.search import fuzzy_rank

PATHS = (
    "README.md",
    "vibe_tui/intelligence/code_context.py",
    "vibe_tui/intelligence/repo_mapper.py",
    "vibe_tui/changes/store.py",
    "vibe_tui/chat/conversation.py",
    "tests/test_changes/test_store.py",
    "docs/accept.md",
)
TEXT = st.text(alphabet="abAB/._é\n", max_size=12)


def is_subsequence(query: str, path: str) -> bool:
    letters = iter(path.lower())
    return all(letter in letters for letter in "".join(query.lower().split()))


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("store", "vibe_tui/changes/store.py"),
        ("cocon", "vibe_tui/intelligence/code_context.py"),
        ("cc", "vibe_tui/intelligence/code_context.py"),
        ("REPO map", "vibe_tui/intelligence/repo_mapper.py"),
        ("tests store", "tests/test_changes/test_store.py"),
        ("chconv", "vibe_tui/chat/conversation.py"),
        ("acc", "docs/accept.md"),
    ],
)
def test_the_best_match_comes_first(query: str, best: str) -> None:
    assert fuzzy_rank(query, PATHS)[0] == best


def test_no_match() -> None:
    assert fuzzy_rank("xyz", PATHS) == []


def test_an_empty_query_lists_short_paths_first() -> None:
    assert fuzzy_rank("", PATHS, 2) == ["README.md", "docs/accept.md"]


def test_letters_of_patterns_are_plain_letters() -> None:
    assert fuzzy_rank("[a.*", ["x[a]b.*c", "abc"]) == ["x[a]b.*c"]


@given(st.lists(TEXT, max_size=8), TEXT, st.integers(0, 6))
def test_it_finds_exactly_the_subsequences(paths: list[str], query: str, limit: int) -> None:
    matching = [path for path in paths if is_subsequence(query, path)]
    found = fuzzy_rank(query, paths, limit)
    assert len(found) == min(limit, len(matching))
    assert set(found) <= set(matching)


@given(st.lists(TEXT, max_size=8), TEXT)
def test_the_order_of_the_candidates_does_not_matter(paths: list[str], query: str) -> None:
    assert fuzzy_rank(query, paths) == fuzzy_rank(query, paths[::-1])


def test_a_hundred_thousand_paths() -> None:
    paths = [f"package{number % 97}/module_{number}.py" for number in range(100_000)]
    assert fuzzy_rank("module_77777", paths, 5)[0].endswith("module_77777.py")
    assert fuzzy_rank("m", paths, 3) == fuzzy_rank("m", paths[::-1], 3)
