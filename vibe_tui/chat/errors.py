"""What can go wrong in a conversation."""

from vibe_tui.errors import OutsideError, UsageError


class NoSuchSessionError(UsageError):
    """The session named does not exist in this project."""

    code = "no_session"


class NoSuchPromptError(UsageError):
    """The session has no such message, or it is no longer part of it."""

    code = "no_prompt"


class DamagedSessionError(OutsideError):
    """A session file holds no readable session."""

    code = "damaged_session"


class NoModelError(UsageError):
    """No model is configured."""

    code = "no_model"


class TurnTimeoutError(OutsideError):
    """A turn took longer than it was allowed to."""

    code = "timeout"


class TurnDefectError(OutsideError):
    """A defect of ours ended a turn; the log has the details."""

    code = "internal"
