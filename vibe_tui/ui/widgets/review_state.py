"""What Review says of a proposal in words and signs: pure, so that each sentence can be tested."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from vibe_tui.changes.model import (
    ChangeSet,
    ChangeState,
    CheckRecord,
    FileChange,
    HunkState,
)
from vibe_tui.foreign import clean_line

WHOLE_CHANGE = ""
"""The path that means every file of a change."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A sign and a word; ``look`` names a colour that only repeats what they say.

    Looks: good, bad, busy, warn, quiet.
    """

    sign: str
    word: str
    look: str

    @property
    def text(self) -> str:
        """Sign and word."""
        return f"{self.sign} {self.word}"


_CHANGE_BADGES = {
    ChangeState.PROPOSED: Badge("·", "proposed", "quiet"),
    ChangeState.PARTLY_ACCEPTED: Badge("◐", "partly accepted", "busy"),
    ChangeState.ACCEPTED: Badge("✓", "accepted", "good"),
    ChangeState.REJECTED: Badge("✗", "rejected", "quiet"),
    ChangeState.ROLLED_BACK: Badge("↶", "rolled back", "quiet"),
    ChangeState.CONFLICT: Badge("!", "conflict", "warn"),
}

_VALID = Badge("✓", "valid", "good")
_HEALED = Badge("✚", "healed", "good")


def change_badge(change: ChangeSet) -> Badge:
    """Where a proposal stands."""
    return _CHANGE_BADGES[change.state]


def file_badge(
    change: ChangeSet,
    file: FileChange,
    checks: Collection[CheckRecord],
    checking: Collection[str] = (),
) -> Badge:
    """Where one file of a proposal stands: decided, in conflict, or what its checks say.

    Args:
        change: The proposal.
        file: One of its files.
        checks: What is known of any of its files.
        checking: Files that are being checked.
    """
    if file.conflict:
        return _CHANGE_BADGES[ChangeState.CONFLICT]
    badge = (
        _decided_badge(change, file)
        or _check_badge(file.path, checks, checking)
        or _CHANGE_BADGES[ChangeState.PROPOSED]
    )
    return _HEALED if badge == _VALID and change.origin.kind == "heal" else badge


def _decided_badge(change: ChangeSet, file: FileChange) -> Badge | None:
    states = file.hunk_states
    if not states:
        return None if change.is_open else change_badge(change)
    if states.count(HunkState.REJECTED) == len(states):
        return _CHANGE_BADGES[ChangeState.REJECTED]
    if change.state is ChangeState.ROLLED_BACK:  # what was accepted is stored as open again
        return _CHANGE_BADGES[ChangeState.ROLLED_BACK]
    accepted = states.count(HunkState.ACCEPTED)
    if accepted == len(states):
        return _CHANGE_BADGES[ChangeState.ACCEPTED]
    if accepted:
        return Badge("◐", f"{accepted}/{len(states)} accepted", "busy")
    return None


def _check_badge(
    path: str, checks: Collection[CheckRecord], checking: Collection[str]
) -> Badge | None:
    if path in checking or WHOLE_CHANGE in checking:
        return Badge("⟳", "checking", "busy")
    verdicts = {check.is_valid for check in checks if check.path in (path, WHOLE_CHANGE)}
    if False in verdicts:
        return Badge("✗", "invalid", "bad")
    return _VALID if True in verdicts else None


def strategy_badges(
    checks: Iterable[CheckRecord], checking: Collection[str] = ()
) -> tuple[Badge, ...]:
    """One badge a kind of check over all files, and one for what still runs.

    Args:
        checks: Results, in the order they came.
        checking: Files that are being checked.
    """
    by_strategy: dict[str, list[CheckRecord]] = {}
    for check in checks:
        by_strategy.setdefault(check.strategy, []).append(check)
    badges = [_strategy_badge(name, found) for name, found in by_strategy.items()]
    if checking:
        count = "" if WHOLE_CHANGE in checking else f" {len(checking)}"
        badges.append(Badge("⟳", f"checking{count}", "busy"))
    return tuple(badges)


def _strategy_badge(strategy: str, checks: Sequence[CheckRecord]) -> Badge:
    name = clean_line(strategy)
    failed = sum(check.is_valid is False for check in checks)
    if failed:
        return Badge("✗", f"{name} {failed} of {len(checks)}" if len(checks) > 1 else name, "bad")
    if all(check.is_valid is None for check in checks):
        return Badge("–", f"{name} skipped", "quiet")
    seconds = sum(check.seconds for check in checks)
    return Badge("✓", f"{name} {duration(seconds)}" if seconds else name, "good")


def duration(seconds: float) -> str:
    """A short time as people write it."""
    if seconds < 0.001:
        return "<1 ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 0.1 else f"{seconds:.1f} s"


def findings(checks: Iterable[CheckRecord], first_path: str = "") -> tuple[str, ...]:
    """What failed or was skipped, a line each; those of ``first_path`` lead.

    Args:
        checks: Results.
        first_path: The file that is being read.
    """
    of_note = sorted(
        (check for check in checks if not check.is_valid),
        key=lambda check: (check.is_valid is None, check.path != first_path),
    )
    return tuple(
        f"{clean_line(check.path or check.strategy)}: {clean_line(message)}"
        for check in of_note
        for message in (check.messages or ((check.skipped,) if check.skipped else ()))
    )


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person can do now, and in one line why not the rest."""

    accept: bool = False
    accept_hunk: bool = False
    reject: bool = False
    reject_hunk: bool = False
    roll_back: bool = False
    reason: str = "Nothing to accept, reject or roll back yet"
    roll_back_reason: str = "Nothing is accepted yet"
    """Why nothing can be rolled back; empty when it can."""


def choices(
    change: ChangeSet | None, *, is_shown: bool, is_current_open: bool, current_path: str = ""
) -> Choices:
    """Work out what the keys and buttons may do.

    Args:
        change: The proposal, if there is one.
        is_shown: Whether its lines are on screen: nothing unseen is accepted.
        is_current_open: Whether the current hunk is not yet decided.
        current_path: The file that is being read.
    """
    if change is None:
        return Choices()
    why_not = _why_no_roll_back(change)
    rest = Choices(roll_back=not why_not, roll_back_reason=_sentence(why_not))
    if not change.is_open:
        return replace(rest, reason=_closed_reason(change, why_not))
    if not is_shown:
        return replace(rest, reject=True, reason="Accept: still laying out the lines")
    rest = replace(rest, reject=True, reject_hunk=is_current_open)
    conflicts = [file.path for file in change.files if file.conflict]
    accept_hunk = is_current_open and current_path not in conflicts
    if conflicts:
        path = clean_line(current_path if current_path in conflicts else conflicts[0])
        reason = f"Accept all: {path} is in conflict, r shows both sides"
        return replace(rest, accept_hunk=accept_hunk, reason=reason)
    if not is_current_open:
        reason = "This hunk is decided: n goes to the next"
    else:
        reason = f"Roll back: {why_not}" if why_not else ""
    return replace(rest, accept=True, accept_hunk=accept_hunk, reason=reason)


def _closed_reason(change: ChangeSet, why_no_roll_back: str) -> str:
    word = change_badge(change).word
    if change.state is not ChangeState.ACCEPTED:
        return f"{_sentence(word)}: nothing left to decide or undo"
    if why_no_roll_back:
        return f"Roll back: {why_no_roll_back}"
    return f"Nothing left to accept or reject: {word}"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _why_no_roll_back(change: ChangeSet) -> str:
    if change.state is ChangeState.ROLLED_BACK:
        return "it is rolled back already"
    if change.state is ChangeState.REJECTED:
        return "nothing of it was accepted"
    accepted = change.state in (ChangeState.ACCEPTED, ChangeState.PARTLY_ACCEPTED) or (
        change.state is ChangeState.CONFLICT
        and any(HunkState.ACCEPTED in file.hunk_states for file in change.files)
    )
    accepted = accepted or bool(change.applied)
    if not accepted:
        return "nothing is accepted yet"
    lost = [file.path for file in change.files if not file.reversible]
    if lost:
        return f"the backup of {clean_line(lost[0])} is gone"
    return ""


def open_hunks(change: ChangeSet | None) -> int:
    """How many decisions wait; a file without hunks is one."""
    if change is None or not change.is_open:
        return 0
    return sum(
        file.hunk_states.count(HunkState.OPEN) if file.hunk_states else 1 for file in change.files
    )
