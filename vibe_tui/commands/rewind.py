"""/rewind: back to before a message: what it did to the files, the conversation, or both."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from vibe_tui.changes.model import ChangeSet
from vibe_tui.commands.table import markdown_table
from vibe_tui.errors import DeniedError, UsageError, VibeError
from vibe_tui.events import Event, Noticed, Reported
from vibe_tui.foreign import clean_line

if TYPE_CHECKING:
    from vibe_tui.chat.sessions import Prompt
    from vibe_tui.workspace import Workspace

Way = Literal["both", "files", "chat"]
WAYS: tuple[Way, ...] = ("both", "files", "chat")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class RewindPlan:
    """What going back to before a message means."""

    session_id: str
    prompt_id: str
    messages: int
    """Messages of this run's conversation that would no longer be sent; 0: it is of another."""
    takes_back: tuple[ChangeSet, ...]
    """Accepted changes, newest first: what the message and later ones led to, and what was
    accepted after the first of these."""
    rejects: tuple[ChangeSet, ...]
    """Open proposals of the message and later ones, newest first."""

    @property
    def ways(self) -> tuple[Way, ...]:
        """The ways that would do something."""
        has_files = bool(self.takes_back or self.rejects)
        if has_files and self.messages:
            return WAYS
        return ("files",) if has_files else ("chat",) if self.messages else ()


async def plan(workspace: "Workspace", session_id: str, prompt_id: str) -> RewindPlan:
    """Find out what going back to before a message would do; nothing is changed.

    Args:
        workspace: The project.
        session_id: The message's conversation.
        prompt_id: The message.

    Raises:
        VibeError: If the stored changes cannot be read.
    """

    def find() -> RewindPlan:
        ids = _from_on(_prompts(workspace, session_id), prompt_id)
        changes = workspace.rooms.change_store.list_changes()
        return _planned(workspace, changes, session_id, ids)

    return await asyncio.to_thread(find)


def _planned(
    workspace: "Workspace", changes: Sequence[ChangeSet], session_id: str, ids: Sequence[str]
) -> RewindPlan:
    """What going back to before the first of some messages would do.

    Args:
        workspace: The project.
        changes: All of them, newest first.
        session_id: The messages' conversation.
        ids: The message and all later ones.
    """
    led = [
        change
        for change in changes
        if change.origin.session_id == session_id and change.origin.prompt_id in ids
    ]
    first = min(
        (change for change in led if change.applied),
        key=lambda change: change.applied_order,
        default=None,
    )
    store = workspace.rooms.change_store
    takes_back = () if first is None else store.taken_back_to(first.change_id)
    gone = {change.change_id for change in takes_back}
    rejects = tuple(change for change in led if change.is_open and change.change_id not in gone)
    session = workspace.session
    messages = session.messages if session_id == session.session_id else []
    count = sum(message.prompt_id in ids for message in messages)
    return RewindPlan(session_id, ids[0], count, takes_back, rejects)


def _prompts(workspace: "Workspace", session_id: str) -> "Sequence[Prompt]":
    if session_id == workspace.session.session_id:
        return workspace.session.prompts
    try:
        return workspace.rooms.sessions.load(session_id).prompts
    except VibeError:  # deleted: what is known of the message is its changes
        return ()


def _from_on(prompts: "Sequence[Prompt]", prompt_id: str) -> Sequence[str]:
    """A message and the later ones."""
    ids = [prompt.prompt_id for prompt in prompts]
    return ids[ids.index(prompt_id) :] if prompt_id in ids else [prompt_id]


async def rewind(workspace: "Workspace", found: RewindPlan, way: Way) -> str:
    """Go back; files first, so that a conflict leaves the conversation as it is.

    Args:
        workspace: The project.
        found: What to do.
        way: Which part of it.

    Returns:
        What was done, as one line.

    Raises:
        UsageError: If an answer is on its way.
        DeniedError: If there is nothing to do this way, or the files moved on.
        VibeError: If the system refuses.
    """
    if way not in found.ways:
        raise DeniedError(
            f"Nothing to take back by {way}", f"there is: {', '.join(found.ways) or 'nothing'}"
        )
    if way != "files":
        workspace.refuse_while_asking()
    told: list[str] = []
    if way != "chat":
        told += await _take_back(workspace, found)
    if way != "files":
        count = await workspace.rewind(found.prompt_id)
        told.append(f"{count} message{'s' * (count != 1)} no longer sent")
    return "; ".join(told)


async def _take_back(workspace: "Workspace", found: RewindPlan) -> list[str]:
    told: list[str] = []
    if found.takes_back:
        change = await workspace.review.roll_back_to(found.takes_back[-1].change_id)
        if change.is_open:
            told.append(f"{change.change_id} waits in Review: files moved on, look at it first")
        else:
            count = len(found.takes_back)
            told.append(f"{count} change{'s' * (count != 1)} rolled back by {change.change_id}")
    for proposal in found.rejects:
        await workspace.review.reject(proposal.change_id)
    if count := len(found.rejects):
        told.append(f"{count} open proposal{'s' * (count != 1)} rejected")
    return told


async def _listed(workspace: "Workspace") -> Reported:
    """The messages that one can go back to, newest first, and what it would do."""
    session = workspace.session
    prompts = session.prompts[::-1][:_SHOWN]
    if not prompts:
        return Reported("rewind", "This conversation has no message yet.", _payload(()))

    def find() -> list[RewindPlan]:
        changes = workspace.rooms.change_store.list_changes()
        later = [_from_on(session.prompts, prompt.prompt_id) for prompt in prompts]
        return [_planned(workspace, changes, session.session_id, ids) for ids in later]

    plans = await asyncio.to_thread(find)
    rows: list[tuple[str, ...]] = []
    shown: list[dict[str, Any]] = []
    for number, (prompt, found) in enumerate(zip(prompts, plans, strict=True), start=1):
        words = clean_line(prompt.text.strip().split("\n", 1)[0], 80)
        counts = (len(found.takes_back), len(found.rejects))
        rows.append((str(number), words, *map(str, counts)))
        shown.append(
            {
                "number": number,
                "prompt_id": prompt.prompt_id,
                "text": prompt.text,
                "at": prompt.at,
                "takes_back": [change.change_id for change in found.takes_back],
                "rejects": [change.change_id for change in found.rejects],
            }
        )
    head = ("", "back to before", "rolls back", "rejects")
    table = markdown_table(head, rows, right=(0, 2, 3))
    return Reported("rewind", f"{table}\n\n{_HOW}", _payload(shown))


_HOW = (
    "`/rewind 1` goes back to before the newest message, the files and the conversation. "
    "`/rewind 1 files` and `/rewind 1 chat` do one of them. A roll back is a change, which can be "
    "rolled back; the conversation's file keeps everything."
)


def _payload(prompts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"schema_version": 1, "messages": list(prompts)}


def _read(args: Sequence[str], count: int) -> tuple[int, Way]:
    """The message's number from the newest on, and the way."""
    number, *rest = args
    way = rest[0] if rest else "both"
    if not number.isdecimal() or len(rest) > 1 or way not in WAYS:
        raise UsageError("/rewind takes a number and a way", "/rewind 1 [files|chat|both]")
    if not 1 <= int(number) <= count:
        raise UsageError(f"There is no message {number}", f"there are {count}: see /rewind")
    return int(number), way


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """List the messages, or go back to before one.

    Raises:
        UsageError: If the words are no number and way, or an answer is on its way.
        DeniedError: If there is nothing to take back, or the files moved on.
    """
    if not args:
        yield await _listed(workspace)
        return
    prompts = workspace.session.prompts
    number, way = _read(args, len(prompts))
    prompt = prompts[-number]
    found = await plan(workspace, workspace.session.session_id, prompt.prompt_id)
    yield Noticed(await rewind(workspace, found, way))
