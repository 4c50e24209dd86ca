"""Applying a unified diff to a file's text: context decides, line numbers only break ties."""

from collections.abc import Sequence

from vibe_tui.changes.content.text import TextForm, without_end
from vibe_tui.changes.edits.matching import Window, locate, rewrite, written
from vibe_tui.changes.errors import EditRefusedError
from vibe_tui.changes.model import FilePatch, PatchHunk


def patched(text: str, form: TextForm, patch: FilePatch) -> str:
    """Apply every hunk of a patch.

    Args:
        text: The file's text as decoded.
        form: How the file writes text.
        patch: For this file; wrong line numbers are tolerated where the context is clear.

    Raises:
        EditRefusedError: If a hunk's lines are nowhere, or in several places with no number
            that says which.
    """
    lines = form.split(text)
    floor = drift = 0
    for number, hunk in enumerate(patch.hunks, start=1):
        wanted, replacement = _side(hunk, " -"), _side(hunk, " +")
        window = _place(lines, wanted, hunk, form, floor=floor, drift=drift, number=number)
        if wanted:
            fresh = rewrite(lines, window, wanted, replacement, form)
        else:
            fresh = [written(without_end(line), form) + form.newline for line in replacement]
        at_end = window.end == len(lines)
        lines[window.start : window.end] = fresh
        if at_end:
            _settle_end(lines, len(fresh), hunk, form)
        floor = window.start + len(fresh)
        drift += len(fresh) - len(wanted)
    return "".join(lines)


def _side(hunk: PatchHunk, kinds: str) -> list[str]:
    return [line[1:] + "\n" for line in hunk.lines if line[:1] in kinds]


def _place(
    lines: Sequence[str],
    wanted: Sequence[str],
    hunk: PatchHunk,
    form: TextForm,
    *,
    floor: int,
    drift: int,
    number: int,
) -> Window:
    """Where a hunk belongs: its only place, else the numbered one, else the only one to come."""
    if not wanted:
        return _insertion(lines, hunk, drift, number)
    windows = locate(lines, wanted, form.newline)
    if len(windows) == 1:
        return windows[0]
    if not windows:
        raise EditRefusedError(
            f"Hunk {number} of the diff is not in the file: its context and removed lines must be "
            "quoted exactly"
        )
    if hunk.old_start is not None:
        for window in windows:
            if window.start == hunk.old_start - 1 + drift:
                return window
    later = [window for window in windows if window.start >= floor]
    if len(later) == 1:
        return later[0]
    places = ", ".join(str(window.start + 1) for window in windows[:8])
    raise EditRefusedError(
        f"Hunk {number} of the diff fits in {len(windows)} places (from lines {places}): "
        "give it more context"
    )


def _insertion(lines: Sequence[str], hunk: PatchHunk, drift: int, number: int) -> Window:
    """A hunk without old lines goes after the line that its header names."""
    if not lines:
        return Window(0, 0)
    if hunk.old_start is None or not 0 <= hunk.old_start + drift <= len(lines):
        raise EditRefusedError(
            f"Hunk {number} of the diff only adds lines and does not say where: give it context"
        )
    start = hunk.old_start + drift
    return Window(start, start)


def _settle_end(lines: list[str], fresh: int, hunk: PatchHunk, form: TextForm) -> None:
    """Give the last line of the file the end that the patch states, where it states one."""
    if not lines:
        return
    before_last = len(lines) - fresh - 1
    if (
        fresh
        and before_last >= 0
        and without_end(lines[before_last], form.newline) == lines[before_last]
    ):
        lines[before_last] += form.newline
    last = without_end(lines[-1], form.newline)
    if hunk.no_newline_new:
        lines[-1] = last
    elif hunk.no_newline_old:
        lines[-1] = last + form.newline


def new_text(patch: FilePatch) -> str:
    r"""The text of a file that a patch creates, its lines ended by ``\n``.

    Raises:
        EditRefusedError: If the patch also has lines of an old file.
    """
    if any(line[:1] in " -" for hunk in patch.hunks for line in hunk.lines):
        raise EditRefusedError("The diff creates a file but holds lines of an old one")
    text = "".join(line for hunk in patch.hunks for line in _side(hunk, "+"))
    open_end = bool(patch.hunks) and patch.hunks[-1].no_newline_new
    return text.removesuffix("\n") if open_end else text


def check_deletion(text: str, form: TextForm, patch: FilePatch) -> None:
    """Make sure that a patch that deletes a file quotes the file as it is.

    Raises:
        EditRefusedError: If what it quotes is something else. A patch that quotes nothing is
            taken at its word: the person sees every line that would go.
    """
    if not patch.hunks:
        return
    wanted = [line for hunk in patch.hunks for line in _side(hunk, " -")]
    lines = form.split(text)
    added = any(line.startswith("+") for hunk in patch.hunks for line in hunk.lines)
    if added or len(wanted) != len(lines) or (lines and not locate(lines, wanted, form.newline)):
        raise EditRefusedError("The diff deletes a file with other lines than it has now")
