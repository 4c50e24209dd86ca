"""The sides of a conflict: in words, as regions to choose on, and as the file that choices make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vibe_tui.changes.content.merge import Region, merge3
from vibe_tui.changes.content.text import (
    TextForm,
    byte_order_mark,
    display,
    display_encoding,
    is_binary,
    read_text,
    split_bytes,
)
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.model import ConflictChoice, ConflictRegion, FileChange
from vibe_tui.changes.stack.layers import Sides
from vibe_tui.foreign import clean_line

_SHOWN_LINES = 3
"""Lines that a stretch that nobody changed shows at either end."""
_OURS_MARK = "<<<<<<< what stands there now"
_MIDDLE_MARK = "======= what is proposed"
_THEIRS_MARK = ">>>>>>> end of the conflict"


def side_words(base: bytes | None, content: bytes | None, source: str, path: str) -> str:
    """What a side has, in words.

    Args:
        base: What both sides found; None: no such file.
        content: What the side made of it.
        source: Its path before.
        path: Its path on this side.
    """
    if content is None:
        return "no such file" if base is None else "deleted"
    size = f"{len(content):,} bytes, binary"
    if not is_binary(content):
        lines = len(split_bytes(content))
        size = f"{lines:,} line{'' if lines == 1 else 's'}"
    if source != path:
        return f"renamed to {path}, {size}"
    if base is None:
        return f"a new file, {size}"
    return f"unchanged, {size}" if content == base else f"changed, {size}"


def reason_words(file: FileChange, conflicts: int) -> str:
    """What is in conflict, as one sentence.

    Args:
        file: With its conflict as of now.
        conflicts: How many of its regions are in conflict.
    """
    if file.conflict is None:
        return f"{clean_line(file.path, 200)} is not in conflict"
    if not conflicts:
        return file.conflict
    places = "one place" if conflicts == 1 else f"{conflicts} places"
    return f"{file.conflict}, in {places} where the proposal changes it too"


# Regions.


def regions_of(sides: Sides) -> tuple[Region, ...]:
    """The lines of a file as three states have them; empty where a side has none to compare.

    Two new files of one name are compared as if an empty one had been there before.
    """
    contents = [sides.base or b"", sides.ours, sides.theirs]
    if sides.ours is None or sides.theirs is None or any(map(is_binary, filter(None, contents))):
        return ()
    return merge3(sides.base or b"", sides.ours, sides.theirs).regions


@dataclass(frozen=True, slots=True)
class _Encodings:
    base: str
    ours: str
    theirs: str


def shown_regions(sides: Sides) -> tuple[ConflictRegion, ...]:
    """The lines of a file as a person compares them; indexes are those of ``regions_of``."""
    encodings = _Encodings(
        *(display_encoding(content or b"") for content in (sides.base, sides.ours, sides.theirs))
    )
    result: list[ConflictRegion] = []
    ours_line = theirs_line = 1
    for region in regions_of(sides):
        result.append(_decoded(region, encodings, ours_line, theirs_line))
        ours_line, theirs_line = ours_line + len(region.ours), theirs_line + len(region.theirs)
    return tuple(result)


def _decoded(
    region: Region, encodings: _Encodings, ours_line: int, theirs_line: int
) -> ConflictRegion:
    if region.base == region.ours == region.theirs and len(region.base) > 2 * _SHOWN_LINES:
        ends = (*region.base[:_SHOWN_LINES], *region.base[-_SHOWN_LINES:])
        shown = tuple(display(line, encodings.base) for line in ends)
        left_out = len(region.base) - len(shown)
        return ConflictRegion(shown, shown, shown, False, ours_line, theirs_line, left_out)
    return ConflictRegion(
        tuple(display(line, encodings.base) for line in region.base),
        tuple(display(line, encodings.ours) for line in region.ours),
        tuple(display(line, encodings.theirs) for line in region.theirs),
        region.is_conflict,
        ours_line,
        theirs_line,
    )


# Choices.


def taken(
    sides: Sides, choices: Mapping[int, ConflictChoice], *, marks_open: bool = False
) -> bytes | None:
    """A file as choices make it.

    Args:
        sides: The three states.
        choices: By the index of the region; where a side has no lines to compare, index 0 chooses
            the whole file.
        marks_open: Put both sides of a conflict without a choice between marks. Else what stands
            there now is taken.

    Raises:
        EditRefusedError: If both sides of a region cannot stand in one file.
    """
    regions = regions_of(sides)
    if not regions:
        is_theirs = choices.get(0) is ConflictChoice.THEIRS
        if marks_open and not choices:
            is_theirs = sides.theirs is not None
        return sides.theirs if is_theirs else sides.ours
    form = read_text(sides.ours or sides.theirs or b"")[1]
    pieces: list[bytes] = []
    for index, region in enumerate(regions):
        choice = choices.get(index)
        if not region.is_conflict:
            pieces += region.merged
        elif choice is None and marks_open:
            pieces += _marked(region, sides, form)
        elif choice is ConflictChoice.BOTH:
            pieces += _both(region, sides, form)
        else:
            pieces += region.theirs if choice is ConflictChoice.THEIRS else region.ours
    return b"".join(pieces)


def _both(region: Region, sides: Sides, form: TextForm) -> list[bytes]:
    _refuse_mixture(sides)
    mark = byte_order_mark(sides.ours or b"")
    theirs = [line.removeprefix(mark) if not i else line for i, line in enumerate(region.theirs)]
    if not region.ours:
        return list(region.theirs)
    return [*_ended(region.ours, form), *theirs]


def _marked(region: Region, sides: Sides, form: TextForm) -> list[bytes]:
    _refuse_mixture(sides)
    mark = byte_order_mark(sides.ours or b"")
    lines = [(_OURS_MARK + form.newline).encode(form.encoding), *_ended(region.ours, form)]
    lines += [(_MIDDLE_MARK + form.newline).encode(form.encoding), *_ended(region.theirs, form)]
    lines.append((_THEIRS_MARK + form.newline).encode(form.encoding))
    if not mark or not any(line.startswith(mark) for line in (*region.ours, *region.theirs)):
        return lines
    return [mark, *(line.removeprefix(mark) for line in lines)]


def _ended(lines: Sequence[bytes], form: TextForm) -> list[bytes]:
    """Lines of which the last one has its end too."""
    end = form.newline.encode(form.encoding)
    lf = "\n".encode(form.encoding)
    return [line if line.endswith((end, lf)) else line + end for line in lines]


def _refuse_mixture(sides: Sides) -> None:
    forms = [read_text(content)[1] for content in (sides.ours, sides.theirs) if content]
    if len({(form.encoding, form.bom) for form in forms}) > 1:
        raise EditRefusedError(
            "Both sides cannot stand in one file, for their encodings differ: take one of them"
        )


def refuse_marks(sides: Sides, content: bytes | None) -> None:
    """Refuse what somebody left in the middle of settling.

    Raises:
        EditRefusedError: If a content holds marks that neither side has.
    """
    form = read_text(content or b"")[1]
    for words in (_OURS_MARK, _MIDDLE_MARK, _THEIRS_MARK):
        mark = words.encode(form.encoding)
        if mark in (content or b"") and not any(
            mark in (side or b"") for side in (sides.ours, sides.theirs)
        ):
            raise EditRefusedError(f"The text still holds a mark of a conflict: {words}")
