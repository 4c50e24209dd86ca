"""Worker processes: a death costs one file, they keep quiet, and they never outlive us."""

import asyncio
import io
import os
import select
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from tests.test_intelligence.conftest import Project
from tests.test_intelligence.scan.dying_work import die_on_killers, never_end, write_aloud
from vibe_tui.intelligence.model import FileNode, SkippedFile
from vibe_tui.intelligence.scan.file_analysis import Analysed
from vibe_tui.intelligence.scan.workers import WorkerPool

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches processes by pidfd")


async def gather(pool: WorkerPool, paths: list[str]) -> list[Analysed]:
    try:
        async with aclosing(pool.analyze(paths)) as batches:
            return [result async for batch in batches for result in batch]
    finally:
        pool.close()


async def wait_until_gone(pid: int) -> None:
    """Wait for the end of a process, whoever its parent is."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        await asyncio.to_thread(select.select, (descriptor,), (), ())
    finally:
        os.close(descriptor)


async def read_pid(root: Path) -> int:
    """Wait for a worker to write its process id into a pipe."""
    return int(await asyncio.to_thread((root / "worker.pid").read_text))


async def test_a_death_costs_one_file(project: Project) -> None:
    names = [f"m{number:03}.py" for number in range(150)]
    names[70] = "killer.py"
    root = project(dict.fromkeys(names, "def f(): pass\n"))
    results = await gather(WorkerPool(2, root, 1000, die_on_killers), names)
    nodes = {result.path for result in results if isinstance(result, FileNode)}
    skipped = [result for result in results if isinstance(result, SkippedFile)]
    assert nodes == set(names) - {"killer.py"}
    assert skipped == [SkippedFile("killer.py", "the analyzer crashed on it")]


async def test_workers_start_under_a_screen_whose_stderr_has_no_descriptor(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Captured(io.StringIO):
        def fileno(self) -> int:
            return -1

    monkeypatch.setattr(sys, "stderr", Captured())
    root = project({"a.py": "x = 1\n"})
    (result,) = await gather(WorkerPool(1, root, 1000), ["a.py"])
    assert isinstance(result, FileNode)


async def test_workers_write_nothing_on_our_screen(
    project: Project, capfd: pytest.CaptureFixture[str]
) -> None:
    root = project({"a.py": "x = 1\n"})
    (result,) = await gather(WorkerPool(1, root, 1000, write_aloud), ["a.py"])
    assert isinstance(result, FileNode)
    assert capfd.readouterr() == ("", "")
    await wait_until_gone(int((root / "worker.pid").read_text()))


async def test_closing_ends_a_worker_that_hangs(project: Project) -> None:
    root = project({"a.py": ""})
    os.mkfifo(root / "worker.pid")
    pool = WorkerPool(1, root, 1000, never_end)
    scan = asyncio.create_task(gather(pool, ["a.py"]))
    pid = await read_pid(root)
    scan.cancel()
    with pytest.raises(asyncio.CancelledError):
        await scan
    await wait_until_gone(pid)


async def test_workers_are_gone_when_we_are_killed(project: Project) -> None:
    root = project({"a.py": ""})
    program = (
        "import asyncio, sys\n"
        "from pathlib import Path\n"
        "from tests.test_intelligence.scan.dying_work import never_end\n"
        "from tests.test_intelligence.scan.test_workers import gather\n"
        "from vibe_tui.intelligence.scan.workers import WorkerPool\n"
        "if __name__ == '__main__':\n"
        "    pool = WorkerPool(1, Path(sys.argv[1]), 1000, never_end)\n"
        "    asyncio.run(gather(pool, ['a.py']))\n"
    )
    script = root / "program.py"
    script.write_text(program)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    os.mkfifo(root / "worker.pid")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), str(root), env=environment
    )
    try:
        pid = await read_pid(root)
    finally:
        process.kill()
        await process.wait()
    await wait_until_gone(pid)
