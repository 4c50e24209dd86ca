"""Making and mending a ``RepositoryMap``: totals always agree with the files."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from vibe_tui.intelligence.model import FileNode, RepositoryMap, ScanTimings, SkippedFile
from vibe_tui.intelligence.scan.file_analysis import Analysed


def build_map(
    root: Path,
    modules: Mapping[str, FileNode],
    skipped: Iterable[SkippedFile],
    timings: ScanTimings,
) -> RepositoryMap:
    """Put a map together, sorted by path.

    Args:
        root: The project.
        modules: Path to node.
        skipped: What was left out.
        timings: Seconds of the scan.
    """
    ordered = {path: modules[path] for path in sorted(modules)}
    languages = Counter(node.language for node in ordered.values())
    return RepositoryMap(
        root_path=str(root),
        total_files=len(ordered),
        total_lines=sum(node.lines_of_code for node in ordered.values()),
        languages=dict(sorted(languages.items(), key=lambda pair: (-pair[1], pair[0]))),
        modules=ordered,
        dependency_graph=None,
        entry_points=None,
        test_files=None,
        generated_at=datetime.now(UTC).isoformat(timespec="seconds"),
        skipped=tuple(sorted(skipped, key=lambda row: row.path)),
        timings=timings,
    )


def with_file(
    repository_map: RepositoryMap, root: Path, path: str, now: Analysed | None
) -> RepositoryMap:
    """Return the map with one file's entry new.

    Args:
        repository_map: The map so far.
        root: The project.
        path: Project-relative.
        now: What the file is now; None when it is gone.
    """
    modules = dict(repository_map.modules)
    modules.pop(path, None)
    skipped = [row for row in repository_map.skipped if row.path != path]
    if isinstance(now, FileNode):
        modules[path] = now
    elif isinstance(now, SkippedFile):
        skipped.append(now)
    rebuilt = build_map(root, modules, skipped, repository_map.timings)
    return replace(rebuilt, root_path=repository_map.root_path)
