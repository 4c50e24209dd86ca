"""The rows of the history: every change by time, gathered under the message that led to it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from vibe_tui.changes.model import ChangeSet, ChangeState, HunkState
from vibe_tui.foreign import clean_line

Key = tuple[str, str]
"""What a row stands for: (``change``, id), or a message's session and prompt."""
_CHANGE = "change"
_WRITTEN = frozenset({ChangeState.ACCEPTED, ChangeState.PARTLY_ACCEPTED, ChangeState.CONFLICT})


@dataclass(frozen=True, slots=True)
class Message:
    """What a person asked, and how many changes it led to."""

    session_id: str
    prompt_id: str
    text: str
    changes: int
    newest_at: str

    @property
    def key(self) -> Key:
        """Its row's."""
        return self.session_id, self.prompt_id


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A message, or a change."""

    message: Message | None
    """The message that the row is, or that led to its change; None: no message did."""
    change: ChangeSet | None
    """None: the row is the message itself."""
    is_inside: bool = False
    """Whether it stands under its message."""

    @property
    def key(self) -> Key:
        """What it stands for."""
        if self.change is not None:
            return _CHANGE, self.change.change_id
        assert self.message is not None
        return self.message.key


def is_written(change: ChangeSet) -> bool:
    """Whether something of a change stands in the project."""
    if change.state not in _WRITTEN:
        return False
    return bool(change.applied) or any(HunkState.ACCEPTED in f.hunk_states for f in change.files)


def why_not_back(change: ChangeSet | None) -> str:
    """Why a change cannot be rolled back, as a sentence; empty when it can."""
    if change is None:
        return "Choose a change"
    name = change.change_id
    if change.state is ChangeState.ROLLED_BACK:
        by = f": {change.rolled_back_by} brings it back" if change.rolled_back_by else ""
        return f"{name} is rolled back already{by}"
    if not is_written(change):
        return f"Nothing of {name} is accepted"
    if not change.is_reversible:
        return f"{name} can no longer be rolled back: what its files held is no longer kept"
    return ""


def searched_text(change: ChangeSet) -> str:
    """What a filter looks into: paths, prompt, model, state, id."""
    origin, names = change.origin, [change.state.value.replace("_", " "), change.change_id]
    names += [origin.prompt, origin.name, origin.kind, origin.session_id]
    for file in change.files:
        names += [file.path, file.renamed_from or ""]
    return "\n".join(names).casefold()


class HistoryRows:
    """Changes as rows, filtered and gathered.

    Making it takes a while where there are many changes; filtering and gathering do not.

    Args:
        changes: Newest first.
        before: The rows shown until now, whose filter and order go on.
    """

    def __init__(
        self, changes: Sequence[ChangeSet] = (), before: "HistoryRows | None" = None
    ) -> None:
        self.rows: Sequence[HistoryRow] = ()
        self.by_message: bool = before.by_message if before is not None else True
        """Whether changes stand under their messages."""
        self.query: str = before.query if before is not None else ""
        messages = _messages(changes)
        self._texts = [searched_text(change) for change in changes]
        keys = [_message_key(change) for change in changes]
        found = [messages.get(key) for key in keys]
        self._alone = [HistoryRow(m, c) for m, c in zip(found, changes, strict=True)]
        self._inside = [
            HistoryRow(m, c, is_inside=m is not None) for m, c in zip(found, changes, strict=True)
        ]
        self._heads = {key: HistoryRow(message, None) for key, message in messages.items()}
        groups: dict[Key, list[int]] = {}
        for index, change in enumerate(changes):
            groups.setdefault(_group_key(change), []).append(index)
        self._gathered = [(key, index) for key, indexes in groups.items() for index in indexes]
        self._build()

    @property
    def total(self) -> int:
        """How many changes there are."""
        return len(self._alone)

    @property
    def shown(self) -> int:
        """How many of them the filter leaves."""
        return sum(row.change is not None for row in self.rows)

    def filter(self, query: str) -> None:
        """Leave the changes in which every word of a query is found, whatever its letters' case."""
        self.query = query
        self._build()

    def gather(self, by_message: bool) -> None:
        """Put changes under their messages, or let each stand by its time."""
        self.by_message = by_message
        self._build()

    def find(self, key: Key | None) -> int | None:
        """The row that stands for something; None when it is not there."""
        found = (index for index, row in enumerate(self.rows) if row.key == key)
        return next(found, None)

    @property
    def first_change(self) -> int:
        """The row of the newest change that is shown."""
        return next((i for i, row in enumerate(self.rows) if row.change is not None), 0)

    def _build(self) -> None:
        matching: Iterable[int] = range(len(self._texts))
        for word in self.query.casefold().split():
            matching = [index for index in matching if word in self._texts[index]]
        if self.by_message:
            self.rows = self._under_messages(frozenset(matching))
        else:
            self.rows = [self._alone[index] for index in matching]

    def _under_messages(self, matching: Collection[int]) -> list[HistoryRow]:
        """Each message where its newest change is."""
        rows: list[HistoryRow] = []
        last: Key | None = None
        for key, index in self._gathered:
            if index not in matching:
                continue
            if key != last and (head := self._heads.get(key)) is not None:
                rows.append(head)
            last = key
            rows.append(self._inside[index])
        return rows


def _message_key(change: ChangeSet) -> Key:
    return change.origin.session_id, change.origin.prompt_id


def _group_key(change: ChangeSet) -> Key:
    """Its message; what no message led to stands for itself."""
    return _message_key(change) if change.origin.prompt_id else (_CHANGE, change.change_id)


def _messages(changes: Sequence[ChangeSet]) -> dict[Key, Message]:
    found: dict[Key, Message] = {}
    for change in changes:
        origin, key = change.origin, _message_key(change)
        if not origin.prompt_id:
            continue
        before = found.get(key)
        count = 1 if before is None else before.changes + 1
        newest_at = change.created_at if before is None else before.newest_at
        text = clean_line(origin.prompt, 300)
        found[key] = Message(origin.session_id, origin.prompt_id, text, count, newest_at)
    return found
