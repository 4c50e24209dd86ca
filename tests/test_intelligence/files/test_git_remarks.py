"""What git says of paths, asked of real repositories: ignored, submodule, nested repository."""

from pathlib import Path

import pytest

from tests.test_intelligence.conftest import Git, Project
from vibe_tui.intelligence.files.git_remarks import remarks_of


def test_ignored_and_plain_files(repository: Project) -> None:
    root = repository({".gitignore": "*.log\n/build/\n", "kept.log.txt": "", "a b.py": ""})
    paths = ["x.log", "build/deep/new.py", "kept.log.txt", "a b.py", "new/one.py", "-x.log"]
    assert remarks_of(root, paths) == {
        "x.log": ("ignored by git",),
        "build/deep/new.py": ("ignored by git",),
        "-x.log": ("ignored by git",),
    }


def test_what_is_tracked_is_not_ignored(repository: Project, git: Git) -> None:
    root = repository({"a.log": "", ".gitignore": ""})
    (root / ".gitignore").write_text("*.log\n")
    assert remarks_of(root, ["a.log", "b.log"]) == {"b.log": ("ignored by git",)}


def test_submodules_fetched_or_not_and_other_repositories(
    repository: Project, git: Git, tmp_path: Path
) -> None:
    root = repository({"a.py": "", ".gitignore": "*.log\n"})
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    (other / "f").write_text("x\n")
    git(other, "add", ".")
    git(other, "commit", "--quiet", "-m", "x")
    add = ("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other))
    git(root, *add, "vendor/lib")
    git(root, *add, "empty")
    git(root, "submodule", "--quiet", "deinit", "-f", "empty")
    (root / "nested").mkdir()
    git(root / "nested", "init", "--quiet")
    (root / "void").mkdir()
    paths = ["vendor/lib/f", "empty/new", "nested/f", "void/f", "a.py", "x.log", "vendor/x.log"]
    assert remarks_of(root, paths) == {
        "vendor/lib/f": ("in the submodule vendor/lib",),
        "empty/new": ("in the submodule empty",),
        "nested/f": ("in the repository nested",),
        "x.log": ("ignored by git",),
        "vendor/x.log": ("ignored by git",),
    }


def test_a_project_below_the_top_of_its_repository(repository: Project) -> None:
    root = repository({"sub/a.py": "", ".gitignore": "*.log\n"})
    assert remarks_of(root / "sub", ["x.log", "a.py"]) == {"x.log": ("ignored by git",)}


def test_without_git_nothing_is_said(
    tmp_path: Path, repository: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    assert remarks_of(outside, ["a.py"]) == {}
    root = repository({".gitignore": "*.log\n"})
    monkeypatch.setenv("PATH", str(outside))
    assert remarks_of(root, ["x.log"]) == {}
    assert remarks_of(root, []) == {}
