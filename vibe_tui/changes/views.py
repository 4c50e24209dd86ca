"""A proposal as Review and ``changes show`` present it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from vibe_tui.changes.content.decoded import DecodedLines
from vibe_tui.changes.content.diff import (
    HunkRange,
    LineDiff,
    display_lines,
    hunk_header,
    hunk_rows,
    undivided,
)
from vibe_tui.changes.content.lines import has_crlf, span
from vibe_tui.changes.formats.diff_paths import quoted
from vibe_tui.changes.hunks.annotations import Annotations
from vibe_tui.changes.hunks.moves import ChangedFile
from vibe_tui.changes.model import (
    ChangeAction,
    ChangeSet,
    DiffLine,
    FileChange,
    FileDiff,
    Hunk,
)
from vibe_tui.changes.states import FileStates

SymbolAt = Callable[[int], str | None]
"""Names what encloses a line (1-based)."""
SymbolsOf = Callable[[str, bytes], SymbolAt]
"""Reads the symbols of a path's content."""
"""The name of what encloses a line (1-based) of a project file, None when nothing does."""

_NO_FINAL_NEWLINE = "\\ No newline at end of file\n"
_NOT_KEPT = "its lines are no longer kept"
_MOST_KNOWN = 4
"""Changes of which the lines stay ready to be shown again, after a decision on one of them."""
_HunkTexts = Sequence[tuple[str, tuple[DiffLine, ...]]]
"""Header and lines of each hunk of a file."""


class ChangeViews:
    """Builds diffs for showing.

    Args:
        states: Where hunks come from.
        symbols_of: Names the function of a hunk; None leaves headers without.
    """

    def __init__(self, states: FileStates, symbols_of: SymbolsOf | None) -> None:
        self._states = states
        self._symbols_of = symbols_of
        self._known: dict[object, Sequence[_HunkTexts]] = {}

    def diffs(self, change: ChangeSet) -> tuple[FileDiff, ...]:
        """Every file of a proposal with its hunks; without them where they are no longer kept."""
        if not change.is_reversible:
            return tuple(FileDiff(file, (), _NOT_KEPT) for file in change.files)
        result: list[FileDiff] = []
        first_k = 1
        for file, texts in zip(change.files, self._texts_of(change.files), strict=True):
            diff = self._states.diff(file)
            hunks = tuple(
                Hunk(first_k + index, file.path, header, file.hunk_states[index], lines)
                for index, (header, lines) in enumerate(texts)
            )
            first_k += len(hunks)
            base_lines = () if diff.is_binary else DecodedLines(diff.old, diff.old_encoding)
            result.append(FileDiff(file, hunks, note_of(file, diff), base_lines))
        return tuple(result)

    def _texts_of(self, files: Sequence[FileChange]) -> Sequence[_HunkTexts]:
        """Headers and lines of every file's hunks; no decision changes them, so they are kept."""
        key = tuple(
            (file.path, file.renamed_from, file.base_sha256, file.proposed_sha256, file.groups)
            for file in files
        )
        texts = self._known.get(key)
        if texts is None:
            texts = self._known[key] = self._read_texts(files)
            for oldest in list(self._known)[:-_MOST_KNOWN]:
                self._known.pop(oldest, None)
        return texts

    def _read_texts(self, files: Sequence[FileChange]) -> Sequence[_HunkTexts]:
        diffs = [self._states.diff(file) for file in files]
        notes = Annotations(
            [
                ChangedFile(file.path, file.renamed_from or file.path, diff)
                for file, diff in zip(files, diffs, strict=True)
            ]
        )
        result: list[_HunkTexts] = []
        for file, diff in zip(files, diffs, strict=True):
            symbol_at = self._symbol_at(file, diff)
            result.append(
                [
                    (
                        header_of(diff, hunk, symbol_at),
                        notes.on(file.path, display_lines(diff, hunk)),
                    )
                    for hunk in diff.hunks
                ]
            )
        return result

    def _symbol_at(self, file: FileChange, diff: LineDiff) -> SymbolAt | None:
        if self._symbols_of is None or file.base_sha256 is None:
            return None
        return self._symbols_of(file.renamed_from or file.path, span(diff.old, 0, len(diff.old)))

    def unified(self, change: ChangeSet) -> str:
        """The whole proposal as a unified diff that ``git apply`` takes.

        Bytes that are not UTF-8 are replaced; binary files are only named.
        """
        if not change.is_reversible:
            return "".join(f"# {quoted(file.path)}: {_NOT_KEPT}\n" for file in change.files)
        return "".join(unified_file(file, self._states.diff(file)) for file in change.files)

    def unified_hunk(self, file: FileChange, index: int) -> str:
        """One hunk of a file, counted from 0, as a patch; empty where it has no lines."""
        diff = self._states.diff(file)
        hunk = diff.hunks[index]
        if diff.is_binary or not hunk.changes:
            return ""
        return _heads(file) + _unified_hunks(replace(diff, hunks=(hunk,)))


def header_of(diff: LineDiff, hunk: HunkRange, symbol_at: SymbolAt | None) -> str:
    """A hunk's header, with what encloses its first line where that is known."""
    header = hunk_header(diff, hunk)
    if symbol_at is None:
        return header
    first = min(hunk.old_start + 1, max(1, len(diff.old)))
    symbol = symbol_at(first)
    return f"{header} {symbol}" if symbol else header


class _Ends(NamedTuple):
    old: bool
    new: bool


def note_of(file: FileChange, diff: LineDiff) -> str:
    """What a reader should know of a file besides its hunks; empty when there is nothing."""
    notes: list[str] = []
    if file.action is ChangeAction.CREATE:
        notes.append("new file")
    if file.action is ChangeAction.DELETE:
        notes.append("deleted")
    if file.renamed_from is not None:
        notes.append(f"renamed from {file.renamed_from}")
    if file.whole_file:
        lost = file.removed - file.added
        notes.append(f"whole file, {'−' if lost > 0 else '+'}{abs(lost)} lines")
    if file.proposed_mode is not None and file.proposed_mode != file.base_mode:
        notes.append(f"mode {file.proposed_mode:o}")
    if diff.is_binary:
        notes.append("binary file")
    notes.extend(_end_notes(diff))
    return ", ".join(notes)


def _end_notes(diff: LineDiff) -> list[str]:
    """Changes of line ends, which the lines themselves do not show."""
    if diff.is_binary or not diff.old or not diff.new:
        return []
    notes: list[str] = []
    ends = _Ends(*(lines[-1].rstrip(b"\0").endswith(b"\n") for lines in (diff.old, diff.new)))
    if ends.old != ends.new:
        notes.append("final newline added" if ends.new else "final newline removed")
    had, has = has_crlf(diff.old), has_crlf(diff.new)
    if had != has:
        notes.append("line ends change to CRLF" if has else "line ends change to LF")
    return notes


def unified_file(file: FileChange, diff: LineDiff) -> str:
    """One file of a proposal as a unified diff in git's form."""
    old_name, new_name = _names(file)
    if diff.is_binary:
        return _git_head(file) + f"Binary files {old_name} and {new_name} differ\n"
    if not diff.hunks[0].changes:
        return _git_head(file)
    return _heads(file) + _unified_hunks(diff)


def _unified_hunks(diff: LineDiff) -> str:
    """The changes of a diff as a patch takes them, however a person divided them."""
    whole = undivided(diff)
    return "".join(_unified_hunk(whole, hunk) for hunk in whole.hunks)


def _names(file: FileChange) -> tuple[str, str]:
    return quoted("a/" + (file.renamed_from or file.path)), quoted("b/" + file.path)


def _git_head(file: FileChange) -> str:
    old_name, new_name = _names(file)
    return f"diff --git {old_name} {new_name}\n" + "".join(_extended(file))


def _heads(file: FileChange) -> str:
    """What stands above a file's hunks."""
    old_name, new_name = _names(file)
    created, deleted = file.base_sha256 is None, file.proposed_sha256 is None
    old_line = f"--- {'/dev/null' if created else _spaced(old_name)}\n"
    new_line = f"+++ {'/dev/null' if deleted else _spaced(new_name)}\n"
    return _git_head(file) + old_line + new_line


def _spaced(name: str) -> str:
    """Git ends a name that holds spaces with a tab, so that no time stamp is seen in it."""
    return name + "\t" if " " in name and not name.startswith('"') else name


def _extended(file: FileChange) -> list[str]:
    lines: list[str] = []
    if file.base_sha256 is None:
        lines.append(f"new file mode 100{_git_mode(file.proposed_mode):o}\n")
    elif file.proposed_sha256 is None:
        lines.append(f"deleted file mode 100{_git_mode(file.base_mode):o}\n")
    elif file.proposed_mode is not None:
        lines.append(f"old mode 100{_git_mode(file.base_mode):o}\n")
        lines.append(f"new mode 100{_git_mode(file.proposed_mode):o}\n")
    if file.renamed_from is not None:
        lines.append(f"rename from {quoted(file.renamed_from)}\n")
        lines.append(f"rename to {quoted(file.path)}\n")
    return lines


def _git_mode(mode: int | None) -> int:
    """Git knows two kinds of plain files: executable by the owner, or not."""
    return 0o755 if (mode or 0) & 0o100 else 0o644


def _unified_hunk(diff: LineDiff, hunk: HunkRange) -> str:
    parts = [hunk_header(diff, hunk) + "\n"]
    for row in hunk_rows(diff, hunk):
        encoding = diff.new_encoding if row.kind == "+" else diff.old_encoding
        text = row.content.decode(encoding, "replace")
        parts.append(row.kind + text)
        if not text.endswith("\n"):
            parts.append("\n" + _NO_FINAL_NEWLINE)
    return "".join(parts)
