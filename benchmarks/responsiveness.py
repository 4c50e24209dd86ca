"""How long a key takes to reach the screen while a model streams 200 tokens a second.

Goal: p95 ≤ 50 ms, in prose and inside one growing code block of 1,600 tokens. The peer is the
same key in the same run while nothing streams.

A key's clock starts when a thread of its own meant to press it, so a busy loop cannot hide its
delay, and ends when the text for the terminal that holds its character is complete.
"""

import argparse
import asyncio
import random
import re
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import vibe_tui.ui  # noqa: F401 - sets the frame rate, which Textual reads when imported

# isort: split
from textual import events
from textual.app import App, ComposeResult
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from vibe_tui.ui.styles import styles_dir
from vibe_tui.ui.widgets.chat_pane import ChatPane

LIMIT_MS = 50.0
SETTLE_S = 4.0
"""Until the app has opened its project and warmed up."""
TOKENS_A_SECOND = 200
CODE_TOKENS = 1_600
SIZE = (150, 40)
_KEY_INTERVAL_S = (0.04, 0.09)
_ALPHABET = [chr(code) for code in range(0x100, 0x180) if chr(code).isalpha()][:60]
"""Letters that the streamed text does not hold."""

PARAGRAPHS = """
The router keeps its views in a **dictionary** and compares `strict` by mistake with `=`; a second
registration therefore raises a bare `KeyError` that nobody catches, see [the guide](docs/a.md).

1. compare `strict` directly, and only then look the name up
2. raise `DuplicateViewError`, which `app.py` *already* catches
   - it carries the name of the view
   - it keeps its place in the hierarchy

> A duplicate view is a programming error, not an outside one.

| file | change |
|------|--------|
| router.py | two lines |
| errors.py | nothing |

"""
CODE = '''
class Router{n}:
    """Attach views to names, once each."""

    def register(self, name: str, view: View, *, strict: bool = True) -> None:
        # duplicates are errors unless somebody asks for them
        if strict and name in self.views:
            raise DuplicateViewError(f"{{name!r}} is taken by {{self.views[name]}}")
        self.views[name] = view
        self.revision += {n}
'''


class RecordingDriver(HeadlessDriver):
    """A terminal that tells when a character is drawn."""

    waiting: ClassVar[dict[str, float]] = {}
    latencies_ms: ClassVar[list[float]] = []
    _lock = threading.Lock()

    @property
    def is_headless(self) -> bool:
        """False: everything is rendered to text as for a terminal."""
        return False

    def write(self, data: str) -> None:
        """Stop the clock of the characters that are drawn now."""
        now = time.perf_counter()
        with self._lock:
            for character in [known for known in self.waiting if known in data]:
                self.latencies_ms.append((now - self.waiting.pop(character)) * 1_000)

    @classmethod
    def expect(cls, character: str, since: float) -> None:
        """Start the clock of a character."""
        with cls._lock:
            cls.waiting[character] = since

    @classmethod
    def take(cls) -> list[float]:
        """The latencies since the last call, in milliseconds."""
        with cls._lock:
            taken, cls.latencies_ms[:] = list(cls.latencies_ms), []
        return taken


class PaneApp(App[None]):
    """The chat pane alone."""

    def __init__(self) -> None:
        sheets = sorted((styles_dir() / "widgets").glob("*.tcss"))
        super().__init__(css_path=[str(sheet) for sheet in sheets])

    def compose(self) -> ComposeResult:
        """One pane."""
        yield ChatPane()


@dataclass
class Typist:
    """Presses keys at irregular times, from a thread of its own.

    Args:
        app: Gets the keys.
        count: Keys to press.
    """

    app: App[None]
    count: int
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    def type(self) -> None:
        """Press all keys."""
        chance = random.Random(7)  # noqa: S311 - a repeatable rhythm, no secret
        due = time.perf_counter()
        for index in range(self.count):
            due += chance.uniform(*_KEY_INTERVAL_S)
            if index and index % len(_ALPHABET) == 0:
                time.sleep(0.2)
                self._press("ctrl+u", None)
                time.sleep(0.2)
                due = time.perf_counter() + chance.uniform(*_KEY_INTERVAL_S)
            time.sleep(max(0.0, due - time.perf_counter()))
            character = _ALPHABET[index % len(_ALPHABET)]
            RecordingDriver.expect(character, due)
            self._press(character, character)

    def _press(self, key: str, character: str | None) -> None:
        event = events.Key(key, character)
        self.loop.call_soon_threadsafe(self.app.post_message, event)


def tokens_of(text: str) -> list[str]:
    """Cut text into pieces of about a token."""
    return re.findall(r"\s*\w{1,6}|\s*[^\w\s]{1,2}|\s+", text)


def prose(count: int) -> Iterator[str]:
    """So many tokens of paragraphs, lists, quotes and tables."""
    once = tokens_of(PARAGRAPHS)
    for index in range(count):
        yield once[index % len(once)]


def code(count: int) -> Iterator[str]:
    """One fence of so many tokens."""
    text = "".join(CODE.format(n=n) for n in range(count // 60 + 1))
    yield "```python\n"
    yield from tokens_of(text)[:count]


async def stream(pane: ChatPane, tokens: Iterator[str]) -> None:
    """Feed an answer at 200 tokens a second."""
    started = time.perf_counter()
    pane.start_turn("a prompt")
    for index, token in enumerate(tokens):
        pane.add_text(token)
        due = started + (index + 1) / TOKENS_A_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    pane.end_turn("1 file staged · 8.0 s")


Streaming = Callable[[App[None], ChatPane], Awaitable[None]]
"""Shows an answer, from its prompt to its end."""
Phases = Sequence[tuple[str, Streaming | None]]


def fed(tokens: Callable[[int], Iterator[str]]) -> Streaming:
    """An answer given to the pane itself."""

    async def streaming(_: App[None], pane: ChatPane) -> None:
        await stream(pane, tokens(CODE_TOKENS))

    return streaming


async def phase(app: App[None], pane: ChatPane, streaming: Streaming | None, keys: int) -> None:
    """Type while nothing or an answer streams."""
    pane.focus_prompt()
    pane.prompt.text_input.clear()
    await asyncio.sleep(0.3)
    RecordingDriver.take()
    typing = asyncio.to_thread(Typist(app, keys).type)
    if streaming is None:
        await typing
    else:
        await asyncio.gather(typing, streaming(app, pane))
    await asyncio.sleep(0.3)


@dataclass(frozen=True)
class Figures:
    """What one phase took."""

    name: str
    latencies_ms: list[float]
    cpu_s: float

    def quantile_ms(self, percent: int) -> float:
        """A percentile of the latencies, in steps of 5."""
        return quantiles(self.latencies_ms, n=20)[percent // 5 - 1]


def show(figures: Figures, idle: Figures) -> None:
    """Print one phase's line."""
    p50, p95 = figures.quantile_ms(50), figures.quantile_ms(95)
    print(
        f"  {figures.name:<30}{len(figures.latencies_ms):4d} keys  p50 {p50:5.1f}  p95 {p95:5.1f}"
        f"  max {max(figures.latencies_ms):5.1f} ms"
        f"  = idle x {p50 / idle.quantile_ms(50):.1f} p50, x {p95 / idle.quantile_ms(95):.1f} p95"
        f"  {figures.cpu_s:4.1f} s CPU"
    )


async def measure(
    app: App[None], find_pane: Callable[[App[None]], ChatPane], keys: int, phases: Phases
) -> list[Figures]:
    """Measure the phases in one run.

    Args:
        app: Its ``driver_class`` is ``RecordingDriver``.
        find_pane: Finds its chat pane once it runs.
        keys: Keys a phase.
        phases: Each with the answer that streams meanwhile.
    """
    found: list[Figures] = []

    async def drive(_pilot: Pilot[object]) -> None:
        await asyncio.sleep(SETTLE_S)
        pane = find_pane(app)
        for name, streaming in phases:
            used = time.process_time()
            await phase(app, pane, streaming, keys)
            found.append(Figures(name, RecordingDriver.take(), time.process_time() - used))
        app.exit()

    await app.run_async(size=SIZE, auto_pilot=drive)
    return found


PANE_PHASES: Phases = (
    ("idle", None),
    ("prose, 200 tokens/s", fed(prose)),
    ("one code block, 200 tokens/s", fed(code)),
    ("idle again", None),
)


def report(title: str, found: list[Figures], keys: int) -> bool:
    """Print a table; say whether every phase keeps to the limit."""
    print(f"key to screen in {title} (limit p95 {LIMIT_MS:.0f} ms):")
    for figures in found:
        show(figures, found[0])
    return all(
        figures.quantile_ms(95) <= LIMIT_MS and len(figures.latencies_ms) == keys
        for figures in found
    )


def main() -> int:
    """Run and print; exit 1 when the goal is missed."""
    from benchmarks.whole_app import measure_whole_app

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=120)
    keys = parser.parse_args().keys
    columns, rows = SIZE
    pane_app = PaneApp()
    pane_app.driver_class = RecordingDriver
    found = asyncio.run(
        measure(pane_app, lambda app: app.screen.query_one(ChatPane), keys, PANE_PHASES)
    )
    good = report(f"a {columns}x{rows} chat pane", found, keys)
    whole = asyncio.run(measure_whole_app(keys))
    good &= report("the whole app, its provider a server in another process", whole, keys)
    print("ok" if good else "OVER")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
