"""What a diff view stacks: headings of files, and hunks, each one renderable of many rows.

A block knows what it says and nothing of widths, colours or the screen.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from vibe_tui.changes.model import ChangeAction, DiffLine, FileDiff, Hunk, HunkComment, HunkState
from vibe_tui.foreign import clean_line
from vibe_tui.ui.widgets.hunk_context import USUAL_CONTEXT, Excerpt, excerpts
from vibe_tui.ui.widgets.hunk_text import QUIET, ShownLine, only_line_ends_differ, show_lines

Span = tuple[int, int, str]
"""Start and end character of a line, and the name of its colour."""
_HEADER = re.compile(r"@@.*?@@ ?")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a person wants to read a diff."""

    context: int | None = USUAL_CONTEXT
    """Unchanged lines around a hunk; None for all."""
    hides_white_space: bool = False


@dataclass(slots=True, eq=False)
class FileBlock:
    """The heading of a file, with what is to know of it before its hunks."""

    diff: FileDiff
    remarks: tuple[str, ...]
    is_titled: bool
    """Whether it draws the file's name; a lone file is named in the list above already."""

    @property
    def path(self) -> str:
        """The file, relative to the project."""
        return self.diff.change.path

    @property
    def is_stop(self) -> bool:
        """Whether a reader steps on it: a file without hunks is decided as a whole."""
        return not self.diff.hunks


@dataclass(slots=True, eq=False)
class HunkBlock:
    """A hunk: its header, its lines folded to the width, what was said of it, an empty row."""

    hunk: Hunk
    symbol: str
    """What encloses it, if known."""
    where: str
    """Its line numbers, and what else its header says."""
    lines: tuple[ShownLine, ...]
    is_hidden: bool = False
    """Whether only its header is drawn, because only white space changes."""
    base_lines: Sequence[str] = ()
    """Those of the file before, for a lexer that must know what a hunk begins in."""
    comments: tuple[str, ...] = ()
    """What a person said to the model about it."""
    spans: dict[int, tuple[tuple[Span, ...], ...]] = field(default_factory=dict)
    """Syntax colours of stretches of lines that somebody has looked at, by stretch."""
    is_stop = True

    @property
    def path(self) -> str:
        """The file, relative to the project."""
        return self.hunk.path

    @property
    def first_change(self) -> int | None:
        """Index of the first line that is shown as removed or added; None without one."""
        return next((index for index, line in enumerate(self.lines) if line.is_change), None)

    def index_of(self, row: int) -> int | None:
        """Index of the line that shows a row of ``Hunk.lines``."""
        return next((index for index, line in enumerate(self.lines) if line.row == row), None)


Block = FileBlock | HunkBlock


def build_blocks(
    diffs: Sequence[FileDiff],
    reading: Reading | None = None,
    comments: Sequence[HunkComment] = (),
) -> list[Block]:
    """Make the blocks of a change; takes about 4 µs a line.

    Args:
        diffs: Its files in order.
        reading: How they are to be read.
        comments: What was said of hunks.
    """
    hunks: list[HunkBlock] = []
    how = reading or Reading()
    for diff in diffs:
        for hunk, excerpt in zip(diff.hunks, excerpts(diff, how.context), strict=True):
            block = _hunk_block(hunk, excerpt, how)
            block.base_lines = diff.base_lines
            hunks.append(block)
    return with_headings(diffs, hunks, comments)


def restate(
    blocks: Sequence[Block], diffs: Sequence[FileDiff], comments: Sequence[HunkComment]
) -> list[Block]:
    """The same lines with what has been decided on them, and said of them, since.

    Args:
        blocks: Of an earlier state.
        diffs: The state now.
        comments: Those of now.
    """
    hunks = (hunk for diff in diffs for hunk in diff.hunks)
    known = (block for block in blocks if isinstance(block, HunkBlock))
    restated = [replace(block, hunk=hunk) for block, hunk in zip(known, hunks, strict=True)]
    return with_headings(diffs, restated, comments)


def with_headings(
    diffs: Sequence[FileDiff], hunks: Sequence[HunkBlock], comments: Sequence[HunkComment]
) -> list[Block]:
    """Blocks of hunks below their files' headings, each with what was said of it.

    Args:
        diffs: The files.
        hunks: A block for each of their hunks, in order.
        comments: On any of them.
    """
    blocks: list[Block] = []
    at = 0
    for diff in diffs:
        own = [comment for comment in comments if comment.path == diff.change.path]
        below = hunks[at : at + len(diff.hunks)]
        at += len(below)
        for block in below:
            block.comments = comments_on(block.hunk, own)
        hidden = sum(block.is_hidden for block in below)
        blocks.append(_file_block(diff, own, hidden, is_titled=len(diffs) > 1))
        blocks += below
    return blocks


def _file_block(
    diff: FileDiff, comments: Sequence[HunkComment], hidden: int, *, is_titled: bool
) -> FileBlock:
    """The heading of a file; comments that fit none of its hunks any more stand there too."""
    remarks = [*_remarks(diff), *_lost_comments(diff, comments)]
    if hidden:
        hunks = "hunk" if hidden == 1 else "hunks"
        remarks.append(f"{hidden:,} white-space-only {hunks} hidden")
    return FileBlock(diff, tuple(remarks), is_titled)


def comments_on(hunk: Hunk, comments: Sequence[HunkComment]) -> tuple[str, ...]:
    """What was said of a hunk: of the lines that it changes, whatever stands around them.

    Args:
        hunk: A hunk.
        comments: Those on its file.
    """
    if not comments:
        return ()
    changed = [f"{line.kind}{line.text}" for line in hunk.lines if line.kind != " "]
    return tuple(c.text for c in comments if _quoted_changes(c) == changed)


def _quoted_changes(comment: HunkComment) -> list[str]:
    return [line for line in comment.quoted.split("\n") if line[:1] in ("+", "-")]


def _lost_comments(diff: FileDiff, comments: Sequence[HunkComment]) -> Iterator[str]:
    """Comments whose lines are no longer proposed."""
    if not comments:
        return
    found = {text for hunk in diff.hunks for text in comments_on(hunk, comments)}
    for comment in comments:
        if comment.text not in found:
            yield f"✎ of lines that changed since: {clean_line(comment.text)}"


def number_digits(blocks: Sequence[Block]) -> int:
    """Digits of the largest line number of a change, at least 2."""
    hunks = (block for block in blocks if isinstance(block, HunkBlock))
    ends = (line for block in hunks for line in block.lines[-2:])
    numbers = (max(line.old_number or 0, line.new_number or 0) for line in ends)
    return max(2, len(str(max(numbers, default=0))))


def is_open(block: Block) -> bool:
    """Whether a person has not yet decided on it."""
    if isinstance(block, HunkBlock):
        return block.hunk.state is HunkState.OPEN
    states = block.diff.change.hunk_states
    return block.is_stop and (not states or HunkState.OPEN in states)


def _hunk_block(hunk: Hunk, excerpt: Excerpt, reading: Reading) -> HunkBlock:
    lines = show_lines(
        excerpt.lines,
        excerpt.first_row,
        len(hunk.lines),
        hides_white_space=reading.hides_white_space,
    )
    is_hidden = reading.hides_white_space and _is_white_space_only(lines)
    symbol = clean_line(_HEADER.sub("", hunk.header, count=1))
    where = _line_range(excerpt.lines)
    if not symbol and where[0].isdigit():
        where = f"lines {where}" if "–" in where else f"line {where}"
    if hunk.lines and only_line_ends_differ(hunk.lines):
        where += "  only line ends differ"
    elif is_hidden:
        where += "  only white space differs"
    return HunkBlock(hunk, symbol, where, lines, is_hidden)


def _is_white_space_only(lines: Sequence[ShownLine]) -> bool:
    kinds = {line.kind for line in lines}
    return QUIET in kinds and not kinds & {"+", "-"}


def _line_range(lines: Sequence[DiffLine]) -> str:
    """The lines in the new file, or in the old one when none is left."""
    numbers = [line.new_number for line in lines if line.new_number]
    numbers = numbers or [line.old_number for line in lines if line.old_number]
    if not numbers:
        return "whole file"
    first, last = numbers[0], numbers[-1]
    return str(first) if first == last else f"{first}–{last}"


def _remarks(diff: FileDiff) -> tuple[str, ...]:
    change = diff.change
    remarks = []
    if diff.note:
        remarks.append(clean_line(diff.note))
    elif change.action is ChangeAction.RENAME and change.renamed_from:
        remarks.append(f"renamed from {clean_line(change.renamed_from)}")
    elif change.action is ChangeAction.CREATE:
        remarks.append("new file")
    elif change.action is ChangeAction.DELETE:
        remarks.append("the file is deleted")
    if not diff.hunks and not diff.note:
        remarks.append("no lines change")
    remarks += [clean_line(remark) for remark in change.remarks]
    if not change.reversible:
        remarks.append("cannot be rolled back once accepted")
    if change.conflict:
        remarks.append(f"! conflict: {clean_line(change.conflict)}")
    return tuple(remarks)
