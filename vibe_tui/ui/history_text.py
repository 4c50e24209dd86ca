"""How a row of the history reads, and what stands above its preview: text with named inks."""

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from vibe_tui.analytics.model import format_nano_usd
from vibe_tui.changes.model import ChangeSet
from vibe_tui.foreign import clean_line
from vibe_tui.ui.history import HistoryRow, Message, is_written
from vibe_tui.ui.widgets.review_checks import LOOKS
from vibe_tui.ui.widgets.review_state import change_badge

INKS = frozenset(
    f"history-list--{name}"
    for name in ("message", "path", "muted", "added", "removed", "good", "bad", "busy", "warn")
)
"""The component classes that rows are written with."""
_INK_OF_LOOK = {"quiet": "muted"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NAMED = 20
_BADGE_CELLS = 18
_WHO_CELLS = 16
_COUNT_CELLS = 10
_TIME_CELLS = 12
_LEAST_CELLS = 42
"""Cells that a row keeps for its badge and its files, or for its message."""


def when(at: str, now: datetime) -> str:
    """A moment as people say it on this machine: ``14:03``, ``23 Nov 14:03``, ``2025-11-23``.

    Args:
        at: ISO 8601.
        now: With its zone.
    """
    try:
        moment = datetime.fromisoformat(at).astimezone(now.tzinfo)
    except ValueError:
        return clean_line(at, 16)
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    if moment.year == now.year:
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment:%H:%M}"
    return f"{moment:%Y-%m-%d}"


def row_content(row: HistoryRow, width: int, now: datetime) -> Content:
    """Write one row, of exactly ``width`` cells."""
    if row.change is None:
        assert row.message is not None
        return _message(row.message, width, now)
    return _change(row.change, width, now, indent="  " if row.is_inside else "")


def _ink(text: str, ink: str) -> tuple[str, str]:
    return (text, f".history-list--{_INK_OF_LOOK.get(ink, ink)}")


def _message(message: Message, width: int, now: datetime) -> Content:
    count = f"{message.changes} change{'s' * (message.changes != 1)}"
    words = message.text or "a message without words"
    return _fitted(
        Content.assemble(_ink(f"▾ {words}", "message")),
        [
            _column(Content.assemble(_ink(count, "muted")), _COUNT_CELLS),
            _column(Content.assemble(_ink(when(message.newest_at, now), "muted")), _TIME_CELLS),
        ],
        width,
    )


def _change(change: ChangeSet, width: int, now: datetime, indent: str) -> Content:
    badge = change_badge(change)
    lost = is_written(change) and not change.is_reversible
    who = "not reversible" if lost else _who(change)
    added, removed = (sum(getattr(f, name) for f in change.files) for name in ("added", "removed"))
    left = Content.assemble(
        indent,
        _ink(f"{badge.text:<{_BADGE_CELLS}}", badge.look),
        _ink("rolls back " if change.reverts else "", "muted"),
        _ink(_files(change), "path"),
    )
    counts = Content.assemble(_ink(f"+{added}", "added"), " ", _ink(f"−{removed}", "removed"))
    return _fitted(
        left,
        [
            _column(Content.assemble(_ink(who, "warn" if lost else "muted")), _WHO_CELLS),
            _column(counts, _COUNT_CELLS),
            _column(Content.assemble(_ink(when(change.created_at, now), "muted")), _TIME_CELLS),
        ],
        width,
    )


def _column(content: Content, width: int) -> Content:
    """A content at the right edge of its column."""
    kept = content.truncate(width, ellipsis=True)
    return Content.assemble(" " * (width - kept.cell_length), kept)


def _fitted(left: Content, columns: Sequence[Content], width: int) -> Content:
    """A text and what follows it at fixed places; the first columns go where it gets narrow."""
    kept = list(columns)
    while kept and width - sum(column.cell_length + 2 for column in kept) < _LEAST_CELLS:
        del kept[0]
    room = max(0, width - sum(column.cell_length + 2 for column in kept))
    cut = left.truncate(room, ellipsis=True, pad=True)
    return Content.assemble(cut, *(Content.assemble("  ", column) for column in kept))


def _files(change: ChangeSet) -> str:
    first = clean_line(change.files[0].path, 200) if change.files else "no file"
    more = len(change.files) - 1
    return f"{first} and {more} more" if more > 0 else first


def _who(change: ChangeSet) -> str:
    origin = change.origin
    return clean_line(origin.name or ("" if change.reverts else origin.kind), 40)


def heading(change: ChangeSet, now: datetime) -> Content:
    """What stands above the preview of a change: what it is, who proposed it, what became of it."""
    badge, origin = change_badge(change), change.origin
    about = " · ".join(filter(None, (_proposer(change), _cost(change))))
    parts: list[str | tuple[str, str]] = [
        (badge.text, LOOKS[badge.look]),
        f"  {clean_line(change.change_id)}",
        (f"  {when(change.created_at, now)}", LOOKS["quiet"]),
    ]
    if origin.prompt and not change.reverts:
        parts += ["\n", (clean_line(origin.prompt, 300), "bold")]
    if about and not change.reverts:
        parts += ["\n", (about, LOOKS["quiet"])]
    if change.reverts:
        parts += ["\n", f"takes back {clean_line(', '.join(change.reverts), 300)}"]
    if change.rolled_back_by:
        parts += ["\n", f"rolled back by {clean_line(change.rolled_back_by)}"]
    if not change.is_reversible:
        parts += ["\n", ("what its files held is no longer kept", LOOKS["warn"])]
    return Content.assemble(*parts)


def _proposer(change: ChangeSet) -> str:
    origin = change.origin
    return clean_line(f"{origin.kind} {origin.name}".strip(), 80)


def _cost(change: ChangeSet) -> str:
    """What the answer cost, and how sure that is; nothing where no model was asked."""
    origin = change.origin
    if not origin.cost_certainty:
        return ""
    known = (
        "cost unknown" if origin.cost_nano_usd is None else format_nano_usd(origin.cost_nano_usd)
    )
    return f"{known} ({clean_line(origin.cost_certainty)})"


def back_text(changes: Sequence[ChangeSet], now: datetime) -> str:
    """What would be taken back, for a person to confirm: the changes, then the files.

    Args:
        changes: Newest first.
        now: With its zone.
    """
    if not changes:
        return "No change of files is taken back."
    lines = [f"{len(changes)} change{'s' * (len(changes) != 1)}, newest first:"]
    for change in changes[:_NAMED]:
        words = clean_line(change.origin.prompt, 60)
        about = " · ".join(filter(None, (when(change.created_at, now), words)))
        lines.append(f"  ↶ {change.change_id}  {about}")
    lines += _more(len(changes))
    paths = list(dict.fromkeys(path for c in changes for path in _paths(c)))
    lines += ["", f"{len(paths)} file{'s' * (len(paths) != 1)}:"]
    lines += [f"  {clean_line(path, 200)}" for path in paths[:_NAMED]]
    return "\n".join([*lines, *_more(len(paths))])


def _paths(change: ChangeSet) -> list[str]:
    named = [applied.path for applied in change.applied]
    return named or [path for f in change.files for path in (f.path, f.renamed_from) if path]


def _more(count: int) -> list[str]:
    return [f"  … and {count - _NAMED} more"] if count > _NAMED else []
