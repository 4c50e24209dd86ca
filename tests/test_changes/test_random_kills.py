"""kill -9 at random moments of a change of thirty files: all of it or nothing, and nothing lost.

Real processes are forked and killed, from outside after a random time or by themselves at a
random system call, while they accept, while they roll back and while they put right what the last
kill left. A sample of the kills runs always, 1,000 under ``make prove``.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROVE
from tests.test_changes import thirty
from tests.test_changes.projects import ORIGIN, FilePicture, Project
from vibe_tui.changes.model import ChangeState, WholeFile
from vibe_tui.changes.store import ChangeStore
from vibe_tui.config.locations import Locations, find_locations

KILLS = 1000 if PROVE else 24
PARTS = 8 if PROVE else 1
CHANGES_A_PROJECT = 6
Tree = dict[str, FilePicture]


class InData(Project):
    """A project whose store is where the program has it, so that the program finds it."""

    @property
    def locations(self) -> Locations:
        return find_locations(self.base / "c", self.base / "data", self.base / "x")

    @property
    def store_folder(self) -> Path:
        return self.locations.project_data(self.root) / "changes"

    def store(self) -> ChangeStore:
        return ChangeStore(self.root, self.store_folder)

    def tree(self) -> Tree:
        """Everything in the project, and nothing else."""
        return {name: state for name, state in self.picture().items() if name.startswith("project")}


def _fresh(folder: str) -> InData:
    project = InData(Path(folder))
    project.root.mkdir()
    thirty.fill(project)
    return project


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_all_or_nothing_whenever_it_is_killed(part: int) -> None:
    killer = thirty.Killer(random.getrandbits(32) if PROVE else 7)
    seen: set[tuple[str, bool]] = set()
    while killer.kills < KILLS // PARTS:
        with tempfile.TemporaryDirectory(prefix="vibe-tui-kills-") as folder:
            project = _fresh(folder)
            base = project.tree()
            for _ in range(CHANGES_A_PROJECT):
                _accept_and_roll_back(project, base, killer, seen)
    assert {("accept", False), ("roll back", False)} <= seen


def _accept_and_roll_back(
    project: InData, base: Tree, killer: thirty.Killer, seen: set[tuple[str, bool]]
) -> None:
    """One change there and back, killed on both ways until it gets through."""
    change_id = thirty.propose(project).change_id
    written = _written(project, base)

    def strike(name: str, work: Callable[[InData, str], None], goal: ChangeState) -> None:
        for attempt in range(3):
            killed = killer.strike(name, lambda: work(project, change_id))
            _put_right(project, killer, attempt)
            change = project.store().get(change_id)
            assert not list((project.store_folder / "journal").glob("*.json"))
            is_written = change.state is ChangeState.ACCEPTED
            assert project.tree() == (written if is_written else base), (name, change.state)
            seen.add((name, change.state is goal))
            if change.state is goal:
                return
            assert killed
        work(project, change_id)

    strike("accept", thirty.accept, ChangeState.ACCEPTED)
    assert project.tree() == written
    strike("roll back", thirty.roll_back, ChangeState.ROLLED_BACK)
    assert project.tree() == base
    assert project.store().audit.damaged_lines() == ()


def _put_right(project: InData, killer: thirty.Killer, attempt: int) -> None:
    """Open the store in processes that are killed too, at times by the program's own command."""
    for _ in range(attempt):
        killer.strike("recover", project.store)
    if killer.random.random() < 0.05:
        done = subprocess.run(
            [sys.executable, "-m", "vibe_tui", "changes", "recover"],
            cwd=project.root,
            env={**os.environ, **_environ(project.locations)},
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr


def _environ(locations: Locations) -> dict[str, str]:
    return {
        "VIBE_TUI_CONFIG_DIR": str(locations.config_dir),
        "VIBE_TUI_DATA_DIR": str(locations.data_dir),
        "VIBE_TUI_CACHE_DIR": str(locations.cache_dir),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


_WRITTEN: list[Tree] = []


def _written(project: InData, base: Tree) -> Tree:
    """What accepting makes of the project, seen once in a project where nothing is killed."""
    if not _WRITTEN:
        with tempfile.TemporaryDirectory() as folder:
            other = _fresh(folder)
            assert other.tree() == base
            thirty.accept(other, thirty.propose(other).change_id)
            _WRITTEN.append(other.tree())
    return _WRITTEN[0]


WORKERS = 4
CHANGES_EACH = 8 if PROVE else 3


def _work(project: Project, change_ids: list[str], die: bool) -> None:
    """Accept, take back, bring back each change; the last process dies in the middle of one."""
    for number, change_id in enumerate(change_ids):
        if die and number == len(change_ids) - 1:
            setattr(os, "rename", lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))  # noqa: B010 - in a forked process
        thirty.accept(project, change_id)
        store = project.store()
        undo = store.rollback(change_id)
        if number % 2:
            store.rollback(undo.change_id)


@pytest.mark.timeout(120)
def test_several_processes_lose_nothing_of_each_other(project: Project) -> None:
    ids: dict[int, list[str]] = {worker: [] for worker in range(WORKERS)}
    for worker in range(WORKERS):
        for number in range(CHANGES_EACH):
            paths = [f"w{worker}/{number}/{name}" for name in "abc"]
            for path in paths:
                project.write(path, b"old\n")
            change = project.propose(*(WholeFile(path, f"{path}\n") for path in paths))
            ids[worker].append(change.change_id)
    children: list[int] = []
    for worker, change_ids in ids.items():
        child = os.fork()
        if child == 0:
            status = 1
            try:
                _work(project, change_ids, die=worker == 0)
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    ends = [os.waitpid(child, 0)[1] for child in children]
    assert os.WIFSIGNALED(ends[0])
    assert ends[1:] == [0] * (WORKERS - 1)
    store = project.store()
    for worker, change_ids in ids.items():
        for number, change_id in enumerate(change_ids):
            died = worker == 0 and number == CHANGES_EACH - 1
            state = store.get(change_id).state
            wanted = ChangeState.ACCEPTED if number % 2 else ChangeState.ROLLED_BACK
            assert state is (ChangeState.PROPOSED if died else wanted)
            for name in "abc":
                path = f"w{worker}/{number}/{name}"
                new = f"{path}\n".encode()
                assert project.read(path) == (new if state is ChangeState.ACCEPTED else b"old\n")
    assert store.audit.damaged_lines() == ()
    assert not list(project.root.rglob(".vibe-tui-*"))


def test_proposals_of_several_processes_are_all_kept(project: Project) -> None:
    children: list[int] = []
    for worker in range(WORKERS):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for number in range(CHANGES_EACH):
                    made = project.store().propose([WholeFile(f"{worker}-{number}", "x\n")], ORIGIN)
                    assert made.change is not None
                status = 0
            finally:
                os._exit(status)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * WORKERS
    assert len(project.store().list_changes()) == WORKERS * CHANGES_EACH
