"""Go: functions, types with their methods, imports, complexity, also in damaged files."""

from textwrap import dedent

import pytest

from tests.test_intelligence.conftest import Project
from vibe_tui.intelligence.ast_analyzer import GoASTAnalyzer
from vibe_tui.intelligence.model import ClassKind, FileNode


def analyze(source: str) -> FileNode:
    return GoASTAnalyzer().analyze_text("store/stack.go", "package store\n" + dedent(source))


def test_a_function_with_everything() -> None:
    node = analyze(
        """\

        // Map applies f.
        //
        // It keeps the order.
        //go:noinline
        func Map[T, U any](xs []T, f func(T) U, rest ...int) (out []U, err error) {
            return nil, nil
        }
        """
    )
    (function,) = node.functions
    assert function.name == "Map"
    assert function.module_path == "store/stack"
    assert function.parameters == ("xs []T", "f func(T) U", "rest ...int")
    assert function.return_type == "(out []U, err error)"
    assert function.docstring == "Map applies f.\n\nIt keeps the order."
    assert (function.line_start, function.line_end) == (7, 9)


def test_parameters_that_share_a_type_stay_as_written() -> None:
    assert analyze("func f(a, b int) {}").functions[0].parameters == ("a, b int",)


def test_structs_with_embedded_types_tags_and_methods() -> None:
    node = analyze(
        """\
        // Stack is last in, first out.
        type Stack[T any] struct {
            *Base
            io.Reader
            A, B int `json:"a"`
            items []T // the items
        }
        func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
        func (s Stack[T]) Len() int { return len(s.items) }
        """
    )
    (stack,) = node.classes
    assert (stack.name, stack.kind) == ("Stack", ClassKind.STRUCT)
    assert stack.bases == ("*Base", "io.Reader")
    assert stack.attributes == ("A int", "B int", "items []T")
    assert stack.docstring == "Stack is last in, first out."
    assert [(m.name, m.return_type) for m in stack.methods] == [("Push", None), ("Len", "int")]
    assert node.functions == ()


def test_interfaces() -> None:
    (shape,) = analyze(
        "type Shape interface {\n fmt.Stringer\n Area(unit string) float64\n}"
    ).classes
    assert (shape.kind, shape.bases) == (ClassKind.INTERFACE, ("fmt.Stringer",))
    assert [(m.name, m.parameters, m.return_type) for m in shape.methods] == [
        ("Area", ("unit string",), "float64")
    ]


def test_grouped_types_keep_their_own_comments() -> None:
    node = analyze(
        "// Both.\ntype (\n\t// A is one.\n\tA struct{}\n\tB = string\n\tF func(int)\n)\n"
    )
    assert [(c.name, c.kind, c.docstring) for c in node.classes] == [
        ("A", ClassKind.STRUCT, "A is one."),
        ("B", ClassKind.TYPE, None),
        ("F", ClassKind.TYPE, None),
    ]


def test_methods_of_a_type_elsewhere_are_functions() -> None:
    node = analyze("func (c *Client) Get() {}\nfunc plain() {}\nfunc (o Other) X() {}\n")
    assert [f.name for f in node.functions] == ["Client.Get", "plain", "Other.X"]


def test_functions_and_types_inside_functions_are_not_the_files() -> None:
    node = analyze("func f() {\n type local struct{}\n g := func() {}\n g()\n}\n")
    assert ([f.name for f in node.functions], node.classes) == (["f"], ())


def test_imports() -> None:
    source = 'import "fmt"\nimport (\n m "math/rand"\n . "os"\n _ `net/http`\n)\n'
    assert analyze(source).imports == ("fmt", "math/rand", "os", "net/http")


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("", 1),
        ("if a { } else if b { } else { }", 3),
        ("for { }; for i := range xs { _ = i }", 3),
        ("switch a { case 1, 2: case 3: default: }", 3),
        ("switch a.(type) { case int: default: }", 2),
        ("select { case <-c: default: }", 2),
        ("_ = a && b || c", 3),
        ("g := func() { if a { } }; g()", 2),
    ],
)
def test_complexity_counts_as_gocyclo_does(body: str, complexity: int) -> None:
    assert analyze(f"func f() {{ {body} }}\n").functions[0].complexity == complexity


def test_everything_is_typed() -> None:
    assert analyze("func f(a int) {}\n").type_hints_coverage == 100.0


@pytest.mark.parametrize(
    "source", ["func ok() {}\nfunc broken( {\n", "func (", "type", "func (s *) f() {}", "}{" * 500]
)
def test_damaged_files_yield_a_node(source: str) -> None:
    node = analyze(source)
    assert node.parse_error is not None
    assert node.language == "go"


async def test_a_file_is_read_by_its_path(project: Project) -> None:
    root = project({"a.go": "package a\nfunc F() {}\n"})
    node = await GoASTAnalyzer(root).analyze_file("a.go")
    assert (node.path, node.functions[0].name) == ("a.go", "F")
