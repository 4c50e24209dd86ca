"""How fast changes are accepted, taken back and diffed, beside git on the same files.

Goals: accept and rollback of 30 files ≤ 100 ms each (medians); 6,000 changed lines diffed in
≤ 200 ms; a 50 MB file diffed in ≤ 1 s and ≤ 200 MB of memory beyond the two contents.
"""

import argparse
import contextlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from vibe_tui.changes.content.diff import diff_lines
from vibe_tui.changes.model import Edit, Origin, SearchReplace
from vibe_tui.changes.store import ChangeStore

FILES = 30
LINES = 300
ORIGIN = Origin("model", "benchmark")
BIG_BYTES = 50_000_000
MB = 1_000_000


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of some work."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def git(root: Path, *args: str, given: bytes = b"") -> None:
    """Run git in a folder, without the person's settings."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "gc.auto=0")
    command = ("git", *identity, *args)
    subprocess.run(command, cwd=root, input=given, check=True, capture_output=True)


def fill(root: Path) -> None:
    """Thirty source files of 300 lines."""
    root.mkdir()
    for n in range(FILES):
        text = "".join(f"line {line} of file {n}\n" for line in range(LINES))
        (root / f"file{n}.py").write_text(text)


def edits(number: int) -> list[Edit]:
    """Two hunks in each of the files."""
    return [
        SearchReplace(f"file{n}.py", f"line {line} of file {n}\n", f"changed {number}\nmore\n")
        for n in range(FILES)
        for line in (50, 250)
    ]


class Project:
    """The same files twice: one for the store, one in a git repository."""

    def __init__(self, base: Path) -> None:
        self.ours, self.theirs = base / "ours", base / "theirs"
        fill(self.ours)
        fill(self.theirs)
        git(self.theirs, "init", "--quiet")
        git(self.theirs, "add", "--all")
        git(self.theirs, "commit", "--quiet", "--message=first")
        self.store = ChangeStore(self.ours, base / "data")

    def round(self, number: int) -> tuple[float, float, float, float]:
        """Seconds of accept, git apply, rollback, git checkout."""
        change = self.store.propose(edits(number), ORIGIN).change
        assert change is not None
        patch = self.store.unified(change.change_id).encode()
        accepted = timed(lambda: self.store.accept(change.change_id, 1))
        applied = timed(lambda: git(self.theirs, "apply", "-", given=patch))
        for n in range(FILES):
            name = f"file{n}.py"
            assert (self.ours / name).read_bytes() == (self.theirs / name).read_bytes()
        taken_back = timed(lambda: self.store.rollback(change.change_id))
        checked_out = timed(lambda: git(self.theirs, "checkout", "--quiet", "--", "."))
        return accepted, applied, taken_back, checked_out


def show(name: str, value: float, limit: float, unit: str = "s", beside: str = "") -> bool:
    """Print a figure as a part of its limit, and whether it holds."""
    good = value <= limit
    verdict = "ok" if good else "OVER"
    print(f"  {name:<44}{value:8.3f} {unit:<2} = {value / limit:5.2f} x limit  {verdict}{beside}")
    return good


def apply_figures(rounds: int) -> list[bool]:
    """Accept and rollback beside git, interleaved."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder))
        project.round(-1)
        rows = [project.round(number) for number in range(rounds)]
    accepted, applied, undone, checked_out = (median(row) for row in zip(*rows, strict=True))
    print(f"{FILES} files, median of {rounds} rounds, interleaved with git on the same files:")
    git_ms = f"git apply {applied * 1000:.1f} ms, git checkout {checked_out * 1000:.1f} ms"
    print(f"  {git_ms}, neither of them waiting for the disk")
    return [
        show("accept", accepted, 0.1, beside=f", {accepted / applied:.1f} x git apply"),
        show("rollback", undone, 0.1, beside=f", {undone / checked_out:.1f} x git checkout"),
    ]


def line_kinds() -> dict[str, tuple[bytes, bytes]]:
    """Pairs of contents that differ in 6,000 lines, of easy and of hard kinds."""
    chance = random.Random(1)  # noqa: S311 - the same texts every time, no secret
    lines = [f"line {n} {chance.random()}\n" for n in range(12_000)]
    half = [f"changed {n}\n" if n % 2 else line for n, line in enumerate(lines)]
    others = [f"other {n} {chance.random()}\n" for n in range(6000)]
    code = ["    return x\n", "\n", "    }\n", "if a:\n", "else:\n", "    pass\n"]
    poor = [[chance.choice(code) for _ in range(6000)] for _ in range(2)]
    kinds = {
        "every second line": (lines, half),
        "all lines": (lines[:6000], others),
        "lines that repeat": (poor[0], poor[1]),
        "moved blocks": (lines[:6000], lines[3000:6000] + lines[:3000]),
    }
    return {name: ("".join(a).encode(), "".join(b).encode()) for name, (a, b) in kinds.items()}


def diff_figures(rounds: int) -> list[bool]:
    """Diffs of 6,000 changed lines."""
    print(f"diff of 6,000 changed lines, median of {rounds}:")
    results: list[bool] = []
    for name, (old, new) in line_kinds().items():
        seconds = [timed(partial(diff_lines, old, new)) for _ in range(rounds)]
        results.append(show(name, median(seconds), 0.2))
    return results


def big_content() -> bytes:
    """50 MB of lines."""
    lines = (b"%d some line of text of middling length %d\n" % (n, n * 7919) for n in range(10**6))
    return b"".join(lines).ljust(BIG_BYTES, b".")[:BIG_BYTES]


def big_kinds(old: bytes) -> dict[str, Callable[[], bytes]]:
    """What 50 MB become."""
    return {
        "two lines far apart": lambda: old.replace(b"\n9 some", b"\nnine").replace(
            b"\n900000 some", b"\nnew\n900000 some"
        ),
        "1,000 places": lambda: old.replace(b"77 some", b"77 other"),
        "a block moved": lambda: old[10 * MB : 40 * MB] + old[: 10 * MB] + old[40 * MB :],
        "every line": lambda: old.replace(b"some line", b"any line"),
        "nothing alike": lambda: old.replace(b" ", b"_")[::-1],
        "one line of 50 MB": lambda: old.replace(b"\n", b" "),
        "deleted": lambda: b"",
    }


def peak_mb() -> float:
    """The most memory that this process ever had, in MB; since the last ``forget_peak``."""
    try:
        rows = Path("/proc/self/status").read_text().splitlines()
        return next(int(row.split()[1]) for row in rows if row.startswith("VmHWM")) / 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def forget_peak() -> float:
    """Begin to measure anew where the system can; the memory that is in use now, in MB."""
    with contextlib.suppress(OSError):  # then only what exceeds the former peak is seen
        Path("/proc/self/clear_refs").write_text("5")
    return peak_mb()


def measured(name: str, work: Callable[[], object], limit_s: float) -> list[bool]:
    """Time and memory of one piece of work."""
    before = forget_peak()
    seconds = timed(work)
    extra = max(0.0, peak_mb() - before)
    return [show(name, seconds, limit_s), show(f"  {name}: memory", extra, 200, "MB")]


def big_figures() -> list[bool]:
    """Diffs of 50 MB, and such a file on its way through the store."""
    print("diff of a 50 MB file:")
    results: list[bool] = []
    old = big_content()
    for name, make in big_kinds(old).items():
        new = make()
        results += measured(name, partial(diff_lines, old, new), 1.0)
        del new
    wide = old[: len(old) // 2].decode("ascii")
    pair = (wide.encode("utf-16"), wide.replace("\n400000 some", "\nother").encode("utf-16"))
    del wide
    results += measured("UTF-16, one line", partial(diff_lines, *pair), 1.0)
    del pair
    line = b"x" * 5 * MB
    results += measured("a line of 5 MB", partial(diff_lines, line, line[:-1] + b"y"), 1.0)
    return results + store_figures(old)


def store_figures(content: bytes) -> list[bool]:
    """A 50 MB file proposed, shown, accepted, taken back; half of it is reading and hashing."""
    print("a 50 MB file in the store:")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        root.mkdir()
        (root / "big").write_bytes(content)
        store = ChangeStore(root, Path(folder) / "data")
        search = b"500000 some line of text of middling length %d\n" % (500_000 * 7919)
        edit = SearchReplace("big", search.decode(), "changed\n")
        seconds = timed(lambda: store.propose([edit], ORIGIN))
        results = [show("proposed", seconds, 5)]
        (change,) = store.list_changes()
        store.forget_diffs()
        results += measured("shown", lambda: store.diffs(change.change_id), 1.0)
        results.append(show("accepted", timed(lambda: store.accept(change.change_id, 1)), 5))
        results.append(show("taken back", timed(lambda: store.rollback(change.change_id)), 5))
        assert (root / "big").read_bytes() == content
    return results


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args(arguments)
    good = apply_figures(options.rounds) + diff_figures(5) + big_figures()
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
