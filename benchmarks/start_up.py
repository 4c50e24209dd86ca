"""How long until the first frame, beside the import of Textual alone, in one interleaved run.

Goals: first frame ≤ 2.5 × ``import textual.app`` in CPU and in wall time, and ≤ 0.5 s CPU;
``vibe-tui --version`` ≤ 10 × ``python -c pass``.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.terminal import Terminal, cpu_seconds

MARKER = b"Review"


def timed(command: Sequence[str], environ: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds of a command that ends by itself."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


def first_frame(project: Path, environ: dict[str, str]) -> tuple[float, float]:
    """Wall and CPU seconds until the panes are drawn in a 150×40 terminal."""
    command = [sys.executable, "-m", "vibe_tui", str(project), "--model", "openai/gpt-4o"]
    started = time.perf_counter()
    terminal = Terminal.start(command, environ)
    try:
        drawn = terminal.read_until(MARKER, timeout_s=20)
        return drawn - started, cpu_seconds(terminal.process.pid)
    finally:
        terminal.stop()


def show(name: str, value: float, peer: float, limit: float) -> bool:
    """Print one ratio and whether it holds."""
    ratio = value / peer
    good = ratio <= limit
    verdict = "ok" if good else "OVER"
    print(f"  {name:<34}{value:7.3f} s  = {ratio:5.2f} x peer  (limit {limit}) {verdict}")
    return good


def main() -> int:
    """Run and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--project", type=Path, default=Path(__file__).resolve().parents[1])
    options = parser.parse_args()
    frames, imports, versions, passes = [], [], [], []
    with tempfile.TemporaryDirectory() as home:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LANG": "C.UTF-8",
            "OPENAI_API_KEY": "not-used",
        }
        for _ in range(options.rounds):
            frames.append(first_frame(options.project, environ))
            imports.append(timed([sys.executable, "-c", "import textual.app"], environ))
            versions.append(timed([sys.executable, "-m", "vibe_tui", "--version"], environ))
            passes.append(timed([sys.executable, "-c", "pass"], environ))

    def middle(rows: list[tuple[float, float]], column: int) -> float:
        return median(row[column] for row in rows)

    print(f"median of {options.rounds} rounds, interleaved; peers in the same run:")
    print(f"  import textual.app: {middle(imports, 0):.3f} s wall, {middle(imports, 1):.3f} s CPU")
    print(f"  python -c pass:     {middle(passes, 0):.3f} s wall, {middle(passes, 1):.3f} s CPU")
    good = [
        show("first frame, wall", middle(frames, 0), middle(imports, 0), 2.5),
        show("first frame, CPU", middle(frames, 1), middle(imports, 1), 2.5),
        show("first frame, CPU against 0.5 s", middle(frames, 1), 0.5, 1.0),
        show("--version, wall", middle(versions, 0), middle(passes, 0), 10),
        show("--version, CPU", middle(versions, 1), middle(passes, 1), 10),
    ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
