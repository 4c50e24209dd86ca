"""The project's files by descriptors: no symbolic link is followed, also none swapped in late."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vibe_tui.changes.errors import ChangeConflictError
from vibe_tui.changes.writing.facts import Facts, facts_of

_FOLDER_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE_FLAGS = os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
_PERMISSION_BITS = 0o7777
_RISKY_BITS = 0o6000
"""Set-user and set-group: the system drops them when somebody else writes the file."""
_PIECE_BYTES = 1 << 20


Version = tuple[int, ...]
"""Device, inode, and what changes when anybody writes or replaces the file."""


@dataclass(frozen=True, slots=True)
class FileImage:
    """A file as it is on the disk."""

    content: bytes
    mode: int
    """Permission bits."""
    owner: int
    group: int
    links: int
    """How many names the file has; more than one means hard links."""
    version: Version


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is to be made."""

    content: bytes
    mode: int | None
    """Permission bits, exactly; None leaves those of ``create_mode``."""
    create_mode: int
    """Permission bits of which the process's umask takes some away."""
    like: str | Facts
    """The path whose owner and extended attributes it takes over, if it is there; or these."""


class ProjectTree:
    """Reads and writes files below a root. Paths are relative, with ``/``, and hold no links.

    Args:
        root: The project's folder; its own path may lead through links.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    @contextlib.contextmanager
    def folder_of(self, path: str) -> Iterator[tuple[int, str]]:
        """Open the folder of a path, component by component.

        Args:
            path: A file's path.

        Yields:
            The folder's descriptor and the file's name in it.

        Raises:
            ChangeConflictError: If a component is a link or no folder.
            OSError: If the system refuses, FileNotFoundError if a folder is missing.
        """
        *parents, name = path.split("/")
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for parent in parents:
                descriptor = self._step(descriptor, parent, path)
            yield descriptor, name
        finally:
            os.close(descriptor)

    def _step(self, descriptor: int, name: str, path: str) -> int:
        """Open a folder inside a folder, whose descriptor is closed on success."""
        try:
            inner = os.open(name, _FOLDER_FLAGS, dir_fd=descriptor)
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENOTDIR):
                raise ChangeConflictError(
                    path, f"cannot be reached: {name} is a symbolic link or no folder now"
                ) from error
            raise
        os.close(descriptor)
        return inner

    def read(self, path: str) -> FileImage | None:
        """Read a file; None when it, or a folder above it, does not exist.

        Raises:
            ChangeConflictError: If something other than a plain file stands there.
            OSError: If the system refuses.
        """
        try:
            with self.folder_of(path) as (folder, name):
                self._check_kind(path, os.lstat(name, dir_fd=folder))
                descriptor = os.open(name, os.O_RDONLY | _FILE_FLAGS, dir_fd=folder)
                with os.fdopen(descriptor, "rb") as file:
                    status = os.fstat(descriptor)
                    self._check_kind(path, status)
                    return _image(status, file.read())
        except FileNotFoundError:
            return None

    def _check_kind(self, path: str, status: os.stat_result) -> None:
        mode = status.st_mode
        if stat.S_ISREG(mode):
            return
        kind = "a folder" if stat.S_ISDIR(mode) else "no plain file"
        if stat.S_ISLNK(mode):
            kind = "a symbolic link"
        raise ChangeConflictError(path, f"is {kind}")

    def version(self, path: str) -> Version | None:
        """A file's version without reading it; None when it does not exist."""
        try:
            with self.folder_of(path) as (folder, name):
                return _version(os.lstat(name, dir_fd=folder))
        except FileNotFoundError:
            return None

    def check_writable(self, path: str, image: FileImage | None) -> None:
        """Find out before anything is written whether a path may be.

        A file without any write permission counts as read-only also for root.

        Raises:
            PermissionError: If not.
            OSError: If the system refuses to say.
        """
        if image is not None and not image.mode & 0o222:
            raise PermissionError(errno.EACCES, "the file is read-only")
        with self.folder_of(path) as (folder, name):
            effective = os.access in os.supports_effective_ids
            for target, wanted in ((name, os.W_OK), (".", os.W_OK | os.X_OK)):
                if target == name and image is None:
                    continue
                if not os.access(target, wanted, dir_fd=folder, effective_ids=effective):
                    if os.fstatvfs(folder).f_flag & os.ST_RDONLY:
                        raise OSError(errno.EROFS, os.strerror(errno.EROFS))
                    what = "the file" if target == name else "its folder"
                    raise PermissionError(errno.EACCES, f"{what} is not writable")

    def check_room_for(self, folders: Sequence[str]) -> None:
        """Find out before anything is written whether missing folders may be made.

        Args:
            folders: Outermost first.

        Raises:
            PermissionError: If not.
            OSError: If the system refuses to say.
        """
        if folders:
            self.check_writable(folders[0], None)

    def missing_folders(self, path: str) -> tuple[str, ...]:
        """The folders of a path that do not exist yet, outermost first."""
        parts = path.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            try:
                with self.folder_of("/".join([*parts[:depth], "."])):
                    continue
            except FileNotFoundError:
                return tuple("/".join(parts[:end]) for end in range(depth, len(parts) + 1))
        return ()

    def make_folder(self, path: str) -> None:
        """Create one folder."""
        with self.folder_of(path) as (parent, name):
            os.mkdir(name, dir_fd=parent)
            os.fsync(parent)

    def remove_folder(self, path: str) -> None:
        """Remove a folder if it is there and empty."""
        if self.version(path) is None:
            return
        try:
            with self.folder_of(path) as (parent, name):
                os.rmdir(name, dir_fd=parent)
        except (FileNotFoundError, ChangeConflictError):
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise

    def facts(self, path: str) -> Facts | None:
        """A file's owner and extended attributes, where a new file of ours has others."""
        facts = self._facts_like(path)
        usual = Facts(owner=os.geteuid(), group=os.getegid())
        return None if facts == usual else facts

    def stage(self, path: str, name: str, new: NewFile) -> None:
        """Write a new file beside a path and wait until the disk has it. As ``write_beside``."""
        descriptor = self.write_beside(path, name, new)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def write_beside(self, path: str, name: str, new: NewFile) -> int:
        """Write a new file beside a path, and do not wait for the disk.

        Args:
            path: The file that it is to replace.
            name: The new file's name, in the same folder.
            new: What it is to be.

        Returns:
            Its descriptor, to be synced and closed.
        """
        with self.folder_of(path) as (folder, _):
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FILE_FLAGS
            first_mode = new.create_mode if new.mode is None else 0o600
            descriptor = os.open(name, flags, first_mode, dir_fd=folder)
        try:
            _write_all(descriptor, new.content)
            facts = self._facts_like(new.like) if isinstance(new.like, str) else new.like
            if facts is not None:
                facts.give(descriptor)
            if new.mode is not None:
                os.fchmod(descriptor, new.mode)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _facts_like(self, path: str) -> Facts | None:
        try:
            with self.folder_of(path) as (folder, name):
                descriptor = os.open(name, os.O_RDONLY | _FILE_FLAGS, dir_fd=folder)
        except FileNotFoundError:
            return None
        try:
            return facts_of(descriptor)
        finally:
            os.close(descriptor)

    def keeps_owner(self, image: FileImage) -> bool:
        """Whether a new file of ours could have the owner and group of this one."""
        if os.geteuid() == 0:
            return True
        return image.owner == os.geteuid() and image.group in {os.getegid(), *os.getgroups()}

    def check_keeps_mode(self, image: FileImage, mode: int | None) -> None:
        """Find out whether a file that is written in place can have these permission bits after.

        Raises:
            PermissionError: If not: they belong to its owner, and writing takes some away.
        """
        is_ours = os.geteuid() in (0, image.owner)
        if not is_ours and (mode not in (None, image.mode) or image.mode & _RISKY_BITS):
            raise PermissionError(
                errno.EPERM, "its permission bits, which only its owner may set, would change"
            )

    def replace(self, path: str, name: str) -> None:
        """Put a staged file in a path's place, in one step."""
        with self.folder_of(path) as (folder, target):
            os.rename(name, target, src_dir_fd=folder, dst_dir_fd=folder)

    def move(self, path: str, new_path: str) -> None:
        """Give a file another name, in one step; it stays the same file."""
        with self.folder_of(path) as (source, name), self.folder_of(new_path) as (target, new_name):
            os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)

    def set_mode(self, path: str, mode: int) -> None:
        """Set a file's permission bits."""
        with self.folder_of(path) as (folder, name):
            descriptor = os.open(name, os.O_RDONLY | _FILE_FLAGS, dir_fd=folder)
            try:
                os.fchmod(descriptor, mode)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def is_respelled(self, path: str, other: str) -> bool:
        """Whether a path that nobody wrote so leads to another that differs only in its case.

        So it is on file systems to which ``a`` and ``A`` are one name.

        Args:
            path: The path in question.
            other: A file's path, spelled as the file system lists it.
        """
        if path == other or path.casefold() != other.casefold():
            return False
        version = self.version(path)
        if version is None or version != self.version(other):
            return False
        with self.folder_of(path) as (folder, name):
            return name not in os.listdir(folder)  # noqa: PTH208 - a descriptor, no path

    def write_in_place(self, path: str, content: bytes, mode: int) -> None:
        """Overwrite a file and keep its identity, for hard links and foreign owners."""
        with self.folder_of(path) as (folder, name):
            descriptor = os.open(name, os.O_WRONLY | _FILE_FLAGS, dir_fd=folder)
            try:
                for start in range(0, len(content), _PIECE_BYTES):
                    _write_all(descriptor, content[start : start + _PIECE_BYTES])
                os.ftruncate(descriptor, len(content))
                if stat.S_IMODE(os.fstat(descriptor).st_mode) != mode:
                    os.fchmod(descriptor, mode)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def remove(self, path: str) -> None:
        """Delete a file if it is there."""
        if self.version(path) is None:
            return
        with contextlib.suppress(FileNotFoundError), self.folder_of(path) as (folder, name):
            os.unlink(name, dir_fd=folder)

    def sync_folder(self, path: str) -> None:
        """Make renames and deletions in a path's folder survive a power cut."""
        with contextlib.suppress(FileNotFoundError), self.folder_of(path) as (folder, _):
            os.fsync(folder)


def _image(status: os.stat_result, content: bytes) -> FileImage:
    mode = status.st_mode & _PERMISSION_BITS
    return FileImage(content, mode, status.st_uid, status.st_gid, status.st_nlink, _version(status))


def _version(status: os.stat_result) -> Version:
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_mode,
    )


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
