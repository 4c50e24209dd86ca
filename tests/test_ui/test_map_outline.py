"""The map's rows as data: which are visible, in which order, and what opening a folder reads."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.intelligence.model import ClassKind, ClassSignature, FileNode, FunctionSignature
from vibe_tui.ui.outline import MapOutline, RowKind


def function(name: str, line: int, complexity: int = 1) -> FunctionSignature:
    return FunctionSignature(name, "m", "m.py", line, line + 1, complexity=complexity)


def node(path: str, *functions: FunctionSignature) -> FileNode:
    return FileNode(path, "python", 10, functions=functions)


def outline_of(*paths: str) -> MapOutline:
    outline = MapOutline()
    outline.set_paths(paths)
    return outline


def labels(outline: MapOutline) -> list[str]:
    return ["  " * row.depth + row.label for row in outline.rows]


def index_of(outline: MapOutline, label: str) -> int:
    return next(i for i, row in enumerate(outline.rows) if row.label == label)


def test_folders_come_first_and_a_lonely_folder_is_drawn_with_its_parent() -> None:
    outline = outline_of("README.md", "src/atlas/a.py", "src/atlas/web/b.py", "docs/x.md")
    assert labels(outline) == ["docs", "  x.md", "src/atlas", "  web", "  a.py", "README.md"]


def test_names_that_sort_around_the_slash_stay_apart() -> None:
    outline = outline_of("a-b/x.py", "a/y.py", "a.py", "a0/z.py")
    folders = [row.path for row in outline.rows if row.kind is RowKind.FOLDER]
    assert folders == ["a", "a-b", "a0"]


def test_hidden_folders_stay_closed_at_first() -> None:
    assert labels(outline_of(".github/ci.yml", "a.py")) == [".github", "a.py"]


def test_only_folders_that_fit_a_screen_open_by_themselves() -> None:
    paths = [f"big/{number}.py" for number in range(100)] + ["small/a.py"]
    assert labels(outline_of(*paths)) == ["big", "small", "  a.py"]


def test_closing_hides_everything_below_and_opening_shows_what_was_open() -> None:
    outline = outline_of("src/x/a.py", "src/y/b.py", "c.py")
    outline.open_row(index_of(outline, "x"))
    before = labels(outline)
    outline.close_row(0)
    assert labels(outline) == ["src", "c.py"]
    outline.open_row(0)
    assert labels(outline) == before == ["src", "  x", "    a.py", "  y", "c.py"]


def test_a_file_opens_to_its_classes_and_functions_by_line() -> None:
    method = function("register", 3)
    owner = ClassSignature("Router", ClassKind.CLASS, (), (method,), (), 2, 9)
    outline = outline_of("router.py")
    outline.set_nodes(
        {"router.py": FileNode("router.py", "python", 20, (function("make", 12),), (owner,))}
    )
    outline.open_row(0)
    assert labels(outline) == ["router.py", "  Router", "    register", "  make"]
    assert [row.line for row in outline.rows] == [1, 2, 3, 12]


def test_a_file_without_symbols_cannot_be_opened() -> None:
    outline = outline_of("notes.md")
    outline.set_nodes({"notes.md": FileNode("notes.md", "markdown", 3)})
    outline.open_row(0)
    assert not outline.has_children(outline.rows[0])
    assert labels(outline) == ["notes.md"]


def test_the_parent_of_a_row_is_what_holds_it() -> None:
    outline = outline_of("src/a.py", "src/b.py", "c.py")
    assert outline.parent_of(index_of(outline, "b.py")) == 0
    assert outline.parent_of(index_of(outline, "c.py")) == index_of(outline, "c.py")


def test_an_update_that_keeps_the_symbols_moves_no_row() -> None:
    outline = outline_of("a.py", "b.py")
    outline.set_nodes({"a.py": node("a.py", function("f", 1)), "b.py": node("b.py")})
    outline.open_row(0)
    rows = list(outline.rows)
    longer = FileNode("a.py", "python", 99, functions=(function("f", 1),))
    assert not outline.update({"a.py": longer})
    assert outline.rows == rows
    assert outline.nodes["a.py"].lines_of_code == 99


def test_an_update_adds_and_removes_rows() -> None:
    outline = outline_of("src/a.py", "src/b.py")
    assert outline.update({"src/c.py": node("src/c.py"), "src/a.py": None})
    assert labels(outline) == ["src", "  b.py", "  c.py"]
    assert outline.total_files == 2


def test_an_update_shows_new_symbols_of_an_open_file() -> None:
    outline = outline_of("a.py")
    outline.set_nodes({"a.py": node("a.py", function("f", 1))})
    outline.open_row(0)
    assert outline.update({"a.py": node("a.py", function("f", 1), function("g", 5))})
    assert labels(outline) == ["a.py", "  f", "  g"]


def test_matches_replace_the_tree_until_the_search_is_over() -> None:
    outline = outline_of("src/a.py", "src/b.py")
    tree = labels(outline)
    outline.show_matches(["src/b.py"])
    assert outline.is_filtered
    assert labels(outline) == ["src/b.py"]
    outline.show_matches(None)
    assert labels(outline) == tree


def test_revealing_a_file_opens_the_way_to_it() -> None:
    outline = outline_of(*(f"big/deep/{number}.py" for number in range(100)), "other/x.py")
    assert outline.find(("big/deep/42.py", "", 1)) is None
    index = outline.reveal("big/deep/42.py")
    assert index is not None
    assert outline.rows[index].path == "big/deep/42.py"
    assert outline.reveal("no/such.py") is None


def test_a_symbol_that_is_gone_leads_to_its_file() -> None:
    outline = outline_of("a.py")
    assert outline.find(("a.py", "gone", 7)) == 0


class CountingPaths(list[str]):
    """Counts how many paths are looked at."""

    looked_at = 0

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - an index or a slice
        type(self).looked_at += 1
        return super().__getitem__(index)


def test_opening_a_folder_does_not_read_what_lies_deeper(monkeypatch: pytest.MonkeyPatch) -> None:
    outline = outline_of(*(f"deep/{a}/{b}.py" for a in range(100) for b in range(200)), "z/a.py")
    index = index_of(outline, "deep")
    monkeypatch.setattr(outline, "_paths", CountingPaths(outline._paths))
    outline.open_row(index)
    assert len(outline.rows) == 103
    assert CountingPaths.looked_at < 20_000 // 4


NAMES = st.text(alphabet="ab.-0_é", min_size=1, max_size=3).filter(lambda n: n.strip(".") != "")
PATHS = st.lists(st.lists(NAMES, min_size=1, max_size=4).map("/".join), max_size=30)


def is_a_tree(paths: list[str]) -> bool:
    """No path may be a folder of another one, as in any file system."""
    return not any(other.startswith(path + "/") for path in paths for other in paths)


@given(PATHS.filter(is_a_tree))
def test_with_everything_open_every_file_is_there_once(paths: list[str]) -> None:
    outline = outline_of(*dict.fromkeys(paths))
    index = 0
    while index < len(outline.rows):
        outline.open_row(index)
        index += 1
    files = [row.path for row in outline.rows if row.kind is RowKind.FILE]
    assert sorted(files) == sorted(set(paths))


@given(PATHS.filter(is_a_tree), st.data())
def test_opening_and_closing_keeps_rows_equal_to_a_fresh_look(
    paths: list[str], data: st.DataObject
) -> None:
    outline = outline_of(*dict.fromkeys(paths))
    for _ in range(5):
        if not outline.rows:
            break
        index = data.draw(st.integers(0, len(outline.rows) - 1))
        if outline.is_open(outline.rows[index].path):
            outline.close_row(index)
        else:
            outline.open_row(index)
        rows = list(outline.rows)
        outline._rebuild()
        assert outline.rows == rows
