"""/changes: proposals, newest first, and what became of them."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from vibe_tui.changes.model import ChangeSet, FileChange
from vibe_tui.commands.table import markdown_table, plain_cell
from vibe_tui.events import Event, Reported
from vibe_tui.foreign import clean

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

_SHOWN = 20


def _file(file: FileChange) -> dict[str, Any]:
    return {
        "path": file.path,
        "action": file.action.value,
        "added": file.added,
        "removed": file.removed,
        "conflict": file.conflict,
        "reversible": file.reversible,
    }


def change_payload(change: ChangeSet) -> dict[str, Any]:
    """One proposal as CLI.md says it."""
    return {
        "id": change.change_id,
        "revision": change.revision,
        "created_at": change.created_at,
        "state": change.state.value,
        "origin": {"kind": change.origin.kind, "name": change.origin.name},
        "files": [_file(file) for file in change.files],
    }


async def list_payload(workspace: "Workspace") -> dict[str, Any]:
    """All proposals, newest first."""
    changes = await workspace.changes()
    return {"schema_version": 1, "changes": [change_payload(change) for change in changes]}


async def show_payload(workspace: "Workspace", change_id: str) -> dict[str, Any]:
    """One proposal with its diff, hunks, checks and history.

    Raises:
        VibeError: If there is no such proposal.
    """
    store = workspace.rooms.change_store
    change = store.get(change_id)
    hunks = [hunk for diff in await workspace.diffs(change_id) for hunk in diff.hunks]
    shown = change_payload(change) | {
        "diff": store.unified(change_id),
        "hunks": [
            {"k": h.k, "path": h.path, "header": h.header, "state": h.state.value} for h in hunks
        ],
        "checks": [
            {
                "path": check.path,
                "strategy": check.strategy,
                "is_valid": check.is_valid,
                "messages": list(check.messages),
                "skipped": check.skipped,
            }
            for check in change.checks
        ],
        "audit": store.audit_of(change_id),
    }
    return {"schema_version": 1, "changes": [shown]}


def state_words(change: ChangeSet) -> str:
    """A state as people say it."""
    return change.state.value.replace("_", " ")


def list_text(changes: Sequence[ChangeSet]) -> str:
    """A table for people."""
    if not changes:
        return "Nothing was proposed in this project yet."
    rows = [
        (
            change.change_id,
            state_words(change),
            f"+{sum(f.added for f in change.files)} -{sum(f.removed for f in change.files)}",
            ", ".join(file.path for file in change.files),
            change.origin.name or change.origin.kind,
        )
        for change in changes[:_SHOWN]
    ]
    more = len(changes) - _SHOWN
    tail = f"\n\n{more} older ones." if more > 0 else ""
    return markdown_table(("change", "state", "lines", "files", "by"), rows) + tail


def show_text(change: ChangeSet, diff: str) -> str:
    """One proposal for people: a heading and its diff."""
    fence = "`" * max(3, _longest_backticks(diff) + 1)
    title = (
        f"**{plain_cell(change.change_id)}** · {state_words(change)} · revision {change.revision}"
    )
    return f"{title}\n\n{fence}diff\n{clean(diff).rstrip()}\n{fence}"


def _longest_backticks(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """List proposals, or show one.

    Raises:
        VibeError: If there is no such proposal.
    """
    if args:
        shown = await show_payload(workspace, args[0])
        change = workspace.rooms.change_store.get(args[0])
        yield Reported("changes", show_text(change, shown["changes"][0]["diff"]), shown)
        return
    yield Reported("changes", list_text(await workspace.changes()), await list_payload(workspace))
