"""Worker processes for a scan: started clean, gone with us, and a death costs one file."""

import asyncio
import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import aclosing, contextmanager, redirect_stderr
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, TypeAlias

from vibe_tui.intelligence.model import SkippedFile
from vibe_tui.intelligence.scan.file_analysis import Analysed, analyze_batch

BATCH_FILES: Final = 64
_BATCHES_AHEAD: Final = 2
"""Batches handed out for each worker, so that none waits for the next one."""

Batch: TypeAlias = tuple[str, ...]
Work: TypeAlias = Callable[[Path, Sequence[str], int], list[Analysed]]


class WorkerPool:
    """Analyses batches of files in processes that are spawned, never forked from the app.

    Args:
        processes: How many, at least 1.
        root: The project.
        max_file_bytes: Files above this are left out.
        work: What a worker does with a batch; importable by name.
    """

    def __init__(
        self, processes: int, root: Path, max_file_bytes: int, work: Work = analyze_batch
    ) -> None:
        self._processes = processes
        self._root = root
        self._max_file_bytes = max_file_bytes
        self._work = work
        self._executor: ProcessPoolExecutor | None = None
        self._lifeline: Connection | None = None

    async def analyze(self, paths: Sequence[str]) -> AsyncGenerator[list[Analysed], None]:
        """Analyse files, yielding batches as they are done, in no fixed order.

        When a worker dies, nobody knows which batch killed it. Those under way are tried again
        one at a time and halved, until the file that kills is alone; it becomes a skipped file.
        """
        fresh: deque[Batch] = deque(
            tuple(paths[start : start + BATCH_FILES]) for start in range(0, len(paths), BATCH_FILES)
        )
        suspects: deque[Batch] = deque()
        while fresh or suspects:
            if suspects:
                yield await self._analyze_suspect(suspects)
                continue
            async with aclosing(self._analyze_fresh(fresh, suspects)) as batches:
                async for results in batches:
                    yield results

    def close(self) -> None:
        """End the workers at once; what they are at is given up."""
        executor, self._executor = self._executor, None
        lifeline, self._lifeline = self._lifeline, None
        if lifeline is not None:
            lifeline.close()
        if executor is not None:
            executor.shutdown(wait=True, cancel_futures=True)

    async def _analyze_fresh(
        self, fresh: deque[Batch], suspects: deque[Batch]
    ) -> AsyncGenerator[list[Analysed], None]:
        """Work through batches side by side until they are done or a worker dies."""
        running: dict[asyncio.Future[list[Analysed]], Batch] = {}
        try:
            while running or (fresh and not suspects):
                while fresh and not suspects and len(running) < self._processes * _BATCHES_AHEAD:
                    batch = fresh.popleft()
                    running[self._submit(batch)] = batch
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for future in done:
                    batch = running.pop(future)
                    try:
                        yield future.result()
                    except BrokenProcessPool:
                        suspects.append(batch)
        finally:
            for future in running:
                future.cancel()
        if suspects:
            self.close()

    async def _analyze_suspect(self, suspects: deque[Batch]) -> list[Analysed]:
        batch = suspects.popleft()
        try:
            return await self._submit(batch)
        except BrokenProcessPool:
            self.close()
        if len(batch) == 1:
            return [SkippedFile(batch[0], "the analyzer crashed on it")]
        middle = len(batch) // 2
        suspects.extendleft((batch[middle:], batch[:middle]))
        return []

    def _submit(self, batch: Batch) -> "asyncio.Future[list[Analysed]]":
        loop = asyncio.get_running_loop()
        try:
            with _real_stderr():
                future = self._pool().submit(self._work, self._root, batch, self._max_file_bytes)
        except BrokenProcessPool as error:
            broken: asyncio.Future[list[Analysed]] = loop.create_future()
            broken.set_exception(error)
            return broken
        return asyncio.wrap_future(future)

    def _pool(self) -> ProcessPoolExecutor:
        if self._executor is None:
            context = multiprocessing.get_context("spawn")
            watched, self._lifeline = context.Pipe(duplex=False)
            self._executor = ProcessPoolExecutor(
                self._processes, context, initializer=_start_worker, initargs=(watched,)
            )
        return self._executor


@contextmanager
def _real_stderr() -> Iterator[None]:
    """A full-screen app puts a stream without a descriptor in place, which spawning trips over."""
    with redirect_stderr(sys.__stderr__):
        yield


def _start_worker(lifeline: Connection) -> None:
    """Make a fresh process a quiet worker that lives no longer than the other end of a pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the app decides what Ctrl+C means
    with open(os.devnull, "r+b", buffering=0) as nothing:  # noqa: PTH123 - a device, not a path
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if stream is not None:
                os.dup2(nothing.fileno(), stream.fileno())
    gc.disable()  # batches leave no cycles behind, and looking for them takes a tenth of the time
    threading.Thread(target=_exit_with, args=(lifeline,), daemon=True).start()


def _exit_with(lifeline: Connection) -> None:
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os._exit(0)
