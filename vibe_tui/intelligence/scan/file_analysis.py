"""From paths to nodes: read, judge the content, analyse. Runs in this process or in a worker."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from vibe_tui.errors import VibeError
from vibe_tui.intelligence.analyzers.registry import AnalyzerRegistry
from vibe_tui.intelligence.files.reading import read_project_file
from vibe_tui.intelligence.files.reasons import reason_by_content
from vibe_tui.intelligence.model import FileNode, SkippedFile

Analysed: TypeAlias = FileNode | SkippedFile


def analyze_path(
    root: Path, path: str, max_file_bytes: int, registry: AnalyzerRegistry
) -> Analysed:
    """Analyse one file, or say why it is left out.

    Args:
        root: The project.
        path: Project-relative.
        max_file_bytes: Leave out what is larger.
        registry: The analyzers.
    """
    try:
        content, more = read_project_file(root, path, max_file_bytes)
    except VibeError as error:
        return SkippedFile(path, f"unreadable ({error.message})")
    reason = f"over {max_file_bytes} bytes" if more else reason_by_content(path, content)
    return registry.analyze(path, content) if reason is None else SkippedFile(path, reason)


def analyze_batch(root: Path, paths: Sequence[str], max_file_bytes: int) -> list[Analysed]:
    """Analyse files in order; a top-level function, so that a worker process can be sent it."""
    registry = AnalyzerRegistry()
    return [analyze_path(root, path, max_file_bytes, registry) for path in paths]
