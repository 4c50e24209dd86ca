"""What can go wrong between a proposal and the disk."""

from vibe_tui.errors import DeniedError, OutsideError, UsageError
from vibe_tui.foreign import clean_line


class UnknownChangeError(UsageError):
    """No proposal has this id, or none has this revision."""

    code = "no_change"


class UnknownPartError(UsageError):
    """The proposal has no such hunk or file."""

    code = "no_hunk"


class StaleRevisionError(DeniedError):
    """The proposal changed after it was shown; nothing was applied."""

    code = "stale_revision"


class ShownAgainError(DeniedError):
    """A proposal was merged with what changed below it; it is to be looked at once more.

    Args:
        change_id: The proposal.
        revision: Its new revision.
        message: What was merged; nothing was written.
    """

    code = "shown_again"

    def __init__(self, change_id: str, revision: int, message: str) -> None:
        super().__init__(message, "look at it again and accept it once more")
        self.change_id = change_id
        self.revision = revision


class AlreadyDecidedError(DeniedError):
    """Nothing of what was named is left to decide, or to take back."""

    code = "already_decided"


class NotReversibleError(DeniedError):
    """A change whose contents are no longer kept.

    Args:
        change_id: The change.
    """

    code = "not_reversible"

    def __init__(self, change_id: str) -> None:
        super().__init__(
            f"{change_id} can no longer be rolled back: what its files held is no longer kept",
            "the settings changes.keep_days and changes.keep_bytes say how long it is",
        )


class EditRefusedError(DeniedError):
    """An edit does not apply to its file. The message is one sentence with what to do."""

    code = "edit_refused"


class PathRefusedError(EditRefusedError):
    """A path that no edit may touch."""

    code = "path_refused"


class ChangeConflictError(DeniedError):
    """The project is no longer what the change was made for; nothing was written.

    Args:
        path: The file, project-relative.
        reason: What is different, as words after the path.
        hint: What to do.
    """

    code = "conflict"

    def __init__(self, path: str, reason: str, hint: str = "") -> None:
        super().__init__(f"{clean_line(path, 200)} {reason}", hint)
        self.path = path
        self.reason = reason


class ProjectLockedError(DeniedError):
    """Another process is applying changes to the same project."""

    code = "locked"


class WriteFailedError(OutsideError):
    """The system refused to write; what had been written was put back."""

    code = "write_failed"


class DamagedStoreError(OutsideError):
    """A stored proposal, blob or journal cannot be read."""

    code = "damaged_store"
