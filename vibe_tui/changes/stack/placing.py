"""What is open of a file, laid over what is below it: as it is, merged, or not at all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from vibe_tui.changes.content.merge import merge3
from vibe_tui.changes.errors import ChangeConflictError, DamagedStoreError
from vibe_tui.changes.kept.blobs import sha256_of
from vibe_tui.changes.model import FileChange, HunkState
from vibe_tui.changes.stack.overlay import Load, Overlay
from vibe_tui.changes.states import FileStates, accepted_hunks, hunks_in
from vibe_tui.changes.writing.apply import difference, reason_of
from vibe_tui.changes.writing.disk import NOTHING, Held
from vibe_tui.changes.writing.refusals import HINT

_REMEMBERED = 512
_REMEMBERED_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Rest:
    """A step that is still to be taken: what it expects to find, and what it would leave.

    Contents are named by sha256, None: no such file.
    """

    source: str
    """Where the file is expected."""
    target: str
    """Where it goes; another path than ``source`` for a rename."""
    before: str | None
    after: str | None
    mode_before: int | None
    """Permission bits that it expects where it sets some; None expects nothing."""
    mode: int | None
    """Permission bits that it sets; None keeps those that are there."""
    load_before: Load = field(compare=False)
    load_after: Load = field(compare=False)


def rest_of(file: FileChange, states: FileStates) -> Rest:
    """What is open of a file: from its accepted hunks to all that are not rejected."""
    accepted = accepted_hunks(file)
    shown = hunks_in(file, HunkState.OPEN, HunkState.ACCEPTED)
    is_moved = bool(accepted) or file.renamed_from is None
    return Rest(
        source=file.path if is_moved else file.renamed_from or file.path,
        target=file.path,
        before=states.sha256(file, accepted),
        after=states.sha256(file, shown),
        mode_before=file.base_mode,
        mode=None if accepted else file.proposed_mode,
        load_before=partial(states.content, file, accepted),
        load_after=partial(states.content, file, shown),
    )


@dataclass(frozen=True, slots=True)
class Placement:
    """What became of laying a step over what is below it."""

    below: Held
    """What was found at the step's source."""
    after: Held
    """What is at its target now; where it could not be laid, what is below."""
    load_below: Load
    load_after: Load
    is_exact: bool = True
    """Whether it found what it expected."""
    error: ChangeConflictError | None = None
    """Why it cannot be laid."""
    is_unreadable: bool = False
    """Whether that is because the system refuses to read the file."""


class _Merged(NamedTuple):
    is_clean: bool
    sha256: str | None
    content: bytes | None
    """None also where the content is too large to be remembered."""


class Placer:
    """Lays steps over files, and remembers merges."""

    def __init__(self) -> None:
        self._merges: dict[tuple[str | None, str | None, str | None], _Merged] = {}

    def place(self, overlay: Overlay, rest: Rest, change_id: str = "") -> Placement:
        """Lay a step over what an overlay holds; one that conflicts leaves the overlay as it is.

        Args:
            overlay: Gets the result.
            rest: The step.
            change_id: The proposal it is of; empty when nobody asks.
        """
        found = self._placed(overlay, rest)
        if found.error is None:
            lay = overlay.lay if rest.source == rest.target else partial(overlay.move, rest.source)
            lay(rest.target, found.after, found.load_after, change_id)
        return found

    def _placed(self, overlay: Overlay, rest: Rest) -> Placement:
        try:
            below = overlay.held(rest.source)
            error = _taken(overlay, rest) or _misfit(rest, below)
            return self._fitted(rest, below, overlay.load(rest.source), error)
        except ChangeConflictError as refused:
            return _refused(refused)
        except OSError as refused:
            words = f"cannot be read: {reason_of(refused)}"
            return _refused(ChangeConflictError(rest.source, words), is_unreadable=True)
        except DamagedStoreError as damaged:
            return unreadable(rest.source, damaged)

    def _fitted(
        self, rest: Rest, below: Held, load_below: Load, error: ChangeConflictError | None
    ) -> Placement:
        mode = below.mode if rest.mode is None else rest.mode
        if below.sha256 == rest.before:
            after = NOTHING if rest.after is None else Held(rest.after, mode)
            return Placement(below, after, load_below, rest.load_after, error=error)
        if error is None:
            merged = self._merge(rest, below, load_below)
            if merged.is_clean:
                after = NOTHING if merged.sha256 is None else Held(merged.sha256, mode)
                load = self._load(rest, below, load_below)
                return Placement(below, after, load_below, load, is_exact=False)
            error = _conflict(rest.source, "was changed meanwhile")
        return Placement(below, below, load_below, load_below, is_exact=False, error=error)

    def _merge(self, rest: Rest, below: Held, load_below: Load) -> _Merged:
        key = (rest.before, below.sha256, rest.after)
        found = self._merges.get(key)
        if found is None:
            merge = merge3(rest.load_before(), _same(rest, below, load_below), rest.load_after())
            content = merge.content
            sha256 = None if content is None else sha256_of(content)
            if content is not None and len(content) > _REMEMBERED_BYTES:
                content = None
            found = _Merged(merge.is_clean, sha256, content)
            if len(self._merges) >= _REMEMBERED:
                self._merges.clear()
            self._merges[key] = found
        return found

    def _load(self, rest: Rest, below: Held, load_below: Load) -> Callable[[], bytes | None]:
        def load() -> bytes | None:
            merged = self._merge(rest, below, load_below)
            if merged.sha256 is None or merged.content is not None:
                return merged.content
            ours = _same(rest, below, load_below)
            return merge3(rest.load_before(), ours, rest.load_after()).content

        return load


def _same(rest: Rest, below: Held, load_below: Load) -> bytes | None:
    """The bytes below a step, which must be those that were found there."""
    content = load_below()
    if (None if content is None else sha256_of(content)) != below.sha256:
        raise ChangeConflictError(rest.source, "was changed by somebody just now", HINT)
    return content


def unreadable(path: str, damaged: DamagedStoreError) -> Placement:
    """A step that cannot be laid since what is kept of it is lost."""
    error = ChangeConflictError(path, f"cannot be proposed any more: {damaged.message}")
    return _refused(error, is_unreadable=True)


def _refused(error: ChangeConflictError, *, is_unreadable: bool = False) -> Placement:
    return Placement(
        NOTHING, NOTHING, _none, _none, is_exact=False, error=error, is_unreadable=is_unreadable
    )


def _none() -> None:
    return None


def _conflict(path: str, words: str) -> ChangeConflictError:
    return ChangeConflictError(path, words, HINT)


def _taken(overlay: Overlay, rest: Rest) -> ChangeConflictError | None:
    """Whether a rename's goal is there already."""
    if rest.source == rest.target or overlay.is_free(rest.target, rest.source):
        return None
    return _conflict(rest.target, difference(is_there=True, is_expected=False))


def _misfit(rest: Rest, below: Held) -> ChangeConflictError | None:
    """What no merge of lines can mend: a file that is there or not, other permission bits."""
    is_there, is_expected = below.sha256 is not None, rest.before is not None
    if is_there != is_expected:
        if not is_there and rest.after is None:
            return None
        return _conflict(rest.source, difference(is_there, is_expected))
    expected = (None, rest.mode_before, rest.mode)
    if rest.mode is not None and rest.mode_before is not None and below.mode not in expected:
        return _conflict(rest.source, "has other permission bits meanwhile")
    return None
