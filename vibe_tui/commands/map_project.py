"""/map: the project as a model sees it."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from vibe_tui.commands.table import fenced
from vibe_tui.commands.tokens import DEFAULT_MODEL
from vibe_tui.errors import UsageError
from vibe_tui.events import Event, Reported
from vibe_tui.intelligence.model import FileNode, RepositoryMap

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


def node_payload(node: FileNode) -> dict[str, Any]:
    """A ``FileNode`` as CLI.md says it."""
    fields = dataclasses.asdict(node)
    fields["dependencies"] = sorted(node.dependencies)
    return fields


def payload(repository_map: RepositoryMap) -> dict[str, Any]:
    """The map as CLI.md says it; null is what later features fill."""
    return {
        "schema_version": 1,
        "root_path": repository_map.root_path,
        "total_files": repository_map.total_files,
        "total_lines": repository_map.total_lines,
        "languages": repository_map.languages,
        "modules": {path: node_payload(node) for path, node in repository_map.modules.items()},
        "dependency_graph": None,
        "cycles": None,
        "entry_points": None,
        "test_files": None,
        "unused": None,
        "generated_at": repository_map.generated_at,
        "timings": dataclasses.asdict(repository_map.timings),
        "cache": None,
        "skipped": [dataclasses.asdict(skipped) for skipped in repository_map.skipped],
    }


async def compressed(
    workspace: "Workspace", token_budget: int | None, model: str | None
) -> tuple[str, RepositoryMap]:
    """Scan if needed and compress.

    Args:
        workspace: The project.
        token_budget: Most tokens, the final newline included; None for no limit.
        model: Whose tokens; o200k_base by default.
    """
    repository_map = workspace.repository_map or await workspace.scan()
    mapper, counter = workspace.rooms.mapper, workspace.rooms.counter

    def count(text: str) -> int:
        return counter.count(text, model or DEFAULT_MODEL).tokens

    text = await asyncio.to_thread(
        mapper.compress_representation, repository_map, token_budget, count
    )
    return text, repository_map


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Show the compressed map: ``/map``, ``/map 4000``.

    Raises:
        UsageError: If the number is none.
    """
    if args and not args[0].isdecimal():
        raise UsageError(f"/map takes a number of tokens, not {args[0]!r}", "such as /map 4000")
    budget = int(args[0]) if args else workspace.settings.map_tokens
    model = workspace.target.name if workspace.target else None
    text, repository_map = await compressed(workspace, budget, model)
    yield Reported("map", fenced(text), payload(repository_map))
