"""Where an edit's lines stand in a file, and the file's text with them replaced.

Exact first, then by line end, trailing white space and uniform re-indentation; never fuzzier.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from vibe_tui.changes.content.sequence import matching_blocks
from vibe_tui.changes.content.text import TextForm, without_end
from vibe_tui.changes.edits.hints import likely_place
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.model import SearchReplace

_MOST_LINE_NUMBERS = 8
_INSIDE_A_CHARACTER = re.compile(r"[^\x00-\x7f]\Z")
"""The second byte of a character may look like ASCII, in GBK and Shift JIS for example."""
EDIT_FORM = TextForm()
"""How edits themselves write text."""


@dataclass(frozen=True, slots=True)
class Shift:
    """How the file's indentation differs from the edit's, the same for every line."""

    added: str = ""
    removed: str = ""

    def apply(self, line: str) -> str:
        """Re-indent a new line; a blank one stays as it is.

        Raises:
            EditRefusedError: If the line is indented less than what is to be taken away.
        """
        if not line.strip():
            return line
        if not line.startswith(self.removed):
            raise EditRefusedError(
                "The replacement cannot be indented as the file is: "
                "write SEARCH and REPLACE with the file's own indentation"
            )
        return self.added + line[len(self.removed) :]


@dataclass(frozen=True, slots=True)
class Window:
    """The lines ``start`` to ``end`` of a file, half-open, counted from 0."""

    start: int
    end: int
    shift: Shift = field(default_factory=Shift)


def _exact(line: str, _newline: str) -> str:
    return line


def _no_trailing(line: str, newline: str) -> str:
    return without_end(line, newline).rstrip()


def _bare(line: str, newline: str) -> str:
    return without_end(line, newline).strip()


_TIERS: tuple[Callable[[str, str], str], ...] = (_exact, without_end, _no_trailing)


def locate(lines: Sequence[str], wanted: Sequence[str], newline: str = "\n") -> tuple[Window, ...]:
    r"""Find every place of some lines, by the strictest rule that finds any.

    Args:
        lines: The file's lines with their ends.
        wanted: The edit's lines, ended by ``\n``.
        newline: The file's line end.
    """
    if not wanted or len(wanted) > len(lines):
        return ()
    for normal in _TIERS:
        haystack = [normal(line, newline) for line in lines]
        needle = [normal(line, "\n") for line in wanted]
        if starts := _occurrences(haystack, needle):
            return tuple(Window(start, start + len(wanted)) for start in starts)
    return _reindented(lines, wanted, newline)


def _occurrences(haystack: list[str], needle: list[str]) -> list[int]:
    first, length = needle[0], len(needle)
    last_start = len(haystack) - length
    return [
        index
        for index, line in enumerate(haystack)
        if line == first and index <= last_start and haystack[index : index + length] == needle
    ]


def _reindented(lines: Sequence[str], wanted: Sequence[str], newline: str) -> tuple[Window, ...]:
    starts = _occurrences(
        [_bare(line, newline) for line in lines], [_bare(w, "\n") for w in wanted]
    )
    windows: list[Window] = []
    for start in starts:
        shift = _shift(lines[start : start + len(wanted)], wanted)
        if shift is not None:
            windows.append(Window(start, start + len(wanted), shift))
    return tuple(windows)


def _shift(there: Sequence[str], wanted: Sequence[str]) -> Shift | None:
    """The one difference in indentation between lines that are else equal; None if uneven."""
    shifts = {
        _line_shift(_indent(line), _indent(other))
        for line, other in zip(there, wanted, strict=True)
        if line.strip()
    }
    return shifts.pop() if len(shifts) == 1 else None


def _line_shift(there: str, wanted: str) -> Shift | None:
    if there.endswith(wanted):
        return Shift(added=there[: len(there) - len(wanted)])
    if wanted.endswith(there):
        return Shift(removed=wanted[: len(wanted) - len(there)])
    return None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def rewrite(
    lines: Sequence[str],
    window: Window,
    wanted: Sequence[str],
    replacement: Sequence[str],
    form: TextForm,
    ending: str = "",
) -> list[str]:
    """The lines that take a window's place.

    Lines that the edit repeats stay as the file has them.

    Args:
        lines: The file's lines with their ends.
        window: Where ``wanted`` stands.
        wanted: What the edit searched.
        replacement: What the edit puts there.
        form: How the file writes text.
        ending: The line end of new lines; empty for that of the window's first line.

    Raises:
        EditRefusedError: If a new line cannot be written as the file is encoded or indented.
    """
    old = [without_end(line) for line in wanted]
    new = [without_end(line) for line in replacement]
    ending = ending or _ending(lines[window.start], form)
    result: list[str] = []
    for block in [*matching_blocks(old, new), None]:
        until = block.new if block else len(new)
        fresh = new[len(result) : until]
        result.extend(window.shift.apply(written(line, form)) + ending for line in fresh)
        if block:
            start = window.start + block.old
            result.extend(lines[start : start + block.length])
    keeps_open_end = 0 < window.end == len(lines) and not _has_end(lines[-1], form)
    return _ended(result, ending, form, open_end=keeps_open_end)


def _ending(line: str, form: TextForm) -> str:
    return line[len(without_end(line, form.newline)) :] or form.newline


def _has_end(line: str, form: TextForm) -> bool:
    return without_end(line, form.newline) != line


def _ended(lines: list[str], ending: str, form: TextForm, *, open_end: bool) -> list[str]:
    """Give every line its end, except the last one where the file has no final newline."""
    result = [line if _has_end(line, form) else line + ending for line in lines]
    if open_end and result:
        result[-1] = without_end(result[-1], form.newline)
    return result


def written(text: str, form: TextForm) -> str:
    """Return new text if the file can hold it.

    Raises:
        EditRefusedError: If the file's encoding does not have it, or is unknown.
    """
    if form.takes(text):
        return text
    known = f"the file is {form.encoding}" if form.is_known else "its encoding is unknown"
    raise EditRefusedError(
        f"New text cannot be written into the file as it is ({known}): use ASCII there"
    )


def replace_once(text: str, form: TextForm, edit: SearchReplace) -> str:
    """Apply a SEARCH/REPLACE edit to a file's text.

    Args:
        text: The file's text as decoded.
        form: How the file writes text.
        edit: With a search that is not empty.

    Returns:
        The new text; outside the replaced lines it is the old one.

    Raises:
        EditRefusedError: If the search is found nowhere or in several places.
    """
    splits = sorted(
        ((edit.search, edit.replace), *edit.other_splits), key=lambda s: len(s[0]), reverse=True
    )
    at_once = _replaced_at_once(text, form, *splits[0])
    if at_once is not None:
        return at_once
    lines = form.split(text)
    for search, replace in splits:
        wanted = EDIT_FORM.split(search)
        windows = locate(lines, wanted, form.newline)
        if len(windows) == 1:
            window = windows[0]
            new = rewrite(lines, window, wanted, EDIT_FORM.split(replace), form)
            return "".join([*lines[: window.start], *new, *lines[window.end :]])
        if windows:
            raise EditRefusedError(_many(windows))
    piece = edit.search.replace("\n", form.newline)
    if not edit.search.endswith("\n") and text.count(piece) == 1:
        if not form.is_known and _INSIDE_A_CHARACTER.search(text, 0, text.index(piece)):
            raise EditRefusedError(
                "SEARCH may begin inside a character, for the file's encoding is unknown: "
                "quote whole lines"
            )
        return text.replace(piece, written(edit.replace.replace("\n", form.newline), form))
    raise EditRefusedError(_none(lines, edit, form))


def _replaced_at_once(text: str, form: TextForm, search: str, replace: str) -> str | None:
    """Replace lines that stand in the file once exactly as searched, without splitting it.

    Returns:
        None when that does not settle it.
    """
    wanted = search.replace("\n", form.newline)
    is_uniform = form.newline != "\r\n" or text.count("\n") == text.count("\r\n")
    if not search.endswith("\n") or not is_uniform:
        return None
    places = _line_starts(text, wanted, form.newline)
    if len(places) != 1:
        return None
    start, end = places[0], places[0] + len(wanted)
    lines = form.split(text[start:end])
    window = Window(0, len(lines))
    new = rewrite(lines, window, EDIT_FORM.split(search), EDIT_FORM.split(replace), form)
    return "".join([text[:start], *new, text[end:]])


def _line_starts(text: str, wanted: str, newline: str) -> list[int]:
    """The first two places where whole lines stand in a text."""
    places: list[int] = []
    place = text.find(wanted)
    while place >= 0 and len(places) < 2:
        if place == 0 or text.endswith(newline[-1], 0, place):
            places.append(place)
        place = text.find(wanted, place + 1)
    return places


def _many(windows: Sequence[Window]) -> str:
    numbers = ", ".join(str(window.start + 1) for window in windows[:_MOST_LINE_NUMBERS])
    more = ", …" if len(windows) > _MOST_LINE_NUMBERS else ""
    return (
        f"SEARCH occurs {len(windows)} times (from lines {numbers}{more}): "
        "quote more lines so that it occurs once"
    )


def _none(lines: Sequence[str], edit: SearchReplace, form: TextForm) -> str:
    replacement = EDIT_FORM.split(edit.replace)
    if edit.replace.strip() and locate(lines, replacement, form.newline):
        return "SEARCH is not in the file, but its replacement is: it seems to be done already"
    place = likely_place([_bare(line, form.newline) for line in lines], edit.search)
    if place is None:
        return "SEARCH is not in the file: quote its lines exactly as they are now"
    return (
        f"SEARCH is not in the file; lines {place[0]} to {place[1]} are most like it: "
        "quote them exactly as they are now"
    )
