"""What can go wrong in a conversation."""

from vibe_tui.errors import OutsideError, UsageError


class NoSuchSessionError(UsageError):
    """The session named does not exist in this project."""

    code = "no_session"


class DamagedSessionError(OutsideError):
    """A session file holds no readable session."""

    code = "damaged_session"


class NoModelError(UsageError):
    """No model is configured."""

    code = "no_model"
