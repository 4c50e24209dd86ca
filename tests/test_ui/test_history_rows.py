"""The rows of the history: gathered, filtered, told in words; foreign text is cleaned."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from vibe_tui.changes.model import (
    AppliedFile,
    ChangeAction,
    ChangeSet,
    ChangeState,
    FileChange,
    HunkState,
    Origin,
)
from vibe_tui.ui.history import HistoryRows, is_written, why_not_back
from vibe_tui.ui.history_text import back_text, heading, row_content, when

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def change(
    number: int,
    *,
    prompt: str = "make it so",
    prompt_id: str = "p-1",
    path: str = "src/a.py",
    state: ChangeState = ChangeState.ACCEPTED,
    reversible: bool = True,
) -> ChangeSet:
    """A change of one file; a higher number is a later one."""
    is_accepted = state in (ChangeState.ACCEPTED, ChangeState.PARTLY_ACCEPTED)
    hunk = HunkState.ACCEPTED if is_accepted else HunkState.OPEN
    file = FileChange(
        path, ChangeAction.MODIFY, "0" * 64, "1" * 64, 0o644, 12, 3, (hunk,), reversible=reversible
    )
    applied = (AppliedFile(path, "0" * 64, "1" * 64, 0o644, 0o644),) if is_accepted else ()
    return ChangeSet(
        f"c-{number}",
        2,
        f"2026-11-23T14:{number:02}:00+00:00",
        state,
        Origin("model", "openai/gpt-4o", "s-1", prompt, prompt_id, 8_700_000, "exact"),
        (file,),
        applied=applied,
    )


PATCH = replace(change(9, prompt_id=""), origin=Origin("patch"))


def shown(rows: HistoryRows) -> list[str]:
    return [
        row.change.change_id if row.change is not None else f"# {row.message and row.message.text}"
        for row in rows.rows
    ]


def rows_of(*changes: ChangeSet) -> HistoryRows:
    return HistoryRows(sorted(changes, key=lambda c: c.created_at, reverse=True))


# Which rows.


def test_changes_stand_under_their_messages_newest_first() -> None:
    rows = rows_of(
        change(1, prompt="first", prompt_id="p-1"),
        change(2, prompt="second", prompt_id="p-2"),
        change(3, prompt="first", prompt_id="p-1"),
        PATCH,
    )
    assert shown(rows) == ["c-9", "# first", "c-3", "c-1", "# second", "c-2"]
    rows.gather(by_message=False)
    assert shown(rows) == ["c-9", "c-3", "c-2", "c-1"]
    assert (rows.total, rows.shown) == (4, 4)


def test_messages_of_other_conversations_are_others() -> None:
    other = change(2)
    other = replace(other, origin=replace(other.origin, session_id="s-2"))
    assert shown(rows_of(change(1), other)) == ["# make it so", "c-2", "# make it so", "c-1"]


def test_a_change_by_time_knows_its_message_still() -> None:
    rows = rows_of(change(1), PATCH)
    rows.gather(by_message=False)
    assert [row.message.prompt_id if row.message else None for row in rows.rows] == [None, "p-1"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["c-9", "c-3", "c-2", "c-1"]),
        ("router", ["c-2"]),
        ("ROUTER", ["c-2"]),
        ("gpt-4o", ["c-3", "c-2", "c-1"]),
        ("patch", ["c-9"]),
        ("rolled back", ["c-3"]),
        ("so src router", ["c-2"]),
        ("views", ["c-1"]),
        ("c-1", ["c-1"]),
        ("nothing like it", []),
    ],
)
def test_every_word_is_looked_for_in_path_prompt_model_state_and_id(
    query: str, found: list[str]
) -> None:
    rows = rows_of(
        change(1, prompt="Duplicate views"),
        change(2, path="src/router.py"),
        change(3, state=ChangeState.ROLLED_BACK),
        PATCH,
    )
    rows.gather(by_message=False)
    rows.filter(query)
    assert shown(rows) == found


def test_a_message_without_a_match_is_left_out() -> None:
    rows = rows_of(change(1, prompt="first"), change(2, prompt="second", prompt_id="p-2"))
    rows.filter("first")
    assert shown(rows) == ["# first", "c-1"]
    assert rows.shown == 1


def test_filter_and_order_go_on_with_other_changes() -> None:
    rows = rows_of(change(1))
    rows.filter("src")
    rows.gather(by_message=False)
    again = HistoryRows([change(3, path="docs/b.md"), change(2), change(1)], rows)
    assert shown(again) == ["c-2", "c-1"]
    assert again.find(("change", "c-1")) == 1
    assert again.find(("s-1", "p-1")) is None
    assert again.find(None) is None


# What can be taken back.


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (None, "Choose a change"),
        (change(1), ""),
        (change(1, state=ChangeState.PROPOSED), "Nothing of c-1 is accepted"),
        (change(1, state=ChangeState.REJECTED), "Nothing of c-1 is accepted"),
        (change(1, state=ChangeState.CONFLICT), "Nothing of c-1 is accepted"),
        (change(1, state=ChangeState.ROLLED_BACK), "c-1 is rolled back already"),
        (
            replace(change(1, state=ChangeState.ROLLED_BACK), rolled_back_by="c-2"),
            "c-1 is rolled back already: c-2 brings it back",
        ),
        (change(1, reversible=False), "no longer kept"),
    ],
)
def test_why_a_change_cannot_be_taken_back(what: ChangeSet | None, reason: str) -> None:
    found = why_not_back(what)
    assert (reason in found) if reason else not found


def test_what_was_accepted_before_it_was_recorded_counts_as_written() -> None:
    assert is_written(replace(change(1), applied=()))


# How they read.


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-11-23T14:03:00+00:00", "14:03"),
        ("2026-11-22T14:03:00+00:00", "22 Nov 14:03"),
        ("2025-01-05T14:03:00+00:00", "2025-01-05"),
        ("nonsense\x1b[31m", "nonsense"),
    ],
)
def test_a_moment_is_told_as_short_as_it_can_be(at: str, words: str) -> None:
    assert when(at, NOW) == words


def test_a_moment_is_told_in_the_clock_of_this_machine() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=10)))
    assert when("2026-11-23T10:00:00+00:00", there) == "23 Nov 20:00"


@pytest.mark.parametrize("width", [20, 44, 60, 80, 120])
def test_a_row_is_as_wide_as_it_should_be(width: int) -> None:
    long = change(1, prompt="word " * 80, path="a/" * 60 + "名前.py")
    for row in rows_of(long, PATCH).rows:
        assert row_content(row, width, NOW).cell_length == width


def test_a_row_tells_state_files_counts_model_and_time() -> None:
    head, row = rows_of(change(3)).rows
    assert row_content(row, 110, NOW).plain.split() == [
        "✓", "accepted", "src/a.py", "openai/gpt-4o", "+12", "−3", "14:03",
    ]  # fmt: skip
    assert row_content(head, 110, NOW).plain.split() == [
        "▾", "make", "it", "so", "1", "change", "14:03",
    ]  # fmt: skip


def test_what_is_no_longer_reversible_says_so() -> None:
    lost = change(1, reversible=False)
    assert "not reversible" in row_content(rows_of(lost).rows[1], 110, NOW).plain
    assert "no longer kept" in heading(lost, NOW).plain


def test_a_roll_back_says_what_it_takes_back() -> None:
    back = replace(change(4), origin=Origin("rollback"), reverts=("c-1", "c-2"))
    assert "rolls back src/a.py" in row_content(rows_of(back).rows[0], 110, NOW).plain
    assert heading(back, NOW).plain.split("\n")[1:] == ["takes back c-1, c-2"]


def test_the_heading_tells_who_what_and_at_what_cost() -> None:
    lines = heading(replace(change(1), rolled_back_by="c-2"), NOW).plain.split("\n")
    assert lines == [
        "✓ accepted  c-1  14:01",
        "make it so",
        "model openai/gpt-4o · $0.0087 (exact)",
        "rolled back by c-2",
    ]


def test_an_unknown_cost_is_unknown_and_not_0() -> None:
    unpriced = replace(
        change(1), origin=Origin("model", "m", cost_certainty="unpriced", prompt="x")
    )
    assert "cost unknown (unpriced)" in heading(unpriced, NOW).plain
    assert "$" not in heading(PATCH, NOW).plain


def test_foreign_text_is_cleaned() -> None:
    hostile = change(1, prompt="a\x1b]0;title\x07b\n[red]c", path="x\n\x1b[2Jy.py")
    head, row = rows_of(hostile).rows
    text = "".join(
        (
            row_content(head, 120, NOW).plain,
            row_content(row, 120, NOW).plain,
            heading(hostile, NOW).plain,
            back_text([hostile], NOW),
        )
    )
    assert "\x1b" not in text
    assert "title" not in text
    assert "[red]c" in text


def test_what_would_be_taken_back_is_listed_and_long_lists_are_cut() -> None:
    text = back_text([change(2, path="b.py"), change(1, prompt="")], NOW)
    assert text.split("\n") == [
        "2 changes, newest first:",
        "  ↶ c-2  14:02 · make it so",
        "  ↶ c-1  14:01",
        "",
        "2 files:",
        "  b.py",
        "  src/a.py",
    ]
    many = back_text([change(n % 60, path=f"f{n}") for n in range(30)], NOW)
    assert many.count("… and 10 more") == 2
    assert back_text([], NOW) == "No change of files is taken back."
