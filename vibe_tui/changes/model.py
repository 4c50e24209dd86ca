"""What would change: edits, proposals, hunks and their states."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

ROLLBACK = "rollback"
"""The kind of origin of changes that take others back; as proposals they stand beside the stack of
open ones."""


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
    """``model``, ``patch``, ``heal``, ``plugin`` or ``rollback``."""
    name: str = ""
    """The model's, plugin's or tier's name."""
    session_id: str = ""
    prompt: str = ""
    """The first line of the prompt that led here."""
    prompt_id: str = ""
    """The turn's id in its session; rolling back to a message goes by it."""
    cost_nano_usd: int | None = None
    """What the answer cost that proposed it; None: unknown, or no model was asked."""
    cost_certainty: str = ""
    """How sure that is: exact, estimated, interrupted or unpriced; empty: nobody said."""


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
    stands_on: tuple[str, ...] = ()
    """The open proposals whose hunks the base holds, lowest first."""
    facts: str | None = None
    """Names, by sha256, the kept owner and attributes of a file that a rollback brings back."""
    rank: int = 0
    """Where it lies among open proposals: lower ones nearer to the disk, of equal ones the older.
    """


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
    """None where the system chose the bits of a new file."""
    renamed_from: str | None = None
    """The file that became this one by a rename."""
    before_facts: str | None = None
    """Names, by sha256, the kept owner and attributes of a file that was deleted."""


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
    applied_order: int = 0
    """Counts the acceptances in a project: greater means later. 0: none, or before they counted."""

    @property
    def is_open(self) -> bool:
        """Whether something is left to decide."""
        return self.state in (
            ChangeState.PROPOSED,
            ChangeState.PARTLY_ACCEPTED,
            ChangeState.CONFLICT,
        )

    @property
    def is_reversible(self) -> bool:
        """Whether its contents are still kept; without them it can be neither shown nor undone."""
        return all(file.reversible for file in self.files)


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
    marks: tuple[tuple[int, int], ...] = ()
    """The words of ``text`` that changed against the line it replaces or is replaced by, as
    half-open character ranges in order; empty where nothing pairs or all of it is new."""
    moved: str = ""
    """``moved from lib/a.py:12`` or ``moved to lib/b.py:40`` on each line of a moved block."""
    pair: int | None = field(default=None, compare=False)
    """Number of the line on the other side that it became, or came from, where one is like it."""


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

    @property
    def changed_rows(self) -> range:
        """Indexes of ``lines`` from the first changed line to the last."""
        changed = [index for index, line in enumerate(self.lines) if line.kind != " "]
        return range(changed[0], changed[-1] + 1) if changed else range(0)

    @property
    def new_side(self) -> str:
        """The text that editing the hunk starts from, each line ended by a line feed.

        It is what stands in the place of the changed lines afterwards, unchanged lines between
        them included; not yet cleaned.
        """
        rows = [self.lines[index] for index in self.changed_rows]
        return "".join(line.text + "\n" for line in rows if line.kind != "-")


@dataclass(frozen=True, slots=True)
class FileDiff:
    """A file of a proposal as Review shows it."""

    change: FileChange
    hunks: tuple[Hunk, ...]
    note: str = ""
    """For example ``binary file``, or ``whole file, −12 lines``."""
    base_lines: Sequence[str] = field(default=(), compare=False, repr=False)
    """The file's lines before as ``DiffLine.text`` has them, decoded as they are read: the context
    beyond a hunk's own. Empty where there are no lines to show."""


class ConflictChoice(StrEnum):
    """What a person takes of a region on which both sides differ."""

    OURS = "ours"
    """What stands there now."""
    THEIRS = "theirs"
    """What the proposal makes of it."""
    BOTH = "both"
    """What stands there now, and what the proposal makes of it below."""


@dataclass(frozen=True, slots=True)
class ConflictRegion:
    """Consecutive lines of a file that two sides changed, as each side has them.

    Lines are decoded for display, without their ends, not yet cleaned.
    """

    base: tuple[str, ...]
    """As both sides found them; of a long stretch that nobody changed only its ends."""
    ours: tuple[str, ...]
    """As they are now."""
    theirs: tuple[str, ...]
    """As the proposal has them."""
    is_conflict: bool
    """Whether both sides changed these lines, and differently: a person chooses."""
    ours_line: int
    """Number of the first of them now, 1-based."""
    theirs_line: int
    """Number of the first of them in the proposal, 1-based."""
    left_out: int = 0
    """How many lines in the middle of a stretch that nobody changed are not shown."""

    @property
    def is_changed(self) -> bool:
        """Whether a side changed these lines."""
        return not self.base == self.ours == self.theirs


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Both sides of a file that a proposal and the project changed."""

    change_id: str
    revision: int
    path: str
    reason: str
    """One plain sentence: what is in conflict."""
    ours: str
    """What stands there now, in words: ``12 lines``, ``deleted``, ``a folder``."""
    theirs: str
    """What the proposal makes of it, in words."""
    ours_sha256: str | None
    """Names what stands there now, so that a later change of it is noticed; None: no file."""
    regions: tuple[ConflictRegion, ...] = ()
    """All lines in order; empty where a side has no lines to compare."""

    @property
    def conflicts(self) -> tuple[int, ...]:
        """Indexes of the regions on which a person chooses."""
        return tuple(i for i, region in enumerate(self.regions) if region.is_conflict)
