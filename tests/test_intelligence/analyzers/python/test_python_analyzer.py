"""Python files: what is declared, as it is written, also when the file does not parse."""

import ast
from pathlib import Path
from textwrap import dedent

import pytest

from tests.test_intelligence.conftest import Project
from vibe_tui.intelligence.ast_analyzer import PythonASTAnalyzer
from vibe_tui.intelligence.errors import FileRefusedError, PathOutsideError
from vibe_tui.intelligence.model import ClassKind, FileNode


def analyze(source: str, path: str = "src/shop/cart.py") -> FileNode:
    return PythonASTAnalyzer().analyze_text(path, dedent(source))


class TestFunctions:
    def test_a_function_with_everything(self) -> None:
        node = analyze(
            '''\
            import app

            @app.route("/total", methods=["GET"])
            @cached
            async def total(prices: list[float], *, rate: float = 0.2) -> float:
                """Add up.

                Indented below.
                """
                return sum(prices) * (1 + rate)
            '''
        )
        (function,) = node.functions
        assert function.name == "total"
        assert function.module_path == "shop.cart"
        assert function.file_path == "src/shop/cart.py"
        assert (function.line_start, function.line_end) == (5, 10)
        assert function.parameters == ("prices: list[float]", "*", "rate: float = 0.2")
        assert function.return_type == "float"
        assert function.docstring == "Add up.\n\nIndented below."
        assert function.is_async
        assert function.decorators == ('app.route("/total", methods=["GET"])', "cached")
        assert function.complexity == 1

    @pytest.mark.parametrize(
        ("written", "parameters"),
        [
            ("", ()),
            ("a, b=1", ("a", "b=1")),
            ("a, /, b", ("a", "/", "b")),
            ("a, /", ("a", "/")),
            ("a=1, /, b=2, *, c, d=3", ("a=1", "/", "b=2", "*", "c", "d=3")),
            ("*args: int, key, **rest: str", ("*args: int", "key", "**rest: str")),
            ("a: 'X' = None", ("a: 'X' = None",)),
            ("a=(1, 2), b={'x': [1]}", ("a=(1, 2)", "b={'x': [1]}")),
            ("a=lambda x: x + 1", ("a=lambda x: x + 1",)),
            ("größe: str = 'ß', z=1", ("größe: str = 'ß'", "z=1")),
        ],
    )
    def test_parameters_as_written(self, written: str, parameters: tuple[str, ...]) -> None:
        (function,) = analyze(f"def f({written}): pass\n").functions
        assert function.parameters == parameters

    def test_a_default_over_several_lines_becomes_one(self) -> None:
        (function,) = analyze("def f(a={\n    'x': 1,\n    'é': 2,\n}): pass\n").functions
        assert function.parameters == ("a={ 'x': 1, 'é': 2, }",)

    def test_a_huge_default_is_cut(self) -> None:
        (function,) = analyze(f"def f(a={'x' * 5000!r}): pass\n").functions
        assert len(function.parameters[0]) == len("a=") + 200
        assert function.parameters[0].endswith("…")

    def test_functions_under_conditions_are_the_modules(self) -> None:
        node = analyze(
            """\
            try:
                import fast
            except ImportError:
                def slow(): pass
            else:
                def quick(): pass
            if True:
                for _ in ():
                    def looped(): pass
            match 1:
                case 1:
                    def matched(): pass
            with open("x"):
                def opened(): pass
            """
        )
        names = [function.name for function in node.functions]
        assert names == ["slow", "quick", "looped", "matched", "opened"]

    def test_functions_inside_functions_are_not(self) -> None:
        node = analyze("def outer():\n    def inner(): pass\n    class Local: pass\n")
        assert [function.name for function in node.functions] == ["outer"]
        assert node.classes == ()

    def test_overloads_are_kept_apart(self) -> None:
        source = "@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): ...\n"
        assert [f.parameters for f in analyze(source).functions] == [
            ("a: int",),
            ("a: str",),
            ("a",),
        ]


class TestClasses:
    def test_a_class_with_everything(self) -> None:
        node = analyze(
            '''\
            class Cart(Base, Generic[T], metaclass=Meta):
                """What a customer wants."""

                limit: int = 10
                a = b = 1
                x, y = 1, 2
                __slots__ = ("z",)

                def __init__(self, owner):
                    self.owner: str = owner
                    self.items, self.count = [], 0
                    self.limit = 3
                    other.name = 4
                    if owner:
                        self.late = 1

                @property
                def total(self) -> float:
                    return 0.0
            '''
        )
        (cart,) = node.classes
        assert (cart.name, cart.kind) == ("Cart", ClassKind.CLASS)
        assert cart.bases == ("Base", "Generic[T]")
        assert cart.docstring == "What a customer wants."
        assert cart.attributes == (
            "limit: int", "a", "b", "x", "y", "owner: str", "items", "count", "late",
        )  # fmt: skip
        assert [method.name for method in cart.methods] == ["__init__", "total"]
        assert cart.methods[1].decorators == ("property",)
        assert (cart.line_start, cart.line_end) == (1, 19)
        assert node.functions == ()

    def test_nested_classes_carry_their_owners_name(self) -> None:
        node = analyze("class A:\n class B:\n  class C: pass\n class D: pass\nclass E: pass\n")
        assert [owner.name for owner in node.classes] == ["A", "A.B", "A.B.C", "A.D", "E"]

    @pytest.mark.parametrize(
        ("base", "kind"),
        [
            ("enum.Enum", ClassKind.ENUM),
            ("str, StrEnum", ClassKind.ENUM),
            ("Protocol[T]", ClassKind.INTERFACE),
            ("EnumLike", ClassKind.CLASS),
        ],
    )
    def test_kinds(self, base: str, kind: ClassKind) -> None:
        (owner,) = analyze(f"class A({base}): pass\n").classes
        assert owner.kind is kind

    def test_methods_under_conditions_are_the_classes(self) -> None:
        (owner,) = analyze("class A:\n if X:\n  def m(self): pass\n").classes
        assert [method.name for method in owner.methods] == ["m"]


class TestImports:
    def test_every_way_of_importing(self) -> None:
        node = analyze(
            """\
            import os, os.path as p
            from collections.abc import Iterator, Sequence
            from . import sibling
            from ..parent.mod import *
            if TYPE_CHECKING:
                from typing import Any
            def f():
                import lazy
                class C:
                    import inner
            import os
            """
        )
        assert node.imports == (
            "os", "os.path", "collections.abc", ".", "..parent.mod", "typing", "lazy", "inner",
        )  # fmt: skip
        assert node.imported_names == (
            "collections.abc.Iterator",
            "collections.abc.Sequence",
            ".sibling",
            "..parent.mod.*",
            "typing.Any",
        )


class TestTypeHints:
    @pytest.mark.parametrize(
        ("source", "percent"),
        [
            ("x = 1\n", 100.0),
            ("def f(a: int) -> int: ...\n", 100.0),
            ("def f(a): ...\n", 0.0),
            ("def f(a: int, b): ...\n", 100 / 3),
            ("class A:\n def m(self, a: int) -> None: ...\n", 100.0),
            ("class A:\n @classmethod\n def m(cls) -> None: ...\n", 100.0),
            ("class A:\n @staticmethod\n def m(a) -> None: ...\n", 50.0),
            ("def f(*a: int, **k: int) -> None: ...\n", 100.0),
            ("def self_less(self): ...\n", 0.0),
        ],
    )
    def test_share_of_places_that_carry_a_type(self, source: str, percent: float) -> None:
        assert analyze(source).type_hints_coverage == pytest.approx(percent)


class TestText:
    @pytest.mark.parametrize(
        ("content", "lines"),
        [(b"", 0), (b"x", 1), (b"x\n", 1), (b"x\r\ny\r\n", 2), (b"x\ry", 2), (b"\n\n", 2)],
    )
    def test_lines_are_counted_with_blank_ones(self, content: bytes, lines: int) -> None:
        assert PythonASTAnalyzer().analyze_text("a.py", content).lines_of_code == lines

    @pytest.mark.parametrize(
        "content",
        [
            "def grün(a='ä'): pass\n".encode(),
            b"\xef\xbb\xbf" + "def grün(a='ä'): pass\n".encode(),
            "# coding: latin-1\ndef grün(a='ä'): pass\n".encode("latin-1"),
            "def grün(a='ä'): pass\r\n".encode(),
            "\fdef grün(a='ä'): pass\n".encode(),
        ],
        ids=["utf-8", "bom", "latin-1", "crlf", "form feed"],
    )
    def test_encodings_and_line_ends(self, content: bytes) -> None:
        node = PythonASTAnalyzer().analyze_text("a.py", content)
        assert node.parse_error is None
        assert [(f.name, f.parameters) for f in node.functions] == [("grün", ("a='ä'",))]

    @pytest.mark.parametrize(
        "content", [b"# coding: no-such\nx = 1\n", b"x = '\xff'\n", "x = '\ud800'\n", "x = 1\0"]
    )
    def test_text_that_is_no_text_yields_a_node(self, content: str | bytes) -> None:
        node = PythonASTAnalyzer().analyze_text("a.py", content)
        assert node.lines_of_code >= 1

    def test_odd_escapes_are_not_printed(self, recwarn: pytest.WarningsRecorder) -> None:
        assert analyze("x = '\\d'\n").parse_error is None
        assert not recwarn.list


class TestDamagedFiles:
    def test_what_is_whole_is_found(self) -> None:
        node = analyze(
            """\
            import os
            from a.b import c

            @deco(1)
            async def fetch(url: str, retries=3) -> bytes:
                if url and retries:
                    pass

            class Client(Base):
                def get(self, path): pass

            print "python 2"
            """
        )
        assert node.parse_error is not None
        assert node.parse_error.startswith("line 12: ")
        (function,) = node.functions
        assert function.parameters == ("url: str", "retries=3")
        assert function.return_type == "bytes"
        assert (function.line_start, function.line_end) == (5, 7)
        assert function.complexity == 3
        assert function.is_async
        assert function.decorators == ("deco(1)",)
        (client,) = node.classes
        assert (client.name, client.bases) == ("Client", ("Base",))
        assert [method.name for method in client.methods] == ["get"]
        assert node.imports == ("os", "a.b")
        assert node.lines_of_code == 12

    def test_merge_markers(self) -> None:
        node = analyze("<<<<<<< ours\ndef a(): pass\n=======\ndef b(): pass\n>>>>>>> theirs\n")
        assert node.parse_error is not None
        assert {"a", "b"} & {function.name for function in node.functions}

    @pytest.mark.parametrize(
        "source",
        [
            "x = " + "-" * 50_000 + "1",
            "x = a" + ".b" * 50_000,
            "x = 1" + " + 1" * 50_000,
            "x = f" + "()" * 50_000,
            "if x: pass\n" + "elif x: pass\n" * 5_000,
            "(" * 5_000,
        ],
        ids=["minus", "attributes", "sum", "calls", "elif", "brackets"],
    )
    def test_deep_nesting_is_a_parse_error(self, source: str) -> None:
        assert analyze(source).parse_error is not None


class TestPlan:
    def test_functions_and_classes_of_a_bare_tree(self) -> None:
        tree = ast.parse("def f(a: int=1) -> str: ...\nclass A(B):\n def m(self): ...\n")
        analyzer = PythonASTAnalyzer()
        (function,) = analyzer.extract_functions(tree)
        assert (function.name, function.parameters) == ("f", ("a: int = 1",))
        assert function.return_type == "str"
        (owner,) = analyzer.extract_classes(tree)
        assert (owner.name, owner.bases, owner.methods[0].name) == ("A", ("B",), "m")

    async def test_a_file_is_read_by_its_path(self, project: Project) -> None:
        root = project({"pkg/a.py": "def f(): pass\n"})
        analyzer = PythonASTAnalyzer(root)
        node = await analyzer.analyze_file("pkg/a.py")
        assert node.path == "pkg/a.py"
        assert node == await analyzer.analyze_file(str(root / "pkg" / "a.py"))

    async def test_paths_relative_to_here(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(project({"a.py": "def f(): pass\n"}))
        assert (await PythonASTAnalyzer().analyze_file("a.py")).functions[0].name == "f"

    async def test_files_that_cannot_be_read(self, project: Project, tmp_path: Path) -> None:
        root = project({"big.py": b"#" * 1_500_001})
        analyzer = PythonASTAnalyzer(root)
        with pytest.raises(PathOutsideError):
            await analyzer.analyze_file(str(tmp_path / "other.py"))
        with pytest.raises(FileRefusedError, match="no such file"):
            await analyzer.analyze_file("gone.py")
        with pytest.raises(FileRefusedError, match="over 1500000 bytes"):
            await analyzer.analyze_file("big.py")
