"""A process of one user that runs file cases by name, one after the other, until it is closed."""

import codecs
import json
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import NoReturn

from tests.test_changes.case_files import ACTION_CASES, LINK_CASES, MODE_CASES, NAME_CASES
from tests.test_changes.case_kinds import UnlikeError, run
from tests.test_changes.case_texts import TEXT_CASES
from tests.test_changes.case_troubles import TROUBLE_CASES

CASES = {
    f"{kind}: {name}": case
    for kind, cases in (
        ("text", TEXT_CASES),
        ("mode", MODE_CASES),
        ("link", LINK_CASES),
        ("name", NAME_CASES),
        ("action", ACTION_CASES),
        ("trouble", TROUBLE_CASES),
    )
    for name, case in cases.items()
}
_ENCODINGS = ("latin-1", "gbk", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le")
"""Loaded before rights are given up, since a person may not read root's Python."""
_PERSON = 54321
"""A user and a group that no system has."""


class CaseServer:
    """Runs cases in a forked process, as root or without root's rights.

    Args:
        as_root: Whether it keeps root's rights where it has them.
    """

    def __init__(self, *, as_root: bool) -> None:
        user = os.geteuid() if as_root or os.geteuid() else _PERSON
        self._base = Path(tempfile.mkdtemp(prefix="vibe-tui-cases-"))
        os.chown(self._base, user, -1 if user == os.geteuid() else _PERSON)
        for encoding in _ENCODINGS:
            codecs.lookup(encoding)
        asked, self._ask = os.pipe()
        answers, answer = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(self._ask)
            _serve(asked, answer, user, self._base)
        os.close(asked)
        os.close(answer)
        self._answers = os.fdopen(answers)

    def run(self, name: str) -> str:
        """Run a case; say what is not as it should be, nothing when all is."""
        os.write(self._ask, (json.dumps(name) + "\n").encode())
        return str(json.loads(self._answers.readline()))

    def close(self) -> None:
        """End the process and remove its files."""
        os.write(self._ask, b"null\n")
        os.close(self._ask)
        self._answers.close()
        os.waitpid(self._child, 0)
        shutil.rmtree(self._base)


def _serve(asked: int, answer: int, user: int, base: Path) -> NoReturn:
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if user != os.geteuid():
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
        os.umask(0o022)
        with os.fdopen(asked) as questions:
            for line in questions:
                name = json.loads(line)
                if name is None:  # other forked processes may hold the pipe open
                    break
                said = _run(name, base)
                os.write(answer, (json.dumps(said) + "\n").encode())
        status = 0
    finally:
        os._exit(status)


def _run(name: str, base: Path) -> str:
    folder = Path(tempfile.mkdtemp(dir=base))
    try:
        run(CASES[name], folder)
    except UnlikeError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - told to the test, which fails with it
        return f"{type(error).__name__}: {error}"
    finally:
        _open_folders(folder)
        shutil.rmtree(folder)
    return ""


def _open_folders(folder: Path) -> None:
    """Let closed folders be removed."""
    for path, _, _ in os.walk(folder):
        Path(path).chmod(0o700)
