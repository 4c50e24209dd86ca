"""File cases of encodings, line ends and lines."""

from tests.test_changes.case_kinds import Case, File
from tests.test_changes.projects import swap
from vibe_tui.changes.model import Edit, FilePatch, PatchHunk, WholeFile

B_TO_C = swap("f", "b\n", "c\n")
CANNOT = "New text cannot be written into the file as it is"
UNKNOWN = f"{CANNOT} (its encoding is unknown): use ASCII there"
SEEMS_WIDE = (
    "The file seems to be UTF-16 or UTF-32 without a byte order mark, or damaged, so its "
    "text cannot be told: save it as UTF-8"
)
MANY = "SEARCH occurs 2 times (from lines 1, 2): quote more lines so that it occurs once"
LONG = b"a" * 5_000_000
FIVE_MB = b"".join(b"%d: a line of a large file\n" % n for n in range(170_000))


def text(before: bytes, after: bytes, edit: Edit = B_TO_C) -> Case:
    """A file that one edit brings from some bytes to others."""
    return Case([edit], {"f": File(after)}, {"f": before})


def refused(before: bytes, words: str, edit: Edit = B_TO_C) -> Case:
    """A file that an edit does not touch."""
    return Case([edit], before={"f": before}, refused=words)


def _wide(words: str, encoding: str, bom: bytes) -> bytes:
    return bom + words.encode(encoding)


LE, BE = b"\xff\xfe", b"\xfe\xff"

TEXT_CASES = {
    "lf": text(b"a\nb\n", b"a\nc\n"),
    "crlf": text(b"a\r\nb\r\n", b"a\r\nc\r\n"),
    "crlf, lines added": text(b"a\r\nb\r\n", b"a\r\nx\r\ny\r\n", swap("f", "b\n", "x\ny\n")),
    "mixed ends": text(b"a\r\nb\nd\r\n", b"a\r\nc\nd\r\n"),
    "mixed ends, a whole file": text(
        b"a\r\nb\nd\r\n", b"a\r\nc\r\nd\r\n", WholeFile("f", "a\nc\nd\n")
    ),
    "cr": text(b"a\rb\r", b"a\rc\r"),
    "cr without a final one": text(b"a\rb", b"a\rc"),
    "a lone cr inside a line": text(b"a\rz\nb\n", b"a\rz\nc\n"),
    "cr cr lf": text(b"a\r\r\nb\r\n", b"a\r\r\nc\r\n"),
    "bom": text(b"\xef\xbb\xbfb\r\n", b"\xef\xbb\xbfc\r\n"),
    "bom, a whole file": text(
        b"\xef\xbb\xbfb\r\nd\r\n", b"\xef\xbb\xbfc\r\nd\r\n", WholeFile("f", "c\nd\n")
    ),
    "bom alone": text(b"\xef\xbb\xbf", b"\xef\xbb\xbfx\n", WholeFile("f", "x\n")),
    "utf-16 le": text(
        _wide("a\r\nb\r\n", "utf-16-le", LE),
        _wide("a\r\nü😀\r\n", "utf-16-le", LE),
        swap("f", "b\n", "ü😀\n"),
    ),
    "utf-16 be": text(_wide("b\n\u0a0a\n", "utf-16-be", BE), _wide("c\n\u0a0a\n", "utf-16-be", BE)),
    "utf-16 le without bom": refused("a\nb\n".encode("utf-16-le"), SEEMS_WIDE),
    "utf-16 be without bom, a whole file": refused(
        "a\nb\n".encode("utf-16-be"), SEEMS_WIDE, WholeFile("f", "a\n")
    ),
    "utf-16 torn in a character": refused(LE + b"\x00\xd8b\n", SEEMS_WIDE),
    "utf-32": text("a\nb\n".encode("utf-32"), "a\nc\n".encode("utf-32")),
    "utf-32 without bom": refused("a\nb\n".encode("utf-32-le"), SEEMS_WIDE),
    "latin-1, declared": text(
        "# coding: latin-1\né\nb\n".encode("latin-1"),
        "# coding: latin-1\né\nè\n".encode("latin-1"),
        swap("f", "b\n", "è\n"),
    ),
    "latin-1, undeclared": text(b"\xe9\nb\n", b"\xe9\nc\n"),
    "latin-1, undeclared, not ascii": refused(b"\xe9\nb\n", UNKNOWN, swap("f", "b\n", "è\n")),
    "latin-1 in xml": text(
        "<?xml version='1.0' encoding='iso-8859-1'?>\n<é/>\nb\n".encode("latin-1"),
        "<?xml version='1.0' encoding='iso-8859-1'?>\n<é/>\nè\n".encode("latin-1"),
        swap("f", "b\n", "è\n"),
    ),
    "latin-1, declared, not in it": refused(
        "# coding: latin-1\né\nb\n".encode("latin-1"),
        f"{CANNOT} (the file is latin-1): use ASCII there",
        swap("f", "b\n", "中\n"),
    ),
    "gbk, declared": text(
        "# -*- coding: gbk -*-\n中\nb\n".encode("gbk"),
        "# -*- coding: gbk -*-\n中\n文\n".encode("gbk"),
        swap("f", "b\n", "文\n"),
    ),
    "gbk, undeclared": text("中\nb\n".encode("gbk"), "中\nc\n".encode("gbk")),
    "gbk, undeclared, half a character": refused(
        "丂b\n".encode("gbk"),
        "SEARCH may begin inside a character, for the file's encoding is unknown: "
        "quote whole lines",
        swap("f", "@b", "x"),
    ),
    "undecodable": text(b"\x80\xff\nb\n\xc3", b"\x80\xff\nc\n\xc3"),
    "nul": text(b"\0\nb\n\0", b"\0\nc\n\0"),
    "no final newline": text(b"a\nb", b"a\nc"),
    "no final newline, lines added": text(b"a\nb", b"a\nb\nc", swap("f", "b\n", "b\nc\n")),
    "final newline added by a diff": text(
        b"a\nb",
        b"a\nb\n",
        FilePatch("f", "f", (PatchHunk(2, ("-b", "+b"), no_newline_old=True),)),
    ),
    "final newline removed by a diff": text(
        b"a\nb\n",
        b"a\nb",
        FilePatch("f", "f", (PatchHunk(2, ("-b", "+b"), no_newline_new=True),)),
    ),
    "empty file filled": text(b"", b"x\n", swap("f", "", "x\n")),
    "file emptied": text(b"b\n", b"", WholeFile("f", "")),
    "only a newline": text(b"\n", b"x\n", WholeFile("f", "x\n")),
    "only newlines": text(b"\n\n", b"\nx\n\n", FilePatch("f", "f", (PatchHunk(1, (" ", "+x")),))),
    "form feed, nel and line separators": text(
        "a\x0cz\u2028z\u2029\x85\x1c\nb\n".encode(), "a\x0cz\u2028z\u2029\x85\x1c\nc\n".encode()
    ),
    "a line of five megabytes": text(LONG + b"\nb\n", LONG + b"\nc\n"),
    "five megabytes of lines": text(
        FIVE_MB,
        FIVE_MB.replace(b"\n77777: a", b"\nhere: a"),
        swap("f", "77777: a line of a large file\n", "here: a line of a large file\n"),
    ),
    "twice there": refused(b"b\nb\n", MANY),
    "twice there but for its line end": text(b"b\r\nb\n", b"b\r\nc\n"),
    "nothing there": refused(
        b"a\n", "SEARCH is not in the file: quote its lines exactly as they are now"
    ),
    "tabs and trailing space": text(b"\tb \n", b"\tc\n", swap("f", "b\n", "c\n")),
    "a lone surrogate": refused(
        b"b\n",
        f"{CANNOT} (the file is utf-8): use ASCII there",
        swap("f", "b\n", "\udc80\n"),
    ),
}
