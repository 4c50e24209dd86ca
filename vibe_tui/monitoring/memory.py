"""How much memory this process holds."""

import os
import sys
from pathlib import Path

_PROC = Path("/proc/self")


def resident_bytes(proc: Path = _PROC) -> int | None:
    """Memory held now, in bytes; None where the system does not tell.

    Args:
        proc: The process's folder in Linux's procfs.
    """
    return _status_bytes(proc, "VmRSS")


def peak_bytes(proc: Path = _PROC) -> int | None:
    """The most memory ever held at once, in bytes; None where the system does not tell.

    Args:
        proc: The process's folder in Linux's procfs. Elsewhere ``getrusage`` is asked, which on
            Linux may report a parent's peak.
    """
    peak = _status_bytes(proc, "VmHWM")
    if peak is not None or os.name != "posix":
        return peak
    import resource

    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024  # macOS counts bytes, not KiB


def _status_bytes(proc: Path, field: str) -> int | None:
    try:
        lines = (proc / "status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        name, _, amount = line.partition(":")
        if name == field:
            return int(amount.split()[0]) * 1024  # "VmRSS:	   10240 kB"
    return None
