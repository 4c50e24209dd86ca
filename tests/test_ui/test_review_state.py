"""Review's words: where a file stands, what its checks say, what can be done and why not."""

from dataclasses import replace

import pytest

from tests.test_ui.review_host import ROUTER, TEST, Clock, decide, router_change
from vibe_tui.changes.model import (
    AppliedFile,
    ChangeSet,
    ChangeState,
    CheckRecord,
    FileChange,
    HunkState,
    Origin,
)
from vibe_tui.ui.widgets.review_gate import ANSWER_S, GRACE_S, DecisionGate
from vibe_tui.ui.widgets.review_state import (
    Choices,
    change_badge,
    choices,
    duration,
    file_badge,
    findings,
    open_hunks,
    strategy_badges,
)

OPEN, ACCEPTED, REJECTED = HunkState.OPEN, HunkState.ACCEPTED, HunkState.REJECTED


def change_with(
    states: tuple[HunkState, ...], state: ChangeState, **fields: object
) -> tuple[ChangeSet, FileChange]:
    change, _ = router_change()
    file = replace(change.files[0], hunk_states=states, **fields)  # type: ignore[arg-type]  # by name
    return replace(change, state=state, files=(file,)), file


@pytest.mark.parametrize(
    ("states", "state", "expected"),
    [
        ((OPEN, OPEN), ChangeState.PROPOSED, "· proposed"),
        ((ACCEPTED, OPEN), ChangeState.PARTLY_ACCEPTED, "◐ 1/2 accepted"),
        ((ACCEPTED, REJECTED), ChangeState.ACCEPTED, "◐ 1/2 accepted"),
        ((ACCEPTED, ACCEPTED), ChangeState.ACCEPTED, "✓ accepted"),
        ((REJECTED, REJECTED), ChangeState.REJECTED, "✗ rejected"),
        ((ACCEPTED, ACCEPTED), ChangeState.ROLLED_BACK, "↶ rolled back"),
        ((OPEN, OPEN), ChangeState.ROLLED_BACK, "↶ rolled back"),
        ((REJECTED, OPEN), ChangeState.ROLLED_BACK, "↶ rolled back"),
        ((REJECTED, REJECTED), ChangeState.ROLLED_BACK, "✗ rejected"),
        ((), ChangeState.PROPOSED, "· proposed"),
        ((), ChangeState.ACCEPTED, "✓ accepted"),
        ((), ChangeState.REJECTED, "✗ rejected"),
        ((), ChangeState.ROLLED_BACK, "↶ rolled back"),
    ],
)
def test_a_file_says_what_was_decided(
    states: tuple[HunkState, ...], state: ChangeState, expected: str
) -> None:
    change, file = change_with(states, state)
    assert file_badge(change, file, ()).text == expected
    if not change.is_open:
        checks = [CheckRecord(file.path, "syntax", True)]
        assert file_badge(change, file, checks, {file.path}).text == expected


def test_what_was_repaired_says_so_once_it_is_valid() -> None:
    change, file = change_with((OPEN, OPEN), ChangeState.PROPOSED)
    healed = replace(change, origin=Origin("heal", "T1"))
    checks = [CheckRecord(file.path, "syntax", True)]
    assert file_badge(healed, file, checks).text == "✚ healed"
    assert file_badge(change, file, checks).text == "✓ valid"
    assert file_badge(healed, file, ()).text == "· proposed"
    assert file_badge(healed, file, [replace(checks[0], is_valid=False)]).text == "✗ invalid"


def test_what_was_written_before_the_rest_was_merged_can_be_rolled_back() -> None:
    applied = (AppliedFile(ROUTER, "0", "1", 0o644, 0o644),)
    change, _ = change_with((OPEN, OPEN), ChangeState.PROPOSED)
    assert not choices(change, is_shown=True, is_current_open=True).roll_back
    change = replace(change, applied=applied)
    assert choices(change, is_shown=True, is_current_open=True).roll_back


def test_a_conflict_outweighs_everything() -> None:
    change, file = change_with((ACCEPTED,), ChangeState.CONFLICT, conflict="moved on")
    assert file_badge(change, file, (), {file.path}).text == "! conflict"


@pytest.mark.parametrize(
    ("verdicts", "checking", "expected"),
    [
        ((), {ROUTER}, "⟳ checking"),
        ((True,), {""}, "⟳ checking"),
        ((True,), {TEST}, "✓ valid"),
        ((True, False), (), "✗ invalid"),
        ((None,), (), "· proposed"),
        ((None, True), (), "✓ valid"),
    ],
)
def test_an_undecided_file_says_what_its_checks_say(
    verdicts: tuple[bool | None, ...], checking: set[str], expected: str
) -> None:
    change, file = change_with((OPEN,), ChangeState.PROPOSED)
    checks = [CheckRecord(ROUTER, f"check{i}", valid) for i, valid in enumerate(verdicts)]
    assert file_badge(change, file, checks, checking).text == expected


def test_a_check_of_the_whole_change_counts_for_each_file() -> None:
    change, file = change_with((OPEN,), ChangeState.PROPOSED)
    assert file_badge(change, file, [CheckRecord("", "tests", False)]).text == "✗ invalid"


def test_strategies_are_summed_over_files() -> None:
    checks = [
        CheckRecord(ROUTER, "syntax", True, seconds=0.002),
        CheckRecord(TEST, "syntax", True, seconds=0.001),
        CheckRecord(ROUTER, "lint", False),
        CheckRecord(TEST, "lint", True),
        CheckRecord(ROUTER, "types", None, skipped="mypy is not installed"),
        CheckRecord(ROUTER, "tests", True),
    ]
    assert [badge.text for badge in strategy_badges(checks, {TEST})] == [
        "✓ syntax 3 ms",
        "✗ lint 1 of 2",
        "– types skipped",
        "✓ tests",
        "⟳ checking 1",
    ]
    assert [badge.text for badge in strategy_badges(checks[2:3], {""})] == [
        "✗ lint",
        "⟳ checking",
    ]


def test_durations_read_well() -> None:
    texts = [duration(seconds) for seconds in (0.0002, 0.0021, 0.64, 12.0)]
    assert texts == ["<1 ms", "2 ms", "0.6 s", "12.0 s"]


def test_findings_lead_with_the_file_that_is_read_and_end_with_what_was_skipped() -> None:
    checks = [
        CheckRecord(ROUTER, "types", None, skipped="no mypy"),
        CheckRecord(TEST, "syntax", False, ("2:1 bad\x1b[2J indent", "3:1 worse")),
        CheckRecord(ROUTER, "syntax", False, ("14:1 oops",)),
        CheckRecord(ROUTER, "lint", True, ("not shown",)),
        CheckRecord("", "tests", None),
    ]
    assert findings(checks, ROUTER) == (
        f"{ROUTER}: 14:1 oops",
        f"{TEST}: 2:1 bad indent",
        f"{TEST}: 3:1 worse",
        f"{ROUTER}: no mypy",
    )


def test_nothing_can_be_done_without_a_proposal() -> None:
    none = choices(None, is_shown=False, is_current_open=False)
    assert none == Choices()
    assert none.reason == "Nothing to accept, reject or roll back yet"


def test_an_open_proposal_can_be_decided_but_not_rolled_back() -> None:
    change, _ = router_change()
    found = choices(change, is_shown=True, is_current_open=True)
    assert (found.accept, found.accept_hunk, found.reject, found.roll_back) == (
        True, True, True, False,
    )  # fmt: skip
    assert found.reason == "Roll back: nothing is accepted yet"
    assert found.roll_back_reason == "Nothing is accepted yet"


def test_what_is_not_on_screen_cannot_be_accepted() -> None:
    change, _ = router_change()
    found = choices(change, is_shown=False, is_current_open=False)
    assert not found.accept
    assert found.reject
    assert "laying out" in found.reason


def test_a_decided_hunk_sends_the_reader_on() -> None:
    change, diffs = decide(*router_change(), {1: ACCEPTED}, ChangeState.PARTLY_ACCEPTED)
    found = choices(change, is_shown=True, is_current_open=False)
    assert (found.accept, found.accept_hunk, found.roll_back) == (True, False, True)
    assert found.reason == "This hunk is decided: n goes to the next"
    assert choices(change, is_shown=True, is_current_open=True).reason == ""
    assert diffs[0].hunks[0].state is ACCEPTED


@pytest.mark.parametrize(
    ("state", "why_no_roll_back", "reason"),
    [
        (ChangeState.ACCEPTED, "", "Nothing left to accept or reject: accepted"),
        (
            ChangeState.REJECTED,
            "Nothing of it was accepted",
            "Rejected: nothing left to decide or undo",
        ),
        (
            ChangeState.ROLLED_BACK,
            "It is rolled back already",
            "Rolled back: nothing left to decide or undo",
        ),
    ],
)
def test_a_closed_change_says_why(state: ChangeState, why_no_roll_back: str, reason: str) -> None:
    change, _ = change_with((ACCEPTED,), state)
    found = choices(change, is_shown=True, is_current_open=False)
    assert (found.accept, found.reject, found.roll_back) == (
        False, False, not why_no_roll_back,
    )  # fmt: skip
    assert found.reason == reason
    assert found.roll_back_reason == why_no_roll_back


def test_a_lost_backup_is_the_reason() -> None:
    change, _ = change_with((ACCEPTED,), ChangeState.ACCEPTED, reversible=False)
    found = choices(change, is_shown=True, is_current_open=False)
    assert not found.roll_back
    assert found.reason == f"Roll back: the backup of {ROUTER} is gone"


def test_a_conflict_after_a_part_was_accepted_can_be_rolled_back() -> None:
    change, _ = change_with((ACCEPTED, OPEN), ChangeState.CONFLICT)
    assert choices(change, is_shown=True, is_current_open=True).roll_back
    change, _ = change_with((OPEN, OPEN), ChangeState.CONFLICT)
    assert not choices(change, is_shown=True, is_current_open=True).roll_back


def test_what_waits_is_counted() -> None:
    change, diffs = router_change()
    assert open_hunks(change) == 3
    change, _ = decide(change, diffs, {1: REJECTED}, ChangeState.PROPOSED)
    assert open_hunks(change) == 2
    assert open_hunks(replace(change, state=ChangeState.REJECTED)) == 0
    assert open_hunks(None) == 0
    renamed, _ = change_with((), ChangeState.PROPOSED)
    assert open_hunks(renamed) == 1


def test_every_state_has_its_own_words() -> None:
    change, _ = router_change()
    texts = {change_badge(replace(change, state=state)).text for state in ChangeState}
    assert len(texts) == len(ChangeState)


class TestGate:
    def test_keys_wait_after_a_proposal_came(self) -> None:
        clock = Clock()
        gate = DecisionGate(clock)
        assert gate.accepts_keys()
        gate.proposal_came(has_focus=True)
        assert not gate.accepts_keys()
        clock.now += GRACE_S
        assert gate.accepts_keys()

    def test_keys_wait_again_when_the_focus_first_comes_to_it(self) -> None:
        clock = Clock()
        gate = DecisionGate(clock)
        gate.proposal_came(has_focus=False)
        clock.now += 60
        gate.focus_came()
        assert not gate.accepts_keys()
        clock.now += GRACE_S
        gate.focus_came()
        assert gate.accepts_keys()

    def test_one_decision_at_a_time_but_never_stuck(self) -> None:
        clock = Clock()
        gate = DecisionGate(clock)
        assert gate.take()
        assert not gate.take()
        gate.answered()
        assert gate.take()
        clock.now += ANSWER_S
        assert gate.take()
