"""What can go wrong while reading a project."""

from vibe_tui.errors import OutsideError, UsageError, VibeError


class GitFailedError(OutsideError):
    """git ran and failed, or took too long."""

    code = "git_failed"


class GitUnusableError(GitFailedError):
    """There is no git here to ask: no program, no repository, or git does not trust its owner."""

    code = "git_unusable"


class ProjectNotFoundError(UsageError):
    """The folder to map is not there."""

    code = "project_not_found"


class PathOutsideError(UsageError):
    """A path leads out of the project."""

    code = "path_outside"


class FileRefusedError(UsageError):
    """A file of the project cannot be shown as text."""

    code = "file_refused"


class ScanCancelledError(VibeError):
    """A scan was stopped; the map from before it stays."""

    code = "cancelled"
    exit_code = 130
