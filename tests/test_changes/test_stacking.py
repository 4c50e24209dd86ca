"""Proposals on proposals: decided in any order, what stands on them is rebased or says why not."""

import contextlib
import errno
import os

import pytest

from tests.test_changes.projects import NUMBERS, Project, swap
from vibe_tui.changes.errors import (
    AlreadyDecidedError,
    ChangeConflictError,
    ShownAgainError,
    StaleRevisionError,
    WriteFailedError,
)
from vibe_tui.changes.model import (
    ChangeAction,
    ChangeSet,
    ChangeState,
    CheckRecord,
    FilePatch,
    HunkState,
    WholeFile,
)
from vibe_tui.changes.writing.tree import FileImage, ProjectTree

BOTH = NUMBERS.replace(b"\n3\n", b"\nthree\n").replace(b"\n30\n", b"\nthirty\n")


def two(project: Project) -> tuple[ChangeSet, ChangeSet]:
    """A proposal, and one on it that changes other lines of the same file."""
    project.write("a", NUMBERS)
    return (
        project.propose(swap("a", "3\n4\n", "three\n4\n")),
        project.propose(swap("a", "30\n31\n", "thirty\n31\n")),
    )


def same_lines(project: Project) -> tuple[ChangeSet, ChangeSet]:
    """A proposal, and one that changes what it proposes."""
    project.write("a", NUMBERS)
    return (
        project.propose(swap("a", "3\n4\n", "three\n4\n")),
        project.propose(swap("a", "three\n4\n", "THREE\n4\n")),
    )


def now(project: Project, change: ChangeSet) -> ChangeSet:
    return project.store().get(change.change_id)


def events(project: Project, change: ChangeSet) -> list[str]:
    return [line["event"] for line in project.store().audit.entries(change.change_id)]


def test_accepted_in_order_nothing_is_rebased(project: Project) -> None:
    first, second = two(project)
    store = project.store()
    store.accept(first.change_id, 1)
    assert now(project, second).revision == 1
    assert now(project, second).files[0].remarks == ()
    store.accept(second.change_id, 1)
    assert project.read("a") == BOTH


def test_rejecting_the_lower_one_rebases_the_upper(project: Project) -> None:
    first, second = two(project)
    store = project.store()
    store.record_checks(second.change_id, [CheckRecord("a", "syntax", is_valid=True)])
    store.reject(first.change_id)
    after = now(project, second)
    assert (after.revision, after.state, after.checks) == (2, ChangeState.PROPOSED, ())
    assert after.files[0].stands_on == ()
    assert events(project, second) == ["proposed", "rebased"]
    with pytest.raises(StaleRevisionError):
        store.accept(second.change_id, 1)
    store.accept(second.change_id, 2)
    assert project.read("a") == NUMBERS.replace(b"\n30\n", b"\nthirty\n")


def test_rejecting_what_the_upper_one_changes_is_a_conflict_that_says_why(
    project: Project,
) -> None:
    first, second = same_lines(project)
    store = project.store()
    store.reject(first.change_id)
    after = now(project, second)
    assert (after.revision, after.state) == (1, ChangeState.CONFLICT)
    assert after.files[0].conflict == f"a stands on {first.change_id}, which was rejected"
    with pytest.raises(ChangeConflictError):
        store.accept(second.change_id, 1)
    assert project.read("a") == NUMBERS


def test_rejecting_a_part_of_the_lower_one(project: Project) -> None:
    project.write("a", NUMBERS)
    first = project.propose(
        swap("a", "3\n4\n", "three\n4\n"),
        swap("a", "50\n51\n", "fifty\n51\n"),
    )
    second = project.propose(swap("a", "three\n4\n", "three\nfour\n"))
    store = project.store()
    store.reject(first.change_id, hunks=[2])
    after = now(project, second)
    assert (after.revision, after.files[0].stands_on) == (2, (first.change_id,))
    assert now(project, first).revision == 2
    assert b"fifty" not in (store.overlay().read("a") or b"")
    store.reject(first.change_id)
    words = now(project, second).files[0].conflict
    assert words == f"a stands on {first.change_id}, which was rejected"


def test_the_upper_one_first_is_taken_out_and_shown_again(project: Project) -> None:
    first, second = two(project)
    store = project.store()
    before = project.picture()
    with pytest.raises(ShownAgainError, match=f"a stood on {first.change_id}, which is still open"):
        store.accept(second.change_id, 1)
    assert project.picture() == before
    after = now(project, second)
    assert (after.revision, after.state) == (2, ChangeState.PROPOSED)
    assert after.files[0].stands_on == ()
    assert now(project, first).revision == 2
    assert now(project, first).files[0].stands_on == (second.change_id,)
    store.accept(second.change_id, 2)
    assert project.read("a") == NUMBERS.replace(b"\n30\n", b"\nthirty\n")
    assert now(project, first).files[0].remarks == ()
    store.accept(first.change_id, 2)
    assert project.read("a") == BOTH


def test_what_changes_the_lower_ones_lines_waits_for_it(project: Project) -> None:
    first, second = same_lines(project)
    store = project.store()
    with pytest.raises(ChangeConflictError) as caught:
        store.accept(second.change_id, 1)
    assert caught.value.message == f"a stands on {first.change_id}, which is still open"
    assert caught.value.hint == f"accept {first.change_id} first, or reject this one"
    assert now(project, second).state is ChangeState.PROPOSED
    store.accept(first.change_id, 1)
    store.accept(second.change_id, 1)
    assert b"\nTHREE\n" in project.read("a")


def test_only_the_files_that_were_named_are_taken_out(project: Project) -> None:
    project.write("a", NUMBERS)
    project.write("b", NUMBERS)
    first = project.propose(swap("a", "3\n4\n", "three\n4\n"), swap("b", "3\n4\n", "three\n4\n"))
    second = project.propose(
        swap("a", "30\n31\n", "thirty\n31\n"), swap("b", "three\n4\n", "THREE\n4\n")
    )
    store = project.store()
    with pytest.raises(ShownAgainError) as caught:
        store.accept(second.change_id, 1, files=["a"])
    assert (caught.value.change_id, caught.value.revision) == (second.change_id, 2)
    seen = now(project, second)
    assert [file.stands_on for file in seen.files] == [(), (first.change_id,)]
    assert seen.state is ChangeState.PROPOSED
    store.accept(second.change_id, 2, files=["a"])
    assert project.read("b") == NUMBERS


def test_a_clean_merge_with_a_persons_edit_is_shown_again(project: Project) -> None:
    project.write("a", NUMBERS)
    change = project.propose(swap("a", "3\n4\n", "three\n4\n"))
    mine = NUMBERS.replace(b"\n50\n", b"\nmine\n")
    project.write("a", mine, 0o600)
    store = project.store()
    with pytest.raises(ShownAgainError, match="a was changed meanwhile and is merged now"):
        store.accept(change.change_id, 1)
    assert project.read("a") == mine
    store.accept(change.change_id, 2)
    assert project.read("a") == mine.replace(b"\n3\n", b"\nthree\n")
    assert (project.root / "a").stat().st_mode & 0o777 == 0o600


def test_a_half_accepted_file_is_rebased_with_its_rest(project: Project) -> None:
    project.write("a", NUMBERS)
    change = project.propose(
        swap("a", "3\n4\n", "three\n4\n"),
        swap("a", "30\n31\n", "thirty\n31\n"),
        swap("a", "50\n51\n", "fifty\n51\n"),
    )
    store = project.store()
    store.accept(change.change_id, 1, hunks=[1])
    store.reject(change.change_id, hunks=[2])
    project.write("a", b"mine\n" + project.read("a"))
    with pytest.raises(ShownAgainError):
        store.accept(change.change_id, 3)
    after = now(project, change)
    assert after.state is ChangeState.PARTLY_ACCEPTED
    assert after.files[0].hunk_states == (HunkState.OPEN,)
    assert (after.files[0].added, after.files[0].removed) == (1, 1)
    store.accept(change.change_id, after.revision)
    wanted = b"mine\n" + NUMBERS.replace(b"\n3\n", b"\nthree\n").replace(b"\n50\n", b"\nfifty\n")
    assert project.read("a") == wanted
    assert len(now(project, change).applied) == 2


def test_what_is_there_already_is_accepted_without_writing(project: Project) -> None:
    project.write("a", b"1\n")
    change = project.propose(swap("a", "1\n", "2\n"))
    project.write("a", b"2\n")
    store = project.store()
    with pytest.raises(ShownAgainError):
        store.accept(change.change_id, 1)
    (diff,) = store.diffs(change.change_id)
    assert [hunk.lines for hunk in diff.hunks] == [()]
    done = store.accept(change.change_id, 2)
    assert (done.state, done.applied) == (ChangeState.ACCEPTED, ())
    with pytest.raises(AlreadyDecidedError, match="nothing to undo"):
        store.rollback(change.change_id)


def test_a_deletion_of_what_is_gone_and_one_of_what_changed(project: Project) -> None:
    project.write("a", b"1\n")
    project.write("b", b"1\n")
    change = project.propose(FilePatch("a", None, ()), FilePatch("b", None, ()))
    (project.root / "a").unlink()
    project.write("b", b"2\n")
    store = project.store()
    assert [file.conflict for file in now(project, change).files] == [
        None,
        "b was changed meanwhile",
    ]
    with pytest.raises(ShownAgainError):
        store.accept(change.change_id, 1, files=["a"])
    store.accept(change.change_id, 2, files=["a"])
    assert now(project, change).state is ChangeState.CONFLICT
    assert project.read("b") == b"2\n"


def test_a_rename_and_an_edit_are_layers_too(project: Project) -> None:
    project.write("old", NUMBERS, 0o700)
    lower = project.propose(FilePatch("old", "new", ()))
    upper = project.propose(swap("new", "3\n4\n", "three\n4\n"))
    store = project.store()
    with pytest.raises(ChangeConflictError, match=f"new stands on {lower.change_id}"):
        store.accept(upper.change_id, 1)
    store.accept(lower.change_id, 1)
    store.accept(upper.change_id, 1)
    assert project.read("new") == NUMBERS.replace(b"\n3\n", b"\nthree\n")
    assert (project.root / "new").stat().st_mode & 0o777 == 0o700


def test_a_rename_follows_what_becomes_of_its_file(project: Project) -> None:
    project.write("old", NUMBERS)
    lower = project.propose(swap("old", "3\n4\n", "three\n4\n"))
    upper = project.propose(FilePatch("old", "new", ()))
    store = project.store()
    store.reject(lower.change_id)
    (file,) = now(project, upper).files
    assert (file.action, file.renamed_from) == (ChangeAction.RENAME, "old")
    store.accept(upper.change_id, 2)
    assert project.read("new") == NUMBERS
    assert not (project.root / "old").exists()


def test_a_created_file_that_is_rejected_takes_what_stands_on_it_along(project: Project) -> None:
    lower = project.propose(WholeFile("a", "1\n"))
    upper = project.propose(swap("a", "1\n", "2\n"))
    store = project.store()
    store.reject(lower.change_id)
    assert now(project, upper).files[0].conflict == (
        f"a stands on {lower.change_id}, which was rejected"
    )


def test_modes_are_merged(project: Project) -> None:
    project.write("a", b"1\n", 0o644)
    project.write("b", b"1\n", 0o644)
    change = project.propose(FilePatch("a", "a", (), 0o755), FilePatch("b", "b", (), 0o755))
    (project.root / "a").chmod(0o755)
    (project.root / "b").chmod(0o600)
    store = project.store()
    assert [file.conflict for file in now(project, change).files] == [
        None,
        "b has other permission bits meanwhile",
    ]
    store.accept(change.change_id, 1, files=["a"])
    with pytest.raises(ChangeConflictError, match="b has other permission bits"):
        store.accept(change.change_id, 2)


def test_a_revision_of_the_lower_one_reaches_the_upper(project: Project) -> None:
    first, second = two(project)
    store = project.store()
    wanted = NUMBERS.replace(b"\n10\n", b"\nten\n")
    store.revise(first.change_id, "a", wanted, "healed")
    assert (now(project, second).revision, now(project, first).revision) == (2, 2)
    assert store.overlay().read("a") == wanted.replace(b"\n30\n", b"\nthirty\n")


def test_rolling_back_the_ground_rebases_what_stands_on_it(project: Project) -> None:
    first, second = two(project)
    store = project.store()
    store.accept(first.change_id, 1)
    store.rollback(first.change_id)
    assert now(project, second).revision == 2
    store.accept(second.change_id, 2)
    assert project.read("a") == NUMBERS.replace(b"\n30\n", b"\nthirty\n")


def test_rolling_back_what_the_upper_one_changes_says_so(project: Project) -> None:
    first, second = same_lines(project)
    store = project.store()
    store.accept(first.change_id, 1)
    store.rollback(first.change_id)
    assert now(project, second).files[0].conflict == (
        f"a stands on {first.change_id}, which was rolled back"
    )


def test_three_layers_follow_each_other(project: Project) -> None:
    first, second = two(project)
    third = project.propose(swap("a", "50\n51\n", "fifty\n51\n"))
    assert third.files[0].stands_on == (first.change_id, second.change_id)
    store = project.store()
    store.reject(second.change_id)
    assert [now(project, c).revision for c in (first, third)] == [1, 2]
    assert now(project, third).files[0].stands_on == (first.change_id,)
    store.reject(first.change_id)
    store.accept(third.change_id, 3)
    assert project.read("a") == NUMBERS.replace(b"\n50\n", b"\nfifty\n")


def test_a_lost_content_of_one_proposal_hides_no_other(project: Project) -> None:
    project.write("a", NUMBERS)
    lower = project.propose(
        swap("a", "3\n4\n", "three\n4\n"), swap("a", "30\n31\n", "thirty\n31\n")
    )
    other = project.propose(WholeFile("b", "1\n"))
    store = project.store()
    store.reject(lower.change_id, hunks=[1])
    proposed = lower.files[0].proposed_sha256 or ""
    (project.data / "blobs" / proposed[:2] / proposed[2:]).unlink()
    seen = {change.change_id: change for change in project.store().list_changes()}
    assert "cannot be proposed any more" in (seen[lower.change_id].files[0].conflict or "")
    assert seen[other.change_id].state is ChangeState.PROPOSED
    assert project.store().overlay().paths() == {"b": ChangeAction.CREATE}


def test_a_large_file_is_merged_too(project: Project) -> None:
    base = b"".join(b"line %07d\n" % n for n in range(100_000))
    project.write("a", base)
    change = project.propose(swap("a", "line 0000500\n", "five hundred\n"))
    mine = base.replace(b"line 0070000\n", b"mine\n")
    project.write("a", mine)
    store = project.store()
    wanted = mine.replace(b"line 0000500\n", b"five hundred\n")
    assert store.overlay().read("a") == wanted
    with pytest.raises(ShownAgainError):
        store.accept(change.change_id, 1)
    store.accept(change.change_id, 2)
    assert project.read("a") == wanted


def test_what_changes_while_it_is_read_is_said(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("a", NUMBERS)
    change = project.propose(swap("a", "3\n4\n", "three\n4\n"))
    project.write("a", b"mine\n" + NUMBERS)
    real = ProjectTree.read
    count = 0

    def read(tree: ProjectTree, path: str) -> FileImage | None:
        nonlocal count
        count += 1
        if count == 2:
            project.write(path, b"more\n" + NUMBERS)
        return real(tree, path)

    monkeypatch.setattr(ProjectTree, "read", read)
    store = project.store()
    assert store.get(change.change_id).files[0].conflict == "a was changed by somebody just now"
    monkeypatch.undo()
    assert store.get(change.change_id).files[0].conflict is None


@pytest.mark.parametrize("call", ["fsync", "open", "replace"])
def test_a_full_disk_while_others_are_rebased_loses_nothing(
    tmp_path_factory: pytest.TempPathFactory, call: str
) -> None:
    """The n-th call fails, for every n: what was decided stands, what stands on it follows."""
    for fail_at in range(1, 200):
        project = Project(tmp_path_factory.mktemp("full"))
        project.root.mkdir()
        if not was_full_at(project, call, fail_at):
            break
    assert fail_at > 3


def was_full_at(project: Project, call: str, fail_at: int) -> bool:
    """Reject what another proposal stands on while a call fails; False: it was not called."""
    wanted = NUMBERS.replace(b"\n30\n", b"\nthirty\n")
    first, second = two(project)
    store = project.store()
    real = getattr(os, call)
    seen = 0

    def failing(*args: object, **kwargs: object) -> object:
        nonlocal seen
        seen += 1
        if seen == fail_at:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(*args, **kwargs)

    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(WriteFailedError):
        patch.setattr(os, call, failing)
        store.reject(first.change_id)
    store = project.store()
    if store.get(first.change_id).is_open:
        store.reject(first.change_id)
    assert store.overlay().read("a") == wanted
    with contextlib.suppress(ShownAgainError):
        store.accept(second.change_id, store.get(second.change_id).revision)
    if store.get(second.change_id).is_open:
        store.accept(second.change_id, store.get(second.change_id).revision)
    assert project.read("a") == wanted
    assert store.audit.damaged_lines() == ()
    return seen >= fail_at
