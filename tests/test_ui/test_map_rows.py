"""A row of the map as text: what it says, and what gives way when it is narrow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.intelligence.model import ClassKind, ClassSignature, FileNode, FunctionSignature
from vibe_tui.ui.outline import Row, RowKind
from vibe_tui.ui.widgets.map_rows import row_content

FILE = Row(RowKind.FILE, 1, "src/router.py", "router.py")


def function(complexity: int = 7, *parameters: str) -> FunctionSignature:
    return FunctionSignature("register", "m", "m.py", 3, 9, parameters, complexity=complexity)


def written(
    row: Row,
    width: int = 40,
    *,
    node: FileNode | None = None,
    is_open: bool | None = None,
    mark: str = " ",
) -> str:
    content = row_content(row, width, node=node, is_open=is_open, mark=mark)
    assert content.cell_length == width
    return content.plain.rstrip()


def test_a_file_tells_its_lines_and_functions() -> None:
    owner = ClassSignature("R", ClassKind.CLASS, (), (function(), function()), (), 1, 2)
    node = FileNode("src/router.py", "python", 1206, (function(),), (owner,))
    assert written(FILE, node=node, is_open=True, mark="●") == "  ▼ ● router.py 1,206 · 3ƒ"


def test_a_file_with_classes_alone_counts_those() -> None:
    owner = ClassSignature("E", ClassKind.CLASS, (), (), (), 1, 2)
    node = FileNode("src/router.py", "python", 40, (), (owner, owner))
    assert written(FILE, node=node, is_open=False) == "  ▶   router.py 40 · 2c"


def test_a_file_that_is_not_mapped_yet_is_named() -> None:
    assert written(FILE) == "      router.py"


def test_a_file_that_does_not_parse_says_so_in_words() -> None:
    node = FileNode("src/router.py", "python", 4, parse_error="line 1: invalid syntax")
    assert written(FILE, node=node) == "      router.py ✗ parse error"


def test_details_give_way_before_the_name() -> None:
    node = FileNode("src/router.py", "python", 206, (function(),))
    assert written(FILE, 20, node=node) == "      router.py 206"
    assert written(FILE, 17, node=node) == "      router.py"
    assert written(FILE, 12, node=node) == "      route…"


def test_a_search_result_names_its_folder_behind_the_file() -> None:
    row = Row(RowKind.FILE, 0, "src/atlas/router.py", "src/atlas/router.py")
    assert written(row) == "    router.py  src/atlas"


@pytest.mark.parametrize(
    ("complexity", "figure"), [(1, "1"), (10, "10"), (11, "11▴"), (20, "20▴"), (21, "21▲")]
)
def test_complexity_stands_at_the_right_with_a_mark_that_grows(
    complexity: int, figure: str
) -> None:
    row = Row(RowKind.FUNCTION, 2, "a.py", "register", function(complexity))
    assert written(row).split() == ["register()", figure]


def test_parameters_are_named_without_types_and_self() -> None:
    symbol = function(1, "self", "name: str = ''", "*args", "**options: int", "{ a, b }")
    row = Row(RowKind.FUNCTION, 0, "a.py", "register", symbol)
    assert "register(name, *args, **options, …)" in written(row, 60)


def test_a_class_says_its_kind() -> None:
    symbol = ClassSignature("Page", ClassKind.INTERFACE, (), (), (), 1, 2)
    assert written(Row(RowKind.CLASS, 1, "a.ts", "Page", symbol)) == "    interface Page"


def test_a_hostile_name_is_shown_as_text() -> None:
    row = Row(RowKind.FILE, 0, "x", "[@click=app.bell]\x1b[31m\u202eevil.py\n")
    assert written(row) == "    [@click=app.bell]evil.py"


@given(
    st.text(max_size=60),
    st.integers(0, 12),
    st.integers(1, 60),
    st.sampled_from([RowKind.FOLDER, RowKind.FILE, RowKind.FUNCTION]),
)
def test_every_row_is_exactly_as_wide_as_asked(
    label: str, depth: int, width: int, kind: RowKind
) -> None:
    symbol = function() if kind is RowKind.FUNCTION else None
    row = Row(kind, depth, label, label, symbol)
    node = FileNode(label, "python", 10, (function(),))
    content = row_content(row, width, node=node, is_open=None, mark="●")
    assert content.cell_length == width
    assert "\n" not in content.plain
