"""A hunk's new side written anew by a person, in the file's own encoding and line ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from vibe_tui.changes.content.diff import (
    Change,
    HunkRange,
    LineDiff,
    changed_ranges,
    is_ended,
)
from vibe_tui.changes.content.lines import lines_of, span
from vibe_tui.changes.content.sequence import matching_blocks
from vibe_tui.changes.content.text import (
    NEW_FILE_FORM,
    TextForm,
    byte_order_mark,
    display,
    read_text,
    without_end,
)
from vibe_tui.changes.edits.matching import written
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.hunks.dividing import Division, Group
from vibe_tui.foreign import reveal


@dataclass(frozen=True, slots=True)
class Retyped:
    """A file with one hunk written anew."""

    content: bytes
    """The whole file as it is proposed now."""
    division: Division
    """Its hunks; one whose changes are all gone is not among them."""


def retyped(diff: LineDiff, index: int, text: str) -> Retyped | None:
    r"""Write a hunk's new side anew; the other hunks stay as they are.

    Args:
        diff: Of the file.
        index: The hunk, counted from 0.
        text: What is to stand in the place of its lines, as ``Hunk.new_side`` has it. Lines that
            it leaves as they are shown keep their bytes.

    Returns:
        None when the text is what stands there.

    Raises:
        EditRefusedError: If the hunk has no lines to edit, or the file cannot hold the text.
    """
    hunk = diff.hunks[index]
    _check(diff, hunk)
    form = _form(diff)
    mark = byte_order_mark(_whole(diff.new) or _whole(diff.old))
    there = span(diff.new, hunk.new_start, hunk.new_end)
    body = there if hunk.new_start else there.removeprefix(mark)
    is_last = hunk.new_start < hunk.new_end == len(diff.new)
    fresh = _written(body, text, form, _ending(diff, hunk, form), is_last)
    if fresh == body:
        return None
    start, end = hunk.new_start, hunk.new_end
    before, after = span(diff.new, 0, start), span(diff.new, end, len(diff.new))
    if before and fresh and not is_ended(before, diff.new_encoding):
        raise EditRefusedError(
            "The line above has no line end and belongs to another hunk: edit that one"
        )
    if not start and not there:
        after = after.removeprefix(mark)
    rest = before.removeprefix(mark) + fresh + after
    content = mark + rest if rest else rest
    return Retyped(content, _division(diff, index, lines_of(content)))


def _whole(lines: Sequence[bytes]) -> bytes:
    return span(lines, 0, len(lines))


def _check(diff: LineDiff, hunk: HunkRange) -> None:
    if diff.is_binary:
        raise EditRefusedError("A binary file has no lines to edit: write the whole file anew")
    if not hunk.changes:
        raise EditRefusedError("The hunk has no lines to edit")
    first, last = hunk.changes[0], hunk.changes[-1]
    others = (other for other in diff.hunks if other is not hunk)
    if any(first < change < last for other in others for change in other.changes):
        raise EditRefusedError(
            "The hunk stands in several places with another one between them: "
            "split it, then edit the parts"
        )


def _form(diff: LineDiff) -> TextForm:
    """How the file writes text: what is plain ASCII says less than what is not."""
    contents = [_whole(lines) for lines in (diff.new, diff.old) if lines]
    if not contents:
        return NEW_FILE_FORM
    alike = [c for c in contents if byte_order_mark(c) == byte_order_mark(contents[0])]
    telling = next((content for content in alike if not content.isascii()), alike[0])
    return read_text(telling)[1]


def _ending(diff: LineDiff, hunk: HunkRange, form: TextForm) -> str:
    """The line end of the lines around: those of the hunk, else the one before it."""
    near = [
        *diff.new[hunk.new_start : hunk.new_end],
        *diff.old[hunk.old_start : hunk.old_end],
        *diff.new[max(0, hunk.new_start - 1) : hunk.new_start],
    ]
    for line in near:
        text = line.decode(form.encoding, "replace")
        if end := text[len(without_end(text, form.newline)) :]:
            return end
    return form.newline


def _written(there: bytes, text: str, form: TextForm, ending: str, is_last: bool) -> bytes:
    """Lines as bytes; those that the text repeats are taken from what is there.

    The last line of a file without a final line end gets none.
    """
    pieces = form.split(_decoded(there, form))
    wanted = text.replace("\r\n", "\n")
    if form.newline == "\r":
        wanted = wanted.replace("\r", "\n")
    lines = wanted.removesuffix("\n").split("\n") if wanted else []
    result: list[str] = []
    for block in [*matching_blocks([_shown(p, form) for p in pieces], [*map(reveal, lines)]), None]:
        until = block.new if block else len(lines)
        result += [written(line, form) + ending for line in lines[len(result) : until]]
        result += [
            without_end(piece, form.newline) + ending if _is_open(piece, form) else piece
            for piece in (pieces[block.old : block.old + block.length] if block else [])
        ]
    if is_last and result and _is_open(pieces[-1], form):
        result[-1] = without_end(result[-1], form.newline)
    return "".join(result).encode(form.encoding, form.errors)


def _is_open(piece: str, form: TextForm) -> bool:
    return without_end(piece, form.newline) == piece


def _decoded(there: bytes, form: TextForm) -> str:
    try:
        text = there.decode(form.encoding, form.errors)
        if text.encode(form.encoding, form.errors) == there:
            return text
    except UnicodeError:
        pass
    raise EditRefusedError(
        "The hunk's lines cannot be read apart from the rest of the file: edit the whole file"
    )


def _shown(piece: str, form: TextForm) -> str:
    """A line as a person sees it who edits it."""
    return reveal(display(piece.encode(form.encoding, form.errors), form.encoding))


def _division(diff: LineDiff, index: int, lines: Sequence[bytes]) -> Division:
    """The file's hunks with those lines as its new state."""
    hunk = diff.hunks[index]
    growth = len(lines) - len(diff.new)
    old_end, new_end = hunk.old_end, hunk.new_end + growth
    if not hunk.new_start and new_end == 0 and _moves_mark(diff, hunk, lines):
        old_end, new_end = old_end + 1, 1
    own = changed_ranges(diff.old[hunk.old_start : old_end], lines[hunk.new_start : new_end])
    groups: list[tuple[Group, int]] = [
        (tuple(_shifted(change, hunk, growth) for change in other.changes), origin)
        for origin, other in enumerate(diff.hunks)
        if origin != index
    ]
    if own:
        groups.append((tuple(_placed(change, hunk) for change in own), index))
    groups.sort()
    return Division(tuple(group for group, _ in groups), tuple(origin for _, origin in groups))


def _moves_mark(diff: LineDiff, hunk: HunkRange, lines: Sequence[bytes]) -> bool:
    """Whether an unchanged line comes to be the first, and so to hold the byte order mark."""
    changes = [change for other in diff.hunks for change in other.changes]
    later = [change.new_start for change in changes if change > hunk.changes[-1]]
    following = min(later, default=len(diff.new))
    is_unchanged = hunk.new_end < following and bool(lines)
    return is_unchanged and lines[0] != diff.new[hunk.new_end]


def _shifted(change: Change, hunk: HunkRange, growth: int) -> Change:
    if change < hunk.changes[0]:
        return change
    return change._replace(new_start=change.new_start + growth, new_end=change.new_end + growth)


def _placed(change: Change, hunk: HunkRange) -> Change:
    return Change(
        change.old_start + hunk.old_start,
        change.old_end + hunk.old_start,
        change.new_start + hunk.new_start,
        change.new_end + hunk.new_start,
    )
