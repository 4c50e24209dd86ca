"""One process at a time decides on a project's changes."""

import contextlib
import fcntl
import os
import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from vibe_tui.changes.errors import ProjectLockedError
from vibe_tui.config.files import make_private_folder

WAIT_S = 5.0
"""How long others wait before they give up, in seconds."""
_PAUSE_S = 0.02
_SIGNATURE = re.compile(rb"(\d{1,10}) (\d{1,12})")


@contextlib.contextmanager
def project_lock(path: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Hold the project's lock; the system frees it when the process dies.

    Args:
        path: The lock file; it stays.
        wait_s: Seconds to wait for another holder, 0 to give up at once.

    Raises:
        ProjectLockedError: If another process, or thread, still holds it then.
    """
    make_private_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, wait_s)
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise ProjectLockedError(
                    f"Another vibe-tui ({_holder(descriptor)}) is writing to this project",
                    "wait until it is done and try again",
                ) from None
            time.sleep(_PAUSE_S)
        else:
            return


def _sign(descriptor: int) -> None:
    """Say in the lock file who holds the lock, and since when."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()} {time.time():.0f}".encode(), 0)


def _holder(descriptor: int) -> str:
    match = _SIGNATURE.fullmatch(os.pread(descriptor, 40, 0))
    if match is None:
        return "process unknown"
    since = datetime.fromtimestamp(int(match[2])).astimezone()
    return f"process {int(match[1])}, since {since:%H:%M:%S}"
