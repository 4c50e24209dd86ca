"""The overlay: what a model reads is the project with every open proposal, and nothing is written.

Edits are drafted on it, so that a second answer may quote the text that the first one proposed.
"""

import hashlib

import pytest

from tests.test_changes.projects import NUMBERS, ORIGIN, Project, swap
from vibe_tui.changes.errors import ChangeConflictError, PathRefusedError
from vibe_tui.changes.model import ChangeAction, ChangeState, FilePatch, WholeFile


def test_without_proposals_it_is_the_disk(project: Project) -> None:
    project.write("a", b"1\n")
    overlay = project.store().overlay()
    assert (overlay.read("a"), overlay.read("./a"), overlay.read("b")) == (b"1\n", b"1\n", None)
    assert overlay.sha256("a") == hashlib.sha256(b"1\n").hexdigest()
    assert overlay.sha256("b") is None
    assert overlay.paths() == {}
    assert overlay.diff("a").added == 0


def test_every_kind_of_proposal_is_seen(project: Project) -> None:
    for name in ("changed", "deleted", "old", "moded", "left"):
        project.write(name, b"1\n")
    before = project.picture()
    project.propose(
        swap("changed", "1\n", "1\n2\n"),
        FilePatch("deleted", None, ()),
        FilePatch("old", "new", ()),
        FilePatch("moded", "moded", (), 0o755),
        WholeFile("lib/created", "c\n"),
    )
    overlay = project.store().overlay()
    assert overlay.paths() == {
        "changed": ChangeAction.MODIFY,
        "deleted": ChangeAction.DELETE,
        "lib/created": ChangeAction.CREATE,
        "moded": ChangeAction.MODIFY,
        "new": ChangeAction.RENAME,
        "old": ChangeAction.DELETE,
    }
    found = {path: overlay.read(path) for path in ("changed", "deleted", "old", "new", "left")}
    assert found == {
        "changed": b"1\n2\n",
        "deleted": None,
        "old": None,
        "new": b"1\n",
        "left": b"1\n",
    }
    assert overlay.held("moded").mode == 0o755
    assert (overlay.came_from("new"), overlay.came_from("left")) == ("old", "left")
    diff = overlay.diff("changed")
    assert (diff.added, diff.removed) == (1, 0)
    assert project.picture() == before


def test_a_second_answer_is_made_on_the_first(project: Project) -> None:
    project.write("a", NUMBERS)
    first = project.propose(swap("a", "3\n4\n", "three\n4\n"))
    second = project.propose(swap("a", "three\n4\n", "three\nfour\n"))
    assert second.files[0].stands_on == (first.change_id,)
    assert second.files[0].base_sha256 == first.files[0].proposed_sha256
    (diff,) = project.store().diffs(second.change_id)
    shown = [(line.kind, line.text) for line in diff.hunks[0].lines if line.kind != " "]
    assert shown == [("-", "4"), ("+", "four")]
    assert diff.change.remarks == (f"stands on {first.change_id}",)
    overlay = project.store().overlay()
    assert b"\nthree\nfour\n5\n" in (overlay.read("a") or b"")
    assert overlay.changes_of("a") == (first.change_id, second.change_id)
    assert project.read("a") == NUMBERS


def test_a_created_file_is_edited_renamed_and_deleted_by_later_answers(project: Project) -> None:
    project.propose(WholeFile("a", "1\n"))
    assert project.propose(swap("a", "1\n", "2\n")).files[0].action is ChangeAction.MODIFY
    project.propose(FilePatch("a", "b", ()))
    assert project.store().overlay().paths() == {"b": ChangeAction.CREATE}
    assert project.reasons(swap("a", "2\n", "3\n")) == [
        "There is no such file: an empty SEARCH would make a new one"
    ]
    project.propose(FilePatch("b", None, ()))
    assert project.store().overlay().paths() == {}
    assert list(project.root.iterdir()) == []


def test_what_was_rejected_or_is_in_conflict_is_not_read(project: Project) -> None:
    project.write("a", b"1\n")
    project.write("b", b"1\n")
    first = project.propose(swap("a", "1\n", "2\n"), swap("b", "1\n", "2\n"))
    store = project.store()
    store.reject(first.change_id, files=["b"])
    assert store.overlay().paths() == {"a": ChangeAction.MODIFY}
    project.write("a", b"mine\n")
    assert store.overlay().paths() == {}
    assert store.overlay().read("a") == b"mine\n"
    assert store.get(first.change_id).state is ChangeState.CONFLICT


def test_edits_of_a_person_are_merged_in_at_reading(project: Project) -> None:
    project.write("a", NUMBERS)
    first = project.propose(swap("a", "3\n4\n", "three\n4\n"))
    second = project.propose(swap("a", "30\n31\n", "thirty\n31\n"))
    project.write("a", NUMBERS.replace(b"\n50\n", b"\nmine\n"))
    store = project.store()
    content = store.overlay().read("a") or b""
    assert all(word in content for word in (b"\nthree\n", b"\nthirty\n", b"\nmine\n"))
    for change in (first, second):
        seen = store.get(change.change_id)
        assert (seen.state, seen.revision) == (ChangeState.PROPOSED, 1)
        assert seen.files[0].remarks[0].startswith("changed below meanwhile")


def test_no_path_leads_out_and_a_folder_is_no_file(project: Project) -> None:
    project.write("d/a", b"1\n")
    (project.base / "secret").write_bytes(b"s")
    (project.root / "out").symlink_to(project.base / "secret")
    overlay = project.store().overlay()
    for path in ("../secret", "/etc/passwd", "out", ".git/config"):
        with pytest.raises(PathRefusedError):
            overlay.read(path)
    with pytest.raises(ChangeConflictError, match="is a folder"):
        overlay.read("d")


def test_a_folder_in_the_place_of_a_proposed_file_hides_nothing_else(project: Project) -> None:
    project.propose(WholeFile("a", "1\n"), WholeFile("b", "1\n"))
    (project.root / "a").mkdir()
    assert project.store().overlay().paths() == {"b": ChangeAction.CREATE}
    (project.root / "b").mkdir()
    assert project.store().overlay().paths() == {}


def test_an_overlay_shows_the_moment_it_was_made(project: Project) -> None:
    project.write("a", b"1\n")
    store = project.store()
    change = project.propose(swap("a", "1\n", "2\n"))
    overlay = store.overlay()
    store.reject(change.change_id)
    assert overlay.read("a") == b"2\n"
    assert store.overlay().read("a") == b"1\n"
    assert store.propose([swap("a", "1\n", "3\n")], ORIGIN).refused == ()
