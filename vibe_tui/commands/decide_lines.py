"""Deciding on single lines of a hunk: they become a hunk of their own, which is then decided."""

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from vibe_tui.changes.model import ChangeSet, DiffLine, FileDiff, Hunk, HunkState
from vibe_tui.errors import DeniedError, UsageError

if TYPE_CHECKING:
    from vibe_tui.reviewing import Reviewing

Mark = tuple[str, int | None, int | None]
"""A changed line by its kind and numbers; they stay the same however hunks are divided."""


class NotDividedError(DeniedError):
    """The chosen lines cannot be decided apart from their neighbours; nothing was."""

    code = "not_divided"


async def decide_lines(
    review: "Reviewing",
    change_id: str,
    revision: int,
    k: int,
    rows: Collection[int],
    *,
    is_accept: bool,
) -> ChangeSet:
    """Accept or reject some lines of a hunk; its other lines stay open.

    Args:
        review: The proposals.
        change_id: The proposal.
        revision: The revision that the person saw.
        k: The hunk's number, from 1 over the change.
        rows: Indexes into the hunk's lines, from 0; unchanged ones are passed over.
        is_accept: Whether the lines are written, else they are rejected.

    Raises:
        UsageError: If the rows name no changed line of an open hunk.
        NotDividedError: If they cannot be told from their neighbours.
        VibeError: If the revision is stale or the project moved on; nothing is written.
    """
    hunk = _hunk(await review.diffs(change_id), k)
    wanted = marks(hunk.lines[row] for row in rows if 0 <= row < len(hunk.lines))
    if not wanted:
        raise UsageError("No changed line is chosen", "choose lines with + or − in front")
    if wanted != marks(hunk.lines):
        change = await review.split(change_id, revision, k, sorted(rows))
        revision = change.revision
        hunk = _with_marks(await review.diffs(change_id), hunk.path, wanted)
    if is_accept:
        return await review.accept(change_id, revision, hunks=(hunk.k,))
    return await review.reject(change_id, hunks=(hunk.k,), revision=revision)


def marks(lines: Iterable[DiffLine]) -> frozenset[Mark]:
    """The changed ones among some lines."""
    return frozenset(
        (line.kind, line.old_number, line.new_number) for line in lines if line.kind != " "
    )


def _hunk(diffs: Sequence[FileDiff], k: int) -> Hunk:
    for diff in diffs:
        for hunk in diff.hunks:
            if hunk.k == k:
                return hunk
    raise UsageError(f"There is no hunk {k}", "look at the proposal again")


def _with_marks(diffs: Sequence[FileDiff], path: str, wanted: frozenset[Mark]) -> Hunk:
    for diff in diffs:
        for hunk in diff.hunks:
            is_same = hunk.path == path and marks(hunk.lines) == wanted
            if is_same and hunk.state is HunkState.OPEN:
                return hunk
    raise NotDividedError(
        "These lines cannot be decided on their own", "choose their neighbours with them"
    )
