"""Accepting without asking: switched on by a person, for one session and for named paths.

What a model's answer proposed is then written when its turn has ended, provided that checks found
every file of it right. Anything else waits for the person, as always.
"""

import asyncio
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from vibe_tui.changes.model import ChangeSet, ChangeState
from vibe_tui.commands.accept_valid import objections
from vibe_tui.errors import DeniedError, UsageError, VibeError
from vibe_tui.events import (
    AutoAcceptChanged,
    ChangeProposed,
    Event,
    Noticed,
    SessionStarted,
    TurnFailed,
    TurnFinished,
)
from vibe_tui.foreign import clean_line

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

BY = "auto-accept"
"""Who accepts, in the audit."""
_GLOB = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_TRANSLATED = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class AutoAccept:
    """Watches a workspace and accepts what a person allowed beforehand.

    Args:
        workspace: The project; its events drive this.
    """

    def __init__(self, workspace: "Workspace") -> None:
        self._workspace = workspace
        self._session_id = ""
        self._proposed: list[str] = []
        self._accepted: list[str] = []
        self.patterns: tuple[str, ...] = ()
        """Globs of the paths; empty while it is off."""

    @property
    def is_on(self) -> bool:
        """Whether anything is accepted without asking."""
        return bool(self.patterns)

    @property
    def undo_id(self) -> str:
        """The change that ``undo`` takes back; empty when there is none."""
        return self._accepted[-1] if self._accepted else ""

    def switch_on(self, patterns: Sequence[str]) -> None:
        """Accept valid edits of these paths, from the next answer of this session on.

        Args:
            patterns: Globs relative to the project: ``*`` and ``?`` stay within a name, ``**``
                goes through folders, a ``/`` at the end means all below.

        Raises:
            UsageError: If none is given, or one leads out of the project.
        """
        wanted = tuple(dict.fromkeys(p.strip().removeprefix("./") for p in patterns if p.strip()))
        if not wanted:
            raise UsageError("Auto-accept needs paths", "name files or globs such as src/**")
        for pattern in wanted:
            if pattern.startswith("/") or ".." in pattern.split("/"):
                line = clean_line(pattern, 80)
                raise UsageError(f"{line} leads out of the project", "name paths inside it")
        self.patterns = wanted
        self._session_id = self._workspace.session.session_id
        self._tell()

    def switch_off(self) -> None:
        """Ask about every edit again."""
        self.patterns = ()
        self._proposed.clear()
        self._tell()

    async def undo(self) -> ChangeSet:
        """Roll back what was accepted last without asking.

        Raises:
            DeniedError: If there is nothing.
            VibeError: If the files moved on and cannot be merged; it can be tried again.
        """
        await self._forget_undone()
        if not self._accepted:
            raise DeniedError("Auto-accept has accepted nothing that still stands", "see /changes")
        rollback = await self._workspace.review.roll_back(self._accepted[-1])
        self._accepted.pop()
        self._tell()
        return rollback

    async def watch(self) -> None:
        """Follow the workspace's events until it closes."""
        async for event in self._workspace.events():
            await self.follow(event)

    async def follow(self, event: Event) -> None:
        """Act on one event."""
        is_elsewhere = self._workspace.session.session_id != self._session_id
        if self.is_on and (is_elsewhere or isinstance(event, SessionStarted)):
            self.switch_off()
        match event:
            case ChangeProposed(change_id=change_id) if self.is_on:
                self._proposed.append(change_id)
            case TurnFinished(stopped=False):
                while self._proposed:
                    await self._consider(self._proposed.pop(0))
            case TurnFinished() | TurnFailed():
                self._proposed.clear()

    async def _consider(self, change_id: str) -> None:
        try:
            change = await asyncio.to_thread(self._workspace.rooms.change_store.get, change_id)
            if change.origin.kind != "model" or change.origin.session_id != self._session_id:
                return
            if against := reasons_against(change, self.patterns):
                self._say(f"left to you: {against[0]}", "warning")
                return
            await self._workspace.review.accept(change_id, change.revision, by=BY)
        except VibeError as error:
            self._say(f"left to you: {error}", "warning")
            return
        self._accepted.append(change_id)
        self._say(f"accepted {_paths_of(change)}")
        self._tell()

    async def _forget_undone(self) -> None:
        """Drop what a person has rolled back by other ways."""
        store = self._workspace.rooms.change_store
        while self._accepted:
            change = await asyncio.to_thread(store.get, self._accepted[-1])
            if change.state is not ChangeState.ROLLED_BACK:
                return
            self._accepted.pop()

    def _say(self, words: str, severity: str = "information") -> None:
        self._workspace.publish(Noticed(f"Auto-accept: {words}", severity))

    def _tell(self) -> None:
        self._workspace.publish(AutoAcceptChanged(self.patterns, self.undo_id))


def reasons_against(change: ChangeSet, patterns: Sequence[str]) -> list[str]:
    """What speaks against accepting a model's proposal unseen, in sentences.

    Args:
        change: The proposal, with its checks.
        patterns: Globs of the paths that a person named.

    Returns:
        Empty when every file is among the paths, was found right by a check and by none wrong,
        keeps most of its lines, and nobody has decided or changed anything meanwhile.
    """
    against = objections(change)
    if change.state is not ChangeState.PROPOSED:
        against.append(f"it is {change.state.value}")
    for file in change.files:
        for path in filter(None, (file.path, file.renamed_from)):
            if not any(is_matching(path, pattern) for pattern in patterns):
                against.append(f"{path} is not among {', '.join(patterns)}")
        if not any(check.path == file.path and check.is_valid for check in change.checks):
            against.append(f"no check found {file.path} valid")
    return [clean_line(reason) for reason in against]


def is_matching(path: str, pattern: str) -> bool:
    """Whether a project-relative path is one that a glob means."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    whole = pattern + "**" if pattern.endswith("/") else pattern
    parts = _GLOB.findall(whole)
    return re.compile("".join(_TRANSLATED.get(p) or re.escape(p) for p in parts), re.DOTALL)


def _paths_of(change: ChangeSet) -> str:
    names = [clean_line(file.path, 80) for file in change.files]
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(names[:2]) + more
