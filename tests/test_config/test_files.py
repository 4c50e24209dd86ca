"""A file of ours is old or new, never a mix: under a kill, a full disk, and through a link."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from vibe_tui.config.files import make_private_folder, write_atomically

WRITES_FOREVER = """
import sys
from itertools import cycle
from pathlib import Path
from vibe_tui.config.files import write_atomically
for letter in cycle(b"ab"):
    write_atomically(Path(sys.argv[1]), bytes([letter]) * 300_000)
    print(flush=True)
"""

WRITES_ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from vibe_tui.config.files import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically(Path(sys.argv[1]), b"new" * 1000)
except OSError as failure:
    print(failure.strerror)
"""


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_there_private_and_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "store.json"
    write_atomically(path, b"\x00\xff\r\n")
    assert path.read_bytes() == b"\x00\xff\r\n"
    assert mode_of(path) == 0o600
    assert mode_of(tmp_path / "new") == mode_of(tmp_path / "new" / "folder") == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_the_mode_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "program"
    write_atomically(path, b"", mode=0o700)
    assert mode_of(path) == 0o700


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "config.toml"
    write_atomically(kept, b"old")
    link = tmp_path / "config.toml"
    link.symlink_to(kept)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert kept.read_bytes() == b"new"


def test_the_longest_name_works(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_atomically(path, b"content")
    assert path.read_bytes() == b"content"


def test_a_kill_leaves_one_whole_version(tmp_path: Path) -> None:
    path = tmp_path / "store"
    for rounds in range(1, 4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITES_FOREVER, str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            for _ in range(rounds):
                writer.stdout.readline()
            writer.kill()
        assert path.read_bytes() in (b"a" * 300_000, b"b" * 300_000)


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "store"
    write_atomically(path, b"old")
    writer = subprocess.run(
        [sys.executable, "-c", WRITES_ON_A_FULL_DISK, str(path)], capture_output=True, text=True
    )
    assert "too large" in writer.stdout.lower()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_a_folders_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        write_atomically(tmp_path / "file" / "store", b"")


def test_an_existing_folder_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert mode_of(tmp_path) == 0o755
