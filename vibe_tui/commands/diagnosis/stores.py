"""Settings, folders, the log, the ledger and the stored proposals."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from vibe_tui.commands.diagnosis.finding import Finding
from vibe_tui.errors import VibeError
from vibe_tui.foreign import clean_line

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

_DAMAGE = "compare it with a backup of the data folder"
_TIDY_S = 5.0
LOG_FILE = Path("log", "vibe-tui.log")
"""Below the data directory."""


def look_at_settings(workspace: "Workspace") -> list[Finding]:
    """Which settings files there are, and every problem in them."""
    rooms = workspace.rooms
    files = [rooms.locations.settings_file, workspace.root / ".vibe-tui" / "config.toml"]
    there = [clean_line(str(path)) for path in files if path.exists()]
    detail = ", ".join(there) or f"none; {clean_line(str(files[0]))} would be read"
    findings = [Finding("settings", not rooms.loaded.problems, detail, is_essential=True)]
    findings += [
        Finding("settings", False, problem.message, problem.hint, is_essential=True)
        for problem in rooms.loaded.problems
    ]
    return findings


def look_at_folders(workspace: "Workspace") -> list[Finding]:
    """Whether settings, data and caches can be written."""
    places = workspace.rooms.locations
    folders = {
        "config folder": places.config_dir,
        "data folder": places.data_dir,
        "cache folder": places.cache_dir,
    }
    return [_writable(name, folder) for name, folder in folders.items()]


def _writable(name: str, folder: Path) -> Finding:
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    is_writable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    shown = clean_line(str(folder))
    state = "" if nearest == folder else ", made when it is needed"
    hint = "" if is_writable else f"{clean_line(str(nearest))} is not writable: choose another"
    return Finding(name, is_writable, shown + state, hint, is_essential=True)


def look_at_log(workspace: "Workspace") -> list[Finding]:
    """Where the log is and how large."""
    path = workspace.rooms.locations.data_dir / LOG_FILE
    shown = clean_line(str(path))
    if not path.exists():
        return [Finding("log", True, f"{shown}, nothing written yet")]
    is_writable = os.access(path, os.W_OK)
    hint = "" if is_writable else "what goes wrong is not written down"
    return [Finding("log", is_writable, f"{shown}, {path.stat().st_size:,} bytes", hint)]


async def look_at_money(workspace: "Workspace") -> list[Finding]:
    """The ledger, the price list and the tokenizers."""
    return [
        await _judged("ledger", lambda: _ledger(workspace)),
        await _judged("prices", lambda: _prices(workspace)),
    ]


def _ledger(workspace: "Workspace") -> Finding:
    path = workspace.rooms.locations.data_dir / "ledger.sqlite"
    if not path.exists():
        return Finding("ledger", True, f"{clean_line(str(path))}, nothing spent yet")
    spending = workspace.rooms.spending
    problem = spending.ledger.problem
    requests = spending.report("all").total_requests
    aside = sorted(each.name for each in path.parent.glob("ledger.damaged-*"))
    hint = f"set aside as damaged: {', '.join(aside)}" if aside else ""
    detail = problem or f"{clean_line(str(path))}, {requests:,} requests"
    return Finding("ledger", problem is None, detail, hint, is_essential=True)


def _prices(workspace: "Workspace") -> Finding:
    rooms = workspace.rooms
    rooms.counter.count("a", "o200k_base")
    detail = f"{len(rooms.prices.search('')):,} models, prices as of {rooms.prices.as_of}"
    return Finding("prices", rooms.counter.problem is None, detail, rooms.counter.problem or "")


async def look_at_changes(workspace: "Workspace") -> list[Finding]:
    """Whether every stored change and every line of the audit is whole, and what is kept."""
    await workspace.review.tidy(_TIDY_S)
    return [
        await _judged("changes", lambda: _changes(workspace)),
        await _judged("audit", lambda: _audit(workspace)),
        await _judged("rolling back", lambda: _kept(workspace)),
    ]


def _changes(workspace: "Workspace") -> Finding:
    store = workspace.rooms.change_store
    unreadable = store.unreadable()
    number = len(store.list_changes())
    detail = _count(number, "change")
    if not unreadable:
        return Finding("changes", True, detail, is_essential=True)
    return Finding(
        "changes", False, f"unreadable: {', '.join(unreadable)}", _DAMAGE, is_essential=True
    )


def _audit(workspace: "Workspace") -> Finding:
    store = workspace.rooms.change_store
    report = store.audit.examine(store.list_changes())
    whole = f"{_count(report.lines, 'line')}, each as it was written"
    detail = "; ".join((*(report.problems or (whole,)), *report.remarks))
    hint = f"{clean_line(str(store.audit.path))}: {_DAMAGE}" if report.problems else ""
    return Finding("audit", not report.problems, detail, hint, is_essential=True)


def _kept(workspace: "Workspace") -> Finding:
    store, settings = workspace.rooms.change_store, workspace.settings
    lost = sum(not change.is_reversible for change in store.list_changes())
    kept = f"{store.retention.kept_bytes():,} bytes of at most {settings.changes_keep_bytes:,}"
    detail = f"{kept}, {settings.changes_keep_days} days"
    gone = f"; {_count(lost, 'older change')} no longer reversible" if lost else ""
    return Finding("rolling back", True, detail + gone)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"


async def _judged(name: str, judge: Callable[[], Finding]) -> Finding:
    """A finding made in a thread; a room's error is a finding as well."""
    try:
        return await asyncio.to_thread(judge)
    except VibeError as error:
        return Finding(name, False, error.message, error.hint, is_essential=True)


def look_at_caches(workspace: "Workspace") -> list[Finding]:
    """How much the caches hold."""
    folder = workspace.rooms.locations.cache_dir
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    detail = f"{len(sizes)} files, {sum(sizes):,} bytes in {clean_line(str(folder))}"
    kept = [
        f"{name}: {stats.entries} entries, {stats.hits} hits, {stats.misses} misses"
        for name, stats in workspace.rooms.caches.cache_statistics().items()
    ]
    return [Finding("caches", None, "; ".join((detail, *kept)))]
