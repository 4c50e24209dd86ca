"""Each kind of file: its type, mode, bytes and links after accept, and all of it after rollback.

Nothing else in the project or beside it changes; the whole tree is compared.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.test_changes.projects import FilePicture, Project, swap
from vibe_tui.changes.model import Edit, FilePatch, PatchHunk, WholeFile


@dataclass(frozen=True)
class Case:
    """Files at first, the edits, and what is different afterwards (None: gone)."""

    edits: list[Edit]
    after: dict[str, FilePicture | None]
    before: dict[str, bytes] = field(default_factory=dict)
    prepare: Callable[[Project], object] = lambda _: None


def plain(content: bytes, mode: int = 0o644, links: int = 1) -> FilePicture:
    return "file", mode, content, links


FOLDER: FilePicture = ("folder", 0o755, b"", 1)
ODD_NAMES = ("with space", "😀 \u200d", "-x", "'\"$(x)", "é" * 127)
B_TO_C = swap("f", "b\n", "c\n")


def _link(target: str, name: str) -> Callable[[Project], object]:
    return lambda project: (project.root / name).symlink_to(target)


def _hard_link(project: Project) -> None:
    (project.root / "twin").hardlink_to(project.root / "f")


def _mode(mode: int) -> Callable[[Project], object]:
    return lambda project: (project.root / "f").chmod(mode)


CASES = {
    "lf": Case([B_TO_C], {"f": plain(b"a\nc\n")}, {"f": b"a\nb\n"}),
    "crlf": Case([B_TO_C], {"f": plain(b"a\r\nc\r\n")}, {"f": b"a\r\nb\r\n"}),
    "mixed ends": Case([B_TO_C], {"f": plain(b"a\r\nc\nd\r\n")}, {"f": b"a\r\nb\nd\r\n"}),
    "cr": Case([B_TO_C], {"f": plain(b"a\rc\r")}, {"f": b"a\rb\r"}),
    "bom": Case([B_TO_C], {"f": plain(b"\xef\xbb\xbfc\n")}, {"f": b"\xef\xbb\xbfb\n"}),
    "utf-16": Case(
        [swap("f", "b\n", "ü\n")],
        {"f": plain("a\r\nü\r\n".encode("utf-16"))},
        {"f": "a\r\nb\r\n".encode("utf-16")},
    ),
    "utf-16 big endian": Case(
        [B_TO_C],
        {"f": plain(b"\xfe\xff" + "c\n".encode("utf-16-be"))},
        {"f": b"\xfe\xff" + "b\n".encode("utf-16-be")},
    ),
    "latin-1, undeclared": Case([B_TO_C], {"f": plain(b"\xe9\nc\n")}, {"f": b"\xe9\nb\n"}),
    "gbk, undeclared": Case(
        [B_TO_C], {"f": plain("中\nc\n".encode("gbk"))}, {"f": "中\nb\n".encode("gbk")}
    ),
    "undecodable": Case([B_TO_C], {"f": plain(b"\x80\xff\nc\n\xc3")}, {"f": b"\x80\xff\nb\n\xc3"}),
    "nul": Case([B_TO_C], {"f": plain(b"\0\nc\n\0")}, {"f": b"\0\nb\n\0"}),
    "no final newline": Case([B_TO_C], {"f": plain(b"a\nc")}, {"f": b"a\nb"}),
    "empty file filled": Case([swap("f", "", "x\n")], {"f": plain(b"x\n")}, {"f": b""}),
    "file emptied": Case([WholeFile("f", "")], {"f": plain(b"")}, {"f": b"b\n"}),
    "executable": Case([B_TO_C], {"f": plain(b"c\n", 0o755)}, {"f": b"b\n"}, prepare=_mode(0o755)),
    "odd mode": Case([B_TO_C], {"f": plain(b"c\n", 0o2751)}, {"f": b"b\n"}, prepare=_mode(0o2751)),
    "private": Case([B_TO_C], {"f": plain(b"c\n", 0o600)}, {"f": b"b\n"}, prepare=_mode(0o600)),
    "mode changed": Case(
        [FilePatch("f", "f", (), 0o755)], {"f": plain(b"b\n", 0o755)}, {"f": b"b\n"}
    ),
    "mode and text changed": Case(
        [FilePatch("f", "f", (PatchHunk(1, ("-b", "+c")),), 0o755)],
        {"f": plain(b"c\n", 0o755)},
        {"f": b"b\n"},
    ),
    "through a link to a file": Case(
        [swap("l", "b\n", "c\n")], {"f": plain(b"c\n")}, {"f": b"b\n"}, prepare=_link("f", "l")
    ),
    "through a link to a folder": Case(
        [swap("l/f", "b\n", "c\n")],
        {"d/f": plain(b"c\n")},
        {"d/f": b"b\n"},
        prepare=_link("d", "l"),
    ),
    "new file through a dangling link": Case(
        [WholeFile("l", "x\n")], {"new": plain(b"x\n")}, prepare=_link("new", "l")
    ),
    "hard link": Case(
        [B_TO_C],
        {"f": plain(b"c\n", links=2), "twin": plain(b"c\n", links=2)},
        {"f": b"b\n"},
        prepare=_hard_link,
    ),
    "hard link, shorter": Case(
        [WholeFile("f", "x\n")],
        {"f": plain(b"x\n", links=2), "twin": plain(b"x\n", links=2)},
        {"f": b"a long line\nb\n"},
        prepare=_hard_link,
    ),
    "created": Case([WholeFile("new", "x\n")], {"new": plain(b"x\n")}),
    "created empty": Case([WholeFile("new", "")], {"new": plain(b"")}),
    "created executable": Case(
        [FilePatch(None, "run", (PatchHunk(0, ("+x",)),), 0o755)], {"run": plain(b"x\n", 0o755)}
    ),
    "created in new folders": Case(
        [WholeFile("a/b/c", "x\n"), WholeFile("a/b/d", "y\n")],
        {"a": FOLDER, "a/b": FOLDER, "a/b/c": plain(b"x\n"), "a/b/d": plain(b"y\n")},
    ),
    "deleted": Case([FilePatch("f", None, ())], {"f": None}, {"f": b"b\n"}),
    "deleted, last of its folder": Case([FilePatch("d/f", None, ())], {"d/f": None}, {"d/f": b""}),
    "renamed": Case([FilePatch("f", "g", ())], {"f": None, "g": plain(b"b\n")}, {"f": b"b\n"}),
    "renamed into a new folder, executable": Case(
        [FilePatch("f", "d/g", (PatchHunk(1, ("-b", "+c")),))],
        {"f": None, "d": FOLDER, "d/g": plain(b"c\n", 0o700)},
        {"f": b"b\n"},
        prepare=_mode(0o700),
    ),
    "renamed, only the case": Case(
        [FilePatch("f", "F", ())], {"f": None, "F": plain(b"b\n")}, {"f": b"b\n"}
    ),
    "renamed and made executable": Case(
        [FilePatch("f", "g", (), 0o755)], {"f": None, "g": plain(b"b\n", 0o755)}, {"f": b"b\n"}
    ),
    "names of all sorts": Case(
        [swap(name, "b\n", "c\n") for name in ODD_NAMES],
        {name: plain(b"c\n") for name in ODD_NAMES},
        dict.fromkeys(ODD_NAMES, b"b\n"),
    ),
    "many at once": Case(
        [
            B_TO_C,
            WholeFile("new/x", "x\n"),
            FilePatch("gone", None, ()),
            FilePatch("old", "new/name", ()),
        ],
        {
            "f": plain(b"c\n"),
            "gone": None,
            "old": None,
            "new": FOLDER,
            "new/x": plain(b"x\n"),
            "new/name": plain(b"o\n"),
        },
        {"f": b"b\n", "gone": b"g\n", "old": b"o\n"},
    ),
}


@pytest.fixture(autouse=True)
def _usual_umask() -> object:
    old = os.umask(0o022)
    yield
    os.umask(old)


@pytest.mark.parametrize("name", CASES)
def test_accept_and_rollback(project: Project, name: str) -> None:
    case = CASES[name]
    for path, content in case.before.items():
        project.write(path, content)
    project.write("bystander", b"left alone\r\n", 0o444)
    case.prepare(project)
    before = project.picture()
    change = project.propose(*case.edits)
    assert project.picture() == before

    store = project.store()
    store.accept(change.change_id, 1)
    expected: dict[str, FilePicture | None] = {**before}
    expected.update({f"project/{path}": state for path, state in case.after.items()})
    assert project.picture() == {path: state for path, state in expected.items() if state}

    store.rollback(change.change_id)
    assert project.picture() == before


def test_owner_and_extended_attributes_survive(project: Project) -> None:
    target, old = project.write("f", b"b\n"), project.write("old", b"b\n")
    moved = project.root / "moved"
    try:
        for path in (target, old):
            os.setxattr(path, "user.note", b"kept")
            if os.geteuid() == 0:
                os.chown(path, 12345, 23456)
    except OSError:
        pytest.skip("this file system has no extended attributes")
    change = project.propose(B_TO_C, FilePatch("old", "moved", ()))
    store = project.store()
    owner = (target.stat().st_uid, target.stat().st_gid)
    store.accept(change.change_id, 1)
    for path in (target, moved):
        assert os.getxattr(path, "user.note") == b"kept"
        assert (path.stat().st_uid, path.stat().st_gid) == owner
    store.rollback(change.change_id)
    for path in (target, project.root / "old"):
        assert os.getxattr(path, "user.note") == b"kept"
        assert (path.stat().st_uid, path.stat().st_gid) == owner


def test_a_deleted_hard_link_comes_back_as_a_file_of_its_own(project: Project) -> None:
    project.write("f", b"b\n")
    (project.root / "twin").hardlink_to(project.root / "f")
    change = project.propose(FilePatch("f", None, ()))
    store = project.store()
    store.accept(change.change_id, 1)
    store.rollback(change.change_id)
    assert project.picture()["project/f"] == plain(b"b\n")
    assert project.read("twin") == b"b\n"


def test_a_folder_that_others_use_stays(project: Project) -> None:
    change = project.propose(WholeFile("a/b/c", "x\n"))
    store = project.store()
    store.accept(change.change_id, 1)
    project.write("a/mine", b"")
    store.rollback(change.change_id)
    assert [path.name for path in sorted((project.root / "a").iterdir())] == ["mine"]


def test_the_mode_that_a_person_set_before_accepting_is_kept(project: Project) -> None:
    project.write("f", b"b\n")
    change = project.propose(B_TO_C)
    (project.root / "f").chmod(0o755)
    before = project.picture()
    store = project.store()
    store.accept(change.change_id, 1)
    assert project.picture()["project/f"] == plain(b"c\n", 0o755)
    store.rollback(change.change_id)
    assert project.picture() == before


def test_no_final_newline_glues_nothing_when_accepted_in_parts(project: Project) -> None:
    project.write("f", b"".join(b"%d\n" % n for n in range(20)) + b"end")
    change = project.propose(swap("f", "3\n", "three\n"), swap("f", "end\n", "end\nmore\n"))
    project.store().accept(change.change_id, 1, hunks=[2])
    assert project.read("f").endswith(b"19\nend\nmore")
    assert b"\n3\n" in project.read("f")
