"""Writing the program's own files: whole or not at all, and private."""

import os
import secrets
from pathlib import Path


def make_private_folder(folder: Path) -> None:
    """Create a folder and the missing ones above it, readable by their owner only.

    Raises:
        OSError: If the system refuses.
    """
    missing = [folder, *folder.parents]
    while missing and missing[-1].exists():
        missing.pop()
    for ancestor in reversed(missing):
        ancestor.mkdir(mode=0o700, exist_ok=True)


def write_atomically(path: Path, data: bytes, mode: int = 0o600) -> None:
    """Replace a file so that a reader, or a crash, sees the old bytes or the new, never a mix.

    A symbolic link stays one: the file that it leads to is replaced. Missing folders are created.

    Args:
        path: The file to write.
        data: Its whole new content.
        mode: Permission bits of the file.

    Raises:
        OSError: If the system refuses; the old file is then still in place.
    """
    target = path.resolve()
    make_private_folder(target.parent)
    temporary = target.with_name(f".{target.name[:40]}.{secrets.token_hex(6)}.tmp")
    try:
        _write_through(temporary, data, mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _write_through(path: Path, data: bytes, mode: int) -> None:
    """Write a new file and wait until the disk has it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make a rename in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
