"""A proposal as Review and ``changes show`` present it."""

from collections.abc import Callable
from typing import NamedTuple

from vibe_tui.changes.diff import HunkRange, LineDiff, display_lines, hunk_header, hunk_rows
from vibe_tui.changes.formats.diff_paths import quoted
from vibe_tui.changes.model import ChangeAction, ChangeSet, FileChange, FileDiff, Hunk
from vibe_tui.changes.states import FileStates

SymbolAt = Callable[[int], str | None]
"""Names what encloses a line (1-based)."""
SymbolsOf = Callable[[str, bytes], SymbolAt]
"""Reads the symbols of a path's content."""
"""The name of what encloses a line (1-based) of a project file, None when nothing does."""

_NO_FINAL_NEWLINE = "\\ No newline at end of file\n"


class ChangeViews:
    """Builds diffs for showing.

    Args:
        states: Where hunks come from.
        symbols_of: Names the function of a hunk; None leaves headers without.
    """

    def __init__(self, states: FileStates, symbols_of: SymbolsOf | None) -> None:
        self._states = states
        self._symbols_of = symbols_of

    def diffs(self, change: ChangeSet) -> tuple[FileDiff, ...]:
        """Every file of a proposal with its hunks."""
        result: list[FileDiff] = []
        first_k = 1
        for file in change.files:
            diff = self._states.diff(file)
            symbol_at = self._symbol_at(file, diff)
            hunks = tuple(
                Hunk(
                    k=first_k + index,
                    path=file.path,
                    header=header_of(diff, hunk, symbol_at),
                    state=file.hunk_states[index],
                    lines=display_lines(diff, hunk),
                )
                for index, hunk in enumerate(diff.hunks)
            )
            first_k += len(hunks)
            result.append(FileDiff(file, hunks, note_of(file, diff)))
        return tuple(result)

    def _symbol_at(self, file: FileChange, diff: LineDiff) -> SymbolAt | None:
        if self._symbols_of is None or file.base_sha256 is None:
            return None
        return self._symbols_of(file.renamed_from or file.path, b"".join(diff.old))

    def unified(self, change: ChangeSet) -> str:
        """The whole proposal as a unified diff that ``git apply`` takes.

        Bytes that are not UTF-8 are replaced; binary files are only named.
        """
        return "".join(unified_file(file, self._states.diff(file)) for file in change.files)


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
    had, has = (any(line.endswith(b"\r\n") for line in lines) for lines in (diff.old, diff.new))
    if had != has:
        notes.append("line ends change to CRLF" if has else "line ends change to LF")
    return notes


def unified_file(file: FileChange, diff: LineDiff) -> str:
    """One file of a proposal as a unified diff in git's form."""
    old_name = quoted("a/" + (file.renamed_from or file.path))
    new_name = quoted("b/" + file.path)
    head = f"diff --git {old_name} {new_name}\n" + "".join(_extended(file))
    if diff.is_binary:
        return head + f"Binary files {old_name} and {new_name} differ\n"
    if not diff.hunks[0].changes:
        return head
    created, deleted = file.base_sha256 is None, file.proposed_sha256 is None
    old_line = f"--- {'/dev/null' if created else _spaced(old_name)}\n"
    new_line = f"+++ {'/dev/null' if deleted else _spaced(new_name)}\n"
    body = "".join(_unified_hunk(diff, hunk) for hunk in diff.hunks)
    return head + old_line + new_line + body


def _spaced(name: str) -> str:
    """Git ends a name that holds spaces with a tab, so that no time stamp is seen in it."""
    return name + "\t" if " " in name and not name.startswith('"') else name


def _extended(file: FileChange) -> list[str]:
    lines: list[str] = []
    if file.base_sha256 is None:
        lines.append(f"new file mode 100{file.proposed_mode or 0o644:o}\n")
    elif file.proposed_sha256 is None:
        lines.append(f"deleted file mode 100{_git_mode(file.base_mode):o}\n")
    elif file.proposed_mode is not None:
        lines.append(f"old mode 100{_git_mode(file.base_mode):o}\n")
        lines.append(f"new mode 100{file.proposed_mode:o}\n")
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
