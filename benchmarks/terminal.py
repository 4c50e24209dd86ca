"""A program in a real pseudo-terminal, with its output and its CPU time: for benchmarks."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system CPU of a running Linux process, in seconds (10 ms steps)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


@dataclass
class Terminal:
    """A child process on a pseudo-terminal."""

    process: "subprocess.Popen[bytes]"
    master: int
    output: bytes = b""

    @classmethod
    def start(
        cls, command: Sequence[str], environ: Mapping[str, str], columns: int = 150, rows: int = 40
    ) -> "Terminal":
        """Start a program on a terminal of this size."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=dict(environ),
            start_new_session=True,
        )
        os.close(slave)
        return cls(process, master)

    def read_until(self, marker: bytes, timeout_s: float) -> float:
        """Read until a marker was drawn; return the wall-clock time of that moment.

        Raises:
            TimeoutError: If it never was.
        """
        deadline = time.perf_counter() + timeout_s
        while marker not in self.output:
            ready, _, _ = select.select([self.master], [], [], deadline - time.perf_counter())
            if not ready:
                raise TimeoutError(f"{marker!r} was not drawn in {timeout_s} s")
            try:
                self.output += os.read(self.master, 65536)
            except OSError as error:  # the child has gone
                raise TimeoutError(f"the program ended before {marker!r}") from error
        return time.perf_counter()

    def send(self, keys: bytes) -> None:
        """Type."""
        os.write(self.master, keys)

    def stop(self) -> None:
        """End the child."""
        self.process.kill()
        self.process.wait()
        os.close(self.master)
