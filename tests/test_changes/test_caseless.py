"""Renames of letters' case where ``a`` and ``A`` are one name, as on most Macs.

Linux has such file systems only where its kernel was built for them, so names are looked up here
without their case on the way to the system; everything behind that is real.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.test_changes.projects import Project, swap
from vibe_tui.changes.model import ChangeState, FilePatch, PatchHunk
from vibe_tui.changes.writing.apply import Applier

CALLS = ("open", "lstat", "stat", "unlink", "access", "mkdir", "rmdir")


@pytest.fixture
def _caseless(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(name: Any, folder: int | None) -> Any:  # noqa: ANN401 - whatever a call takes
        if folder is None:
            path = Path(name) if isinstance(name, str | os.PathLike) else None
            if path is None or not path.is_relative_to(project.root) or path == project.root:
                return name
            parent = found(path.parent, None)
            return os.path.join(parent, _listed(path.name, parent))  # noqa: PTH118 - what was given
        return _listed(name, folder)

    def caseless(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(name: Any, *args: Any, dir_fd: int | None = None, **kwargs: Any) -> Any:  # noqa: ANN401 - any call's
            return real(found(name, dir_fd), *args, dir_fd=dir_fd, **kwargs)

        return call

    real_rename = os.rename

    def rename(old: str, new: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        there, goal = _listed(old, src_dir_fd), _listed(new, dst_dir_fd)
        goal = new if there == goal else goal  # a file takes the new case of its own name
        real_rename(there, goal, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    for name in CALLS:
        monkeypatch.setattr(os, name, caseless(getattr(os, name)))
    monkeypatch.setattr(os, "rename", rename)


def _listed(name: str, folder: Any) -> str:  # noqa: ANN401 - a path or a descriptor
    names = os.listdir(folder)  # noqa: PTH208 - as above
    if name in names:
        return name
    return next((other for other in names if other.casefold() == name.casefold()), name)


def names(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(project.root.iterdir())}


CHANGES_B = (PatchHunk(1, ("-b", "+c")),)


@pytest.mark.usefixtures("_caseless")
@pytest.mark.parametrize(("hunks", "after"), [((), b"b\n"), (CHANGES_B, b"c\n")])
def test_a_rename_of_case_there_and_back(
    project: Project, hunks: tuple[PatchHunk, ...], after: bytes
) -> None:
    project.write("f", b"b\n")
    assert (project.root / "F").exists()
    change = project.propose(FilePatch("f", "F", hunks))
    store = project.store()
    assert store.accept(change.change_id, 1).state is ChangeState.ACCEPTED
    assert names(project) == {"F": after}
    undo = store.rollback(change.change_id)
    assert names(project) == {"f": b"b\n"}
    store.rollback(undo.change_id)
    assert names(project) == {"F": after}


@pytest.mark.usefixtures("_caseless")
@pytest.mark.parametrize("hunks", [(), CHANGES_B])
def test_a_rename_of_case_that_fails_late_is_put_back(
    project: Project, hunks: tuple[PatchHunk, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("f", b"b\n")
    change = project.propose(FilePatch("f", "F", hunks))
    store = project.store()
    real = Applier.run

    def run(self: Applier, *args: Any) -> None:  # noqa: ANN401 - passes on what it was given
        real(self, *args)
        self.take_back(args[0])
        assert names(project) == {"f": b"b\n"}
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Applier, "run", run)
        with pytest.raises(KeyboardInterrupt):
            store.accept(change.change_id, 1)
    assert names(project) == {"f": b"b\n"}
    assert store.get(change.change_id).state is ChangeState.PROPOSED


@pytest.mark.usefixtures("_caseless")
def test_another_spelling_changes_the_file_that_is_there(project: Project) -> None:
    project.write("Readme", b"b\n")
    change = project.propose(swap("README", "b\n", "c\n"))
    store = project.store()
    store.accept(change.change_id, 1)
    assert names(project) == {"Readme": b"c\n"}
    store.rollback(change.change_id)
    assert names(project) == {"Readme": b"b\n"}


def test_a_name_that_is_taken_is_taken(project: Project) -> None:
    """Where case matters, a hard link of the other case is a file of its own."""
    project.write("f", b"b\n")
    (project.root / "F").hardlink_to(project.root / "f")
    assert project.reasons(FilePatch("f", "F", ())) == [
        "The new name is taken: choose one that does not exist"
    ]
