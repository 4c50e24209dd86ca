"""How quick the history is with many changes: read from the disk, opened, filtered, scrolled.

``python -m benchmarks.history [COUNT]`` prints milliseconds; COUNT is 10,000 by default.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from vibe_tui.changes.model import ChangeSet, Origin, WholeFile
from vibe_tui.config.locations import Locations
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.history import HistoryRows
from vibe_tui.ui.screens.history import HistoryScreen
from vibe_tui.workspace import Workspace

_COUNT = 10_000
_A_MESSAGE = 3
_QUERIES = ("f", "f4", "f43", "f432", "message 14", "")
Result = TypeVar("Result")


def timed(what: str, work: Callable[[], Result]) -> Result:
    """Do work and print what it took."""
    started = time.perf_counter()
    result = work()
    print(f"{what:<44} {(time.perf_counter() - started) * 1000:8.1f} ms")
    return result


def fill(workspace: Workspace, count: int) -> None:
    """Store copies of one accepted change, as if each had been made a minute before the last."""
    store = workspace.rooms.change_store
    origin = Origin("model", "openai/gpt-4o", "s-1", "message", "p-0", 8_700_000, "exact")
    proposed = store.propose([WholeFile("a.txt", "one\n")], origin).change
    assert proposed is not None
    change = store.accept(proposed.change_id, proposed.revision)
    folder = workspace.rooms.locations.project_data(workspace.root) / "changes" / "proposals"
    text = TypeAdapter(ChangeSet)
    now = datetime.now(UTC)
    for n in range(1, count):
        told = replace(
            origin, prompt=f"message {n // _A_MESSAGE}", prompt_id=f"p-{n // _A_MESSAGE}"
        )
        files = (replace(change.files[0], path=f"src/f{n}.py"),)
        at = (now - timedelta(minutes=n)).isoformat(timespec="milliseconds")
        copy = replace(
            change,
            change_id=f"c-{n:06}",
            created_at=at,
            origin=told,
            files=files,
            applied_order=change.applied_order + count - n,
        )
        path = folder / copy.change_id / f"r{copy.revision:06}.json"
        path.parent.mkdir()
        document = text.dump_json(copy).decode()
        path.write_text(f'{{"schema_version": 1, "change": {document}}}', encoding="utf-8")


async def open_screen(workspace: Workspace) -> None:
    """Open the history in the app, and go through it."""
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        while app.desk.screen.review.change is None:
            await pilot.pause(0.01)
        started = time.perf_counter()
        app.desk.screen.review.action_earlier()
        while not (isinstance(app.screen, HistoryScreen) and app.screen.listing.current):
            await pilot.pause(0.001)
        await pilot.pause()
        print(f"{'opened, from the key to the rows':<44} {_ms_since(started):8.1f} ms")
        for key in ("end", "pageup", "home", "pagedown", "down"):
            started = time.perf_counter()
            await pilot.press(key)
            print(f"{f'key {key}, with its preview':<44} {_ms_since(started):8.1f} ms")


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def main() -> int:
    """Measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _COUNT
    with tempfile.TemporaryDirectory(prefix="vibe-tui-history-") as name:
        base = Path(name)
        (base / "project").mkdir()
        places = Locations(base / "config", base / "data", base / "cache")
        fill(Workspace.open(base / "project", locations=places, environ={}), count)
        workspace = Workspace.open(base / "project", locations=places, environ={})
        store = workspace.rooms.change_store
        print(f"{count:,} changes")
        time.sleep(2.1)  # what was written just now is read again each time
        changes = timed("read for the first time", store.list_changes)
        timed("read again", store.list_changes)
        rows = timed("made into rows, in a thread", lambda: HistoryRows(changes))
        for query in _QUERIES:
            timed(f"filtered by {query!r}", partial(rows.filter, query))
        timed("tidied, once a day in a thread", lambda: asyncio.run(workspace.review.tidy()))
        asyncio.run(open_screen(workspace))
        asyncio.run(workspace.close())
    return 0


if __name__ == "__main__":
    sys.exit(main())
