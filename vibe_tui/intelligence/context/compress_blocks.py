"""The lines of the compressed map: one file told by name, in brief, or in full."""

from collections.abc import Iterator
from enum import IntEnum
from functools import cached_property
from typing import Final

from vibe_tui.foreign import clean_line
from vibe_tui.intelligence.model import ClassKind, ClassSignature, FileNode, FunctionSignature

_LONGEST_LINE: Final = 240
_LONGEST_NAME: Final = 120
_MOST_LINES: Final = 80
"""Signatures of one file in full; a longer list says how many more there are."""


class Detail(IntEnum):
    """How much is told of a file."""

    NAME = 1
    BRIEF = 2
    FULL = 3


class FileBlock:
    """One file's lines, worked out when asked for.

    Args:
        node: The file.
    """

    def __init__(self, node: FileNode) -> None:
        self._node = node
        *self.folders, self._name = (
            clean_line(part, _LONGEST_NAME) for part in node.path.split("/")
        )
        self._indent = "  " * len(self.folders)

    def text(self, detail: Detail) -> str:
        """The lines, each ended by a newline."""
        match detail:
            case Detail.NAME:
                return self.name_line
            case Detail.BRIEF:
                return self.name_line + self.brief
            case Detail.FULL:
                return self.name_line + self.full

    def folder_lines(self, depth: int) -> str:
        """The lines of the folders below a depth, from 0, that lead to the file."""
        return "".join(
            f"{'  ' * level}- {folder}/\n"
            for level, folder in enumerate(self.folders)
            if level >= depth
        )

    @cached_property
    def name_line(self) -> str:
        """``- base.py (206 lines, 5 functions)``."""
        counts = [_counted(self._node.lines_of_code, "line")]
        for things, word in ((self._node.functions, "function"), (self._node.classes, "class")):
            if things:
                counts.append(_counted(len(things), word))
        if self._node.parse_error is not None:
            counts.append("does not parse")
        return f"{self._indent}- {self._name} ({', '.join(counts)})\n"

    @cached_property
    def brief(self) -> str:
        """One line with the public names; empty without any."""
        names = [function.name for function in self._functions()]
        names.extend(f"{_word(owner.kind)} {owner.name}" for owner in self._classes())
        return self._line(1, ", ".join(names)) if names else ""

    @cached_property
    def full(self) -> str:
        """A line for each public function, class and method."""
        lines = list(self._signatures())
        if len(lines) > _MOST_LINES:
            rest = len(lines) - _MOST_LINES
            lines = [*lines[:_MOST_LINES], self._line(1, f"… {rest} more")]
        return "".join(lines)

    def _signatures(self) -> Iterator[str]:
        for function in self._functions():
            yield self._line(1, _signature(function))
        for owner in self._classes():
            bases = f"({', '.join(owner.bases)})" if owner.bases else ""
            yield self._line(1, f"{_word(owner.kind)} {owner.name}{bases}")
            for method in owner.methods:
                if _is_public(method.name):
                    yield self._line(2, _signature(method))

    def _functions(self) -> list[FunctionSignature]:
        return [function for function in self._node.functions if _is_public(function.name)]

    def _classes(self) -> list[ClassSignature]:
        return [owner for owner in self._node.classes if _is_public(owner.name)]

    def _line(self, depth: int, text: str) -> str:
        return f"{self._indent}{'  ' * depth}- {clean_line(text, _LONGEST_LINE)}\n"


def _signature(function: FunctionSignature) -> str:
    start = "async " if function.is_async else ""
    end = f" -> {function.return_type}" if function.return_type else ""
    return f"{start}{function.name}({', '.join(function.parameters)}){end}"


def _word(kind: ClassKind) -> str:
    return kind.value


def _counted(number: int, word: str) -> str:
    plural = f"{word}es" if word.endswith("s") else f"{word}s"
    return f"{number} {word if number == 1 else plural}"


def _is_public(name: str) -> bool:
    return name in ("__init__", "__call__") or not name.startswith(("_", "#"))
