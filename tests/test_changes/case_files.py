"""File cases of modes, links, names and of what is done to a file."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.test_changes.case_kinds import Case, File, Folder, Happening, mark
from tests.test_changes.projects import swap
from vibe_tui.changes.model import FilePatch, PatchHunk, WholeFile

F = {"f": b"b\n"}
B_TO_C = swap("f", "b\n", "c\n")
CHANGES_B = (PatchHunk(1, ("-b", "+c")),)
ODD_NAMES = (
    "with space",
    " leading and trailing ",
    "😀 \u200d",
    "-x",
    "--help",
    "'\"$(x)`y`",
    "ab:c|d?*",
    "é" * 127,
    "n" * 255,
    "%2e%2e",
    "...",
    "con",
    "e\u0301 and \xe9",
    "\u202egnp.txt",
)
STRANGE = "a\nb\tc\x1b[31m"
OUTSIDE = "leads out of the project through a symbolic link: name files relative to the project"
IN_GIT = "lies in .git, which edits never touch: name files relative to the project"
CONTROLS = "holds control characters: name files relative to the project"
NO_TEXT = "holds control characters or bytes that are no text: name files relative to the project"
LINKS_STAY = "Symbolic links are neither deleted nor renamed by edits"
READ_ONLY = "f cannot be written: the file is read-only"


def _mode(mode: int, name: str = "f") -> Happening:
    return lambda root: (root / name).chmod(mode)


def _link(target: str, name: str) -> Happening:
    return lambda root: (root / name).symlink_to(target)


def _twin(root: Path) -> None:
    (root / "twin").hardlink_to(root / "f")


def _both(*happenings: Happening) -> Happening:
    return lambda root: [happening(root) for happening in happenings]


def _add(name: str) -> Happening:
    def add(root: Path) -> None:
        path = root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"b\n")
        path.chmod(0o644)
        mark(path)

    return add


def refused_path(path: str, words: str, prepare: Callable[[Path], object] = lambda _: None) -> Case:
    """A path that no edit enters."""
    return Case([WholeFile(path, "x\n")], refused=f"The path {path!r} {words}", prepare=prepare)


MODE_CASES = {
    "executable": Case([B_TO_C], {"f": File(b"c\n")}, F, _mode(0o755)),
    "set-group": Case([B_TO_C], {"f": File(b"c\n")}, F, _mode(0o2751)),
    "set-user and sticky": Case([B_TO_C], {"f": File(b"c\n")}, F, _mode(0o5711)),
    "private": Case([B_TO_C], {"f": File(b"c\n")}, F, _mode(0o600)),
    "for all": Case([B_TO_C], {"f": File(b"c\n")}, F, _mode(0o666)),
    "read-only": Case([B_TO_C], before=F, prepare=_mode(0o444), denied=READ_ONLY),
    "read-only, to be deleted": Case(
        [FilePatch("f", None, ())], before=F, prepare=_mode(0o444), denied=READ_ONLY
    ),
    "mode changed": Case([FilePatch("f", "f", (), 0o755)], {"f": File(mode=0o755)}, F),
    "mode changed back": Case(
        [FilePatch("f", "f", (), 0o644)], {"f": File(mode=0o640)}, F, _mode(0o750)
    ),
    "private file made executable": Case(
        [FilePatch("f", "f", (), 0o755)], {"f": File(mode=0o700)}, F, _mode(0o600)
    ),
    "mode and text changed": Case(
        [FilePatch("f", "f", CHANGES_B, 0o755)], {"f": File(b"c\n", 0o755)}, F
    ),
    "mode of a hard link": Case(
        [FilePatch("f", "f", (), 0o755)],
        {"f": File(mode=0o755), "twin": File(mode=0o755)},
        F,
        _twin,
    ),
}

LINK_CASES = {
    "through a link to a file": Case(
        [swap("l", "b\n", "c\n")], {"f": File(b"c\n")}, F, _link("f", "l")
    ),
    "through a link to a folder": Case(
        [swap("l/f", "b\n", "c\n")], {"d/f": File(b"c\n")}, {"d/f": b"b\n"}, _link("d", "l")
    ),
    "through a chain of links": Case(
        [swap("l", "b\n", "c\n")],
        {"d/f": File(b"c\n")},
        {"d/f": b"b\n"},
        _both(_link("m", "l"), _link("e/f", "m"), _link("d", "e")),
    ),
    "through an absolute link inside": Case(
        [swap("l", "b\n", "c\n")],
        {"f": File(b"c\n")},
        F,
        lambda root: (root / "l").symlink_to(root / "f"),
    ),
    "new file through a dangling link": Case(
        [WholeFile("l", "x\n")], {"new": File(b"x\n")}, prepare=_link("new", "l")
    ),
    "two names of one file by a link": Case(
        [swap("l", "b\n", "c\n"), swap("f", "c\n", "d\n")],
        {"f": File(b"d\n")},
        F,
        _link("f", "l"),
    ),
    "a link out": refused_path("l", OUTSIDE, _link("../beside/secret", "l")),
    "a folder link out": refused_path("l/secret", OUTSIDE, _link("../beside", "l")),
    "a chain of links out": refused_path(
        "l/f", OUTSIDE, _both(_link("m", "l"), _link("../beside/d", "m"))
    ),
    "a dangling link out": refused_path("l", OUTSIDE, _link("../beside/new", "l")),
    "a link out and in again": Case(
        [swap("l/f", "b\n", "c\n")],
        {"f": File(b"c\n")},
        F,
        _link("../beside/to-project", "l"),
    ),
    "a link in a circle": Case(
        [WholeFile("l", "x\n")],
        prepare=_both(_link("m", "l"), _link("l", "m")),
        refused="The path is a symbolic link",
    ),
    "a link is not deleted": Case(
        [FilePatch("l", None, ())], before=F, prepare=_link("f", "l"), refused=LINKS_STAY
    ),
    "a link is not renamed": Case(
        [FilePatch("l", "m", ())], before=F, prepare=_link("f", "l"), refused=LINKS_STAY
    ),
    "hard link": Case([B_TO_C], {"f": File(b"c\n"), "twin": File(b"c\n")}, F, _twin),
    "hard link, shorter": Case(
        [WholeFile("f", "x\n")],
        {"f": File(b"x\n"), "twin": File(b"x\n")},
        {"f": b"a long line\nb\n"},
        _twin,
    ),
    "hard link, both names the same": Case(
        [B_TO_C, swap("twin", "b\n", "c\n")], {"f": File(b"c\n"), "twin": File(b"c\n")}, F, _twin
    ),
    "hard link, both names, differently": Case(
        [B_TO_C, swap("twin", "b\n", "d\n")],
        before=F,
        prepare=_twin,
        denied="conflict: twin is the same file as f (a hard link), and both would differ",
    ),
    "hard link renamed": Case(
        [FilePatch("f", "g", ())], {"f": None, "g": File(like="f")}, F, _twin
    ),
    "hard link renamed and changed": Case(
        [FilePatch("f", "g", CHANGES_B)],
        {"f": None, "g": File(b"c\n", like="f"), "twin": File(b"c\n")},
        F,
        _twin,
    ),
    "hard link, one name deleted and the other changed": Case(
        [FilePatch("f", None, ()), swap("twin", "b\n", "c\n")],
        {"f": None, "twin": File(b"c\n", links=1)},
        F,
        _twin,
        restored={"f": File(links=1), "twin": File(links=1)},
    ),
    "hard link deleted": Case(
        [FilePatch("f", None, ())],
        {"f": None, "twin": File(links=1)},
        F,
        _twin,
        restored={"f": File(links=1), "twin": File(links=1)},
    ),
    "a fifo": Case(
        [WholeFile("p", "x\n")],
        prepare=lambda root: os.mkfifo(root / "p"),
        refused="The path is no plain file",
    ),
    "a folder": Case(
        [WholeFile("d", "x\n")],
        prepare=lambda root: (root / "d").mkdir(),
        refused="The path is a folder",
    ),
}

NAME_CASES = {
    "names of all sorts": Case(
        [swap(name, "b\n", "c\n") for name in ODD_NAMES],
        {name: File(b"c\n") for name in ODD_NAMES},
        dict.fromkeys(ODD_NAMES, b"b\n"),
    ),
    "new names of all sorts": Case(
        [WholeFile(name, "x\n") for name in ODD_NAMES],
        {name: File(b"x\n") for name in ODD_NAMES},
    ),
    "a long path": Case(
        [WholeFile("/".join(["d" * 200] * 5) + "/f", "x\n")],
        {"/".join(["d" * 200] * depth): Folder() for depth in range(1, 6)}
        | {"/".join(["d" * 200] * 5) + "/f": File(b"x\n")},
    ),
    "a name too long": Case(
        [WholeFile("é" * 128, "x\n")],
        refused=f"The path {'é' * 128!r} has a name longer than 255 bytes: "
        "name files relative to the project",
    ),
    "control characters in a name that is there": Case(
        [swap(STRANGE, "b\n", "c\n")], {STRANGE: File(b"c\n")}, prepare=_add(STRANGE)
    ),
    "control characters in a new name": Case(
        [WholeFile("a\nb", "x\n")], refused=f"The path 'a b' {CONTROLS}"
    ),
    "renamed to control characters": Case(
        [FilePatch("f", "g\x07", ())], before=F, refused=f"The path 'g\ufffd' {CONTROLS}"
    ),
    "nul in a name": Case([WholeFile("a\0b", "x\n")], refused=f"The path 'a\ufffdb' {NO_TEXT}"),
    "a name that is not utf-8": Case(
        [swap("\udcff\udcfe", "b\n", "c\n")],
        prepare=_add("\udcff\udcfe"),
        refused=f"The path '\ufffd\ufffd' {NO_TEXT}",
    ),
    "a link to a name that is not utf-8": Case(
        [swap("l", "b\n", "c\n")],
        prepare=_both(_add("\udcff"), _link("\udcff", "l")),
        refused=f"The path 'l' {NO_TEXT}",
    ),
    "upwards": refused_path(
        "d/../../beside/secret", "leads upwards with '..': name files relative to the project"
    ),
    "absolute": refused_path(
        "/etc/passwd", "is not relative to the project: name files relative to the project"
    ),
    "backslashes": Case(
        [WholeFile("..\\beside", "x\n")],
        refused="The path '..\\\\beside' holds a backslash: write it with /: "
        "name files relative to the project",
    ),
    **{
        f"git, as {path}": refused_path(path, IN_GIT, _add(".git/config"))
        for path in (".git/config", ".GIT/config", "sub/.Git/x", ".git./config", "git~1/config")
    },
    "git with an invisible character": Case(
        [WholeFile(".g\u200cit/config", "x\n")], refused=f"The path '.git/config' {IN_GIT}"
    ),
    "git through a link": refused_path(
        "l/config", IN_GIT, _both(_add(".git/config"), _link(".git", "l"))
    ),
    "names like git's": Case(
        [WholeFile(".gitignore", "x\n"), WholeFile(".github/w.yml", "x\n")],
        {".gitignore": File(b"x\n"), ".github": Folder(), ".github/w.yml": File(b"x\n")},
    ),
}

ACTION_CASES = {
    "created": Case([WholeFile("new", "x\n")], {"new": File(b"x\n")}),
    "created empty": Case([WholeFile("new", "")], {"new": File(b"")}),
    "created executable": Case(
        [FilePatch(None, "run", (PatchHunk(0, ("+x",)),), 0o755)], {"run": File(b"x\n", 0o755)}
    ),
    "created in new folders": Case(
        [WholeFile("a/b/c", "x\n"), WholeFile("a/b/d", "y\n")],
        {"a": Folder(), "a/b": Folder(), "a/b/c": File(b"x\n"), "a/b/d": File(b"y\n")},
    ),
    "created without a final newline": Case(
        [FilePatch(None, "n", (PatchHunk(0, ("+x",), no_newline_new=True),))], {"n": File(b"x")}
    ),
    "deleted": Case([FilePatch("f", None, ())], {"f": None}, F),
    "deleted, executable": Case([FilePatch("f", None, ())], {"f": None}, F, _mode(0o710)),
    "deleted empty": Case([FilePatch("f", None, ())], {"f": None}, {"f": b""}),
    "deleted, last of its folder": Case([FilePatch("d/f", None, ())], {"d/f": None}, {"d/f": b""}),
    "deleted binary": Case([FilePatch("f", None, ())], {"f": None}, {"f": b"\0\xff\n\r"}),
    "renamed": Case([FilePatch("f", "g", ())], {"f": None, "g": File(like="f")}, F),
    "renamed binary": Case(
        [FilePatch("f", "g", ())], {"f": None, "g": File(like="f")}, {"f": b"\0\xff\r"}
    ),
    "renamed and changed": Case(
        [FilePatch("f", "g", CHANGES_B)], {"f": None, "g": File(b"c\n", like="f")}, F
    ),
    "renamed into a new folder, executable": Case(
        [FilePatch("f", "d/g", CHANGES_B)],
        {"f": None, "d": Folder(), "d/g": File(b"c\n", like="f")},
        F,
        _mode(0o700),
    ),
    "renamed, only the case": Case([FilePatch("f", "F", ())], {"f": None, "F": File(like="f")}, F),
    "renamed, only the case of a folder": Case(
        [FilePatch("d/f", "D/f", ())],
        {"d/f": None, "D": Folder(), "D/f": File(like="d/f")},
        {"d/f": b"b\n"},
    ),
    "renamed, only the case, and that name taken": Case(
        [FilePatch("f", "F", ())],
        before={**F, "F": b"other\n"},
        refused="The new name is taken: choose one that does not exist",
    ),
    "renamed and made executable": Case(
        [FilePatch("f", "g", (), 0o755)], {"f": None, "g": File(mode=0o755, like="f")}, F
    ),
    "many at once": Case(
        [
            B_TO_C,
            WholeFile("new/x", "x\n"),
            FilePatch("gone", None, ()),
            FilePatch("old", "new/name", ()),
            FilePatch("tool", "tool", (), 0o755),
        ],
        {
            "f": File(b"c\n"),
            "gone": None,
            "old": None,
            "new": Folder(),
            "new/x": File(b"x\n"),
            "new/name": File(like="old"),
            "tool": File(mode=0o755),
        },
        {"f": b"b\n", "gone": b"g\n", "old": b"o\n", "tool": b"t\n"},
    ),
}
