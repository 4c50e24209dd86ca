"""File cases in which the disk is otherwise than it was when a change was proposed or accepted."""

import os
from pathlib import Path

from tests.test_changes.case_kinds import Case, File, Happening
from tests.test_changes.projects import swap
from vibe_tui.changes.model import FilePatch, WholeFile

A = {"d/a": b"a\n", "d/b": b"b\n"}
EDITS = (swap("d/a", "a\n", "A\n"), swap("d/b", "b\n", "B\n"))
RENAME = (FilePatch("d/b", "d/c", ()),)


def _write(name: str, content: bytes) -> Happening:
    return lambda root: (root / name).write_bytes(content)


def _by_folder(root: Path) -> None:
    (root / "d/b").unlink()
    (root / "d/b").mkdir()


def _by_link_out(root: Path) -> None:
    (root / "d/b").unlink()
    (root / "d/b").symlink_to(root.parent / "beside/secret")


def _by_link_inside(root: Path) -> None:
    (root / "d/b").rename(root / "real")
    (root / "d/b").symlink_to("../real")


def _folder_by_link(root: Path) -> None:
    (root / "d").rename(root / "elsewhere")
    (root / "d").symlink_to(root.parent / "beside")


def _folder_by_file(root: Path) -> None:
    (root / "d").rename(root / "elsewhere")
    (root / "d").write_bytes(b"")


def _fifo(root: Path) -> None:
    (root / "d/b").unlink()
    os.mkfifo(root / "d/b")


def _closed(root: Path) -> None:
    (root / "d").chmod(0o555)


def _unreadable(root: Path) -> None:
    (root / "d/b").chmod(0o200)


def meanwhile(happening: Happening, denied: str, edits: object = EDITS, user: str = "") -> Case:
    """A change of two files that cannot be accepted, since something happened to one."""
    assert isinstance(edits, tuple)
    return Case(edits, before=A, meanwhile=happening, denied=denied, user=user)


def later(happening: Happening, not_undone: str, user: str = "") -> Case:
    """The same change, which is accepted and cannot be rolled back."""
    after = {"d/a": File(b"A\n"), "d/b": File(b"B\n")}
    return Case(EDITS, after, A, later=happening, not_undone=not_undone, user=user)


TROUBLE_CASES = {
    "meanwhile deleted": meanwhile(lambda r: (r / "d/b").unlink(), "conflict: d/b is gone"),
    "meanwhile the same line changed": meanwhile(
        _write("d/b", b"mine\n"), "conflict: d/b was changed meanwhile"
    ),
    "meanwhile its folder deleted": meanwhile(
        lambda r: (r / "d").rename(r / "elsewhere"), "conflict: d/a is gone"
    ),
    "meanwhile a folder": meanwhile(_by_folder, "conflict: d/b is a folder"),
    "meanwhile a link out": meanwhile(_by_link_out, "conflict: d/b is a symbolic link"),
    "meanwhile a link inside": meanwhile(_by_link_inside, "conflict: d/b is a symbolic link"),
    "meanwhile a fifo": meanwhile(_fifo, "conflict: d/b is no plain file"),
    "meanwhile read-only": meanwhile(
        lambda r: (r / "d/b").chmod(0o444), "d/b cannot be written: the file is read-only"
    ),
    "meanwhile unreadable": meanwhile(
        _unreadable, "d/b cannot be written: permission denied", user="person"
    ),
    "meanwhile its folder a link out": meanwhile(
        _folder_by_link,
        "conflict: d/a cannot be reached: d is a symbolic link or no folder now",
    ),
    "meanwhile its folder a file": meanwhile(
        _folder_by_file,
        "conflict: d/a cannot be reached: d is a symbolic link or no folder now",
    ),
    "meanwhile its folder closed": meanwhile(
        _closed, "d/a cannot be written: its folder is not writable", user="person"
    ),
    "meanwhile created": Case(
        [WholeFile("n", "x\n")], meanwhile=_write("n", b"y\n"), denied="conflict: n exists already"
    ),
    "meanwhile the new name taken": meanwhile(
        _write("d/c", b""), "conflict: d/c exists already", RENAME
    ),
    "meanwhile a file where a folder must be": Case(
        [WholeFile("n/x", "x\n")],
        meanwhile=_write("n", b""),
        denied="conflict: n/x cannot be reached: n is a symbolic link or no folder now",
    ),
    "meanwhile given another mode": Case(
        [swap("f", "b\n", "c\n")],
        {"f": File(b"c\n")},
        {"f": b"b\n"},
        meanwhile=lambda root: (root / "f").chmod(0o755),
    ),
    "meanwhile hard-linked": Case(
        [swap("f", "b\n", "c\n")],
        {"f": File(b"c\n"), "twin": File(b"c\n")},
        {"f": b"b\n"},
        meanwhile=lambda root: (root / "twin").hardlink_to(root / "f"),
    ),
    "later deleted": later(lambda r: (r / "d/b").unlink(), "conflict: d/b is gone"),
    "later the same line changed": later(
        _write("d/b", b"mine\n"), "conflict: d/b was changed meanwhile"
    ),
    "later a folder": later(_by_folder, "conflict: d/b is a folder"),
    "later a link out": later(_by_link_out, "conflict: d/b is a symbolic link"),
    "later read-only": later(
        lambda r: (r / "d/b").chmod(0o444), "d/b cannot be written: the file is read-only"
    ),
    "later its folder closed": later(
        _closed, "d/b cannot be written: its folder is not writable", user="person"
    ),
}
