"""Pieces of the project for a person's mention and for a hunk's header."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from pathlib import Path
from typing import Final

from vibe_tui.foreign import clean_line
from vibe_tui.intelligence.analyzers.source import decode_python
from vibe_tui.intelligence.errors import FileRefusedError
from vibe_tui.intelligence.files.reading import forget_folders, read_project_file, relative_path
from vibe_tui.intelligence.files.reasons import HEAD_BYTES
from vibe_tui.intelligence.languages import language_of
from vibe_tui.intelligence.model import FileNode

EXCERPT_BYTES: Final = 200_000
_LARGEST_READ_BYTES: Final = 20_000_000
"""Lines beyond this are not looked for, so that a mention never reads a huge file whole."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of one file of the project. Lines are 1-based and inclusive."""

    path: str
    text: str
    line_start: int
    line_end: int
    """The last line in ``text``; one less than ``line_start`` when the file is empty."""
    truncated: bool
    """Whether lines that were asked for are missing, because they are too many bytes."""
    replaced: bool = False
    """Whether bytes that are no text of the file's encoding stand as U+FFFD."""


def file_excerpt(
    root: Path,
    path: str,
    line_start: int | None = None,
    line_end: int | None = None,
    max_bytes: int = EXCERPT_BYTES,
) -> Excerpt:
    """Read lines of a file of the project.

    Args:
        root: The project.
        path: Absolute, or relative to the project.
        line_start: First line, from 1; the first of the file if None.
        line_end: Last line; the last of the file if None.
        max_bytes: The longest text, in bytes of UTF-8; whole lines are kept where they fit.

    Raises:
        PathOutsideError: The path, or a link on it, leads out of the project.
        FileRefusedError: The file is missing, a link, not regular, binary, or shorter than
            ``line_start``.
    """
    relative = relative_path(root, path)
    forget_folders()
    content, more = read_project_file(root, relative, _LARGEST_READ_BYTES)
    excerpt = excerpt_of(relative, content, line_start, line_end, max_bytes)
    asked_beyond = more and (line_end is None or line_end > excerpt.line_end)
    return replace(excerpt, truncated=True) if asked_beyond else excerpt


def excerpt_of(
    path: str,
    content: bytes,
    line_start: int | None = None,
    line_end: int | None = None,
    max_bytes: int = EXCERPT_BYTES,
) -> Excerpt:
    """Take lines out of a content that is or may become a file of the project.

    Args:
        path: Project-relative; its suffix says how the content is decoded.
        content: The whole file.
        line_start: First line, from 1; the first of the file if None.
        line_end: Last line; the last of the file if None.
        max_bytes: The longest text, in bytes of UTF-8; whole lines are kept where they fit.

    Raises:
        FileRefusedError: The content is binary, or shorter than ``line_start``.
    """
    shown = clean_line(path)
    if b"\0" in content[:HEAD_BYTES]:
        raise FileRefusedError(f"{shown} is binary", "mention a text file")
    text = _decode(path, content)
    lines = _lines(text)
    first = max(line_start or 1, 1)
    last = min(line_end or len(lines), len(lines))
    if first > max(last, 1):
        raise FileRefusedError(
            f"{shown} has no lines {first}-{line_end or last}", f"it has {len(lines)} lines"
        )
    kept, is_cut = _fitting(lines[first - 1 : last], max_bytes)
    return Excerpt(
        path=path,
        text="".join(kept),
        line_start=first,
        line_end=first + len(kept) - 1,
        truncated=is_cut,
        replaced="\ufffd" in text and "\ufffd".encode() not in content,
    )


def gone(path: str) -> FileRefusedError:
    """The refusal of a file that an open proposal deletes or renames."""
    return FileRefusedError(
        f"{clean_line(path)} is deleted by a proposal that waits", "reject that, or mention another"
    )


def symbol_finder(node: FileNode) -> Callable[[int], str | None]:
    """Make a function that names what is innermost around a line: ``Router.register``.

    Args:
        node: The file. Lines count from 1.
    """
    spans = sorted(_symbols(node))
    edges = sorted({edge for first, last, _ in spans for edge in (first, last + 1)})
    names: list[str | None] = []
    around: list[tuple[int, str, int]] = []
    entered = 0
    for edge in edges:
        while entered < len(spans) and spans[entered][0] <= edge:
            first, last, name = spans[entered]
            heappush(around, (last - first, name, last))
            entered += 1
        while around and around[0][2] < edge:
            heappop(around)
        names.append(around[0][1] if around else None)

    def find(line: int) -> str | None:
        at = bisect_right(edges, line)
        return names[at - 1] if at else None

    return find


def symbols_of(path: str, content: bytes, max_bytes: int) -> Callable[[int], str | None]:
    """Read the symbols of a content, for asking what encloses a line of it.

    Args:
        path: Project-relative; its suffix picks the language.
        content: The whole file.
        max_bytes: A larger file is not parsed and names nothing.
    """
    if len(content) > max_bytes:
        return lambda _: None
    from vibe_tui.intelligence.analyzers.registry import AnalyzerRegistry

    return symbol_finder(AnalyzerRegistry().analyze(path, content))


def _symbols(node: FileNode) -> Iterator[tuple[int, int, str]]:
    for function in node.functions:
        yield function.line_start, function.line_end, function.name
    for owner in node.classes:
        yield owner.line_start, owner.line_end, owner.name
        for method in owner.methods:
            yield method.line_start, method.line_end, f"{owner.name}.{method.name}"


def _decode(path: str, content: bytes) -> str:
    if language_of(path) == "python":
        return decode_python(content)
    return content.decode("utf-8-sig", "replace")


def _lines(text: str) -> list[str]:
    r"""Split after ``\n``, ``\r\n`` or ``\r`` alone, as editors count, ending each in ``\n``."""
    *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def _fitting(lines: list[str], max_bytes: int) -> tuple[list[str], bool]:
    """Keep whole lines within a size; of a first line that alone is too long, its beginning."""
    room = max_bytes
    for number, line in enumerate(lines):
        size = len(line.encode("utf-8", "replace"))
        if size > room:
            if number == 0:
                return [line.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")], True
            return lines[:number], True
        room -= size
    return lines, False
