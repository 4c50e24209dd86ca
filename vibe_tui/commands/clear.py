"""/clear: a new conversation; the old one stays stored."""

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from vibe_tui.events import Event, Noticed, SessionStarted

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:  # noqa: ARG001 - every command takes words
    """Start afresh."""
    old = workspace.session.session_id
    workspace.start_session()
    yield SessionStarted(workspace.session.session_id)
    yield Noticed(f"A new conversation; continue the old one with --continue {old}")
