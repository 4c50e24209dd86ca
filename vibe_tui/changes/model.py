"""What would change: edits, proposals, hunks and their states."""

from dataclasses import dataclass
from enum import StrEnum


class ChangeAction(StrEnum):
    """What happens to a file."""

    CREATE = "create"
    MODIFY = "modify"
    DELETE = "delete"
    RENAME = "rename"


class ChangeState(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    PARTLY_ACCEPTED = "partly_accepted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ROLLED_BACK = "rolled_back"
    CONFLICT = "conflict"


class HunkState(StrEnum):
    """What a person decided on one hunk."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class SearchReplace:
    """Replace ``search`` by ``replace`` in a file; an empty ``search`` makes a new file."""

    path: str
    search: str
    replace: str
    other_splits: tuple[tuple[str, str], ...] = ()
    """Further readings as (search, replace) when the text itself holds a line of ``=======``.

    The longest search that the file holds is the one that was meant.
    """


@dataclass(frozen=True, slots=True)
class WholeFile:
    """The whole new text of a file."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class PatchHunk:
    """One ``@@`` block of a unified diff; lines keep their ' ', '+' or '-' in front.

    ``old_start`` is 1-based as written, or None when the header has no numbers.
    """

    old_start: int | None
    lines: tuple[str, ...]
    no_newline_old: bool = False
    no_newline_new: bool = False


@dataclass(frozen=True, slots=True)
class FilePatch:
    """A unified diff of one file. ``old_path`` None creates, ``new_path`` None deletes."""

    old_path: str | None
    new_path: str | None
    hunks: tuple[PatchHunk, ...]
    new_mode: int | None = None
    """Permission bits that the patch sets, e.g. 0o755; None leaves them."""


Edit = SearchReplace | WholeFile | FilePatch


@dataclass(frozen=True, slots=True)
class RefusedEdit:
    """An edit that does not apply. ``reason`` is one sentence with what to do."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Who proposed a change."""

    kind: str
    """``model``, ``patch``, ``heal`` or ``plugin``."""
    name: str = ""
    """The model's, plugin's or tier's name."""
    session_id: str = ""
    prompt: str = ""
    """The first line of the prompt that led here."""
    prompt_id: str = ""
    """The turn's id in its session; rolling back to a message goes by it."""


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """What a check said of one file of a proposal. ``is_valid`` None: skipped."""

    path: str
    strategy: str
    is_valid: bool | None
    messages: tuple[str, ...] = ()
    seconds: float = 0.0
    skipped: str | None = None


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a proposal: the bytes it was based on and the bytes proposed, by sha256.

    ``base_sha256`` is None when the file is to be created, ``proposed_sha256`` when deleted.
    ``hunk_states[i]`` belongs to hunk ``i`` of the file, counted from 0.
    """

    path: str
    action: ChangeAction
    base_sha256: str | None
    proposed_sha256: str | None
    base_mode: int | None
    """Permission bits before, e.g. 0o644."""
    added: int
    removed: int
    hunk_states: tuple[HunkState, ...]
    renamed_from: str | None = None
    conflict: str | None = None
    whole_file: bool = False
    """True when the edit replaced the whole text; Review says so."""
    reversible: bool = True
    proposed_mode: int | None = None
    """Permission bits that the change sets; None keeps those of the file."""
    base_lines: int = 0
    """Number of lines before."""
    created_folders: tuple[str, ...] = ()
    """Folders that accepting made, outermost first; a rollback removes them when empty."""
    groups: tuple[tuple[tuple[int, int, int, int], ...], ...] | None = None
    """Which changed lines each hunk holds, where a person divided the hunks otherwise than the
    diff does: per hunk its changes as (old_start, old_end, new_start, new_end), half-open, from 0.
    """
    remarks: tuple[str, ...] = ()
    """What Review says of the file besides: ``ignored by git``, ``in the submodule lib``."""


@dataclass(frozen=True, slots=True)
class HunkComment:
    """What a person said to the model about a hunk."""

    path: str
    text: str
    quoted: str
    """The hunk's lines with their ' ', '+' and '-', as they were when the person said it."""
    created_at: str


@dataclass(frozen=True, slots=True)
class AppliedFile:
    """One file as an acceptance found it and left it, by sha256; None: no such file."""

    path: str
    before_sha256: str | None
    after_sha256: str | None
    before_mode: int | None
    after_mode: int | None


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """A stored proposal. ``revision`` grows by one with every change of it."""

    change_id: str
    revision: int
    created_at: str
    state: ChangeState
    origin: Origin
    files: tuple[FileChange, ...]
    checks: tuple[CheckRecord, ...] = ()
    comments: tuple[HunkComment, ...] = ()
    applied: tuple[AppliedFile, ...] = ()
    """What accepting it wrote, in the order of writing; empty once nothing of it stands."""
    reverts: tuple[str, ...] = ()
    """The changes that this one takes back, newest first; empty for what was proposed."""
    rolled_back_by: str = ""
    """The change that took this one back; empty while it stands."""

    @property
    def is_open(self) -> bool:
        """Whether something is left to decide."""
        return self.state in (
            ChangeState.PROPOSED,
            ChangeState.PARTLY_ACCEPTED,
            ChangeState.CONFLICT,
        )


@dataclass(frozen=True, slots=True)
class Proposed:
    """What became of a list of edits."""

    change: ChangeSet | None
    """The stored proposal; None when no edit applies."""
    refused: tuple[RefusedEdit, ...] = ()


def drops_over_half(change: ChangeSet, path: str) -> bool:
    """Whether a whole-file edit leaves less than half of a file's lines.

    A model that writes "the rest stays as it is" instead of the rest looks like this.

    Args:
        change: The proposal.
        path: One of its files; others give False.
    """
    for file in change.files:
        if file.path == path and file.whole_file:
            return (file.removed - file.added) * 2 > file.base_lines
    return False


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a hunk. ``kind`` is ' ', '+' or '-'; numbers are 1-based, None = absent."""

    kind: str
    old_number: int | None
    new_number: int | None
    text: str
    """Decoded for display, without its line end, not yet cleaned."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """A block of changed lines with context. ``k`` counts from 1 over the whole change."""

    k: int
    path: str
    header: str
    """``@@ -1,3 +1,4 @@`` and the enclosing symbol when known."""
    state: HunkState
    lines: tuple[DiffLine, ...]

    @property
    def added(self) -> int:
        """Number of added lines."""
        return sum(line.kind == "+" for line in self.lines)

    @property
    def removed(self) -> int:
        """Number of removed lines."""
        return sum(line.kind == "-" for line in self.lines)


@dataclass(frozen=True, slots=True)
class FileDiff:
    """A file of a proposal as Review shows it."""

    change: FileChange
    hunks: tuple[Hunk, ...]
    note: str = ""
    """For example ``binary file``, or ``whole file, −12 lines``."""
