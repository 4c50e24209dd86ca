"""The log file: everything that is told goes there, redacted, and nothing onto the screen."""

import logging
import logging.handlers
import os
import time
from collections.abc import Iterable, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Self

from vibe_tui.foreign import clean, clean_line
from vibe_tui.monitoring.errors import LogNotOpenedError
from vibe_tui.monitoring.redaction import Redactor
from vibe_tui.monitoring.redaction import redact as redact

ROOT_LOGGER = "vibe_tui"
LARGEST_FILE_BYTES = 2_000_000
KEPT_FILES = 3
"""Older files beside the one being written."""


class Log:
    """An open log file; ``open_log`` makes it.

    Args:
        handler: Writes the file.
        redactor: Takes secrets out.
    """

    def __init__(self, handler: "_PrivateFileHandler", redactor: Redactor) -> None:
        self._handler = handler
        self._redactor = redactor

    @property
    def lost_records(self) -> int:
        """Records that could not be written, as on a full disk."""
        return self._handler.lost_records

    def hide(self, secrets: Iterable[str]) -> None:
        """Redact further secrets, such as keys from the system's keyring."""
        self._redactor.hide(secrets)

    def close(self) -> None:
        """Stop writing; what is told from now on is dropped."""
        logging.captureWarnings(False)
        logging.getLogger(ROOT_LOGGER).removeHandler(self._handler)
        self._handler.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()


def open_log(path: Path, level: str = "info", environ: Mapping[str, str] = os.environ) -> Log:
    """Send the program's log, captured loggers and Python's warnings to a rotating file.

    Args:
        path: The file; readable by its owner only, its folder is created.
        level: ``debug``, ``info``, ``warning`` or ``error``.
        environ: The environment, whose secrets are redacted.

    Raises:
        LogNotOpenedError: If the disk refuses.
    """
    redactor = Redactor(environ)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = _PrivateFileHandler(path)
    except OSError as failure:
        message = f"The log {clean_line(str(path))} could not be opened ({failure.strerror})"
        raise LogNotOpenedError(message, "the program works without it") from failure
    handler.setFormatter(_RedactingFormatter(redactor))
    logger = _quiet_logger()
    logger.setLevel(level.upper())
    logger.addHandler(handler)
    logging.captureWarnings(True)
    capture_logger("py.warnings")
    return Log(handler, redactor)


def capture_logger(name: str, level: str = "warning") -> None:
    """Lead another package's logger into our log instead of wherever it writes now.

    May be called before or after ``open_log``; call it after the import that sets the logger up.

    Args:
        name: The logger's name.
        level: The least level that is worth keeping of it.
    """
    _quiet_logger()
    foreign = logging.getLogger(name)
    foreign.handlers[:] = [_Forwarder()]
    foreign.propagate = False
    foreign.setLevel(level.upper())


def _quiet_logger() -> logging.Logger:
    """Our logger, kept from Python's last resort, which is to write to the screen."""
    logger = logging.getLogger(ROOT_LOGGER)
    logger.propagate = False
    if not any(isinstance(each, logging.NullHandler) for each in logger.handlers):
        logger.addHandler(logging.NullHandler())
    return logger


class _Forwarder(logging.Handler):
    """Hands records over to our logger."""

    def emit(self, record: logging.LogRecord) -> None:
        logger = logging.getLogger(ROOT_LOGGER)
        if logger.isEnabledFor(record.levelno):
            logger.handle(record)


class _PrivateFileHandler(logging.handlers.RotatingFileHandler):
    """A rotating file that only its owner reads, and that never complains on the screen."""

    def __init__(self, path: Path) -> None:
        self.lost_records = 0
        super().__init__(
            path,
            maxBytes=LARGEST_FILE_BYTES,
            backupCount=KEPT_FILES,
            encoding="utf-8",
            errors="backslashreplace",
        )

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        descriptor = os.open(self.baseFilename, flags, 0o600)
        return os.fdopen(descriptor, "a", encoding=self.encoding, errors=self.errors)

    def handleError(  # noqa: N802 (logging's own name)
        self,
        record: logging.LogRecord,  # noqa: ARG002 (logging's own signature)
    ) -> None:
        self.lost_records += 1


class _RedactingFormatter(logging.Formatter):
    """One record, cleaned and redacted; its further lines are indented, so none can be forged."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.converter = time.gmtime
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        text = self._redactor.redact(clean(super().format(record)))
        return text.replace("\n", "\n    ")
