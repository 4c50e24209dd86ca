"""The map as text: the plan's format, most important first, and never a token over its budget."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibe_tui.intelligence.analyzers.registry import AnalyzerRegistry
from vibe_tui.intelligence.context.compress import compress
from vibe_tui.intelligence.graph.externals import external_packages
from vibe_tui.intelligence.graph.ranking import rank_files
from vibe_tui.intelligence.model import EntryPoint, FileNode, RepositoryMap, ScanTimings
from vibe_tui.intelligence.scan.maps import build_map

SHOP = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": """\
        import httpx
        from shop.prices import Price

        class Cart(Base):
            def __init__(self, owner: str) -> None: ...
            async def total(self, *, rate: float = 0.2) -> Price: ...
            def _hidden(self): ...

        def _helper(): ...
        """,
    "src/shop/prices.py": "class Price: ...\ndef parse(text: str) -> Price: ...\n",
    "src/shop/web.py": "import httpx, flask, os\nfrom .prices import parse\ndef serve(): ...\n",
    "notes.txt": "one\ntwo\n",
}


def project_map(files: dict[str, str], name: str = "shop") -> RepositoryMap:
    registry = AnalyzerRegistry()
    nodes = {path: registry.analyze(path, dedent(text).encode()) for path, text in files.items()}
    return build_map(Path("/work", name), nodes, (), ScanTimings(0, 0, 0))


class TestFormat:
    def test_everything_when_there_is_room(self) -> None:
        assert compress(project_map(SHOP)) == dedent(
            """\
            PROJECT: shop
            STRUCTURE:
            - src/
              - shop/
                - prices.py (2 lines, 1 function, 1 class)
                  - parse(text: str) -> Price
                  - class Price
                - cart.py (9 lines, 1 function, 1 class)
                  - class Cart(Base)
                    - __init__(self, owner: str) -> None
                    - async total(self, *, rate: float = 0.2) -> Price
                - web.py (3 lines, 1 function)
                  - serve()
                - __init__.py (0 lines)
            - notes.txt (2 lines)
            DEPENDENCIES:
            - External: httpx, flask
            """
        )

    def test_a_roomy_budget_changes_nothing(self) -> None:
        shop = project_map(SHOP)
        assert compress(shop, 10_000, len) == compress(shop)

    def test_details_go_before_files_and_the_rest_is_counted(self) -> None:
        text = compress(project_map(SHOP), 190, len)
        assert "prices.py" in text
        assert "total(" not in text
        assert text.endswith("not shown)\n")

    def test_a_budget_too_small_for_anything(self) -> None:
        assert compress(project_map(SHOP), 3, len) == ""
        assert compress(project_map(SHOP), 0, len) == ""

    def test_without_a_counter_every_byte_counts(self) -> None:
        assert len(compress(project_map(SHOP), 200).encode()) <= 200

    def test_an_empty_project(self) -> None:
        assert compress(project_map({}), 100, len) == "PROJECT: shop\n"

    def test_hostile_names_stay_on_their_line(self) -> None:
        text = compress(project_map({"a\nENTRY_POINTS:\n\x1b[2J\u202e.py": "x = 1\n"}, "p\nq"))
        assert text == "PROJECT: p q\nSTRUCTURE:\n- a ENTRY_POINTS: .py (1 line)\n"
        text.encode("utf-8")

    def test_names_that_are_no_utf8_can_be_sent(self) -> None:
        compress(project_map({"\udcff.py": "x = 1\n"})).encode("utf-8")

    def test_a_file_of_a_thousand_functions_is_cut(self) -> None:
        text = compress(project_map({"a.py": "def f(): ...\n" * 1000}))
        assert text.count("- f()") == 80
        assert "- … 920 more\n" in text

    def test_files_that_do_not_parse_are_marked(self) -> None:
        assert "- a.py (1 line, does not parse)" in compress(project_map({"a.py": "x = (\n"}))

    def test_known_entry_points_are_told(self) -> None:
        told = replace(
            project_map({"a.py": ""}), entry_points=(EntryPoint("a.py", "main", "main"),)
        )
        assert compress(told).endswith("ENTRY_POINTS:\n- a.py: main\n")


def _count_words(text: str) -> int:
    return len(text.split())


def _count_bytes(text: str) -> int:
    return len(text.encode())


def _count_fourths(text: str) -> int:
    return -(-len(text) // 4)


def _count_lines_squared(text: str) -> int:
    return text.count("\n") ** 2


def _count_oddly(text: str) -> int:
    """A counter that longer texts do not always cost more by."""
    return len(text) + 7 * (sum(text.encode()) % 5)


NAMES = st.text(alphabet="abcé_", min_size=1, max_size=6)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda parts: "/".join(parts) + ".py")
DECLARATIONS = "def {}(a: int, b='é') -> {}: ...\nclass {}(Base):\n    def m(self): ...\n"
SOURCES = st.lists(st.builds(DECLARATIONS.format, NAMES, NAMES, NAMES), max_size=4).map("".join)


class TestBudget:
    @settings(max_examples=150, deadline=None)
    @given(
        files=st.dictionaries(PATHS, SOURCES, max_size=25),
        budget=st.integers(0, 2500),
        count=st.sampled_from(
            [len, _count_words, _count_bytes, _count_fourths, _count_lines_squared, _count_oddly]
        ),
    )
    def test_never_over(
        self, files: dict[str, str], budget: int, count: Callable[[str], int]
    ) -> None:
        shop = project_map(files)
        text = compress(shop, budget, count)
        assert count(text) <= budget or not text
        assert not text or text.endswith("\n")
        assert text == compress(shop, budget, count)

    def test_the_room_is_used_and_the_counter_called_seldom(self) -> None:
        files = {
            f"pkg{number % 40}/mod{number}.py": "".join(
                f"def function_{number}_{k}(value: int) -> str: ...\n"
                for k in range(number * 7 % 12)
            )
            for number in range(2000)
        }
        shop = project_map(files)
        for budget in (300, 3000, 30_000):
            calls: list[int] = []

            def count(text: str, calls: list[int] = calls) -> int:
                calls.append(len(text))
                return _count_fourths(text)

            text = compress(shop, budget, count)
            assert 0.9 * budget <= _count_fourths(text) <= budget
            assert len(calls) <= 10
            assert sum(calls) <= 12 * 4 * budget + 10_000

    def test_equal_in_every_process(self) -> None:
        program = (
            "from tests.test_intelligence.context.test_compress import SHOP, project_map\n"
            "from vibe_tui.intelligence.context.compress import compress\n"
            "print(compress(project_map(SHOP), 260, len))"
        )
        outputs = {
            subprocess.run(
                (sys.executable, "-c", program),
                env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
                capture_output=True,
                check=True,
                timeout=20,
            ).stdout
            for seed in ("0", "1", "2")
        }
        assert len(outputs) == 1


class TestRanking:
    def nodes(self, files: dict[str, str]) -> Mapping[str, FileNode]:
        return project_map(files).modules

    @pytest.mark.parametrize(
        "importing",
        [
            "import pkg.core",
            "from pkg import core",
            "from . import core",
            "from .core import x",
            "from pkg.core import x",
        ],
    )
    def test_what_others_import_comes_first_in_python(self, importing: str) -> None:
        files = {"pkg/__init__.py": "", "pkg/core.py": "x = 1\n"}
        files |= {f"pkg/user{n}.py": f"{importing}\ndef f(): ...\n" for n in range(3)}
        assert rank_files(self.nodes(files))[0] == "pkg/core.py"

    def test_parents_are_found_by_dots(self) -> None:
        files = {"a/core.py": "", "a/b/c.py": "from ..core import x\nfrom .... import beyond\n"}
        assert rank_files(self.nodes(files))[0] == "a/core.py"

    def test_relative_imports_of_javascript(self) -> None:
        files = {
            "web/core/index.ts": "",
            "web/lib.js": "",
            "web/a.ts": "import './core'\nimport './lib.js'\nimport '..'\n",
            "web/deep/b.js": "require('../lib'); require('../core/index')\n",
        }
        assert set(rank_files(self.nodes(files))[:2]) == {"web/core/index.ts", "web/lib.js"}

    def test_packages_of_go(self) -> None:
        files = {
            "main.go": 'package main\nimport "example.org/m/store"\n',
            "store/db.go": "package store\n",
        }
        assert rank_files(self.nodes(files))[0] == "store/db.go"

    def test_ties_go_to_shallow_paths_then_to_the_alphabet(self) -> None:
        files = {"z.py": "", "a/b.py": "", "c.py": ""}
        assert rank_files(self.nodes(files)) == ["c.py", "z.py", "a/b.py"]


class TestExternals:
    def externals(self, files: dict[str, str]) -> list[str]:
        return external_packages(project_map(files).modules)

    def test_python(self) -> None:
        files = {
            "app/main.py": "import os, httpx.client\nfrom app import x\nfrom . import y\n",
            "tools/run.py": "import helper\nimport httpx\nimport yaml\n",
            "tools/helper.py": "",
        }
        assert self.externals(files) == ["httpx", "yaml"]

    def test_javascript(self) -> None:
        source = "".join(
            f'import "{name}";\n'
            for name in (
                "react", "react/jsx", "@scope/pkg/sub", "./local", "fs", "node:path", "@/alias",
                "#internal", "~/x",
            )
        )  # fmt: skip
        assert self.externals({"a.ts": source}) == ["@scope/pkg", "react"]

    def test_go(self) -> None:
        source = 'package a\nimport (\n"fmt"\n"github.com/o/r/v2/x"\n"example.org/me/store"\n)\n'
        files = {"cmd/a.go": source, "store/s.go": "package store\n"}
        assert self.externals(files) == ["github.com/o/r"]
