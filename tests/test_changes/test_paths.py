"""No path of an edit leads out of the project or into .git."""

from pathlib import Path

import pytest

from tests.test_changes.projects import ORIGIN, Project
from vibe_tui.changes.errors import ChangeConflictError, PathRefusedError
from vibe_tui.changes.model import FilePatch, WholeFile
from vibe_tui.changes.writing.paths import confine, project_path_test
from vibe_tui.changes.writing.tree import ProjectTree

REFUSED = {
    "": "not the name of a file",
    ".": "not the name of a file",
    "./": "not the name of a file",
    "src/": "not the name of a file",
    "/etc/passwd": "not relative",
    "~/x": "not relative",
    "~root/x": "not relative",
    "C:/x": "not relative",
    "c:x": "not relative",
    "..": "upwards",
    "../x": "upwards",
    "a/../../x": "upwards",
    "a/../x": "upwards",
    "..\\x": "backslash",
    "a\\b": "backslash",
    "a\0b": "control",
    "a\nb": "control",
    "a\x1b[31mb": "control",
    "a\x7fb": "control",
    "a\udce9": "control",
    ".git": ".git",
    ".git/hooks/pre-commit": ".git",
    ".GIT/config": ".git",
    "sub/.git/config": ".git",
    ".git./config": ".git",
    ".git /config": ".git",
    ".g\u200cit/config": ".git",
    "git~1/config": ".git",
    ".git::$INDEX_ALLOCATION/config": ".git",
    "n" * 256: "longer than 255",
    "é" * 128: "longer than 255",
}


@pytest.mark.parametrize("path", REFUSED)
def test_refused_paths(project: Project, path: str) -> None:
    with pytest.raises(PathRefusedError, match=REFUSED[path].replace(".", r"\.")):
        confine(project.root, path)
    assert project.reasons(WholeFile(path, "x"))[0].startswith("The path ")


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("a.py", "a.py"),
        ("./a//b/./c.py", "a/b/c.py"),
        (".gitignore", ".gitignore"),
        (".github/x.yml", ".github/x.yml"),
        ("legit/x", "legit/x"),
        ("with space/ü 😀\u200d.py", "with space/ü 😀\u200d.py"),
        ("n" * 255, "n" * 255),
        ("...", "..."),
        ("a..b", "a..b"),
    ],
)
def test_paths_inside(project: Project, path: str, inside: str) -> None:
    assert confine(project.root, path) == inside


def test_links_inside_lead_to_their_target(project: Project) -> None:
    project.write("real/a.py", b"x\n")
    (project.root / "link").symlink_to("real")
    (project.root / "a.py").symlink_to("link/a.py")
    assert confine(project.root, "a.py") == "real/a.py"
    assert confine(project.root, "link/new.py") == "real/new.py"


def test_links_that_leave_are_refused(project: Project) -> None:
    (project.base / "outside").mkdir()
    (project.root / "out").symlink_to("../outside")
    (project.root / "file").symlink_to(project.base / "outside" / "f")
    (project.root / "self").symlink_to(".")
    for path in ("out/f", "out", "file", "self"):
        with pytest.raises(PathRefusedError, match="symbolic link"):
            confine(project.root, path)


def test_control_characters_are_for_files_that_are_there(project: Project) -> None:
    project.write("a\nb\x1b", b"x\n")
    assert confine(project.root, "a\nb\x1b") == "a\nb\x1b"
    (project.root / "d\t").mkdir()
    with pytest.raises(PathRefusedError, match="control"):
        confine(project.root, "d\t/new")


def test_a_link_to_a_name_that_is_no_text_is_refused(project: Project) -> None:
    project.write("\udcff", b"x\n")
    (project.root / "l").symlink_to("\udcff")
    with pytest.raises(PathRefusedError, match="bytes that are no text"):
        confine(project.root, "l")


def test_a_link_into_git_is_refused(project: Project) -> None:
    project.write(".git/config", b"")
    (project.root / "innocent").symlink_to(".git")
    with pytest.raises(PathRefusedError, match=r"\.git"):
        confine(project.root, "innocent/config")


def test_a_root_that_is_a_link_is_fine(project: Project) -> None:
    other = project.base / "other"
    other.symlink_to(project.root)
    assert confine(other, "a.py") == "a.py"
    assert ProjectTree(other).root == project.root.resolve()


def test_the_store_itself_is_out_of_reach(tmp_path: Path) -> None:
    from vibe_tui.changes.store import ChangeStore

    store = ChangeStore(tmp_path, tmp_path / ".data")
    proposed = store.propose([WholeFile(".data/audit.jsonl", "x")], ORIGIN)
    assert "own store" in proposed.refused[0].reason


def test_links_are_not_deleted_or_renamed(project: Project) -> None:
    project.write("a.py", b"x\n")
    (project.root / "l.py").symlink_to("a.py")
    for patch in (FilePatch("l.py", None, ()), FilePatch("l.py", "m.py", ())):
        assert "Symbolic links" in project.reasons(patch)[0]


def test_words_that_are_paths(project: Project) -> None:
    project.write("Makefile", b"")
    project.write("my file", b"")
    is_path = project_path_test(project.root)
    words = ["Makefile", "my file", "new.py", "src/new", "Done", "../x.py", ".git/config", "end."]
    assert [word for word in words if is_path(word)] == ["Makefile", "my file", "new.py", "src/new"]


def test_the_walk_follows_no_link(project: Project) -> None:
    project.write("real/a.py", b"x\n")
    (project.root / "link").symlink_to("real")
    (project.root / "b.py").symlink_to("real/a.py")
    tree = ProjectTree(project.root)
    for path in ("link/a.py", "b.py", "real/a.py/c", "real"):
        with pytest.raises(ChangeConflictError):
            tree.read(path)
    assert tree.read("nowhere/a.py") is None
    assert tree.version("nowhere/a.py") is None


def test_a_fifo_is_no_file_and_blocks_nobody(project: Project) -> None:
    import os

    os.mkfifo(project.root / "pipe")
    assert project.reasons(WholeFile("pipe", "x")) == ["The path is no plain file"]
