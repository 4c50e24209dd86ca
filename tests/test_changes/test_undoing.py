"""What was written and not finished is taken back whole, as often as it takes."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.test_changes import thirty
from tests.test_changes.projects import Project, swap
from vibe_tui.changes.errors import ChangeConflictError
from vibe_tui.changes.model import ChangeSet, ChangeState, Edit, FilePatch, PatchHunk
from vibe_tui.changes.writing.apply import Applier
from vibe_tui.changes.writing.journal import Intent

CHANGES_B = (PatchHunk(1, ("-b", "+c")),)


class GivenUpError(Exception):
    """Stands for whatever ends an acceptance after everything was written."""


def given_up(
    project: Project, change: ChangeSet, between: Callable[[], object] = lambda: None
) -> tuple[str, ...]:
    """Accept, and take back what was written before it is committed; the files that were left."""
    real = Applier.run
    left: list[tuple[str, ...]] = []

    def run(self: Applier, intent: Intent, plan: Any) -> None:  # noqa: ANN401 - passed on
        real(self, intent, plan)
        between()
        left.append(self.take_back(intent))
        assert set(self.take_back(intent)) <= set(left[0])
        raise GivenUpError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Applier, "run", run)
        with pytest.raises(GivenUpError):
            project.store().accept(change.change_id, change.revision)
    assert project.store().get(change.change_id).state is not ChangeState.ACCEPTED
    return left[0]


def test_thirty_files_of_every_kind(project: Project) -> None:
    thirty.fill(project)
    change = thirty.propose(project)
    before = project.picture()
    assert given_up(project, change) == ()
    assert project.picture() == before


CASES: dict[str, list[Edit]] = {
    "moved": [FilePatch("f", "d/g", ())],
    "moved and changed": [FilePatch("f", "g", CHANGES_B)],
    "moved and made executable": [FilePatch("f", "g", (), 0o755)],
    "made executable": [FilePatch("f", "f", (), 0o755)],
    "deleted": [FilePatch("f", None, ())],
    "deleted, its other name changed": [FilePatch("f", None, ()), swap("twin", "b\n", "c\n")],
}


@pytest.mark.parametrize("name", CASES)
def test_hard_links_stay_linked(project: Project, name: str) -> None:
    target = project.write("f", b"b\n")
    twin = project.root / "twin"
    twin.hardlink_to(target)
    change = project.propose(*CASES[name])
    before = project.picture()
    assert given_up(project, change) == ()
    assert project.picture() == before
    assert target.samefile(twin)


def _write(path: Path, content: bytes) -> Callable[[], object]:
    return lambda: path.write_bytes(content)


def test_somebody_elses_words_stay(project: Project) -> None:
    """They are neither what was there nor what was written; the original is there too."""
    project.write("f", b"b\n")
    change = project.propose(FilePatch("f", "g", ()))
    assert given_up(project, change, _write(project.root / "g", b"mine\n")) == ("g",)
    assert (project.read("f"), project.read("g")) == (b"b\n", b"mine\n")


def test_a_moved_file_that_is_gone_comes_back(project: Project) -> None:
    project.write("f", b"b\n")
    change = project.propose(FilePatch("f", "g", ()))
    assert given_up(project, change, lambda: (project.root / "g").unlink()) == ()
    assert project.read("f") == b"b\n"
    assert not (project.root / "g").exists()


def test_a_folder_in_the_place_of_a_file_stays(project: Project) -> None:
    project.write("f", b"b\n")
    change = project.propose(swap("f", "b\n", "c\n"))

    def replace() -> None:
        (project.root / "f").unlink()
        (project.root / "f").mkdir()

    assert given_up(project, change, replace) == ("f",)
    assert (project.root / "f").is_dir()


def test_a_deleted_file_whose_place_is_taken_leaves_it(project: Project) -> None:
    project.write("f", b"b\n")
    change = project.propose(FilePatch("f", None, ()))
    assert given_up(project, change, _write(project.root / "f", b"mine\n")) == ("f",)
    assert [path.name for path in project.root.iterdir()] == ["f"]


@pytest.mark.parametrize("length", [0, 1, 4000, 4097, 5000])
def test_a_file_torn_twice_is_mended(project: Project, length: int) -> None:
    """Broken off on the way there, and again on the way back."""
    old, new = b"old line\n" * 1000, b"new and longer\n" * 1000
    target = project.write("f", old)
    (project.root / "twin").hardlink_to(target)
    change = project.propose(swap("f", old.decode(), new.decode()))
    torn = old[:length] + new[length:5000] + old[5000:]
    assert given_up(project, change, _write(target, torn)) == ()
    assert project.read("twin") == old


@pytest.mark.parametrize("found", [b"", b"x" * 3, b"old line\n" * 5 + b"mine\n" * 3, b"n" * 50])
def test_what_is_not_torn_is_not_touched(project: Project, found: bytes) -> None:
    old, new = b"old line\n" * 10, b"new and longer\n" * 10
    target = project.write("f", old)
    (project.root / "twin").hardlink_to(target)
    change = project.propose(swap("f", old.decode(), new.decode()))
    assert given_up(project, change, _write(target, found)) == ("f",)
    assert project.read("f") == found


def test_a_file_changed_between_two_steps_is_seen(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that is only to be moved."""
    project.write("a", b"b\n")
    project.write("z", b"b\n")
    change = project.propose(FilePatch("a", "b", ()), FilePatch("z", "y", ()))
    real = os.rename
    done: list[object] = []

    def rename(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - the system's own
        real(*args, **kwargs)
        if not done:
            done.append(args)
            project.write("z", b"mine\n")

    monkeypatch.setattr(os, "rename", rename)
    with pytest.raises(ChangeConflictError, match="z was changed by somebody just now"):
        project.store().accept(change.change_id, 1)
    assert {path.name for path in project.root.iterdir()} == {"a", "z"}
    assert project.read("z") == b"mine\n"
