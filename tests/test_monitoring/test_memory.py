"""Memory figures are the system's own, and None where there are none."""

from pathlib import Path

from vibe_tui.monitoring.memory import peak_bytes, resident_bytes

BLOCK_BYTES = 64_000_000


def test_a_large_block_is_seen_while_it_lives_and_in_the_peak() -> None:
    before = resident_bytes()
    block = b"x" * BLOCK_BYTES
    during = resident_bytes()
    peak = peak_bytes()
    assert before is not None
    assert during is not None
    assert peak is not None
    assert during - before > BLOCK_BYTES * 0.9
    assert peak >= during
    assert len(block) == BLOCK_BYTES


def test_figures_are_read_from_procfs(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("Name:\tx\nVmHWM:\t   20 kB\nVmRSS:\t   10 kB\n", "ascii")
    assert resident_bytes(tmp_path) == 10 * 1024
    assert peak_bytes(tmp_path) == 20 * 1024


def test_without_procfs_only_the_peak_is_known(tmp_path: Path) -> None:
    assert resident_bytes(tmp_path) is None
    peak = peak_bytes(tmp_path)
    assert peak is not None
    assert peak > 1_000_000


def test_a_status_without_figures_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "status").write_text("Name:\tx\n", "ascii")
    assert resident_bytes(tmp_path) is None
