"""The ledger's file is durable, private, migrated, and never emptied without a word."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.test_analytics.conftest import Clock, hard, request, settled
from vibe_tui.analytics import store
from vibe_tui.analytics.errors import LedgerBusyError, LedgerError, LedgerTooNewError
from vibe_tui.analytics.ledger import Ledger
from vibe_tui.analytics.owner import Owner, is_gone, this_process
from vibe_tui.analytics.schema import SCHEMA_VERSION


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def filled(path: Path, clock: Clock) -> Iterator[Ledger]:
    """A ledger of 300 requests, all of it in the main file."""
    first = Ledger(path, clock)
    for _ in range(300):
        first.settle(first.reserve(request(), 10, []), settled(10))
    first.close()
    ledger = Ledger(path, clock)
    yield ledger
    ledger.close()


def spent(ledger: Ledger) -> int:
    return ledger.statuses([hard("total", 1)], "s1")[0].spent_nano_usd


def damage(path: Path) -> None:
    """Overwrite all but the first page."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


def test_the_file_is_wal_with_its_schema_version_and_private(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


def test_synchronous_is_full(ledger: Ledger) -> None:
    read = ledger._store.read(lambda c: c.execute("PRAGMA synchronous").fetchone())
    write = ledger._store.write(lambda c: c.execute("PRAGMA synchronous").fetchone())
    assert (read, write) == ((2,), (2,))


@pytest.mark.parametrize(
    "content", [b"this is no database" * 100, b"SQLite format 3\0" + b"x" * 900]
)
def test_what_is_no_database_is_set_aside(path: Path, clock: Clock, content: bytes) -> None:
    path.write_bytes(content)
    ledger = Ledger(path, clock)
    aside = path.with_name("ledger.damaged-20260520T120000Z")
    assert aside.read_bytes() == content
    assert ledger.problem is not None
    assert aside.name in ledger.problem
    assert spent(ledger) == 0
    ledger.settle(ledger.reserve(request(), 10, []), settled(10))
    ledger.close()
    again = Ledger(path, clock)
    assert (again.problem, spent(again)) == (None, 10)
    again.close()


def test_a_damaged_page_is_found_at_the_start(filled: Ledger, path: Path, clock: Clock) -> None:
    filled.close()
    damage(path)
    ledger = Ledger(path, clock)
    assert ledger.problem is not None
    assert spent(ledger) == 0
    ledger.close()
    assert len(list(path.parent.glob("ledger.damaged-*Z"))) == 1


def test_every_damaged_file_is_kept(path: Path, clock: Clock) -> None:
    for _ in range(3):
        path.write_bytes(b"broken" * 400)
        Ledger(path, clock).close()
        path.unlink()
    kept = sorted(found.name for found in path.parent.glob("ledger.damaged-*"))
    assert kept == [f"ledger.damaged-20260520T120000Z{end}" for end in ("", "-2", "-3")]


def test_damage_that_is_met_in_use_loses_no_settlement(
    monkeypatch: pytest.MonkeyPatch, filled: Ledger, path: Path, clock: Clock
) -> None:
    filled.close()
    monkeypatch.setattr(store, "CHECKED_WHOLE_UP_TO_BYTES", 0)
    ledger = Ledger(path, clock)
    hold = ledger.reserve(request(), 70, [])
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    damage(path)
    for connection in ledger._store._connections:
        connection.execute("PRAGMA shrink_memory")  # so that the pages are read again
    ledger.settle(hold, settled(60))
    assert ledger.problem is not None
    assert spent(ledger) == 60
    ledger.close()


def test_a_removed_file_is_begun_anew_and_said(filled: Ledger, path: Path) -> None:
    hold = filled.reserve(request(), 70, [])
    for name in ("", "-wal", "-shm"):
        Path(f"{path}{name}").unlink(missing_ok=True)
    filled.settle(hold, settled(60))
    assert filled.problem is not None
    assert "replaced" in filled.problem
    assert spent(filled) == 60


def test_two_ledgers_that_meet_the_same_damage_keep_what_the_first_began(
    path: Path, clock: Clock
) -> None:
    one, two = Ledger(path, clock), Ledger(path, clock)
    path.rename(path.with_name("elsewhere"))
    for name in ("-wal", "-shm"):
        Path(f"{path}{name}").unlink(missing_ok=True)
    one.settle(one.reserve(request(), 10, []), settled(10))
    two.settle(two.reserve(request(), 20, []), settled(20))
    assert spent(one) == spent(two) == 30
    one.close()
    two.close()


def test_a_newer_schema_is_refused_and_untouched(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    before = path.read_bytes()
    with pytest.raises(LedgerTooNewError, match="schema version"):
        Ledger(path)
    assert path.read_bytes() == before
    assert list(path.parent.glob("*damaged*")) == []


def test_someone_else_s_database_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE requests (x)")
        connection.commit()
    with pytest.raises(LedgerError, match="already exists"):
        Ledger(path)


def test_a_folder_in_place_of_the_file_is_an_error(path: Path) -> None:
    path.mkdir()
    with pytest.raises(LedgerError):
        Ledger(path)


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(LedgerError):
        Ledger(tmp_path / "data" / "ledger.sqlite")


def test_a_locked_ledger_says_who_to_look_for(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(store, "BUSY_TIMEOUT_S", 0.01)
    ledger = Ledger(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert spent(ledger) == 0  # reading never waits
        with pytest.raises(LedgerBusyError, match="locked by another process"):
            ledger.reserve(request(), 1, [])
        other.execute("ROLLBACK")
    ledger.reserve(request(), 1, [])
    ledger.close()


def test_a_closed_ledger_says_so(ledger: Ledger) -> None:
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        spent(ledger)
    with pytest.raises(LedgerError, match="closed"):
        ledger.reserve(request(), 1, [])


def test_threads_share_a_ledger(ledger: Ledger) -> None:
    def work() -> None:
        for _ in range(10):
            ledger.settle(ledger.reserve(request(), 5, []), settled(5))
            spent(ledger)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert spent(ledger) == 300


def test_this_process_is_alive_and_others_are_told_apart() -> None:
    here = this_process()
    assert is_gone(here, here) is False
    assert is_gone(Owner(here.pid, "1", here.boot_id, here.pid_namespace), here) is True
    assert is_gone(Owner(here.pid, here.started, "other", here.pid_namespace), here) is True
    assert is_gone(Owner(here.pid, here.started, here.boot_id, "other"), here) is None


def test_without_proc_a_process_is_known_by_its_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("vibe_tui.analytics.owner._PROC", tmp_path)
    here = this_process()
    assert (here.started, here.boot_id, here.pid_namespace) == ("", "", "")
    assert is_gone(Owner(os.getppid(), "", "", ""), here) is False
    assert is_gone(Owner(2**22 + 1, "", "", ""), here) is True
