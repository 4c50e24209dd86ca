"""A mention reads lines of files inside the project, and nothing else."""

import os
from pathlib import Path

import pytest

from tests.test_intelligence.conftest import Project
from vibe_tui.intelligence.ast_analyzer import PythonASTAnalyzer
from vibe_tui.intelligence.context.excerpts import file_excerpt, symbol_finder, symbols_of
from vibe_tui.intelligence.errors import FileRefusedError, PathOutsideError
from vibe_tui.intelligence.files.reading import relative_path


class TestExcerpt:
    def test_a_whole_file(self, project: Project) -> None:
        excerpt = file_excerpt(project({"a/b.py": "one\ntwo\n"}), "a/b.py")
        assert (excerpt.path, excerpt.text) == ("a/b.py", "one\ntwo\n")
        assert (excerpt.line_start, excerpt.line_end) == (1, 2)
        assert not excerpt.truncated
        assert not excerpt.replaced

    @pytest.mark.parametrize(
        ("start", "end", "text", "lines"),
        [
            (2, 3, "2\n3\n", (2, 3)),
            (2, None, "2\n3\n4", (2, 4)),
            (None, 2, "1\n2\n", (1, 2)),
            (4, 99, "4", (4, 4)),
            (0, 1, "1\n", (1, 1)),
        ],
    )
    def test_lines_count_from_one_and_include_the_last(
        self,
        project: Project,
        start: int | None,
        end: int | None,
        text: str,
        lines: tuple[int, int],
    ) -> None:
        excerpt = file_excerpt(project({"a.txt": "1\n2\n3\n4"}), "a.txt", start, end)
        assert excerpt.text == text
        assert (excerpt.line_start, excerpt.line_end) == lines

    def test_only_line_ends_end_lines(self, project: Project) -> None:
        root = project({"a.txt": "1\x0c\u2028x\r\n2\r3\n"})
        assert file_excerpt(root, "a.txt", 2, 2).text == "2\n"

    def test_an_empty_file(self, project: Project) -> None:
        excerpt = file_excerpt(project({"a.py": ""}), "a.py")
        assert (excerpt.text, excerpt.line_start, excerpt.line_end) == ("", 1, 0)

    def test_lines_that_are_not_there(self, project: Project) -> None:
        root = project({"a.py": "1\n2\n"})
        with pytest.raises(FileRefusedError, match="has no lines 9-12"):
            file_excerpt(root, "a.py", 9, 12)
        with pytest.raises(FileRefusedError, match="has no lines 2-1"):
            file_excerpt(root, "a.py", 2, 1)

    def test_what_does_not_fit_is_cut_at_a_line(self, project: Project) -> None:
        root = project({"a.txt": "äää\n" * 10})
        excerpt = file_excerpt(root, "a.txt", 2, max_bytes=20)
        assert (excerpt.text, excerpt.line_end, excerpt.truncated) == ("äää\näää\n", 3, True)

    def test_a_line_that_alone_is_too_long_is_cut_between_letters(self, project: Project) -> None:
        excerpt = file_excerpt(project({"a.txt": "ä" * 100}), "a.txt", max_bytes=5)
        assert (excerpt.text, excerpt.truncated) == ("ää", True)

    def test_bytes_that_are_no_text_are_told(self, project: Project) -> None:
        root = project({"a.txt": b"a\xffb", "b.py": "# coding: latin-1\n# ä".encode("latin-1")})
        excerpt = file_excerpt(root, "a.txt")
        assert (excerpt.text, excerpt.replaced) == ("a\ufffdb", True)
        declared = file_excerpt(root, "b.py", 2)
        assert (declared.text, declared.replaced) == ("# ä", False)

    def test_binary_files_are_refused(self, project: Project) -> None:
        with pytest.raises(FileRefusedError, match="is binary"):
            file_excerpt(project({"a.bin": b"a\0b"}), "a.bin")


class TestInside:
    @pytest.mark.parametrize(
        "path", ["../outside.py", "a/../../outside.py", "/etc/passwd", ".", "", "a\0b"]
    )
    def test_paths_that_lead_out_are_refused(self, project: Project, path: str) -> None:
        with pytest.raises(PathOutsideError):
            file_excerpt(project({"a/b.py": ""}), path)

    def test_links_are_refused_wherever_they_stand(self, project: Project) -> None:
        outside = project({"secret.txt": "key"}, "outside")
        root = project({"a.txt": "fine"})
        (root / "link.txt").symlink_to(outside / "secret.txt")
        (root / "folder").symlink_to(outside)
        with pytest.raises(FileRefusedError, match="symbolic link"):
            file_excerpt(root, "link.txt")
        with pytest.raises(PathOutsideError, match="leaves the project"):
            file_excerpt(root, "folder/secret.txt")

    def test_a_folder_that_became_a_link_is_seen(self, project: Project) -> None:
        outside = project({"a.txt": "key"}, "outside")
        root = project({"folder/a.txt": "fine"})
        assert file_excerpt(root, "folder/a.txt").text == "fine"
        (root / "folder" / "a.txt").unlink()
        (root / "folder").rmdir()
        (root / "folder").symlink_to(outside)
        with pytest.raises(PathOutsideError):
            file_excerpt(root, "folder/a.txt")

    def test_a_project_behind_a_link_is_fine(self, project: Project, tmp_path: Path) -> None:
        (tmp_path / "alias").symlink_to(project({"a/b.txt": "fine"}))
        assert file_excerpt(tmp_path / "alias", "a/b.txt").text == "fine"

    def test_pipes_folders_and_missing_files_are_refused(self, project: Project) -> None:
        root = project({"a/b.py": ""})
        os.mkfifo(root / "pipe")
        for path in ("pipe", "a", "gone.py", "a/b.py/c"):
            with pytest.raises(FileRefusedError):
                file_excerpt(root, path)

    def test_paths_become_relative_with_slashes(self, tmp_path: Path) -> None:
        assert relative_path(tmp_path, str(tmp_path / "a" / "." / "b.py")) == "a/b.py"
        assert relative_path(tmp_path, "a//x/../b.py") == "a/b.py"


@pytest.mark.parametrize(
    ("line", "symbol"),
    [
        (1, None),
        (3, "Router"),
        (5, "Router.register"),
        (8, "Router.Inner.deep"),
        (10, "main"),
        (99, None),
    ],
)
def test_the_innermost_symbol_around_a_line(line: int, symbol: str | None) -> None:
    source = """import os
class Router:
    routes = []
    def register(self):
        pass
    class Inner:
        def deep(self):
            pass
def main():
    pass
"""
    assert symbol_finder(PythonASTAnalyzer().analyze_text("a.py", source))(line) == symbol


def test_the_symbols_of_a_content_need_no_file() -> None:
    content = b"class Router:\n    def register(self):\n        return 1\n"
    symbol_at = symbols_of("gone/router.py", content, 1000)
    assert [symbol_at(line) for line in (1, 3, 9)] == ["Router", "Router.register", None]
    assert symbols_of("gone/router.py", content, 10)(3) is None
