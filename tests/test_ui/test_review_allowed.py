"""Every tool of Review says why it is off: a table of situations, and of what works in them."""

from dataclasses import replace

import pytest

from tests.test_ui.review_host import ROUTER, TEST, decide, propose, router_change
from vibe_tui.changes.model import ChangeState, FileDiff, Hunk, HunkState
from vibe_tui.ui.widgets.review_allowed import Situation, why_not
from vibe_tui.ui.widgets.review_keys import LINE_TOOLS, TOOLS

ACCEPTED, OPEN = HunkState.ACCEPTED, HunkState.OPEN
EVERYTHING = tuple(dict.fromkeys(tool.name for tool in (*TOOLS, *LINE_TOOLS)))
ALWAYS = {"auto_accept", "earlier", "zoom"}
READING = {"context", "white_space", "layout", "mark", "go_file"}
DECIDING = {"accept_all", "accept_hunk", "accept_file", "reject_all", "reject_hunk", "reject_file"}


def works(now: Situation) -> set[str]:
    return {name for name in EVERYTHING if not why_not(name, (1,), now)}


def at(k: int, **states: object) -> Situation:
    """At hunk ``k`` of the picture's proposal."""
    change, diffs = router_change()
    hunks = [hunk for diff in diffs for hunk in diff.hunks]
    hunk = next(hunk for hunk in hunks if hunk.k == k)
    return Situation(change, hunk.path, hunk, k, len(hunks), **states)  # type: ignore[arg-type] # by name


def test_nothing_to_review_leaves_what_needs_nothing() -> None:
    assert works(Situation()) == ALWAYS
    assert why_not("accept_all", (), Situation()) == "Nothing to accept, reject or roll back yet"
    assert why_not("edit", (), Situation()) == "Nothing to review"


def test_what_is_not_laid_out_cannot_be_accepted() -> None:
    change, _ = router_change()
    assert works(Situation(change)) == ALWAYS | {"reject_all"}
    assert "laying out" in why_not("split", (), Situation(change))


def test_an_open_hunk_can_be_worked_on() -> None:
    changing = {"lines", "split", "edit", "comment", "open", "copy"}
    assert works(at(2)) == ALWAYS | READING | DECIDING | changing | {"go"}


def test_the_next_proposal_is_offered_while_one_waits() -> None:
    assert "next_change" in works(at(2, others_waiting=1))
    assert why_not("next_change", (), at(2)) == "No other proposal waits"


def test_the_ends_are_said() -> None:
    assert why_not("go", (-1,), at(1))
    assert why_not("go", (1,), at(3))
    assert not why_not("go", (1,), at(1))
    assert not why_not("go", (-1,), at(3))


def test_a_decided_hunk_can_only_be_read_commented_and_copied() -> None:
    change, diffs = decide(*router_change(), {1: ACCEPTED}, ChangeState.PARTLY_ACCEPTED)
    now = Situation(change, ROUTER, diffs[0].hunks[0], 1, 3)
    expected = {"accept_all", "reject_all", "accept_file", "reject_file", "roll_back", "go"}
    assert works(now) == ALWAYS | READING | expected | {"comment", "copy"}
    for name in ("accept_hunk", "reject_hunk", "split", "lines", "edit"):
        assert why_not(name, (), now) == "This hunk is decided: n goes to the next"
    assert why_not("open", (), now) == "Some of this file is decided: i edits a hunk that is open"


def test_a_decided_file_sends_to_the_next() -> None:
    change, diffs = decide(*router_change(), {3: ACCEPTED}, ChangeState.PARTLY_ACCEPTED)
    now = Situation(change, TEST, diffs[1].hunks[0], 3, 3)
    assert why_not("accept_file", (), now) == f"{TEST} is decided: ] goes to the next file"


def test_a_closed_change_says_what_became_of_it() -> None:
    states = dict.fromkeys((1, 2, 3), HunkState.REJECTED)
    change, diffs = decide(*router_change(), states, ChangeState.REJECTED)
    now = Situation(change, ROUTER, diffs[0].hunks[0], 1, 3)
    assert works(now) == ALWAYS | READING | {"go", "comment", "copy"}
    for name in ("accept_all", "accept_file", "edit", "open", "split"):
        assert why_not(name, (), now) == "Rejected: nothing left to decide or undo"
    assert why_not("roll_back", (), now) == "Nothing of it was accepted"


def test_lines_are_decided_instead_of_the_hunk_while_they_are_chosen() -> None:
    now = at(2, selected_lines=2)
    assert not why_not("accept_lines", (), now)
    assert not why_not("reject_lines", (), now)
    assert why_not("accept_hunk", (), now) == "Lines are being chosen: escape lets go of them"
    assert why_not("accept_lines", (), at(2, selected_lines=0)).startswith("Choose lines")
    assert why_not("accept_lines", (), at(2)) == "No lines are being chosen: v begins"


def test_zoom_is_off_where_review_is_alone_anyway() -> None:
    assert why_not("zoom", (), at(1, is_alone=True))
    assert not why_not("zoom", (), at(1, is_alone=True, is_zoomed=True))
    assert not why_not("zoom", (), at(1))


def conflicting() -> Situation:
    change, diffs = router_change()
    files = (replace(change.files[0], conflict="has changed on the disk"), change.files[1])
    change = replace(change, files=files, state=ChangeState.CONFLICT)
    return Situation(change, ROUTER, diffs[0].hunks[0], 1, 3)


def test_a_conflict_is_settled_before_anything_is_accepted() -> None:
    now = conflicting()
    assert {"resolve", "reject_all", "reject_hunk", "reject_file", "comment"} <= works(now)
    for name in ("accept_hunk", "accept_file", "edit", "open", "accept_all"):
        assert "conflict" in why_not(name, (), now), name
    lines = replace(now, selected_lines=1)
    assert "conflict" in why_not("accept_lines", (), lines)
    assert not why_not("reject_lines", (), lines)


def test_another_file_of_a_change_in_conflict_can_be_accepted() -> None:
    change, diffs = conflicting().change, router_change()[1]
    now = Situation(change, TEST, diffs[1].hunks[0], 3, 3)
    assert {"accept_file", "accept_hunk", "edit"} <= works(now)
    assert "conflict" in why_not("accept_all", (), now)
    assert why_not("resolve", (), now) == "This file is not in conflict"


def of_one(old: str | None, new: str | None, **fields: object) -> Situation:
    change, diffs = propose({"a.py": (old, new)})
    hunk: Hunk | None = diffs[0].hunks[0] if diffs[0].hunks else None
    return Situation(change, "a.py", hunk, 1, 1)


def test_what_has_no_new_side_is_not_edited() -> None:
    now = of_one("a\nb\n", None)
    for name in ("edit", "open"):
        assert why_not(name, (), now) == "The file is to be deleted: there is nothing to edit"


def test_one_line_is_not_divided() -> None:
    assert why_not("split", (), of_one("a\n", "a\nb\n")) == "One changed line cannot be divided"
    assert not why_not("split", (), of_one("a\n", "b\n"))


@pytest.mark.parametrize("text", ["\x1b[2J", "‮"])
def test_what_a_terminal_would_obey_is_edited_elsewhere(text: str) -> None:
    assert "o opens your editor" in why_not("edit", (), of_one("a\n", f"a\n{text}\n"))


def test_a_file_without_hunks_is_decided_as_a_whole() -> None:
    change, (_, new) = router_change()
    moved = replace(new.change, hunk_states=())
    diff = FileDiff(moved, (), "binary file")
    now = Situation(replace(change, files=(moved,)), diff.change.path, None, 1, 1)
    assert {"accept_all", "accept_file", "accept_hunk", "reject_file"} <= works(now)
    for name in ("lines", "split", "edit", "comment", "copy", "mark"):
        assert why_not(name, (), now), name
