"""One file case as a value, and how it is run: propose, accept, roll back, look each time."""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.test_changes.projects import ORIGIN
from vibe_tui.changes.errors import ChangeConflictError
from vibe_tui.changes.model import ChangeSet, ChangeState, Edit
from vibe_tui.changes.store import ChangeStore
from vibe_tui.errors import VibeError

NOTE = "user.note"
"""An extended attribute that every file of a case has, where the file system knows them."""
FOREIGN = (12345, 23456)
"""Owner and group that every file has where root runs the case."""


@dataclass(frozen=True)
class Entry:
    """One name on the disk, as it stands."""

    kind: str
    mode: int
    content: bytes
    """A link's target, for links."""
    links: int
    owner: tuple[int, int]
    attributes: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True)
class File:
    """What a path is to be afterwards; None of a field: as it was, or as a new file is."""

    content: bytes | None = None
    mode: int | None = None
    links: int | None = None
    like: str | None = None
    """The path whose owner, attributes, mode and links count; None: the path itself."""


@dataclass(frozen=True)
class Folder:
    """A folder that was made."""


After = Mapping[str, File | Folder | None]
Happening = Callable[[Path], object]
"""Does something to a project's folder."""


@dataclass(frozen=True)
class Case:
    """Files at first, edits, what differs afterwards (None: gone); or why it is refused."""

    edits: Sequence[Edit]
    after: After = field(default_factory=dict)
    before: Mapping[str, bytes] = field(default_factory=dict)
    prepare: Happening = lambda _: None
    refused: str = ""
    """Proposing is refused in these words."""
    meanwhile: Happening | None = None
    """What happens between proposal and acceptance."""
    denied: str = ""
    """Accepting is refused in these words, and the proposal stays open."""
    later: Happening | None = None
    """What happens between acceptance and rollback."""
    not_undone: str = ""
    """Rolling back is refused in these words."""
    restored: After = field(default_factory=dict)
    """What a rollback leaves otherwise than it was."""
    user: str = ""
    """``root`` or ``person`` where only that one meets the case."""


class UnlikeError(AssertionError):
    """The disk is not as the case says."""


def run(case: Case, base: Path) -> None:
    """Run a case in an empty folder.

    Raises:
        UnlikeError: If anything is not as the case says.
    """
    root, beside = base / "project", base / "beside"
    root.mkdir()
    _fill(root, {**case.before, "bystander": b"left alone\r\n"})
    (root / "bystander").chmod(0o444)
    _sibling(beside, root)
    case.prepare(root)
    outside = pictures(beside, times=True)
    before = pictures(root)
    store = ChangeStore(root, base / "data")
    proposed = store.propose(case.edits, ORIGIN)
    _same(pictures(root), before, "proposing")
    reasons = [edit.reason for edit in proposed.refused]
    if case.refused:
        _equal(reasons, [case.refused] * len(case.edits), "refused")
        _equal(proposed.change, None, "the change")
    else:
        _equal(reasons, [], "refused")
        assert proposed.change is not None
        _decide(case, root, store, proposed.change)
    _same(pictures(beside, times=True), outside, "what lies outside")


def _decide(case: Case, root: Path, store: ChangeStore, change: ChangeSet) -> None:
    shown = {path: store.proposed_bytes(change.change_id, path) for path in _paths(change)}
    if case.meanwhile is not None:
        case.meanwhile(root)
    before = pictures(root)
    if case.denied:
        said = _refusal(lambda: store.accept(change.change_id, change.revision))
        _equal(said, case.denied, "denied")
        _same(pictures(root), before, "the refused acceptance")
        _equal(store.get(change.change_id).is_open, True, "the change is open")
        return
    accepted = store.accept(change.change_id, change.revision)
    _equal(accepted.state, ChangeState.ACCEPTED, "the state")
    _same(pictures(root), expected(before, case.after), "accepting")
    for path, content in shown.items():
        there = root / path
        _equal(there.read_bytes() if there.exists() else None, content, f"{path} as shown")
    _undo(case, root, store, change, before)


def _undo(
    case: Case, root: Path, store: ChangeStore, change: ChangeSet, before: dict[str, Entry]
) -> None:
    if case.later is not None:
        case.later(root)
    now = pictures(root)
    if case.not_undone:
        _equal(_refusal(lambda: store.rollback(change.change_id)), case.not_undone, "not undone")
        _same(pictures(root), now, "the refused rollback")
        return
    store.rollback(change.change_id)
    _equal(store.get(change.change_id).state, ChangeState.ROLLED_BACK, "the state")
    _same(pictures(root), expected(before, case.restored), "rolling back")


def _paths(change: ChangeSet) -> Iterator[str]:
    for file in change.files:
        yield file.path
        if file.renamed_from:
            yield file.renamed_from


def _refusal(work: Callable[[], object]) -> str:
    try:
        work()
    except VibeError as error:
        if "\n" in str(error):
            raise UnlikeError(f"not one line: {error}") from error
        conflict = isinstance(error, ChangeConflictError)
        return error.message if not conflict else f"conflict: {error.message}"
    raise UnlikeError("it was not refused")


def _fill(root: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        target.chmod(0o644)
        mark(target)


def mark(path: Path) -> None:
    """Give a file an attribute, and as root another owner."""
    with contextlib.suppress(OSError):  # without attributes everything else is still compared
        os.setxattr(path, NOTE, b"kept")
    if os.geteuid() == 0:
        os.chown(path, *FOREIGN)


def _sibling(beside: Path, root: Path) -> None:
    """A folder next to the project, with everything that a lost write could hit."""
    beside.mkdir()
    _fill(beside, {"secret": b"b\n", "d/f": b"b\n", "empty": b""})
    (beside / "to-project").symlink_to(root)
    (beside / "hard").hardlink_to(beside / "secret")


def pictures(base: Path, *, times: bool = False) -> dict[str, Entry]:
    """What a folder holds, by name; links are not followed.

    Args:
        base: The folder.
        times: Whether the time of the last change counts too.
    """
    return {str(path.relative_to(base)): _entry(path, times) for path in sorted(_walk(base))}


def _walk(base: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(base):
        for name in (*folders, *files):
            yield Path(folder, name)


def _entry(path: Path, times: bool) -> Entry:
    status = path.lstat()
    kind, content = "other", b""
    attributes: dict[str, bytes] = {}
    if stat.S_ISLNK(status.st_mode):
        kind, content = "link", os.fsencode(path.readlink())
    elif stat.S_ISDIR(status.st_mode):
        kind = "folder"
    elif stat.S_ISREG(status.st_mode):
        kind = "file"
        content, attributes = _inside(path)
    if times:
        attributes["mtime"] = str(status.st_mtime_ns).encode()
    links = status.st_nlink if kind == "file" else 1
    owner = (status.st_uid, status.st_gid)
    mode = 0 if kind == "link" else stat.S_IMODE(status.st_mode)
    return Entry(kind, mode, content, links, owner, tuple(sorted(attributes.items())))


def _inside(path: Path) -> tuple[bytes, dict[str, bytes]]:
    """A file's bytes and attributes, as far as they are ours to read."""
    try:
        attributes = {name: os.getxattr(path, name) for name in os.listxattr(path)}
        return path.read_bytes(), attributes
    except PermissionError:
        return b"(not ours to read)", {}


def expected(before: dict[str, Entry], after: After) -> dict[str, Entry]:
    """The pictures of a folder once some paths are otherwise."""
    result = dict(before)
    own = (os.geteuid(), os.getegid())
    for path, state in after.items():
        old = before.get(path)
        match state:
            case None:
                del result[path]
            case Folder():
                result[path] = Entry("folder", 0o755, b"", 1, own, ())
            case File():
                old = before.get(state.like or path, old)
                old = old or Entry("file", 0o644, b"", 1, own, ())
                result[path] = replace(
                    old,
                    content=old.content if state.content is None else state.content,
                    mode=old.mode if state.mode is None else state.mode,
                    links=old.links if state.links is None else state.links,
                )
    return dict(sorted(result.items()))


def _same(now: dict[str, Entry], wanted: dict[str, Entry], what: str) -> None:
    names = [name for name in now | wanted if now.get(name) != wanted.get(name)]
    if names:
        shown = "\n".join(f"  {n!r}: {now.get(n)}\n    not {wanted.get(n)}" for n in names)
        raise UnlikeError(f"after {what}:\n{shown}")


def _equal(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise UnlikeError(f"{what}: {found!r}\n  not {wanted!r}")
