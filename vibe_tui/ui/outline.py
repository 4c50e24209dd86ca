"""The map pane's rows as data: folders opened when asked for, so that 100,000 files stay quick."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vibe_tui.intelligence.model import ClassSignature, FileNode, FunctionSignature

_AUTO_OPEN_ROWS = 26
"""Folders open by themselves while the whole stays within about one screen."""
_AFTER_SLASH = chr(ord("/") + 1)


class RowKind(StrEnum):
    """What a row stands for."""

    FOLDER = "folder"
    FILE = "file"
    CLASS = "class"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True)
class Row:
    """One visible row. ``depth`` counts from 0; ``path`` is the folder's or the file's."""

    kind: RowKind
    depth: int
    path: str
    label: str
    symbol: ClassSignature | FunctionSignature | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What stays the same while rows around this one come and go."""
        return (self.path, self.symbol.name if self.symbol else "", self.line)

    @property
    def line(self) -> int:
        """The 1-based line to show; 1 for a whole file."""
        return self.symbol.line_start if self.symbol else 1

    @property
    def is_file(self) -> bool:
        """Whether the row is of a file or of something inside one."""
        return self.kind is not RowKind.FOLDER


class MapOutline:
    """Which rows are visible, of which paths, with which folders and files open."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.nodes: dict[str, FileNode] = {}
        self._paths: list[str] = []
        self._open: set[str] = set()
        self._matches: list[str] | None = None
        self._was_opened = False

    @property
    def total_files(self) -> int:
        """Files in all, visible or not."""
        return len(self._paths)

    @property
    def is_filtered(self) -> bool:
        """Whether the rows are a search's matches."""
        return self._matches is not None

    def set_paths(self, paths: Iterable[str]) -> None:
        """Take a project's files; what was open stays open.

        Args:
            paths: Project-relative paths with ``/``, in any order.
        """
        self._paths = sorted(paths)
        if not self._was_opened and self._paths:
            self._was_opened = True
            self._open_what_fits()
        self._rebuild()

    def set_nodes(self, nodes: Mapping[str, FileNode]) -> None:
        """Take what the map knows of every file."""
        self.nodes = dict(nodes)
        self._rebuild()

    def update(self, nodes: Mapping[str, FileNode | None]) -> bool:
        """Take what is new of some files; None means that the file is gone.

        Returns:
            Whether rows came, went or moved; otherwise only those files' own rows look different.
        """
        is_moved = False
        for path, node in nodes.items():
            before = self.nodes.get(path)
            if node is None:
                self.nodes.pop(path, None)
            else:
                self.nodes[path] = node
            is_moved |= self._place(path, is_there=node is not None)
            is_moved |= self.is_open(path) and _symbols(before) != _symbols(node)
            is_moved |= bool(_symbols(before)) != bool(_symbols(node))
        if is_moved:
            self._rebuild()
        return is_moved

    def is_open(self, path: str) -> bool:
        """Whether a folder's or a file's children are shown."""
        return path in self._open

    def has_children(self, row: Row) -> bool:
        """Whether a row can be opened."""
        if row.kind is RowKind.FOLDER:
            return True
        return row.kind is RowKind.FILE and bool(_symbols(self.nodes.get(row.path)))

    def open_row(self, index: int) -> None:
        """Show a row's children."""
        row = self.rows[index]
        if self.is_open(row.path) or not self.has_children(row):
            return
        self._open.add(row.path)
        self.rows[index + 1 : index + 1] = self._inside(row)

    def close_row(self, index: int) -> None:
        """Hide a row's children."""
        row = self.rows[index]
        if not self.is_open(row.path) or row.symbol is not None:
            return
        self._open.discard(row.path)
        del self.rows[index + 1 : self._end_of(index)]

    def parent_of(self, index: int) -> int:
        """The index of the row that holds this one; its own at the top."""
        depth = self.rows[index].depth
        above = range(index - 1, -1, -1)
        return next((i for i in above if self.rows[i].depth < depth), index)

    def find(self, key: tuple[str, str, int]) -> int | None:
        """The index of a row by its key, or of its file."""
        whole = (key[0], "", 1)
        found = None
        for index, row in enumerate(self.rows):
            if row.key == key:
                return index
            if row.key == whole:
                found = index
        return found

    def reveal(self, path: str) -> int | None:
        """Open the folders that lead to a file; return its row's index, None if unknown."""
        parts = path.split("/")
        self._open.update("/".join(parts[:count]) for count in range(1, len(parts)))
        self._rebuild()
        return self.find((path, "", 1))

    def show_matches(self, paths: Sequence[str] | None) -> None:
        """Show these files only, best first; None goes back to the tree."""
        self._matches = None if paths is None else list(paths)
        self._rebuild()

    def _place(self, path: str, *, is_there: bool) -> bool:
        index = bisect_left(self._paths, path)
        was_there = index < len(self._paths) and self._paths[index] == path
        if is_there and not was_there:
            self._paths.insert(index, path)
        elif was_there and not is_there:
            del self._paths[index]
        return is_there != was_there

    def _open_what_fits(self) -> None:
        top = self._children("", 0)
        room = _AUTO_OPEN_ROWS - len(top)
        for row in top:
            if row.kind is RowKind.FOLDER and not row.label.startswith("."):
                size = len(self._children(row.path + "/", 1))
                if size <= room:
                    self._open.add(row.path)
                    room -= size

    def _rebuild(self) -> None:
        if self._matches is not None:
            rows = [Row(RowKind.FILE, 0, path, path) for path in self._matches]
        else:
            rows = self._children("", 0)
        self.rows = [inner for row in rows for inner in (row, *self._opened(row))]

    def _opened(self, row: Row) -> list[Row]:
        return self._inside(row) if self.is_open(row.path) else []

    def _inside(self, row: Row) -> list[Row]:
        if row.kind is RowKind.FILE:
            return list(_symbol_rows(row, self.nodes.get(row.path)))
        children = self._children(row.path + "/", row.depth + 1)
        return [inner for child in children for inner in (child, *self._opened(child))]

    def _end_of(self, index: int) -> int:
        depth = self.rows[index].depth
        below = range(index + 1, len(self.rows))
        return next((i for i in below if self.rows[i].depth <= depth), len(self.rows))

    def _children(self, prefix: str, depth: int) -> list[Row]:
        folders, files = self._names(prefix)
        rows = [self._folder(prefix, name, depth) for name in sorted(folders, key=str.lower)]
        files.sort(key=str.lower)
        return rows + [Row(RowKind.FILE, depth, prefix + name, name) for name in files]

    def _folder(self, prefix: str, name: str, depth: int) -> Row:
        """A folder that holds one folder and nothing else is drawn as one row with it."""
        label = name
        while True:
            folders, files = self._names(f"{prefix}{label}/", at_most=2)
            if files or len(folders) != 1:
                return Row(RowKind.FOLDER, depth, prefix + label, label)
            label = f"{label}/{folders[0]}"

    def _names(self, prefix: str, at_most: int | None = None) -> tuple[list[str], list[str]]:
        """The folders and files straight under a prefix, found without reading what is deeper."""
        index = bisect_left(self._paths, prefix)
        end = bisect_left(self._paths, prefix[:-1] + _AFTER_SLASH) if prefix else len(self._paths)
        folders: list[str] = []
        files: list[str] = []
        while index < end and (at_most is None or len(folders) + len(files) < at_most):
            head, slash, _ = self._paths[index][len(prefix) :].partition("/")
            if slash:
                folders.append(head)
                index = bisect_left(self._paths, f"{prefix}{head}{_AFTER_SLASH}", index, end)
            else:
                files.append(head)
                index += 1
        return folders, files


def _symbols(node: FileNode | None) -> tuple[ClassSignature | FunctionSignature, ...]:
    if node is None:
        return ()
    return tuple(sorted((*node.classes, *node.functions), key=lambda symbol: symbol.line_start))


def _symbol_rows(row: Row, node: FileNode | None) -> Iterable[Row]:
    for symbol in _symbols(node):
        if isinstance(symbol, FunctionSignature):
            yield Row(RowKind.FUNCTION, row.depth + 1, row.path, symbol.name, symbol)
            continue
        yield Row(RowKind.CLASS, row.depth + 1, row.path, symbol.name, symbol)
        for method in symbol.methods:
            yield Row(RowKind.FUNCTION, row.depth + 2, row.path, method.name, method)
