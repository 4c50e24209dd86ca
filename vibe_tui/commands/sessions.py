"""/sessions: earlier conversations of this project."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from vibe_tui.analytics.model import usd
from vibe_tui.commands.table import markdown_table, plain_cell
from vibe_tui.events import Event, Reported

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

_SHOWN = 20


def list_payload(workspace: "Workspace") -> dict[str, Any]:
    """All conversations, newest first."""
    return {
        "schema_version": 1,
        "sessions": [
            {"id": s.session_id, "name": s.name, "created_at": s.created_at, "messages": s.messages}
            for s in workspace.rooms.sessions.summaries()
        ],
    }


def show_payload(workspace: "Workspace", session_id: str) -> dict[str, Any]:
    """One conversation with its messages.

    Raises:
        NoSuchSessionError: If there is none of that id.
    """
    session = workspace.rooms.sessions.load(session_id)
    messages = [
        {
            "role": m.role,
            "content": m.content,
            "at": m.at,
            "model": m.model or None,
            "change_id": m.change_id,
            "cost_usd": usd(m.cost_nano_usd),
            "stopped": m.stopped,
        }
        for m in session.messages
    ]
    return {
        "schema_version": 1,
        "id": session.session_id,
        "name": session.name,
        "created_at": session.created_at,
        "messages": messages,
    }


def list_text(found: dict[str, Any]) -> str:
    """A table for people."""
    sessions = found["sessions"][:_SHOWN]
    if not sessions:
        return "This project has no conversation yet."
    rows = [(s["id"], s["name"], str(s["messages"]), s["created_at"][:16]) for s in sessions]
    return markdown_table(("session", "begins with", "messages", "started (UTC)"), rows, right=(2,))


def transcript(shown: dict[str, Any]) -> str:
    """One conversation as Markdown: who said it, then the words as they were said."""
    parts = [f"# {plain_cell(shown['name'])}"]
    for message in shown["messages"]:
        speaker = "You" if message["role"] == "user" else message["model"] or "assistant"
        stopped = " (stopped)" if message["stopped"] else ""
        at = message["at"][:16].replace("T", " ")
        parts.append(f"**{plain_cell(speaker)}** · {at} UTC{stopped}")
        parts.append(message["content"].strip())
    return "\n\n".join(parts)


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:  # noqa: ARG001 - every command takes words
    """List conversations."""
    found = await asyncio.to_thread(list_payload, workspace)
    yield Reported("sessions", list_text(found), found)
