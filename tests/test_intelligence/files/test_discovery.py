"""A project's files are found as git sees them, or by walking; each one left out says why."""

import os
from pathlib import Path

import pytest

from tests.test_intelligence.conftest import Git, Project
from vibe_tui.intelligence.errors import ProjectNotFoundError
from vibe_tui.intelligence.files.discovery import Discovery, discover, is_listed
from vibe_tui.intelligence.files.ignoring import IgnoreRules


def reasons(found: Discovery) -> dict[str, str]:
    return {row.path: row.reason for row in found.skipped}


MIXED: dict[str, str | bytes] = {
    ".gitignore": "*.log\nbuilt/\n!kept.log\n",
    "main.py": "x = 1\n",
    "kept.log": "kept",
    "noise.log": "noise",
    "built/out.py": "",
    "sub/.gitignore": "/only_here.txt\n!again.log\n",
    "sub/only_here.txt": "",
    "sub/again.log": "",
    "sub/deeper/only_here.txt": "",
    "node_modules/left/pad.js": "",
    "assets/logo.png": b"\x89PNG\0",
    "assets/strange": b"a\0b",
    "app.min.js": "x",
    "uv.lock": "",
    "large.txt": "x" * 200,
}
EXPECTED_FILES = (
    ".gitignore",
    "kept.log",
    "main.py",
    "sub/.gitignore",
    "sub/again.log",
    "sub/deeper/only_here.txt",
)


class TestGitAndWalkAgree:
    @pytest.mark.parametrize("with_git", [True, False])
    def test_on_the_files_and_on_what_is_left_out(
        self, project: Project, git: Git, with_git: bool
    ) -> None:
        root = project(MIXED)
        if with_git:
            git(root, "init", "--quiet")
        found = discover(root, max_file_bytes=100)
        assert found.by_git is with_git
        assert found.files == EXPECTED_FILES
        assert reasons(found) == {
            "app.min.js": "minified",
            "assets/logo.png": "binary",
            "assets/strange": "binary",
            "large.txt": "over 100 bytes",
            "node_modules/": "vendored (node_modules)",
            "uv.lock": "generated (lock file)",
        }

    @pytest.mark.parametrize("with_git", [True, False])
    def test_on_a_persons_own_exclusions(self, project: Project, git: Git, with_git: bool) -> None:
        root = project({"a.py": "", "docs/b.py": "", "docs/keep.py": "", "gen_x.py": ""})
        if with_git:
            git(root, "init", "--quiet")
        found = discover(root, exclude=("docs/*", "!docs/keep.py", "gen_*"))
        assert found.files == ("a.py", "docs/keep.py")
        assert set(reasons(found).values()) == {"excluded by settings"}

    @pytest.mark.parametrize("with_git", [True, False])
    def test_names_from_hell_break_nothing(
        self, project: Project, git: Git, with_git: bool
    ) -> None:
        root = project({"a.py": ""})
        names = [
            b"new\nline.py",
            b"tab\t.py",
            b"\xff\xfe.py",
            b"esc\x1b[2J.py",
            b" .py",
            b"q'\".py",
        ]
        names += ["emoji 🐍.py".encode(), b"-rf.py", b"back\\slash.py", b":(glob)*.py", b"n" * 250]
        for name in names:
            Path(os.fsdecode(os.fsencode(root) + b"/" + name)).write_text("x = 1\n")
        if with_git:
            git(root, "init", "--quiet")
        found = discover(root)
        assert {os.fsencode(path) for path in found.files} == {b"a.py", *names}
        assert all(is_listed(root, path, by_git=with_git) for path in found.files)

    def test_on_whether_a_single_path_is_listed(self, project: Project, git: Git) -> None:
        root = project(MIXED)
        walked = {path: is_listed(root, path, by_git=False) for path in MIXED}
        git(root, "init", "--quiet")
        assert walked == {path: is_listed(root, path, by_git=True) for path in MIXED}
        assert not walked["built/out.py"]
        assert walked["sub/again.log"]
        assert not is_listed(root, ".git/config", by_git=False)


class TestGit:
    def test_each_tracked_file_left_out_has_its_row(self, repository: Project) -> None:
        root = repository({"vendor/a.go": "", "vendor/b.go": "", "c.go": "package c\n"})
        found = discover(root)
        assert found.files == ("c.go",)
        assert reasons(found) == dict.fromkeys(("vendor/a.go", "vendor/b.go"), "vendored (vendor)")

    def test_links_are_named_and_never_followed(
        self, project: Project, repository: Project
    ) -> None:
        outside = project({"secret.py": "key = 1\n"}, "outside")
        root = repository({"real.py": "", "folder/inner.py": ""})
        (root / "link.py").symlink_to(outside / "secret.py")
        (root / "linked").symlink_to(outside)
        (root / "folder" / "inner.py").unlink()
        (root / "folder").rmdir()
        (root / "folder").symlink_to(outside)
        (outside / "inner.py").write_text("other = 1\n")
        found = discover(root)
        assert found.files == ("real.py",)
        assert reasons(found) == {
            "folder": "symbolic link",
            "folder/inner.py": "reached through a symbolic link",
            "link.py": "symbolic link",
            "linked": "symbolic link",
        }

    def test_submodules_nested_repositories_and_missing_files_are_named(
        self, repository: Project, git: Git
    ) -> None:
        inner = repository({"i.py": ""}, "inner")
        root = repository({"gone.py": "", "a.py": ""})
        git(root, "-c", "protocol.file.allow=always", "submodule", "add", str(inner), "sub")
        git(root, "clone", "--quiet", str(inner), "nested")
        (root / "gone.py").unlink()
        found = discover(root)
        assert found.files == (".gitmodules", "a.py")
        assert reasons(found) == {
            "gone.py": "missing on disk",
            "nested/": "nested repository",
            "sub": "submodule",
        }

    def test_a_conflicted_file_is_listed_once(self, repository: Project, git: Git) -> None:
        root = repository({"a.py": "base\n"})
        git(root, "checkout", "--quiet", "-b", "other")
        (root / "a.py").write_text("theirs\n")
        git(root, "commit", "--quiet", "--all", "--message=theirs")
        git(root, "checkout", "--quiet", "main")
        (root / "a.py").write_text("ours\n")
        git(root, "commit", "--quiet", "--all", "--message=ours")
        git(root, "merge", "other", check=False)
        assert discover(root).files == ("a.py",)

    def test_a_project_below_the_top_of_a_repository(self, repository: Project) -> None:
        root = repository({"top.py": "", "part/a.py": "", "part/b/c.py": ""})
        assert discover(root / "part").files == ("a.py", "b/c.py")

    def test_a_folder_that_an_outer_repository_ignores_is_walked(
        self, repository: Project, project: Project
    ) -> None:
        root = repository({".gitignore": "work/\n"})
        project({"work/a.py": ""})
        found = discover(root / "work")
        assert (found.files, found.by_git) == (("a.py",), False)
        assert found.note == "git ignores this folder"

    def test_a_work_tree_elsewhere_is_not_listed(
        self, repository: Project, project: Project, git: Git
    ) -> None:
        elsewhere = project({"private.py": ""}, "elsewhere")
        root = repository({"a.py": ""})
        git(root, "config", "core.worktree", str(elsewhere))
        found = discover(root)
        assert (found.files, found.by_git) == (("a.py",), False)


class TestWalk:
    def test_without_git_the_note_says_so(
        self, repository: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = repository({"a.py": ""})
        monkeypatch.setenv("PATH", "")
        found = discover(root)
        assert (found.files, found.by_git) == (("a.py",), False)
        assert "git was not found" in found.note

    def test_version_controls_own_folders_have_no_rows(self, project: Project) -> None:
        root = project({".hg/store": "", ".svn/x": "", "a.py": "", "__pycache__/a.pyc": ""})
        found = discover(root)
        assert found.files == ("a.py",)
        assert reasons(found) == {"__pycache__/": "cache (__pycache__)"}

    def test_a_submodule_is_told_by_its_git_file(self, project: Project) -> None:
        root = project({"a.py": "", "sub/.git": "gitdir: elsewhere", "sub/b.py": ""})
        assert reasons(discover(root)) == {"sub/": "submodule"}

    def test_pipes_and_links_are_named(self, project: Project) -> None:
        root = project({"a.py": ""})
        os.mkfifo(root / "pipe.txt")
        (root / "loop").symlink_to(root)
        assert reasons(discover(root)) == {
            "loop": "symbolic link",
            "pipe.txt": "not a regular file",
        }

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
    def test_a_folder_that_cannot_be_read_is_named(self, project: Project) -> None:
        root = project({"a.py": "", "shut/b.py": ""})
        (root / "shut").chmod(0)
        assert reasons(discover(root)) == {"shut/": "unreadable (Permission denied)"}

    def test_a_gitignore_of_nonsense_hides_nothing(self, project: Project) -> None:
        root = project({".gitignore": b"\xff\xfe\n!\n\\\n[z-a\n", "a.py": ""})
        assert discover(root).files == (".gitignore", "a.py")

    def test_a_linked_gitignore_is_not_read(self, project: Project) -> None:
        outside = project({"rules": "*.py\n"}, "outside")
        root = project({"a.py": ""})
        (root / ".gitignore").symlink_to(outside / "rules")
        assert discover(root).files == ("a.py",)

    def test_the_folder_must_be_there(self, tmp_path: Path) -> None:
        with pytest.raises(ProjectNotFoundError):
            discover(tmp_path / "gone")


def test_the_nearest_word_on_a_path_wins() -> None:
    rules = IgnoreRules().with_lines("", ["*.txt"]).with_lines("a", ["!b.txt"])
    assert rules.ignore("a/c.txt")
    assert not rules.ignore("a/b.txt")
    assert not rules.ignore("a/b.py")
