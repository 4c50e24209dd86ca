"""The ledger's file: one writer and one reader connection, durable, never emptied in silence."""

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from vibe_tui.analytics.errors import LedgerBusyError, LedgerError, LedgerTooNewError
from vibe_tui.analytics.schema import MIGRATIONS, SCHEMA_VERSION

BUSY_TIMEOUT_S = 5.0
CHECKED_WHOLE_UP_TO_BYTES = 16 * 1024 * 1024
"""A larger file is not read through at every start; its damage is found when it is met."""

_DAMAGED = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_WRITER, _READER = 0, 1

Result = TypeVar("Result")


class _DamagedFileError(Exception):
    """SQLite finds the file damaged."""


class Store:
    """A SQLite file in WAL mode with ``synchronous=FULL``, safe for threads and processes.

    Reads go over a connection of their own, so that they never wait for a writer.

    Args:
        path: The file; it and its folder are made when missing, readable by the person alone.
        clock: The time, aware.

    Raises:
        LedgerTooNewError: If a newer version of the program wrote it.
        LedgerError: If it cannot be opened.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.path = path
        self.problem: str | None = None
        """What a person must know about the file; None while all is well."""
        self._clock = clock
        self._locks = (threading.Lock(), threading.Lock())
        self._connections: list[sqlite3.Connection] = []
        self._identity = (0, 0)
        self._opened = 0
        self._open()

    def write(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run ``work`` in one ``BEGIN IMMEDIATE`` transaction: all of it or nothing is kept.

        Args:
            work: What to do; it may run twice, the second time on a new file, when the first one
                turns out to be damaged.

        Raises:
            LedgerError: If the file cannot be written.
        """
        return self._run(_WRITER, "BEGIN IMMEDIATE", work)

    def read(self, work: Callable[[sqlite3.Connection], Result]) -> Result:
        """Run ``work`` on one consistent view of the file, without waiting for writers.

        Args:
            work: Queries only; it may run twice, as with ``write``.

        Raises:
            LedgerError: If the file cannot be read.
        """
        return self._run(_READER, "BEGIN", work)

    def close(self) -> None:
        """Close both connections; the store is not used again."""
        with self._locks[_WRITER], self._locks[_READER]:
            self._disconnect()

    def _run(self, which: int, begin: str, work: Callable[[sqlite3.Connection], Result]) -> Result:
        opened = self._opened
        if self._is_on_disk():
            try:
                with self._locks[which]:
                    return _transaction(self._connection(which), begin, work)
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise self._failure(error) from error
        self._open_again(opened)
        try:
            with self._locks[which]:
                return _transaction(self._connection(which), begin, work)
        except sqlite3.DatabaseError as error:
            raise self._failure(error) from error

    def _connection(self, which: int) -> sqlite3.Connection:
        if not self._connections:
            raise LedgerError(f"The ledger {self.path} is closed")
        return self._connections[which]

    def _is_on_disk(self) -> bool:
        """Whether the path still names the file that is open, so that nothing is written away."""
        try:
            return not self._connections or _identity(self.path) == self._identity
        except OSError:
            return False

    def _open_again(self, opened: int) -> None:
        """Open the file anew, unless another thread did since ``opened``."""
        with self._locks[_WRITER], self._locks[_READER]:
            if opened == self._opened:
                self._disconnect()
                self._open(is_suspect=True)
                self.problem = self.problem or (
                    f"The spending ledger {self.path} was replaced while it was in use: "
                    "spending before now may not be in it, nor in budgets."
                )

    def _disconnect(self) -> None:
        while self._connections:
            self._connections.pop().close()

    def _open(self, *, is_suspect: bool = False) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with _only_one_opens(self.path):
                try:
                    self._connections = self._connect_both(is_suspect)
                except _DamagedFileError:
                    self._set_aside()
                    self._connections = self._connect_both(False)
        except (OSError, sqlite3.Error, _DamagedFileError) as error:
            raise self._failure(error) from error
        self._identity = _identity(self.path)
        self._opened += 1

    def _connect_both(self, is_suspect: bool) -> list[sqlite3.Connection]:
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with contextlib.ExitStack() as undo:
            writer = undo.enter_context(contextlib.closing(_connect(self.path)))
            try:
                self._check(writer, is_suspect)
                self._migrate(writer)
            except sqlite3.DatabaseError as error:
                if _is_damage(error):
                    raise _DamagedFileError from error
                raise
            reader = _connect(self.path)
            undo.pop_all()
        return [writer, reader]

    def _check(self, connection: sqlite3.Connection, is_suspect: bool) -> None:
        connection.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        if not is_suspect and self.path.stat().st_size > CHECKED_WHOLE_UP_TO_BYTES:
            return
        check = "PRAGMA integrity_check(1)" if is_suspect else "PRAGMA quick_check(1)"
        (verdict,) = connection.execute(check).fetchone()
        if verdict != "ok":
            raise _DamagedFileError

    def _migrate(self, connection: sqlite3.Connection) -> None:
        def upgrade(connection: sqlite3.Connection) -> None:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > SCHEMA_VERSION:
                raise LedgerTooNewError(
                    f"The ledger {self.path} has schema version {version}, "
                    f"and this program knows {SCHEMA_VERSION}",
                    "update vibe-tui, or use another data directory",
                )
            for statements in MIGRATIONS[version:]:
                for statement in statements:
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

        _transaction(connection, "BEGIN IMMEDIATE", upgrade)

    def _set_aside(self) -> None:
        stamp = self._clock().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}")
        count = 1
        while aside.exists():
            count += 1
            aside = self.path.with_name(f"{self.path.stem}.damaged-{stamp}-{count}")
        self.path.rename(aside)
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(f"{self.path}{suffix}").rename(f"{aside}{suffix}")
        self.problem = (
            f"The spending ledger was damaged and is kept as {aside.name} in {aside.parent}. "
            "A new one was begun: spending before now is not in it, nor in budgets."
        )

    def _failure(self, error: Exception) -> LedgerError:
        if isinstance(error, sqlite3.Error) and _code(error) in _BUSY:
            return LedgerBusyError(
                f"The ledger {self.path} was locked by another process for {BUSY_TIMEOUT_S:.0f} s",
                "try again, or close other programs that have it open",
            )
        return LedgerError(
            f"The ledger {self.path} cannot be used: {error or type(error).__name__}",
            "check the disk's space and the file's permissions; nothing is sent without a ledger",
        )


def _identity(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_dev, found.st_ino


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    except sqlite3.DatabaseError as error:
        connection.close()
        if _is_damage(error):
            raise _DamagedFileError from error
        raise
    return connection


def _transaction(
    connection: sqlite3.Connection, begin: str, work: Callable[[sqlite3.Connection], Result]
) -> Result:
    connection.execute(begin)
    try:
        result = work(connection)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    return result


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code


def _is_damage(error: sqlite3.Error) -> bool:
    return _code(error) in _DAMAGED


@contextmanager
def _only_one_opens(path: Path) -> Iterator[None]:
    """One process at a time opens, so that none sets aside what another has just begun anew."""
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
