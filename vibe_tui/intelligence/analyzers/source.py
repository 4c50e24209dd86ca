"""What every analyzer needs of a file: its text, its lines, its place in the project."""

import asyncio
import io
import tokenize
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final

from vibe_tui.intelligence.errors import FileRefusedError
from vibe_tui.intelligence.files.reading import read_project_file, relative_path
from vibe_tui.intelligence.files.screening import MAX_FILE_BYTES
from vibe_tui.intelligence.model import FileNode

_LONGEST_PIECE: Final = 200


class FileAnalyzer(ABC):
    """Turns a file into a ``FileNode``. Instances keep nothing of a file and may be shared.

    Args:
        root: The project that paths are relative to; the current folder if None.
    """

    def __init__(self, root: str | Path | None = None) -> None:
        self.root = Path.cwd() if root is None else Path(root)

    async def analyze_file(self, file_path: str) -> FileNode:
        """Read and analyse one file in a worker thread.

        Args:
            file_path: Absolute, or relative to the root.

        Raises:
            PathOutsideError: The file is outside the root.
            FileRefusedError: It cannot be read, or is over 1.5 MB.
        """
        return await asyncio.to_thread(self._analyze_now, file_path)

    def _analyze_now(self, file_path: str) -> FileNode:
        path = relative_path(self.root, file_path)
        content, more = read_project_file(self.root, path, MAX_FILE_BYTES)
        if more:
            raise FileRefusedError(f"{path} is over {MAX_FILE_BYTES} bytes")
        return self.analyze_text(path, content)

    @abstractmethod
    def analyze_text(self, path: str, content: str | bytes) -> FileNode:
        """Analyse a text that is, or could be, a file of the project.

        Args:
            path: Project-relative, with ``/``; its suffix picks the dialect.
            content: The whole text; bytes are decoded as the language says.

        Returns:
            What was found; ``parse_error`` tells what the parser stumbled over, if anything.
        """


def count_lines(content: bytes) -> int:
    r"""Count all lines, ended by ``\n``, ``\r\n`` or ``\r``; a last line needs no end."""
    if not content:
        return 0
    ends = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n")
    return ends + (not content.endswith((b"\n", b"\r")))


def one_line(text: str) -> str:
    """Put a piece of code on one line of at most 200 characters."""
    joined = " ".join(text.split())
    return joined if len(joined) <= _LONGEST_PIECE else joined[: _LONGEST_PIECE - 1] + "…"


def decode_python(content: bytes) -> str:
    """Decode Python source by its declared encoding; what does not decode becomes U+FFFD."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding, "replace")
    except (SyntaxError, LookupError):
        return content.decode("utf-8-sig", "replace")


def percentage(part: int, whole: int) -> float:
    """Compute a share from 0 to 100; a share of nothing is complete."""
    return 100.0 * part / whole if whole else 100.0
