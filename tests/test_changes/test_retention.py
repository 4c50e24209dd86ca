"""Retention: what is given up is the oldest, and everything that says it is reversible still is."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_changes.projects import ORIGIN, Project, swap
from vibe_tui.changes.bench import Bench
from vibe_tui.changes.errors import NotReversibleError
from vibe_tui.changes.kept.blobs import sha256_of
from vibe_tui.changes.model import ChangeSet, ChangeState, WholeFile
from vibe_tui.changes.retention import Limits, Retention, Tidied
from vibe_tui.changes.writing.lock import project_lock
from vibe_tui.errors import VibeError

DAY = timedelta(days=1)
ALL = Limits(90, 10**12)


@dataclass
class Clock:
    """The time, which goes on when a test says so."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Tidy = Callable[..., Tidied]


@pytest.fixture
def retention(project: Project, clock: Clock) -> Retention:
    return Retention(Bench(project.root, project.data, clock))


@pytest.fixture
def tidy(retention: Retention) -> Tidy:
    def run(limits: Limits = ALL, budget_s: float = 30.0) -> Tidied:
        return retention.run(limits, budget_s)

    return run


def age(project: Project, days: float, *changes: ChangeSet) -> None:
    """Say that changes, or all that is stored, were written so many days ago."""
    then = time.time() - days * 86_400
    stored = project.data / "proposals"
    folders = [stored / change.change_id for change in changes] or [project.data]
    for folder in folders:
        for path in folder.rglob("*"):
            os.utime(path, (then, then))


def accepted(project: Project, path: str, text: str) -> ChangeSet:
    change = project.propose(WholeFile(path, text))
    return project.store().accept(change.change_id, change.revision)


def blobs(project: Project) -> set[str]:
    return {path.parent.name + path.name for path in (project.data / "blobs").glob("??/*")}


def state(project: Project, change: ChangeSet) -> tuple[ChangeState, bool]:
    found = project.store().get(change.change_id)
    return found.state, found.is_reversible


# By age.


def test_what_is_young_is_kept(project: Project, tidy: Tidy) -> None:
    change = accepted(project, "a", "1\n")
    age(project, 89)
    done = tidy()
    assert (done.dropped, done.removed_blobs, done.is_finished) == ((), 0, True)
    assert project.store().rollback(change.change_id).state is ChangeState.ACCEPTED
    assert not (project.root / "a").exists()


def test_what_is_old_is_listed_as_no_longer_reversible(project: Project, tidy: Tidy) -> None:
    project.write("a", b"0\n")
    change = accepted(project, "a", "1\n")
    age(project, 91)
    done = tidy()
    assert done.dropped == (change.change_id,)
    assert done.removed_blobs == 2
    assert done.freed_bytes > 0
    assert blobs(project) == set()
    assert state(project, change) == (ChangeState.ACCEPTED, False)
    with pytest.raises(NotReversibleError, match=f"{change.change_id} can no longer be rolled"):
        project.store().rollback(change.change_id)
    assert project.read("a") == b"1\n"


def test_what_is_given_up_is_still_shown_without_its_lines(project: Project, tidy: Tidy) -> None:
    project.write("a", b"0\n")
    change = accepted(project, "a", "1\n")
    age(project, 91)
    tidy()
    store = project.store()
    (diff,) = store.diffs(change.change_id)
    assert (diff.hunks, diff.change.added, diff.change.removed) == ((), 1, 1)
    assert "no longer kept" in diff.note
    assert "no longer kept" in store.unified(change.change_id)
    assert [line["event"] for line in store.audit.entries(change.change_id)] == [
        "proposed",
        "accepted",
        "expired",
    ]
    assert store.audit.examine(store.list_changes()).problems == ()


def test_a_decision_makes_a_change_young_again(project: Project, tidy: Tidy) -> None:
    project.write("a", b"0\n")
    change = project.propose(WholeFile("a", "1\n"))
    age(project, 100)
    project.store().accept(change.change_id, 1)
    assert tidy().dropped == ()
    project.store().rollback(change.change_id)
    assert project.read("a") == b"0\n"


def test_open_proposals_are_kept_for_ever(project: Project, tidy: Tidy) -> None:
    project.write("a", b"0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")
    project.write("b", b"0\n")
    change = project.propose(swap("a", "0\n1\n", "zero\n1\n"), swap("a", "9\n", "nine\n"))
    half = project.store().accept(change.change_id, 1, hunks=[1])
    above = project.propose(swap("b", "0\n", "1\n"))
    stacked = project.propose(swap("b", "1\n", "2\n"))
    age(project, 1000)
    assert tidy(Limits(1, 1)) == Tidied((), 0, 0, is_finished=True)
    store = project.store()
    store.accept(change.change_id, half.revision)
    store.accept(above.change_id, store.get(above.change_id).revision)
    store.accept(stacked.change_id, store.get(stacked.change_id).revision)
    assert project.read("a") == b"zero\n1\n2\n3\n4\n5\n6\n7\n8\nnine\n"
    assert project.read("b") == b"2\n"


def test_a_rollback_that_waits_keeps_what_it_takes_back(project: Project, tidy: Tidy) -> None:
    project.write("a", b"".join(b"%d\n" % n for n in range(30)))
    change = project.propose(swap("a", "3\n", "three\n"))
    project.store().accept(change.change_id, 1)
    project.write("a", project.read("a") + b"mine\n")
    waiting = project.store().rollback(change.change_id)
    assert waiting.is_open
    age(project, 1000)
    assert tidy().dropped == ()
    project.store().accept(waiting.change_id, waiting.revision)
    assert project.read("a") == b"".join(b"%d\n" % n for n in range(30)) + b"mine\n"


def test_a_change_and_its_rollback_go_together(project: Project, tidy: Tidy) -> None:
    project.write("a", b"0\n")
    change = accepted(project, "a", "1\n")
    back = project.store().rollback(change.change_id)
    age(project, 1000, change)
    assert tidy().dropped == ()
    again = project.store().rollback(back.change_id)
    assert project.read("a") == b"1\n"
    assert project.store().get(change.change_id).state is ChangeState.ACCEPTED
    age(project, 91)
    assert set(tidy().dropped) == {change.change_id, back.change_id, again.change_id}
    assert blobs(project) == set()


def test_what_is_rejected_goes_too(project: Project, tidy: Tidy) -> None:
    change = project.propose(WholeFile("a", "1\n"))
    project.store().reject(change.change_id)
    age(project, 91)
    assert tidy().dropped == (change.change_id,)
    assert state(project, change) == (ChangeState.REJECTED, False)


def test_a_content_that_a_young_change_shares_stays(project: Project, tidy: Tidy) -> None:
    project.write("a", b"0\n")
    old = accepted(project, "a", "1\n")
    young = accepted(project, "a", "2\n")
    age(project, 91, old)
    assert tidy().dropped == (old.change_id,)
    project.store().rollback(young.change_id)
    assert project.read("a") == b"1\n"


# By size.


def test_over_the_limit_the_oldest_go_first_and_no_more_than_needed(
    project: Project, tidy: Tidy
) -> None:
    changes = []
    for number in range(6):
        text = os.urandom(20_000).hex() + "\n"
        changes.append(accepted(project, f"f{number}", text))
        age(project, 10 - number, changes[-1])
    yesterday = time.time() - 86_400
    for path in (project.data / "blobs").rglob("*"):
        os.utime(path, (yesterday, yesterday))
    sizes = sum(path.stat().st_size for path in project.data.rglob("*") if path.is_file())
    done = tidy(Limits(90, sizes // 2 + 10_000))
    assert done.dropped == tuple(change.change_id for change in changes[:3])
    assert tidy(Limits(90, sizes // 2 + 10_000)).dropped == ()
    left = sum(path.stat().st_size for path in (project.data / "blobs").rglob("??/*"))
    assert left <= sizes // 2 + 10_000


# What nothing refers to.


def test_contents_without_a_change_go_after_an_hour(project: Project, tidy: Tidy) -> None:
    bench = Bench(project.root, project.data, Clock())
    project.data.mkdir()
    bench.blobs.put(b"old")
    age(project, 1 / 23)
    young = bench.blobs.put(b"young")
    assert tidy().removed_blobs == 1
    assert blobs(project) == {young}


def test_a_content_that_is_put_again_is_young_again(project: Project, tidy: Tidy) -> None:
    bench = Bench(project.root, project.data, Clock())
    again = bench.blobs.put(b"content")
    age(project, 1)
    bench.blobs.put(b"content")
    assert tidy().removed_blobs == 0
    assert blobs(project) == {again}


def test_a_content_that_is_put_while_it_is_tidied_stays(project: Project) -> None:
    blobs_ = Bench(project.root, project.data, Clock()).blobs
    blobs_.put(b"content")
    age(project, 1)
    (seen,) = blobs_.stored()
    blobs_.put(b"content")
    assert not blobs_.remove(seen, time.time() - 3600)
    assert blobs_.get(seen.sha256) == b"content"


def test_older_revisions_of_what_is_decided_go(project: Project, tidy: Tidy) -> None:
    project.write("a", b"0\n")
    change = project.propose(WholeFile("a", "1\n"))
    store = project.store()
    for text in (b"2\n", b"3\n"):
        store.revise(change.change_id, "a", text, "better")
    final = store.accept(change.change_id, 3)
    before = blobs(project)
    assert tidy().removed_blobs == 0
    age(project, 1)
    assert tidy().removed_blobs == 2
    assert len(before) - len(blobs(project)) == 2
    stored = project.data / "proposals" / change.change_id
    assert [path.name for path in stored.iterdir()] == [f"r{final.revision:06d}.json"]
    store.rollback(change.change_id)
    assert project.read("a") == b"0\n"


def test_what_a_crash_left_half_written_goes(project: Project, tidy: Tidy) -> None:
    change = accepted(project, "a", "1\n")
    stored = project.data / "proposals"
    torn = [
        stored / change.change_id / ".r000003.json.0a0b0c.tmp",
        project.data / "blobs" / "ab" / ".cd.0a0b0c.tmp",
    ]
    for path in torn:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"half")
    (stored / "c-20200101-000000").mkdir()
    assert tidy().is_finished
    assert all(path.exists() for path in torn)
    age(project, 1)
    assert tidy().is_finished
    assert not any(path.exists() for path in torn)
    assert not (stored / "c-20200101-000000").exists()
    assert state(project, change) == (ChangeState.ACCEPTED, True)


def test_what_cannot_be_read_is_left_alone(project: Project, tidy: Tidy) -> None:
    change = accepted(project, "a", "1\n")
    (newest, *_) = sorted((project.data / "proposals" / change.change_id).iterdir())[::-1]
    newest.write_bytes(newest.read_bytes()[:-40])
    before = blobs(project)
    age(project, 1000)
    assert tidy(Limits(1, 1)).dropped == ()
    assert blobs(project) == before


# When, and how long.


def test_it_is_due_once_a_day(project: Project, clock: Clock, retention: Retention) -> None:
    assert not retention.is_due()
    project.propose(WholeFile("a", "1\n"))
    assert retention.is_due()
    assert retention.kept_bytes() > 0
    retention.run(ALL)
    assert not retention.is_due()
    clock.now += DAY - timedelta(seconds=1)
    assert not retention.is_due()
    clock.now += timedelta(seconds=1)
    assert retention.is_due()
    retention.run(ALL)
    clock.now -= timedelta(days=30)
    assert retention.is_due()
    (project.data / "tidied.json").write_text("[]")
    assert retention.is_due()


def test_when_the_time_is_up_the_rest_waits(
    project: Project, retention: Retention, tidy: Tidy
) -> None:
    change = accepted(project, "a", "1\n")
    age(project, 91)
    assert tidy(budget_s=-1.0) == Tidied((), 0, 0, is_finished=False)
    assert retention.is_due()
    assert state(project, change) == (ChangeState.ACCEPTED, True)
    assert tidy().dropped == (change.change_id,)


def test_while_another_process_writes_nothing_is_done(project: Project, tidy: Tidy) -> None:
    accepted(project, "a", "1\n")
    age(project, 91)
    with project_lock(project.data / "apply.lock"):
        assert tidy() == Tidied((), 0, 0, is_finished=False)


def test_a_crash_between_marking_and_removing_is_made_good(
    project: Project, tidy: Tidy, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = accepted(project, "a", "1\n")
    age(project, 91)

    def crash(*_: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("vibe_tui.changes.kept.blobs.BlobStore.remove", crash)
    with pytest.raises(KeyboardInterrupt):
        tidy()
    assert state(project, change) == (ChangeState.ACCEPTED, False)
    assert blobs(project)
    monkeypatch.undo()
    assert tidy().dropped == ()
    assert blobs(project) == set()


@pytest.mark.parametrize("moved_on", [True, False])
def test_a_change_that_is_taken_back_meanwhile_is_kept(
    project: Project, tidy: Tidy, monkeypatch: pytest.MonkeyPatch, moved_on: bool
) -> None:
    lines = b"".join(b"%d\n" % n for n in range(30))
    project.write("a", lines)
    change = project.propose(swap("a", "3\n", "three\n"))
    project.store().accept(change.change_id, 1)
    age(project, 91)
    real = Retention._too_much

    def taken_back_meanwhile(self: Retention, limits: Limits) -> object:
        chosen = real(self, limits)
        if moved_on:
            project.write("a", project.read("a") + b"mine\n")
        assert project.store().rollback(change.change_id).is_open == moved_on
        return chosen

    monkeypatch.setattr(Retention, "_too_much", taken_back_meanwhile)
    assert tidy().dropped == ()
    assert state(project, change)[1]


def test_an_empty_store_is_tidy(project: Project, tidy: Tidy) -> None:
    assert tidy() == Tidied((), 0, 0, is_finished=True)


# The promise.

Step = tuple[str, int, str, int]
"""What is done with a proposal, to which file, the file's new text, and how many days ago."""


def live(project: Project, steps: list[Step]) -> None:
    """Propose, accept, reject, take back and bring back."""
    store = project.store()
    for what, number, text, days in steps:
        proposed = store.propose([WholeFile(f"f{number}", text)], ORIGIN).change
        if proposed is None:
            continue
        last = proposed
        try:
            if what == "reject":
                store.reject(proposed.change_id)
            elif what != "leave":
                store.accept(proposed.change_id, proposed.revision)
                for _ in range({"undo": 1, "redo": 2}.get(what, 0)):
                    last = store.rollback(last.change_id)
        except VibeError:
            continue  # it stands on one that is left open
        age(project, days, last)


def roll_back(project: Project, change: ChangeSet) -> None:
    """What was given up is refused and touches nothing; everything else is as it was before."""
    store, before = project.store(), project.picture()
    try:
        back = store.rollback(change.change_id)
    except NotReversibleError:
        assert not change.is_reversible
        assert project.picture() == before
        return
    except VibeError:  # a change that was left open is in the way
        assert project.picture() == before
        return
    assert change.is_reversible
    if back.is_open:
        assert project.picture() == before
        return
    for file in change.applied:
        path = project.root / file.path
        found = sha256_of(path.read_bytes()) if path.exists() else None
        assert found == file.before_sha256


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["accept", "accept", "reject", "leave", "undo", "redo"]),
            st.integers(0, 3),
            st.text("ab\n", max_size=12),
            st.integers(0, 200),
        ),
        min_size=1,
        max_size=9,
    ),
    keep_days=st.sampled_from([30, 100, 150, 300]),
    keep_bytes=st.sampled_from([2_000, 6_000, 12_000, 10**9, 10**9]),
)
def test_whatever_is_given_up_every_reversible_change_still_rolls_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], keep_days: int, keep_bytes: int
) -> None:
    project = Project(tmp_path_factory.mktemp("kept"))
    project.root.mkdir()
    live(project, steps)
    bench = Bench(project.root, project.data, Clock(datetime.now(UTC) + timedelta(hours=2)))
    Retention(bench).run(Limits(keep_days, keep_bytes))
    for change in project.store().list_changes():
        now = project.store().get(change.change_id)
        if now.state is ChangeState.ACCEPTED:
            roll_back(project, now)
