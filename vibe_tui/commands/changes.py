"""/changes: proposals, newest first, and what became of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from vibe_tui.analytics.model import format_nano_usd, usd
from vibe_tui.changes.model import ChangeSet, CheckRecord, FileChange, Hunk
from vibe_tui.commands.table import fenced, markdown_table, plain_cell
from vibe_tui.errors import UsageError
from vibe_tui.events import Event, Reported

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
        "remarks": list(file.remarks),
    }


def change_payload(change: ChangeSet) -> dict[str, Any]:
    """One proposal as CLI.md says it."""
    return {
        "id": change.change_id,
        "revision": change.revision,
        "created_at": change.created_at,
        "state": change.state.value,
        "origin": {
            "kind": change.origin.kind,
            "name": change.origin.name,
            "session_id": change.origin.session_id,
            "prompt_id": change.origin.prompt_id,
            "prompt": change.origin.prompt,
            "cost_usd": usd(change.origin.cost_nano_usd),
        },
        "files": [_file(file) for file in change.files],
        "reverts": list(change.reverts),
        "rolled_back_by": change.rolled_back_by or None,
    }


def list_payload(changes: Sequence[ChangeSet]) -> dict[str, Any]:
    """Proposals as CLI.md says them."""
    return {"schema_version": 1, "changes": [change_payload(change) for change in changes]}


def _check(check: CheckRecord) -> dict[str, Any]:
    return {
        "path": check.path,
        "strategy": check.strategy,
        "is_valid": check.is_valid,
        "messages": list(check.messages),
        "skipped": check.skipped,
    }


@dataclass(frozen=True, slots=True)
class ShownChange:
    """One proposal with its diff, hunks, checks and history."""

    change: ChangeSet
    diff: str
    """As written, not cleaned."""
    hunks: tuple[Hunk, ...]
    audit: tuple[dict[str, Any], ...]

    def payload(self) -> dict[str, Any]:
        """The proposal as CLI.md says it."""
        more = {
            "diff": self.diff,
            "hunks": [
                {"k": hunk.k, "path": hunk.path, "header": hunk.header, "state": hunk.state.value}
                for hunk in self.hunks
            ],
            "checks": [_check(check) for check in self.change.checks],
            "audit": list(self.audit),
        }
        return {"schema_version": 1, "changes": [change_payload(self.change) | more]}


async def show(workspace: "Workspace", change_id: str) -> ShownChange:
    """Read one proposal.

    Raises:
        VibeError: If there is no such proposal, or it cannot be read.
    """

    def read() -> ShownChange:
        store = workspace.rooms.change_store
        change = store.get(change_id)
        hunks = tuple(hunk for diff in store.diffs(change_id) for hunk in diff.hunks)
        audit = tuple(store.audit.entries(change_id))
        return ShownChange(change, store.unified(change_id), hunks, audit)

    return await asyncio.to_thread(read)


async def recover(workspace: "Workspace") -> tuple[ChangeSet, ...]:
    """Put right what a crash left in the project; return the proposals concerned.

    Raises:
        VibeError: If the journal cannot be read, or another process is writing.
    """
    from vibe_tui.changes.writing.journal import Journal

    def put_right() -> tuple[ChangeSet, ...]:
        folder = workspace.rooms.locations.project_data(workspace.root) / "changes"
        # opening the store recovers too, so what waits is read before
        waiting = [name for i in Journal(folder / "journal").pending() for name in i.concerned]
        store = workspace.rooms.change_store
        concerned = dict.fromkeys((*waiting, *store.recover()))
        # a rollback that was undone is no change
        return tuple(c for c in store.list_changes() if c.change_id in concerned)

    return await asyncio.to_thread(put_right)


def state_words(change: ChangeSet) -> str:
    """A state as people say it."""
    words = change.state.value.replace("_", " ")
    return words if change.is_reversible else f"{words}, no longer reversible"


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


def show_text(shown: ShownChange) -> str:
    """One proposal for people: a heading, what became of it, and its diff."""
    change = shown.change
    title = (
        f"**{plain_cell(change.change_id)}** · {state_words(change)} · revision {change.revision}"
    )
    history = "\n".join(f"- {_told(line, change.change_id)}" for line in shown.audit)
    return "\n\n".join((title, *filter(None, (history,)), fenced(shown.diff, "diff")))


def _told(line: dict[str, Any], change_id: str) -> str:
    """A line of the audit for people: when, what, who, and what was known then."""
    at = str(line.get("at", ""))[:16].replace("T", " ")
    words = [str(line.get("event", "")).replace("_", " ")]
    if line.get("change_id") != change_id:
        words[0] = f"{line.get('change_id')} {words[0]}, which takes it back"
    if line.get("by"):
        words.append(f"by {line['by']}")
    if line.get("decisions"):
        words.append(f"hunks {', '.join(line['decisions'])}")
    words += [f"{strategy} {verdict}" for strategy, verdict in (line.get("checks") or {}).items()]
    cost = line.get("cost") or {}
    if line.get("event") == "proposed" and cost.get("nano_usd") is not None:
        words.append(f"{format_nano_usd(cost['nano_usd'])} ({cost.get('certainty')})")
    return plain_cell(f"{at} UTC · " + " · ".join(words))


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """List proposals, or show one.

    Raises:
        UsageError: If there are more words than an id.
        VibeError: If there is no such proposal.
    """
    if len(args) > 1:
        raise UsageError("/changes takes one id", "see /changes")
    if args:
        shown = await show(workspace, args[0])
        yield Reported("changes", show_text(shown), shown.payload())
        return
    changes = await workspace.review.changes()
    yield Reported("changes", list_text(changes), list_payload(changes))
