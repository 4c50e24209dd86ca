"""How quickly Review answers in a proposal of 2,000 hunks and 6,000 changed lines.

Goal: from a key to the screen p95 ≤ 50 ms, hunk by hunk and page by page, in one column and in
two. Each figure stands beside that limit; the peer is the same key on a proposal of two hunks in
the same run.

The whole app runs without a screen, but renders as for a terminal. A key's clock starts when a
thread of its own presses it, so a busy loop cannot hide its delay, and ends when the text for the
terminal that shows another hunk is complete.
"""

import argparse
import asyncio
import random
import re
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import vibe_tui.ui  # noqa: F401 - sets the frame rate, which Textual reads when imported

# isort: split
from textual import events
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from vibe_tui.changes.model import ChangeSet
from vibe_tui.config.locations import Locations
from vibe_tui.ui.app import VibeApp
from vibe_tui.workspace import Workspace

LIMIT_MS = 50.0
FILES, HUNKS_A_FILE = 4, 500
SIZE = (150, 40)
_PAUSE_S = (0.02, 0.07)
_LONGEST_WAIT_S = 5.0
_SETTLE_S = 3.0
KEYS = (
    ("next hunk", "n"),
    ("next page", "pagedown"),
    ("page before", "pageup"),
)
_FUNCTION = re.compile(r"value_\d+_")
_PLACE = re.compile(r"hunk (\d[\d,]*) of (\d[\d,]*)")

FUNCTION = '''
def value_{n}_(rows: Sequence[int], *, strict: bool = True) -> int:
    """Sum up what number {n} stands for."""
    total = 0
    for index, row in enumerate(rows):
        if strict and row < {n}:
            raise ValueError(f"value_{n}_: {{row!r}} of {{index}} is too small")
        total += row * {n}
    return total

'''


class PlaceDriver(HeadlessDriver):
    """A terminal that tells when it shows another place of the proposal."""

    place: ClassVar[tuple[int, int]] = (0, 0)
    """Number of the current hunk, and of how many."""
    before: ClassVar[frozenset[str]] = frozenset()
    """Functions drawn until the key."""
    since: ClassVar[frozenset[str]] = frozenset()
    """Functions drawn since then."""
    drawn_at: ClassVar[float] = 0.0
    has_changed: ClassVar[threading.Event] = threading.Event()

    @property
    def is_headless(self) -> bool:
        """False: everything is rendered to text as for a terminal."""
        return False

    @classmethod
    def expect(cls) -> None:
        """A key is pressed: the next new place, or function, answers it."""
        cls.before, cls.since = cls.since, frozenset()
        cls.has_changed.clear()

    def write(self, data: str) -> None:
        """Look for the place in what is drawn now."""
        driver, now = type(self), time.perf_counter()
        functions = frozenset(_FUNCTION.findall(data))
        found = _PLACE.search(data)
        place = driver.place
        if found is not None:
            place = int(found[1].replace(",", "")), int(found[2].replace(",", ""))
        is_new = place != driver.place or bool(functions - driver.before)
        driver.place, driver.since = place, driver.since | functions
        if is_new and not driver.has_changed.is_set():
            driver.drawn_at = now
            driver.has_changed.set()


def whole_file(path: str, text: str) -> str:
    """An answer that replaces a file."""
    return f"{path}\n```python\n{text}```\n\n"


def build(root: Path) -> tuple[str, str]:
    """Write a project; return two answers: one of 2 hunks, one of 2,000 of 3 changed lines."""
    functions = [FUNCTION.format(n=n) for n in range(HUNKS_A_FILE)]
    few = [*functions[:1], changed(functions[1]), *functions[2:-1], changed(functions[-1])]
    many = "".join(map(changed, functions))
    names = [f"module_{n}.py" for n in range(FILES)]
    for name in ("small.py", *names):
        (root / name).write_text("".join(functions), encoding="utf-8")
    return whole_file("small.py", "".join(few)), "".join(whole_file(name, many) for name in names)


def changed(function: str) -> str:
    """One line replaced, one added."""
    return function.replace("total += row", "total -= row").replace(
        "    return total", "    total = abs(total)\n    return total"
    )


@dataclass
class Presser:
    """Presses a key again and again, each time when the one before has been answered."""

    app: VibeApp
    loop: asyncio.AbstractEventLoop

    def press(self, key: str, count: int) -> list[float]:
        """Return the milliseconds that each key took; runs in a thread of its own.

        Raises:
            TimeoutError: If a key changes nothing.
        """
        chance = random.Random(7)  # noqa: S311 - a repeatable rhythm, no secret
        taken: list[float] = []
        for _ in range(count):
            time.sleep(chance.uniform(*_PAUSE_S))
            PlaceDriver.expect()
            pressed = time.perf_counter()
            event = events.Key(key, key if len(key) == 1 else None)
            self.loop.call_soon_threadsafe(self.app.post_message, event)
            if not PlaceDriver.has_changed.wait(_LONGEST_WAIT_S):
                raise TimeoutError(f"{key} at {PlaceDriver.place} showed no other hunk")
            taken.append((PlaceDriver.drawn_at - pressed) * 1_000)
        return taken


@dataclass(frozen=True)
class Figures:
    """What a kind of key took."""

    name: str
    taken_ms: list[float]

    @property
    def is_good(self) -> bool:
        """Whether it keeps to the limit."""
        return quantiles(self.taken_ms, n=20)[18] <= LIMIT_MS

    def line(self, peer: "Figures") -> str:
        """The figures beside the limit, and beside those of a small proposal."""
        percentiles = quantiles(self.taken_ms, n=20)
        p50, p95 = percentiles[9], percentiles[18]
        beside = f"  = 2 hunks x {p50 / quantiles(peer.taken_ms, n=20)[9]:.1f}"
        return (
            f"  {self.name:<36}{len(self.taken_ms):4d} keys  p50 {p50:5.1f}  p95 {p95:5.1f}"
            f"  max {max(self.taken_ms):5.1f} ms  = limit x {p95 / LIMIT_MS:.2f}{beside}"
        )


async def opened(app: VibeApp, change_id: str, hunks: int) -> float:
    """Show a proposal; return the seconds until its first hunk is drawn.

    Raises:
        TimeoutError: If it never is.
    """
    PlaceDriver.expect()
    started = time.perf_counter()
    await app.desk.router.show_change(change_id)
    while PlaceDriver.place[1] != hunks:
        if time.perf_counter() - started > _LONGEST_WAIT_S * 4:
            raise TimeoutError(f"the proposal was not drawn: {PlaceDriver.place}")
        await asyncio.sleep(0.001)
    return PlaceDriver.drawn_at - started


async def back_and_forth(presser: Presser, keys: int) -> Figures:
    """The peer: the same keys with two hunks."""
    taken: list[float] = []
    for _ in range(keys // 2):
        for key in ("n", "p"):
            taken += await asyncio.to_thread(presser.press, key, 1)
    return Figures("next and previous of two hunks", taken)


async def proposed(workspace: Workspace, answer: str) -> ChangeSet:
    """Store an answer's edits as a proposal."""
    change = (await workspace.review.propose_patch(answer)).change
    if change is None:
        raise RuntimeError("the edits do not apply")
    return change


async def measure(workspace: Workspace, few: str, many: str, keys: int) -> bool:
    """Measure in the whole app and print; say whether every figure keeps to the limit."""
    app = VibeApp(workspace)
    app.driver_class = PlaceDriver
    found: list[Figures] = []
    notes: list[str] = []

    async def drive(_pilot: Pilot[object]) -> None:
        await asyncio.sleep(_SETTLE_S)
        presser, review = Presser(app, asyncio.get_running_loop()), app.desk.screen.review
        small, large = await proposed(workspace, few), await proposed(workspace, many)
        await opened(app, small.change_id, 2)
        review.focus()
        await asyncio.sleep(_SETTLE_S)
        found.append(await back_and_forth(presser, keys))
        seconds = await opened(app, large.change_id, FILES * HUNKS_A_FILE)
        lines = sum(file.added + file.removed for file in large.files)
        notes.append(f"{lines:,} changed lines read, laid out and drawn in {seconds:.2f} s")
        for layout in ("one column", "two columns"):
            if layout == "two columns":
                review.action_zoom()
                await asyncio.sleep(_SETTLE_S)
            for name, key in KEYS:
                taken = await asyncio.to_thread(presser.press, key, keys)
                found.append(Figures(f"{name}, {layout}", taken))
        app.exit()

    await app.run_async(size=SIZE, auto_pilot=drive)
    await app.close()
    print("\n".join(["  " + note for note in notes] + [each.line(found[0]) for each in found]))
    return all(each.is_good for each in found)


def main() -> int:
    """Run and print; exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=120)
    keys = parser.parse_args().keys
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        root = folder / "project"
        root.mkdir()
        few, many = build(root)
        workspace = Workspace.open(
            root,
            locations=Locations(folder / "config", folder / "data", folder / "cache"),
            overrides={"model.name": "tour/recorded"},
            environ={},
            map_processes=1,
        )
        print(f"key to screen in Review, {SIZE[0]}x{SIZE[1]} (limit p95 {LIMIT_MS:.0f} ms):")
        good = asyncio.run(measure(workspace, few, many, keys))
    print("ok" if good else "OVER")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
