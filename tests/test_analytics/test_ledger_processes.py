"""Several processes share one ledger: no cap is overshot, and the dead leave no hold behind."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.test_analytics.conftest import Clock, hard, request, settled
from vibe_tui.analytics.errors import HoldSettledError
from vibe_tui.analytics.ledger import Ledger
from vibe_tui.analytics.model import Hold

ROOT = Path(__file__).resolve().parents[2]

SPENDER = """
import random, sys
from pathlib import Path
from tests.test_analytics.conftest import hard, request, settled
from vibe_tui.analytics.errors import BudgetExceededError
from vibe_tui.analytics.ledger import Ledger
ledger, draw, most = Ledger(Path(sys.argv[1])), random.Random(int(sys.argv[2])), 0
limits = [hard("total", 2000)]
print("ready", flush=True)
sys.stdin.readline()
for _ in range(30):
    try:
        hold = ledger.reserve(request(), draw.randrange(10, 60), limits)
    except BudgetExceededError:
        continue
    (status,) = ledger.statuses(limits, "s1")
    most = max(most, status.spent_nano_usd + status.held_nano_usd)
    if draw.random() < 0.2:
        ledger.release(hold)
    else:
        ledger.settle(hold, settled(draw.randrange(hold.nano_usd // 2, hold.nano_usd + 1)))
print(most)
"""

HOLDER = """
import sys
from pathlib import Path
from tests.test_analytics.conftest import request
from vibe_tui.analytics.ledger import Ledger
hold = Ledger(Path(sys.argv[1])).reserve(request(), 400, [])
print(hold.hold_id, flush=True)
sys.stdin.readline()
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def test_four_processes_never_pass_one_cap(path: Path) -> None:
    spenders = [start(SPENDER, path, seed) for seed in range(4)]
    assert [line_of(spender) for spender in spenders] == ["ready"] * 4
    answers = [spender.communicate("go\n", timeout=25)[0] for spender in spenders]
    assert [spender.returncode for spender in spenders] == [0] * 4
    most = max(int(answer) for answer in answers)
    ledger = Ledger(path)
    (status,) = ledger.statuses([hard("total", 2000)], "s1")
    ledger.close()
    assert most <= 2000
    assert 1900 < status.spent_nano_usd <= 2000  # the cap was reached, not passed
    assert status.held_nano_usd == 0


def killed_holder(path: Path) -> str:
    holder = start(HOLDER, path)
    hold_id = line_of(holder)
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    return hold_id


def test_the_hold_of_a_killed_process_becomes_an_interrupted_row(path: Path) -> None:
    ledger = Ledger(path)
    hold_id = killed_holder(path)
    (before,) = ledger.statuses([hard("total", 1000)], "s1")
    assert (before.spent_nano_usd, before.held_nano_usd) == (0, 400)
    ledger.release(ledger.reserve(request(), 600, [hard("total", 1000)]))
    (after,) = ledger.statuses([hard("total", 1000)], "s1")
    assert (after.spent_nano_usd, after.held_nano_usd) == (400, 0)
    ledger.close()
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(
            "SELECT hold_id, cost_nano, provenance, status, is_abandoned FROM requests"
        ).fetchone()
    assert row == (hold_id, 400, "interrupted", "failed", 1)


def test_a_new_start_finds_the_holds_of_the_dead(path: Path) -> None:
    killed_holder(path)
    ledger = Ledger(path)
    (status,) = ledger.statuses([hard("total", 1000)], "s1")
    ledger.close()
    assert (status.spent_nano_usd, status.held_nano_usd) == (400, 0)


def test_a_zombie_holds_nothing(path: Path) -> None:
    holder = start(HOLDER, path)
    line_of(holder)
    holder.send_signal(signal.SIGKILL)
    assert holder.stdout is not None
    holder.stdout.read()  # ends when the process does; it is not waited for, so it is a zombie
    ledger = Ledger(path)
    while ledger.statuses([hard("total", 1000)], "s1")[0].held_nano_usd:
        ledger.release(ledger.reserve(request(), 0, []))
    ledger.close()
    holder.communicate()


def test_a_living_process_keeps_its_hold(path: Path) -> None:
    holder = start(HOLDER, path)
    line_of(holder)
    ledger = Ledger(path)
    ledger.release(ledger.reserve(request(), 0, []))
    (status,) = ledger.statuses([hard("total", 1000)], "s1")
    assert (status.spent_nano_usd, status.held_nano_usd) == (0, 400)
    ledger.close()
    holder.communicate("done\n")


def rewrite_owner(path: Path, column: str, value: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"UPDATE holds SET {column} = ?", (value,))  # noqa: S608 - a test's word


@pytest.mark.parametrize(
    ("column", "value"),
    [("process_started", "1"), ("boot_id", "another boot"), ("pid", 2**22 + 1)],
)
def test_a_later_process_with_the_same_number_is_another(
    ledger: Ledger, column: str, value: object
) -> None:
    ledger.reserve(request(), 400, [])
    rewrite_owner(ledger.path, column, value)
    ledger.release(ledger.reserve(request(), 0, []))
    (status,) = ledger.statuses([hard("total", 1000)], "s1")
    assert (status.spent_nano_usd, status.held_nano_usd) == (400, 0)


def test_a_hold_of_another_container_lasts_an_hour(ledger: Ledger, clock: Clock) -> None:
    hold = ledger.reserve(request(), 400, [])
    rewrite_owner(ledger.path, "pid_namespace", "pid:[1]")
    clock.move(minutes=59)
    ledger.release(ledger.reserve(request(), 0, []))
    assert ledger.statuses([hard("total", 1000)], "s1")[0].held_nano_usd == 400
    clock.move(minutes=2)
    ledger.release(ledger.reserve(request(), 0, []))
    assert ledger.statuses([hard("total", 1000)], "s1")[0].held_nano_usd == 0
    assert clock.now - datetime(2026, 5, 20, 12, tzinfo=UTC) > timedelta(hours=1)
    settle_late(ledger, hold)


def settle_late(ledger: Ledger, hold: Hold) -> None:
    """It lived after all: its own settlement takes the place of the assumed row, once."""
    ledger.settle(hold, settled(150))
    (status,) = ledger.statuses([hard("total", 1000)], "s1")
    assert (status.spent_nano_usd, status.held_nano_usd) == (150, 0)
    with pytest.raises(HoldSettledError):
        ledger.settle(hold, settled(150))
