"""What can go wrong while watching the program."""

from vibe_tui.errors import OutsideError, UsageError


class ProfileTargetError(UsageError):
    """A place where no profile can be written."""

    code = "profile_target"


class ProfileNotWrittenError(OutsideError):
    """The disk refused the profile."""

    code = "profile_not_written"


class LogNotOpenedError(OutsideError):
    """The disk refused the log file."""

    code = "log_not_opened"


class UnknownCacheError(UsageError):
    """No cache is called so."""

    code = "unknown_cache"


class CacheNotClearedError(OutsideError):
    """At least one cache could not be emptied; the others were."""

    code = "cache_not_cleared"
