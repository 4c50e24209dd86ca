"""What the stored changes hold on the disk: which contents and revisions each of them needs."""

import re
import time
from dataclasses import dataclass

from vibe_tui.changes.errors import DamagedStoreError, UnknownChangeError
from vibe_tui.changes.kept.records import SETTLED_NS, RecordStore, RevisionFile
from vibe_tui.changes.model import ChangeSet, ChangeState

_CONTENT = re.compile(rb'"([0-9a-f]{64})"')
"""A content that a stored revision names, wherever it does."""
_BREATHS = 25


@dataclass(frozen=True, slots=True)
class Holding:
    """One stored change."""

    change_id: str
    is_kept: bool
    """Whether it must stay as it is: open, or not readable."""
    is_dropped: bool
    """Whether its contents are given up already."""
    relatives: tuple[str, ...]
    """The changes that it takes back, and the one that took it back."""
    touched_s: float
    """When it was decided last: seconds since the epoch."""
    contents: frozenset[str]
    """The sha256 of what it needs to be shown, taken back and brought back."""
    spare: tuple[RevisionFile, ...]
    """Revisions that nothing needs any more."""
    stored_bytes: int
    """Of all its revisions."""


@dataclass(frozen=True, slots=True)
class _Seen:
    changed_ns: int
    """As for ``RecordStore.all``."""
    holding: Holding | None
    """None: no revision is stored there."""


class Holdings:
    """Reads the stored changes, and again those alone that changed since.

    Args:
        records: Holds them.
    """

    def __init__(self, records: RecordStore) -> None:
        self._records = records
        self._seen: dict[str, _Seen] = {}

    def refresh(self) -> dict[str, Holding]:
        """Every change as it is stored now, by id."""
        present: dict[str, _Seen] = {}
        for number, (change_id, changed_ns) in enumerate(self._records.folders()):
            known = self._seen.get(change_id)
            if known is None or known.changed_ns != changed_ns:
                if number % _BREATHS == 0:
                    time.sleep(0.0005)  # in a thread of the app: the screen comes first
                is_settled = time.time_ns() - changed_ns > SETTLED_NS
                known = _Seen(changed_ns if is_settled else 0, self.read(change_id))
            present[change_id] = known
        self._seen = present
        held = ((change_id, seen.holding) for change_id, seen in present.items())
        return {change_id: holding for change_id, holding in held if holding is not None}

    def read(self, change_id: str) -> Holding | None:
        """One change as it is stored now; None if nothing of it is."""
        try:
            files = self._records.revision_files(change_id)
            stored_bytes = sum(file.length for file in files)
            change = self._records.load(change_id)
        except (UnknownChangeError, FileNotFoundError, NotADirectoryError):
            return None
        except DamagedStoreError:
            contents = frozenset[str]().union(*map(_contents, files))
            return Holding(change_id, True, False, (), 0.0, contents, (), stored_bytes)
        needed = files if change.is_open else self._needed(change, files)
        is_dropped = not change.is_open and not change.is_reversible
        relatives = (*change.reverts, *filter(None, (change.rolled_back_by,)))
        return Holding(
            change_id=change_id,
            is_kept=change.is_open,
            is_dropped=is_dropped,
            relatives=relatives,
            touched_s=files[-1].touched_s,
            contents=frozenset() if is_dropped else frozenset[str]().union(*map(_contents, needed)),
            spare=tuple(file for file in files if file not in needed),
            stored_bytes=stored_bytes,
        )

    def _needed(self, change: ChangeSet, files: list[RevisionFile]) -> list[RevisionFile]:
        """The revisions of a closed change that something may still read.

        Bringing back what was rolled back goes by the newest revision that says what was written.
        """
        if change.state is not ChangeState.ROLLED_BACK or not change.is_reversible:
            return files[-1:]
        for index in range(len(files) - 1, -1, -1):
            try:
                older = self._records.load(change.change_id, files[index].revision)
            except DamagedStoreError:
                break
            if older.applied:
                return files[index:]
        return files


def _contents(file: RevisionFile) -> frozenset[str]:
    try:
        return frozenset(name.decode() for name in _CONTENT.findall(file.path.read_bytes()))
    except OSError:
        return frozenset()
