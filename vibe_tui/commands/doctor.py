"""/doctor: what works here, and what is lost without the rest."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from vibe_tui import __version__
from vibe_tui.commands.diagnosis import models, stores, supply_chain, surroundings, tools
from vibe_tui.commands.diagnosis.finding import Finding
from vibe_tui.commands.table import plain_cell
from vibe_tui.errors import UsageError
from vibe_tui.events import Event, Reported

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

_MARKS = {True: "✓", False: "✗", None: "–"}


async def examine(workspace: "Workspace") -> list[Finding]:
    """Look at everything; slow parts run side by side."""
    environ = workspace.rooms.environ
    money, changes, project, ways, programs = await asyncio.gather(
        stores.look_at_money(workspace),
        stores.look_at_changes(workspace),
        surroundings.look_at_project(workspace),
        models.look_at_models(workspace),
        tools.look_at_tools(workspace.root, environ),
    )
    return [
        Finding("vibe-tui", True, __version__),
        *surroundings.look_at_python(),
        *surroundings.look_at_terminal(environ, is_terminal=_has_terminal()),
        *project,
        *stores.look_at_settings(workspace),
        *stores.look_at_folders(workspace),
        *stores.look_at_log(workspace),
        *money,
        *changes,
        *await asyncio.to_thread(stores.look_at_caches, workspace),
        *ways,
        *supply_chain.look_at_versions(),
        *await asyncio.to_thread(supply_chain.look_at_start_up_files),
        *programs,
        Finding("sandbox", None, "not built yet"),
    ]


def _has_terminal() -> bool:
    """Whether the process's own stdout is a terminal, also while the app has taken its place."""
    return sys.__stdout__ is not None and sys.__stdout__.isatty()


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether nothing essential is wrong."""
    return not any(each.is_essential and each.ok is False for each in findings)


def payload(findings: Sequence[Finding]) -> dict[str, Any]:
    """The findings as CLI.md says them."""
    return {
        "schema_version": 1,
        "checks": [
            {"name": each.name, "ok": each.ok, "detail": each.detail, "hint": each.hint or None}
            for each in findings
        ],
    }


def text(findings: Sequence[Finding]) -> str:
    """A list for people."""
    return "\n".join(map(_line, findings))


def _line(finding: Finding) -> str:
    hint = f": {plain_cell(finding.hint)}" if finding.hint else ""
    return f"- {_MARKS[finding.ok]} **{finding.name}** {plain_cell(finding.detail)}{hint}"


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Report what works here.

    Raises:
        UsageError: If words follow.
    """
    if args:
        raise UsageError("/doctor takes no words", "it looks at everything")
    findings = await examine(workspace)
    yield Reported("doctor", text(findings), payload(findings), ok=is_well(findings))
