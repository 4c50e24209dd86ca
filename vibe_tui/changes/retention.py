"""How long changes can be taken back: contents are given up, oldest first; the audit never is.

A change is first marked as no longer reversible, then its contents go, so that a crash in between
leaves contents without a change, and never a change without the contents it counts on.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from vibe_tui.changes.bench import Bench
from vibe_tui.changes.errors import ProjectLockedError
from vibe_tui.changes.holdings import Holding, Holdings
from vibe_tui.changes.kept.blobs import StoredBlob
from vibe_tui.config.files import write_atomically

Item = TypeVar("Item")

_EVERY = timedelta(days=1)
_GRACE_S = 3600.0
"""Seconds that what nothing refers to stays: somebody may be about to."""
_SLICE_S = 0.25
"""Seconds that the lock is held at a time, about."""
_PAUSE_S = 0.05
"""Seconds between two slices, longer than others wait before they try again."""
_WAIT_S = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept."""

    keep_days: int
    keep_bytes: int
    """Of contents and revisions together."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was done."""

    dropped: tuple[str, ...]
    """Changes that are no longer reversible, oldest first."""
    removed_blobs: int
    freed_bytes: int
    is_finished: bool
    """False: the time was up, or another process was writing; the rest is done another time."""


class Retention:
    """Gives up what is too old, or too much, one slice under the lock at a time.

    Args:
        bench: The store's parts.
    """

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._holdings = Holdings(bench.records)
        self._stamp = bench.data_dir / "tidied.json"

    def is_due(self) -> bool:
        """Whether a day has passed since it was done last, and there is something to look at."""
        if not (self._bench.data_dir / "proposals").is_dir():
            return False
        try:
            last = datetime.fromisoformat(json.loads(self._stamp.read_bytes())["at"])
            return not timedelta(0) <= self._bench.clock() - last < _EVERY
        except (OSError, ValueError, TypeError, KeyError):
            return True

    def kept_bytes(self) -> int:
        """Bytes that contents and revisions take on the disk."""
        contents = sum(blob.length for blob in self._bench.blobs.stored())
        return contents + sum(held.stored_bytes for held in self._holdings.refresh().values())

    def run(self, limits: Limits, budget_s: float = 30.0) -> Tidied:
        """Give up what the limits do not keep, and remove what nothing refers to.

        Args:
            limits: What is kept.
            budget_s: Seconds that it may take altogether, about.

        Raises:
            VibeError: If the system refuses, or the journal cannot be read.
        """
        sweep = _Sweep(self._bench, self._holdings, time.monotonic() + budget_s)
        try:
            sweep.drop(self._too_much(limits))
            sweep.remove_revisions()
            sweep.remove_blobs()
            sweep.remove_leftovers()
        except _TimeUpError:
            return sweep.result(is_finished=False)
        at = self._bench.clock().astimezone(UTC).isoformat()
        with suppress(OSError):  # then it is done again tomorrow
            write_atomically(self._stamp, json.dumps({"at": at}).encode())
        return sweep.result(is_finished=True)

    def _too_much(self, limits: Limits) -> list[Sequence[str]]:
        """The families to give up, oldest first."""
        holdings = self._holdings.refresh()
        sizes = {blob.sha256: blob.length for blob in self._bench.blobs.stored()}
        users = Counter(sha256 for held in holdings.values() for sha256 in held.contents)
        total = sum(sizes.get(sha256, 0) for sha256 in users)
        total += sum(held.stored_bytes for held in holdings.values())
        oldest_s = (self._bench.clock() - timedelta(days=limits.keep_days)).timestamp()
        chosen: list[Sequence[str]] = []
        for family in families_of(holdings):
            if family.touched_s >= oldest_s and total <= limits.keep_bytes:
                break
            chosen.append(family.change_ids)
            for change_id in family.change_ids:
                held = holdings[change_id]
                total -= sum(file.length for file in held.spare)
                for sha256 in held.contents:
                    users[sha256] -= 1
                    total -= 0 if users[sha256] else sizes.get(sha256, 0)
        return chosen


@dataclass(frozen=True, slots=True)
class _Family:
    """Changes that took each other back: one of them is nothing without the others."""

    change_ids: tuple[str, ...]
    touched_s: float


def families_of(holdings: dict[str, Holding]) -> list[_Family]:
    """What may be given up, oldest first; what is open keeps its whole family."""
    root = {change_id: change_id for change_id in holdings}

    def root_of(change_id: str) -> str:
        while root[change_id] != change_id:
            root[change_id] = root[root[change_id]]
            change_id = root[change_id]
        return change_id

    for change_id, held in holdings.items():
        for relative in held.relatives:
            if relative in root:
                root[root_of(relative)] = root_of(change_id)
    members: dict[str, list[Holding]] = {}
    for change_id, held in holdings.items():
        members.setdefault(root_of(change_id), []).append(held)
    found = [
        _Family(
            tuple(held.change_id for held in family if not held.is_dropped),
            max(held.touched_s for held in family),
        )
        for family in members.values()
        if not any(held.is_kept for held in family) and not all(held.is_dropped for held in family)
    ]
    return sorted(found, key=lambda family: (family.touched_s, family.change_ids))


class _TimeUpError(Exception):
    """The rest is done another time."""


class _Sweep:
    """One run: what it may still do, and what it has done."""

    def __init__(self, bench: Bench, holdings: Holdings, deadline_s: float) -> None:
        self._bench = bench
        self._holdings = holdings
        self._deadline_s = deadline_s
        self._dropped: list[str] = []
        self._blobs = 0
        self._bytes = 0
        self._live: frozenset[str] = frozenset()
        self._whole: frozenset[tuple[str, ...]] = frozenset()

    def result(self, *, is_finished: bool) -> Tidied:
        return Tidied(tuple(self._dropped), self._blobs, self._bytes, is_finished)

    def drop(self, families: Iterable[Sequence[str]]) -> None:
        """Mark changes as no longer reversible, but for those that somebody decided on since."""
        self._in_slices(families, self._drop, prepare=self._see_families)

    def _see_families(self) -> None:
        found = families_of(self._holdings.refresh())
        self._whole = frozenset(family.change_ids for family in found)

    def _drop(self, change_ids: Sequence[str]) -> None:
        if tuple(change_ids) not in self._whole:
            return
        for change_id in change_ids:
            change = self._bench.records.load(change_id)
            files = tuple(replace(file, reversible=False) for file in change.files)
            self._bench.log("expired", change, by="retention")
            self._bench.records.save(replace(change, files=files))
            self._dropped.append(change_id)

    def remove_revisions(self) -> None:
        """Remove older revisions of closed changes, as far as nothing needs them."""
        before_s = self._grace_began_s
        with_spare = [
            held.change_id
            for held in self._holdings.refresh().values()
            if held.spare and held.touched_s < before_s
        ]
        self._in_slices(with_spare, self._remove_spare)

    def _remove_spare(self, change_id: str) -> None:
        held = self._holdings.read(change_id)
        for file in held.spare if held is not None else ():  # oldest first: no gap is ever seen
            file.path.unlink(missing_ok=True)
            self._bytes += file.length

    def remove_blobs(self) -> None:
        """Remove contents that no change needs."""
        self._see_live()
        before_s, live = self._grace_began_s, self._live
        unused = [
            blob
            for blob in self._bench.blobs.stored()
            if blob.sha256 not in live and blob.written_s < before_s
        ]
        self._in_slices(unused, self._remove_blob, prepare=self._see_live)

    def _see_live(self) -> None:
        held = self._holdings.refresh().values()
        self._live = frozenset[str]().union(*(each.contents for each in held))

    def _remove_blob(self, blob: StoredBlob) -> None:
        if blob.sha256 not in self._live and self._bench.blobs.remove(blob, self._grace_began_s):
            self._blobs += 1
            self._bytes += blob.length

    def remove_leftovers(self) -> None:
        """Remove what a crash left half written: temporary files, and folders of no change."""
        self._in_slices(self._leftovers(), _remove)

    def _leftovers(self) -> list[Path]:
        kept, root = self._bench.data_dir, self._bench.data_dir / "proposals"
        temporary = [path for path in kept.glob("*/**/.*.tmp") if path.is_file()]
        known = set(self._bench.records.ids())
        folders = [path for path in root.glob("*") if path.is_dir() and path.name not in known]
        before_s = self._grace_began_s
        return [path for path in (*temporary, *folders) if _age_mark_s(path) < before_s]

    @property
    def _grace_began_s(self) -> float:
        """What was written before is old enough to go."""
        return self._bench.clock().timestamp() - _GRACE_S

    def _in_slices(
        self,
        items: Iterable[Item],
        work: Callable[[Item], None],
        prepare: Callable[[], None] | None = None,
    ) -> None:
        """Do work on each item under the lock, letting it go in between for others.

        Args:
            items: What to work on.
            work: What to do with one.
            prepare: Done each time that the lock was taken.
        """
        queue = list(items)
        while queue:
            if time.monotonic() > self._deadline_s:
                raise _TimeUpError
            self._slice(queue, work, prepare)
            if queue:
                time.sleep(_PAUSE_S)

    def _slice(
        self,
        queue: list[Item],
        work: Callable[[Item], None],
        prepare: Callable[[], None] | None,
    ) -> None:
        try:
            with self._bench.locked(_WAIT_S):
                until_s = time.monotonic() + _SLICE_S
                if prepare is not None:
                    prepare()
                while queue:
                    work(queue.pop(0))
                    if time.monotonic() > until_s:
                        break
        except ProjectLockedError:
            raise _TimeUpError from None


def _age_mark_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # gone meanwhile
        return float("inf")


def _remove(path: Path) -> None:
    with suppress(OSError):  # gone, or a folder that holds something after all
        path.rmdir() if path.is_dir() else path.unlink()
