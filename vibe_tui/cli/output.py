"""What is printed where: answers on stdout, everything else on stderr.

People get Rich on a terminal and plain text in a pipe; programs get JSON.
"""

import json
import os
from collections.abc import Mapping
from typing import Any, TextIO

from vibe_tui.errors import VibeError
from vibe_tui.foreign import clean, clean_line


class Output:
    """The program's two streams.

    Args:
        stdout: For answers.
        stderr: For notes and errors.
        as_json: Whether the answer is one JSON document.
        color: Whether colours are wanted, where the terminal has them.
        environ: The environment, for ``NO_COLOR`` and ``TERM``.
    """

    def __init__(
        self,
        stdout: TextIO,
        stderr: TextIO,
        *,
        as_json: bool = False,
        color: bool = True,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self.as_json = as_json
        self.is_rich = stdout.isatty() and environ.get("TERM", "") != "dumb"
        """Whether people read stdout on a terminal that can be drawn on."""
        self._color = color and not environ.get("NO_COLOR")

    def answer(self, payload: Mapping[str, Any], markdown: str) -> None:
        """Print an answer: the values for programs, or the Markdown for people."""
        if self.as_json:
            self.json_line(payload, indent=2)
        else:
            self.markdown(markdown)

    def json_line(self, value: Mapping[str, Any], indent: int | None = None) -> None:
        """Print one JSON value; without an indent on one line."""
        text = json.dumps(value, ensure_ascii=False, indent=indent, allow_nan=False)
        try:
            text.encode(self._stdout.encoding or "utf-8")
        except UnicodeEncodeError:  # a path of undecodable bytes, or a narrow stream
            text = json.dumps(value, indent=indent, allow_nan=False)
        self._stdout.write(text + "\n")
        self._stdout.flush()

    def markdown(self, text: str) -> None:
        """Print Markdown for people."""
        if not self.is_rich:
            from vibe_tui.cli.plain import plain_text

            self.text(plain_text(text) + "\n")
            return
        from rich.console import Console
        from rich.markdown import Markdown

        console = Console(file=self._stdout, no_color=not self._color, highlight=False)
        console.print(Markdown(clean(text), hyperlinks=False))

    def text(self, text: str) -> None:
        """Print foreign text as it stands, made safe to show."""
        self._write(self._stdout, clean(text))

    def note(self, text: str) -> None:
        """Tell the person something beside the answer."""
        self._write(self._stderr, clean_line(text, 2000) + "\n")

    def problem(self, error: VibeError) -> None:
        """Print an error: one line for people, and JSON for programs that asked for it."""
        self.note(f"vibe-tui: {error}")
        if self.as_json:
            self.json_line({"error": error_payload(error)}, indent=2)

    def flush(self) -> None:
        """Hand everything over; a closed pipe shows here at the latest."""
        self._stdout.flush()
        self._stderr.flush()

    @staticmethod
    def _write(stream: TextIO, text: str) -> None:
        encoding = stream.encoding or "utf-8"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()


def error_payload(error: VibeError) -> dict[str, str]:
    """An error as programs read it."""
    return {"code": error.code, "message": error.message, "hint": error.hint}
