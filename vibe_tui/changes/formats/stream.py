"""The edits of an answer, found while it streams: however it is cut into pieces, the same edits."""

from collections.abc import Sequence

from vibe_tui.changes.formats.fences import Fence, Opening, read_fence
from vibe_tui.changes.formats.path_lines import (
    PathTest,
    is_diff_info,
    path_near_block,
    path_of_info,
    path_of_line,
)
from vibe_tui.changes.formats.search_blocks import CUT, SearchBlock, opening_length
from vibe_tui.changes.formats.unified import looks_like_patch, parse_patch, paths_of_patch
from vibe_tui.changes.model import Edit, RefusedEdit, WholeFile

Found = Edit | RefusedEdit


class EditStream:
    """Reads an answer piece by piece.

    Args:
        is_path: Says whether a word is a path of the project, or may become one.
    """

    def __init__(self, is_path: PathTest) -> None:
        self._is_path = is_path
        self._partial: list[str] = []
        self._fence: Fence | None = None
        self._block: SearchBlock | None = None
        self._before = ""
        """The last line of text in front of a fence or block, blank lines not counted."""
        self._inside = ""
        """The same inside the open fence."""
        self._named: str | None = None
        """The path that the open fence names, as strictly as a whole file needs it."""
        self._last_path: str | None = None
        """The path of the last block, valid until other text follows."""
        self._holds_search = False

    def feed(self, text: str) -> list[Found]:
        """Read the next piece.

        Args:
            text: Any part of the answer; pieces may end in the middle of a line.

        Returns:
            The edits that this piece completes, and those that cannot apply.
        """
        self._partial.append(text)
        if "\n" not in text:
            return []
        *lines, rest = "".join(self._partial).split("\n")
        self._partial = [rest]
        return [found for line in lines for found in self._take(line.removesuffix("\r"))]

    def finish(self) -> list[Found]:
        """Read the end of the answer.

        Returns:
            The last edits; one that was cut off is refused.
        """
        rest = "".join(self._partial).removesuffix("\r")
        found = self._take(rest) if rest else []
        self._partial = []
        if self._block is not None:
            found.append(self._block.refused(CUT))
        elif self._fence is not None and not self._holds_search:
            found.extend(self._cut_fence(self._fence))
        self._block = self._fence = None
        return found

    def _take(self, line: str) -> list[Found]:
        if self._block is not None:
            return self._in_block(self._block, line)
        if opening_length(line) and not self._is_diff_context(line):
            self._open_block(line)
            return []
        if self._fence is not None:
            return self._in_fence(self._fence, line)
        opening = read_fence(line)
        if opening is not None:
            self._open_fence(opening)
        elif line.strip():
            self._before, self._last_path = line, None
        return []

    def _is_diff_context(self, line: str) -> bool:
        """Whether the line is an unchanged line of a diff, which a space begins."""
        if self._fence is None or not is_diff_info(self._fence.opening.info):
            return False
        return line[self._fence.opening.indent :].startswith(" ")

    def _open_block(self, line: str) -> None:
        self._holds_search = True
        indent = len(line) - len(line.lstrip(" "))
        self._block = SearchBlock(self._block_path(), opening_length(line), indent)

    def _block_path(self) -> str | None:
        """The nearest line that names a file: in the fence, its info string, before it."""
        is_path = self._is_path
        if self._inside and (path := path_near_block(self._inside, is_path)) is not None:
            return path
        if self._fence is not None:
            info_path = path_of_info(self._fence.opening.info, is_path)
            if info_path is not None and self._last_path is None:
                return info_path
        if self._before and (path := path_near_block(self._before, is_path)) is not None:
            return path
        return self._last_path

    def _in_block(self, block: SearchBlock, line: str) -> list[Found]:
        if block.closes(line):
            self._after_block(block)
            return [block.edit()]
        if opening_length(line):
            self._after_block(block)
            self._open_block(line)
            return [block.refused(CUT)]
        block.take(line)
        return []

    def _after_block(self, block: SearchBlock) -> None:
        self._block = None
        self._before = self._inside = ""
        self._last_path = block.path

    def _open_fence(self, opening: Opening) -> None:
        path = path_of_info(opening.info, self._is_path)
        if path is None and self._before:
            path = path_of_line(self._before, self._is_path)
        self._named = path
        self._inside = ""
        self._holds_search = False
        nests = path is not None and not is_diff_info(opening.info)
        self._fence = Fence(opening, nests=nests)

    def _in_fence(self, fence: Fence, line: str) -> list[Found]:
        if fence.take(line):
            if line.strip():
                self._inside = line
            return []
        self._fence = None
        self._before = self._inside = ""
        return [] if self._holds_search else self._whole_fence(fence)

    def _whole_fence(self, fence: Fence) -> list[Found]:
        self._last_path = None
        if is_diff_info(fence.opening.info):
            return [*parse_patch(fence.text(), default_path=self._named)]
        if self._named is not None:
            return [WholeFile(self._named, fence.text())]
        return []

    def _cut_fence(self, fence: Fence) -> list[Found]:
        if is_diff_info(fence.opening.info):
            paths = paths_of_patch(fence.text()) or [self._named or ""]
            return [RefusedEdit(path, CUT) for path in paths]
        return [] if self._named is None else [RefusedEdit(self._named, CUT)]


def parse_edits(text: str, is_path: PathTest) -> Sequence[Found]:
    """Find all edits of a whole text.

    Args:
        text: A unified diff by itself, or an answer with any of the edit formats.
        is_path: Says whether a word is a path of the project, or may become one.
    """
    if looks_like_patch(text):
        return parse_patch(text)
    stream = EditStream(is_path)
    return [*stream.feed(text), *stream.finish()]
