"""Why the project is not written, in plain words."""

import errno

from vibe_tui.changes.errors import WriteFailedError
from vibe_tui.foreign import clean_line

HINT = "settle it in Review, reject it, or propose it again for the file as it is"
"""What to do about a file that is no longer what a proposal is based on."""
_REASONS = {
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENAMETOOLONG: "the name is too long for this file system",
    errno.ETXTBSY: "the program is running",
}


def difference(is_there: bool, is_expected: bool) -> str:
    """How a file on the disk is not what was expected, as words after its path."""
    if not is_there:
        return "is gone"
    return "was changed meanwhile" if is_expected else "exists already"


def reason_of(error: OSError) -> str:
    """A system error in plain words."""
    if isinstance(error, PermissionError) and error.strerror and error.filename is None:
        return error.strerror
    return _REASONS.get(error.errno or 0, error.strerror or type(error).__name__)


def write_failure(path: str, error: OSError) -> WriteFailedError:
    """A system error on the way to the project, which is untouched."""
    return WriteFailedError(
        f"{clean_line(path, 200)} cannot be written: {reason_of(error)}",
        "no file was changed; mend that and try again",
    )
