"""A forked process with mounts of its own, which vanish with it."""

import ctypes
import os
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

_NEW_MOUNTS = 0x00020000
_NEW_USER = 0x10000000
_RECURSIVE_PRIVATE = 0x4000 | 0x40000
_READ_ONLY = 1
_REMOUNT = 32
_CANNOT = "cannot mount: "


class Mounts:
    """Mounts in this process alone.

    Raises:
        OSError: If the system forbids it.
    """

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        user, group = os.geteuid(), os.getegid()
        self._check(self._libc.unshare(_NEW_MOUNTS | (_NEW_USER if user else 0)))
        if user:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"0 {user} 1")
            Path("/proc/self/gid_map").write_text(f"0 {group} 1")
        self._mount(None, Path("/"), None, _RECURSIVE_PRIVATE, None)

    def small_disk(self, folder: Path, size_bytes: int) -> None:
        """Put an empty file system of a size over a folder."""
        folder.mkdir(exist_ok=True)
        self._mount("tmpfs", folder, "tmpfs", 0, f"size={size_bytes},mode=755")

    def make_read_only(self, folder: Path) -> None:
        """Forbid all writing to a file system that was put over a folder."""
        self._mount("tmpfs", folder, "tmpfs", _REMOUNT | _READ_ONLY, None)

    def _mount(
        self, source: str | None, folder: Path, kind: str | None, flags: int, options: str | None
    ) -> None:
        words = [word and word.encode() for word in (source, str(folder), kind)]
        done = self._libc.mount(*words, ctypes.c_ulong(flags), options and options.encode())
        self._check(done)

    def _check(self, result: int) -> None:
        if result:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))


def fill(folder: Path, room_bytes: int = 0) -> Path:
    """Fill a small disk but for some room; the file that does so."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            file.truncate(max(0, file.tell() // 4096 * 4096 - room_bytes))
    return filler


def with_own_mounts(work: Callable[[Mounts], object]) -> None:
    """Do work in such a process; the test fails as it does, and is skipped where mounts are not.

    Args:
        work: May raise what a test may.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, _outcome(work).encode("utf-8", "replace"))
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    if said.startswith(_CANNOT):
        pytest.skip(said)
    assert said == "done", said


def _outcome(work: Callable[[Mounts], object]) -> str:
    try:
        mounts = Mounts()
    except OSError as error:
        return f"{_CANNOT}{error.strerror}"
    try:
        work(mounts)
    except BaseException:  # noqa: BLE001 - told to the test, which fails with it
        return traceback.format_exc()
    return "done"
