"""Which process holds money, told apart from a later one with the same number."""

import os
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_STATE, _START_TIME = 0, 19
"""Fields of ``/proc/PID/stat`` counted from the first one behind the command's name."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, as it can be known again. Empty texts: the system does not tell."""

    pid: int
    started: str
    """Clock ticks since boot."""
    boot_id: str
    pid_namespace: str


def this_process() -> Owner:
    """The process that runs now."""
    fields = _stat(os.getpid())
    return Owner(
        os.getpid(),
        fields[_START_TIME] if fields else "",
        _read(_PROC / "sys/kernel/random/boot_id"),
        _namespace(),
    )


def is_gone(owner: Owner, here: Owner) -> bool | None:
    """Whether a process is no more.

    Args:
        owner: The process in question.
        here: The process that asks.

    Returns:
        None when it cannot be seen from here: another container of the same machine.
    """
    if owner.boot_id != here.boot_id:
        return True
    if owner.pid_namespace != here.pid_namespace:
        return None
    if owner.pid == here.pid:
        return owner.started != here.started
    if not here.started:
        return not _exists(owner.pid)
    fields = _stat(owner.pid)
    return fields is None or fields[_STATE] in "ZX" or fields[_START_TIME] != owner.started


def _stat(pid: int) -> list[str] | None:
    text = _read(_PROC / str(pid) / "stat")
    return text.rpartition(")")[2].split() if text else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:  # no such process, or a system without /proc
        return ""


def _namespace() -> str:
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
