"""``RepositoryMapper``: scans a project, keeps its map, and mends it file by file."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from typing import Final

from vibe_tui.intelligence.analyzers.go.analyzer import GoASTAnalyzer
from vibe_tui.intelligence.analyzers.javascript.analyzer import JavaScriptASTAnalyzer
from vibe_tui.intelligence.analyzers.python.analyzer import PythonASTAnalyzer
from vibe_tui.intelligence.analyzers.registry import AnalyzerRegistry
from vibe_tui.intelligence.context.compress import compress
from vibe_tui.intelligence.errors import ScanCancelledError
from vibe_tui.intelligence.files.discovery import Discovery, discover, is_listed
from vibe_tui.intelligence.files.reading import forget_folders, relative_path
from vibe_tui.intelligence.files.screening import MAX_FILE_BYTES, Screen
from vibe_tui.intelligence.model import FileNode, RepositoryMap, ScanTimings, SkippedFile
from vibe_tui.intelligence.scan.file_analysis import Analysed, analyze_path
from vibe_tui.intelligence.scan.maps import build_map, with_file
from vibe_tui.intelligence.scan.workers import WorkerPool
from vibe_tui.monitoring.spans import span

Progress = Callable[[int, int], None]
"""Called on the event loop with the files analysed so far, and how many there are."""

FILES_WORTH_A_PROCESS = 200
"""Fewer files are parsed here, in less time than a process needs to start."""
_FILES_A_TURN: Final = 16
"""Files analysed between two looks at the event loop when there are no worker processes."""


class RepositoryMapper:
    """The map of one project. Use from one event loop.

    Args:
        root_path: The project's folder.
        exclude: Patterns as in ``.gitignore`` of what to leave out.
        max_file_bytes: Leave out larger files.
        processes: Worker processes for a scan; 0 analyses in a thread of this process.
    """

    def __init__(
        self,
        root_path: str | Path,
        *,
        exclude: Sequence[str] = (),
        max_file_bytes: int = MAX_FILE_BYTES,
        processes: int = 0,
    ) -> None:
        self.root_path = Path(root_path)
        self.exclude = tuple(exclude)
        self.max_file_bytes = max_file_bytes
        self.python_analyzer = PythonASTAnalyzer(self.root_path)
        self.js_analyzer = JavaScriptASTAnalyzer(self.root_path)
        self.go_analyzer = GoASTAnalyzer(self.root_path)
        self._registry = AnalyzerRegistry(self.python_analyzer, self.js_analyzer, self.go_analyzer)
        self._pool = (
            WorkerPool(processes, self.root_path, max_file_bytes) if processes > 0 else None
        )
        self._map: RepositoryMap | None = None
        self._discovery: Discovery | None = None
        self._scan: asyncio.Task[RepositoryMap] | None = None
        self._listeners: list[Progress] = []
        self._changed_meanwhile: dict[str, Analysed | None] = {}

    @property
    def repository_map(self) -> RepositoryMap | None:
        """The latest map; None before the first scan is done."""
        return self._map

    @property
    def cache(self) -> dict[str, FileNode]:
        """Path to node, as of the latest map."""
        return {} if self._map is None else dict(self._map.modules)

    def discover(self) -> Discovery:
        """Find the project's files without analysing them. Blocks: call it in a thread.

        Raises:
            ProjectNotFoundError: The folder is not there.
            GitFailedError: git failed on the project's repository.
        """
        self._discovery = discover(self.root_path, self.exclude, self.max_file_bytes)
        return self._discovery

    async def scan_repository(self, progress: Progress | None = None) -> RepositoryMap:
        """Analyse the whole project. Whoever asks during a scan waits for that one.

        Args:
            progress: Called as files are done.

        Raises:
            ScanCancelledError: ``cancel`` or ``close`` was called meanwhile.
            ProjectNotFoundError: The folder is not there.
            GitFailedError: git failed on the project's repository.
        """
        if self._scan is None or self._scan.done():
            self._scan = asyncio.get_running_loop().create_task(self._scan_measured())
        scan = self._scan
        if progress is not None:
            self._listeners.append(progress)
        try:
            await asyncio.wait((scan,))
        finally:
            if progress is not None:
                self._listeners.remove(progress)
        if scan.cancelled():
            raise ScanCancelledError(f"the scan of {self.root_path} was stopped")
        return scan.result()

    async def update_on_file_change(self, file_path: str) -> FileNode | None:
        """Analyse one file anew and mend the map, without a rescan.

        Args:
            file_path: Absolute, or relative to the project.

        Returns:
            Its node; None if it is gone, ignored or left out.

        Raises:
            PathOutsideError: The path is outside the project.
            GitFailedError: git failed on the project's repository.
        """
        path = relative_path(self.root_path, file_path)
        now = await asyncio.to_thread(self._analyze_now, path)
        if self._scan is not None and not self._scan.done():
            self._changed_meanwhile[path] = now
        if self._map is not None:
            self._map = with_file(self._map, self.root_path, path, now)
        return now if isinstance(now, FileNode) else None

    def compress_representation(
        self,
        repo_map: RepositoryMap,
        token_budget: int | None = None,
        count_tokens: Callable[[str], int] | None = None,
    ) -> str:
        """Describe a map to a model; see ``compress.compress``."""
        with span("map.compress", files=repo_map.total_files):
            return compress(repo_map, token_budget, count_tokens)

    def cancel(self) -> None:
        """Stop the scan that is under way, if any; the map from before it stays."""
        if self._scan is not None:
            self._scan.cancel()

    def close(self) -> None:
        """Stop scanning and end the worker processes."""
        self.cancel()
        if self._pool is not None:
            self._pool.close()

    async def _scan_measured(self) -> RepositoryMap:
        with span("map.scan") as measured:
            scanned = await self._scan_all()
            measured.note(files=scanned.total_files)
            return scanned

    async def _scan_all(self) -> RepositoryMap:
        started = time.perf_counter()
        self._changed_meanwhile.clear()
        with span("map.discover"):
            found = await asyncio.to_thread(self.discover)
        discovered = time.perf_counter()
        modules: dict[str, FileNode] = {}
        skipped = list(found.skipped)
        total = len(found.files)
        self._report(0, total)
        left_out = 0
        try:
            async with aclosing(self._analyze_all(found.files)) as batches:
                async for batch in batches:
                    for result in batch:
                        if isinstance(result, FileNode):
                            modules[result.path] = result
                        else:
                            skipped.append(result)
                            left_out += 1
                    self._report(len(modules) + left_out, total)
        finally:
            if self._pool is not None:
                await asyncio.to_thread(self._pool.close)
        ended = time.perf_counter()
        timings = ScanTimings(discovered - started, ended - discovered, ended - started)
        scanned = build_map(self.root_path, modules, skipped, timings)
        for path, now in self._changed_meanwhile.items():
            scanned = with_file(scanned, self.root_path, path, now)
        self._map = scanned
        return scanned

    async def _analyze_all(self, files: Sequence[str]) -> AsyncGenerator[list[Analysed], None]:
        if self._pool is not None and len(files) > FILES_WORTH_A_PROCESS:
            async with aclosing(self._pool.analyze(files)) as batches:
                async for batch in batches:
                    yield batch
            return
        for start in range(0, len(files), _FILES_A_TURN):
            turn = files[start : start + _FILES_A_TURN]
            yield await asyncio.to_thread(self._analyze_turn, turn)

    def _analyze_turn(self, paths: Sequence[str]) -> list[Analysed]:
        return [
            analyze_path(self.root_path, path, self.max_file_bytes, self._registry)
            for path in paths
        ]

    def _analyze_now(self, path: str) -> Analysed | None:
        forget_folders()
        if not (self.root_path / path).is_symlink() and not (self.root_path / path).exists():
            return None
        if not self._is_known(path) and not is_listed(self.root_path, path, by_git=self._by_git()):
            return None
        reason = Screen(self.root_path, self.exclude, self.max_file_bytes).reason(path)
        if reason is not None:
            return SkippedFile(path, reason)
        return analyze_path(self.root_path, path, self.max_file_bytes, self._registry)

    def _is_known(self, path: str) -> bool:
        return self._map is not None and path in self._map.modules

    def _by_git(self) -> bool:
        return (self._discovery or self.discover()).by_git

    def _report(self, done: int, total: int) -> None:
        for listener in tuple(self._listeners):
            listener(done, total)
