"""What worker processes are given in tests: deaths on order. Imported by name in the workers."""

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from vibe_tui.intelligence.scan.file_analysis import Analysed, analyze_batch


def die_on_killers(root: Path, paths: Sequence[str], max_file_bytes: int) -> list[Analysed]:
    """Analyse, unless a path says ``killer``: then die as a crashing parser would."""
    if any("killer" in path for path in paths):
        os.kill(os.getpid(), signal.SIGKILL)
    return analyze_batch(root, paths, max_file_bytes)


def write_aloud(root: Path, paths: Sequence[str], max_file_bytes: int) -> list[Analysed]:
    """Write to both streams, and to the descriptors behind them, then leave the process id."""
    for stream in (sys.stdout, sys.stderr):
        stream.write("painted over the screen\n")
        stream.flush()
    os.write(1, b"painted over the screen\n")
    os.write(2, b"painted over the screen\n")
    (root / "worker.pid").write_text(str(os.getpid()))
    return analyze_batch(root, paths, max_file_bytes)


def never_end(root: Path, paths: Sequence[str], max_file_bytes: int) -> list[Analysed]:
    """Leave the process id, then hang for as long as the process lives."""
    (root / "worker.pid").write_text(str(os.getpid()))
    while True:
        signal.pause()
