"""Stored proposals: one JSON file a revision, so that a new revision appears at once or not."""

import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vibe_tui.changes.errors import DamagedStoreError, UnknownChangeError
from vibe_tui.changes.model import ChangeSet
from vibe_tui.config.files import make_private_folder, write_atomically
from vibe_tui.foreign import clean_line

SCHEMA_VERSION = 1
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_REVISION = re.compile(r"r(\d{6})\.json")
_DAY_MS = 24 * 60 * 60 * 1000
_TRIES = 1000
SETTLED_NS = 2_000_000_000
"""A folder whose last change is not so long ago may change again without its time stamp telling."""
_LOG = logging.getLogger(__name__)


class _Document(BaseModel):
    """What a file holds."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    schema_version: Annotated[Literal[1], Field()] = 1
    change: ChangeSet


@dataclass(frozen=True, slots=True)
class RevisionFile:
    """Where a revision is stored."""

    revision: int
    path: Path
    length: int
    """Bytes."""
    touched_s: float
    """When it was written: seconds since the epoch."""


class _Read(NamedTuple):
    changed_ns: int
    """The folder's time stamp when it was read; 0 where it may change again within its grain."""
    change: ChangeSet


def readable_id(moment: datetime) -> str:
    """An id that sorts by time: the day, and the time of day in 24 bits (5 ms each)."""
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    ms = (moment - midnight) // timedelta(milliseconds=1)
    return f"c-{moment:%Y%m%d}-{ms * (1 << 24) // _DAY_MS:06x}"


class RecordStore:
    """Reads and writes proposals.

    Args:
        folder: Where they are; created when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, _Read] = {}

    def reserve(self, moment: datetime, new_id: Callable[[datetime], str]) -> str:
        """Make a folder for a new proposal and return its id, which no other process has.

        Raises:
            DamagedStoreError: If ``new_id`` gives no free id.
            OSError: If the disk refuses.
        """
        make_private_folder(self._folder)
        for attempt in range(_TRIES):
            change_id = new_id(moment + timedelta(milliseconds=6 * attempt))
            try:
                (self._folder / change_id).mkdir(mode=0o700)
            except FileExistsError:
                continue
            return change_id
        raise DamagedStoreError("No free id for a new proposal was found")

    def save(self, change: ChangeSet) -> None:
        """Write a revision, on the disk when this returns.

        Raises:
            OSError: If the disk refuses.
        """
        document = _Document(change=change).model_dump_json(indent=1).encode()
        write_atomically(self._path(change.change_id, change.revision), document)

    def load(self, change_id: str, revision: int | None = None) -> ChangeSet:
        """Read a proposal.

        Args:
            change_id: Its id.
            revision: One of its revisions, None for the newest.

        Raises:
            UnknownChangeError: If there is none.
            DamagedStoreError: If its file cannot be read.
        """
        latest = self.latest_revision(change_id)
        if latest == 0:
            raise UnknownChangeError(
                f"No change is called {clean_line(change_id, 80)!r}",
                "vibe-tui changes list names them all",
            )
        if revision is not None and not 1 <= revision <= latest:
            raise UnknownChangeError(
                f"{change_id} has no revision {revision}", f"its newest is {latest}"
            )
        path = self._path(change_id, latest if revision is None else revision)
        try:
            return _Document.model_validate_json(path.read_bytes()).change
        except (OSError, ValidationError) as error:
            raise DamagedStoreError(
                f"The stored proposal {change_id} cannot be read ({path.name})",
                "it may be of a newer version, or damaged; the project is untouched",
            ) from error

    def latest_revision(self, change_id: str) -> int:
        """The newest revision's number; 0 when there is no such proposal."""
        if not _ID.fullmatch(change_id):
            return 0
        try:
            with os.scandir(self._folder / change_id) as entries:
                numbers = [_REVISION.fullmatch(entry.name) for entry in entries]
        except (FileNotFoundError, NotADirectoryError):
            return 0
        return max((int(match[1]) for match in numbers if match), default=0)

    def all(self) -> list[ChangeSet]:
        """The newest revision of every proposal, newest proposal first.

        What did not change since is not read again: a stored revision is never written over in
        place, so that its folder's time stamp tells.

        One that cannot be read is left out and logged; ``damaged`` names it.
        """
        found: dict[str, _Read] = {}
        for change_id, changed_ns in self.folders():
            read = self._read.get(change_id)
            if read is None or read.changed_ns != changed_ns:
                is_settled = time.time_ns() - changed_ns > SETTLED_NS
                try:
                    read = _Read(changed_ns if is_settled else 0, self.load(change_id))
                except UnknownChangeError:
                    continue  # its first revision is being written
                except DamagedStoreError as error:
                    _LOG.warning("%s", error)
                    continue
            found[change_id] = read
        self._read = found
        changes = (read.change for read in found.values())
        return sorted(changes, key=lambda c: (c.created_at, c.change_id), reverse=True)

    def folders(self) -> Iterator[tuple[str, int]]:
        """Each proposal's id, and when a file was last put into its folder or taken out, in ns."""
        try:
            entries = list(os.scandir(self._folder))
        except FileNotFoundError:
            return
        for entry in entries:
            with suppress(FileNotFoundError):
                yield entry.name, entry.stat().st_mtime_ns

    def damaged(self) -> tuple[str, ...]:
        """The ids of proposals that cannot be read."""
        ids: list[str] = []
        for change_id in self.ids():
            try:
                self.load(change_id)
            except DamagedStoreError:
                ids.append(change_id)
        return tuple(ids)

    def revision_files(self, change_id: str) -> list[RevisionFile]:
        """Where the revisions of a proposal are stored, oldest first."""
        found: list[RevisionFile] = []
        with os.scandir(self._folder / change_id) as entries:
            for entry in entries:
                match = _REVISION.fullmatch(entry.name)
                if match:
                    status = entry.stat()
                    revision, path = int(match[1]), Path(entry.path)
                    found.append(RevisionFile(revision, path, status.st_size, status.st_mtime))
        return sorted(found, key=lambda file: file.revision)

    def ids(self) -> list[str]:
        """The ids of all proposals, oldest first."""
        if not self._folder.is_dir():
            return []
        names = sorted(entry.name for entry in self._folder.iterdir())
        return [name for name in names if self.latest_revision(name)]

    def _path(self, change_id: str, revision: int) -> Path:
        return self._folder / change_id / f"r{revision:06d}.json"
