"""A change of thirty files of every kind, and processes that accept it and take it back."""

import os
import random
import select
import signal
import time
from collections.abc import Callable
from typing import Any

from tests.test_changes.projects import ORIGIN, Project
from vibe_tui.changes.model import ChangeSet, Edit, FilePatch, PatchHunk, SearchReplace, WholeFile

CALLS = (
    *("open", "write", "fsync", "ftruncate", "fchmod", "fchown", "setxattr", "lstat"),
    *("rename", "replace", "unlink", "mkdir", "rmdir", "close", "listxattr", "access"),
)
"""Everything that a store asks of the system and that can be counted."""
LINES = "".join(f"line {n}\n" for n in range(40))


def fill(project: Project) -> None:
    """The files before: texts of many forms, hard links, an executable, what goes and moves."""
    forms = ("utf-8", "utf-8-sig", "utf-16", "latin-1")
    for n in range(12):
        text = LINES.replace("\n", "\r\n") if n % 3 == 0 else LINES
        project.write(f"src/text{n}", (text + "é\n").encode(forms[n % 4]))
    for n in range(4):
        target = project.write(f"linked/{n}", b"old %d\n" % n * 3000)
        (project.root / f"linked/twin{n}").hardlink_to(target)
    for n in range(3):
        project.write(f"gone/{n}", b"\0gone %d" % n)
        project.write(f"old/{n}", LINES.encode(), 0o755)
        project.write(f"tool{n}", b"#!/bin/sh\n")
    project.write("bystander", b"left alone")


def edits() -> list[Edit]:
    """Thirty files: 12 texts and 4 hard links changed, 5 made, 3 deleted, 3 renamed, 3 modes."""
    swap = [SearchReplace(f"src/text{n}", "line 7\n", f"new {n}\nmore\n") for n in range(12)]
    linked = [WholeFile(f"linked/{n}", f"new and longer {n}\n" * 4000) for n in range(4)]
    made = [WholeFile(f"made/deep{n}/f", f"made {n}\n") for n in range(5)]
    gone = [FilePatch(f"gone/{n}", None, ()) for n in range(3)]
    hunk = (PatchHunk(1, (" line 0", "-line 1", "+one", " line 2")),)
    moved = [FilePatch(f"old/{n}", f"new/{n}", hunk if n else ()) for n in range(3)]
    modes = [FilePatch(f"tool{n}", f"tool{n}", (), 0o755) for n in range(3)]
    return [*swap, *linked, *made, *gone, *moved, *modes]


def propose(project: Project) -> ChangeSet:
    proposed = project.store().propose(edits(), ORIGIN)
    assert proposed.refused == ()
    assert proposed.change is not None
    assert len(proposed.change.files) == 30
    return proposed.change


def count_calls(work: Callable[[], object], die_at: int = 0) -> int:
    """Do work in a forked process, counting its system calls.

    Args:
        work: What to do.
        die_at: The call before which the process kills itself; 0: none.

    Returns:
        How many calls there were, or 0 when it was killed.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _counted(work, die_at, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return int(said or b"0")


def _counted(work: Callable[[], object], die_at: int, writer: int) -> None:
    count = 0

    def counting(real: Callable[..., object]) -> Callable[..., object]:
        def call(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - any system call's
            nonlocal count
            count += 1
            if count == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return call

    status, write = 1, os.write
    try:
        for name in CALLS:
            setattr(os, name, counting(getattr(os, name)))
        work()
        write(writer, str(count).encode())
        status = 0
    finally:
        os._exit(status)


def kill_after(work: Callable[[], object], delay_s: float) -> float:
    """Do work in a forked process and kill it from outside.

    Args:
        work: What to do.
        delay_s: Seconds from its beginning until it is killed.

    Returns:
        Seconds that it took, or 0 when it was killed.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            os.write(writer, b"!")
            work()
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    os.read(reader, 1)
    started = time.perf_counter()
    ended = select.select([reader], [], [], delay_s)[0]  # the pipe closes when the child ends
    if not ended:
        os.kill(child, signal.SIGKILL)
    os.close(reader)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        assert status == 0
        return time.perf_counter() - started
    return 0.0


class Killer:
    """Kills work at moments spread evenly over it, half of them by time, half by system call.

    Args:
        seed: Of the random moments.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - moments, no secret
        self.kills = 0
        self._calls: dict[str, int] = {}
        self._seconds: dict[str, float] = {}

    def strike(self, name: str, work: Callable[[], object]) -> bool:
        """Do work that may be killed.

        Args:
            name: Of the kind of work, whose length is remembered.
            work: What to do.

        Returns:
            Whether it was killed.
        """
        if self.random.random() < 0.5:
            most = self._calls.get(name, 0)  # the first one lives, to see how long it is
            done = count_calls(work, self.random.randint(1, most) if most else 0)
            self._calls[name] = done or most
        else:
            most_s = self._seconds.get(name, 0.0)
            took_s = kill_after(work, self.random.uniform(0, most_s) if most_s else 60.0)
            done = took_s > 0
            self._seconds[name] = took_s * 1.1 or most_s
        self.kills += not done
        return not done


def accept(project: Project, change_id: str) -> None:
    """Accept what is open, as a process of its own does."""
    store = project.store()
    store.accept(change_id, store.get(change_id).revision)


def roll_back(project: Project, change_id: str) -> None:
    project.store().rollback(change_id)
