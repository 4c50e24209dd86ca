"""Everything told reaches the file, redacted and unforgeable; nothing reaches the screen."""

import logging
import re
import stat
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from vibe_tui.monitoring import log as log_module
from vibe_tui.monitoring.errors import LogNotOpenedError
from vibe_tui.monitoring.log import Log, capture_logger, open_log

FOREIGN = "foreign_package_of_the_tests"
OURS = logging.getLogger("vibe_tui.tests")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "vibe-tui.log"


@pytest.fixture
def opened(path: Path) -> Iterator[Log]:
    with open_log(path, "info", {"MY_TOKEN": "correct horse"}) as log:
        yield log


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_a_record_is_one_line_with_time_level_and_name(opened: Log, path: Path) -> None:
    OURS.info("opened %s", "a.py")
    OURS.debug("not at this level")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO vibe_tui\.tests: opened a\.py\n",
        text_of(path),
    )


def test_the_file_and_its_folder_are_private(opened: Log, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_secrets_stay_out_also_of_tracebacks_and_arguments(opened: Log, path: Path) -> None:
    opened.hide(["key from the keyring"])
    try:
        raise ValueError("correct horse")
    except ValueError:
        OURS.exception("failed with %s", "sk-abcdefghijklmnop")
    OURS.warning("key from the keyring")
    text = text_of(path)
    assert "Traceback" in text
    assert text.count("<redacted>") >= 3
    for secret in ("correct horse", "sk-abc", "key from the keyring"):
        assert secret not in text


def test_a_record_cannot_pose_as_two_nor_drive_a_terminal(opened: Log, path: Path) -> None:
    OURS.warning("name\n2026-01-01T00:00:00.000Z INFO vibe_tui: forged\r\x1b[2Jend")
    lines = text_of(path).splitlines()
    assert lines[1:] == ["    2026-01-01T00:00:00.000Z INFO vibe_tui: forged", "    end"]


def test_any_text_can_be_written(opened: Log, path: Path) -> None:
    OURS.warning("lone \udcff, 你好, 🙂, \x00")
    assert "lone \ufffd, 你好, 🙂, \ufffd" in text_of(path)


def test_a_foreign_logger_is_led_into_the_file_and_off_its_own_ways(
    opened: Log, path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    foreign = logging.getLogger(FOREIGN)
    foreign.addHandler(logging.StreamHandler())
    capture_logger(FOREIGN)
    foreign.warning("key %s", "sk-abcdefghijklmnop")
    foreign.info("chatter")
    logging.getLogger(f"{FOREIGN}.child").error("of a child")
    assert f"WARNING {FOREIGN}: key <redacted>" in text_of(path)
    assert f"ERROR {FOREIGN}.child: of a child" in text_of(path)
    assert "chatter" not in text_of(path)
    assert capfd.readouterr() == ("", "")


def test_a_foreign_loggers_level_can_be_chosen_but_ours_bounds_it(opened: Log, path: Path) -> None:
    capture_logger(FOREIGN, "debug")
    logging.getLogger(FOREIGN).info("worth keeping")
    logging.getLogger(FOREIGN).debug("below our own level")
    assert "worth keeping" in text_of(path)
    assert "below" not in text_of(path)


def test_warnings_of_python_go_to_the_file(opened: Log, path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)  # pytest records warnings itself; let logging take over
        logging.captureWarnings(True)
        warnings.warn("old habit", UserWarning, stacklevel=1)
        logging.captureWarnings(False)
    assert "UserWarning: old habit" in text_of(path)


def test_after_closing_nothing_is_written_and_nothing_shown(
    path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with open_log(path, environ={}):
        OURS.warning("inside")
    OURS.error("outside")
    assert "inside" in text_of(path)
    assert "outside" not in text_of(path)
    assert capfd.readouterr() == ("", "")


def test_the_file_rotates_and_stays_private(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "LARGEST_FILE_BYTES", 1000)
    with open_log(path, environ={}) as log:
        for number in range(100):
            OURS.warning("record %d %s", number, "x" * 50)
        assert log.lost_records == 0
    files = sorted(path.parent.iterdir())
    assert [each.name for each in files] == [
        "vibe-tui.log", "vibe-tui.log.1", "vibe-tui.log.2", "vibe-tui.log.3",
    ]  # fmt: skip
    assert all(each.stat().st_size <= 1000 for each in files)
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in files)
    assert "record 99" in text_of(path)


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogNotOpenedError, match="could not be opened"):
        open_log(tmp_path / "file" / "vibe-tui.log")


def test_a_full_disk_and_early_or_wrong_calls_leave_the_screen_alone(tmp_path: Path) -> None:
    program = """
import logging, resource, sys
from pathlib import Path
from vibe_tui.monitoring.log import capture_logger, open_log
capture_logger("foreign")
logging.getLogger("foreign").error("before the log is open")
logging.getLogger("vibe_tui").error("also before")
log = open_log(Path(sys.argv[1]), environ={})
logging.getLogger("vibe_tui").error("%d", "no number")
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
for _ in range(10):
    logging.getLogger("foreign").error("x" * 60)
print(log.lost_records > 1)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "vibe-tui.log")],
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
