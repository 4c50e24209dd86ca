"""A file's bytes as text and back: encoding, byte order mark and line ends stay the file's own."""

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_ASCII = "".join(map(chr, range(128)))
_PIECES = re.compile(r"[^\n]*\n|[^\n]+")
_CR_PIECES = re.compile(r"[^\r]*\r|[^\r]+")


@dataclass(frozen=True, slots=True)
class TextForm:
    """How a file writes its text."""

    encoding: str = "utf-8"
    bom: bytes = b""
    is_known: bool = True
    """False when the bytes are no valid text: those that are not UTF-8 pass through untouched."""
    newline: str = "\n"
    """The line end that the file uses most."""

    @property
    def errors(self) -> str:
        """The error handler that makes decoding and encoding lossless."""
        return "strict" if self.is_known else "surrogateescape"

    def takes(self, text: str) -> bool:
        """Whether new text can be written without loss and without guessing an encoding."""
        if not self.is_known:
            return text.isascii()
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def encode(self, text: str) -> bytes:
        """The file's bytes for a text whose every part it had or takes."""
        return self.bom + text.encode(self.encoding, self.errors)

    def split(self, text: str) -> list[str]:
        """Lines with their ends; a lone CR ends lines only in files that know no LF."""
        return (_CR_PIECES if self.newline == "\r" else _PIECES).findall(text)


NEW_FILE_FORM = TextForm()


def read_text(content: bytes) -> tuple[str, TextForm]:
    """Decode a file so that encoding its text again gives the same bytes.

    Args:
        content: The whole file.
    """
    bom, encoding = _encoding_of(content)
    for candidate in (encoding, _declared(content)):
        if candidate is None:
            continue
        text = _lossless(content, bom, candidate)
        if text is not None:
            return text, TextForm(candidate, bom, is_known=True, newline=_newline(text))
    text = content.decode("utf-8", "surrogateescape")
    return text, TextForm("utf-8", b"", is_known=False, newline=_newline(text))


def _encoding_of(content: bytes) -> tuple[bytes, str]:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return bom, encoding
    return b"", "utf-8"


def _lossless(content: bytes, bom: bytes, encoding: str) -> str | None:
    try:
        text = content[len(bom) :].decode(encoding)
        return text if bom + text.encode(encoding) == content else None
    except UnicodeError:
        return None


def _declared(content: bytes) -> str | None:
    """The encoding that a comment in the first two lines names, if it extends ASCII."""
    for line in content.split(b"\n", 2)[:2]:
        match = _DECLARED.match(line)
        if match is None:
            continue
        name = match[1].decode("ascii", "replace")
        try:
            same = codecs.encode(_ASCII, name) == _ASCII.encode()
        except (LookupError, ValueError, TypeError):
            return None
        return name if same else None
    return None


def _newline(text: str) -> str:
    crlf = text.count("\r\n")
    lf = text.count("\n") - crlf
    if not crlf and not lf:
        return "\r" if "\r" in text else "\n"
    return "\r\n" if crlf > lf else "\n"


def without_end(line: str, newline: str = "\n") -> str:
    """A line without its line end.

    Args:
        line: One piece of ``TextForm.split``.
        newline: The form's line end; a lone CR is an end only when it is that.
    """
    if newline == "\r":
        return line.removesuffix("\r")
    return line[:-2] if line.endswith("\r\n") else line.removesuffix("\n")


def split_bytes(content: bytes) -> list[bytes]:
    r"""Byte lines with their ends: after ``\n``, in UTF-16 and UTF-32 after that code unit.

    Joining them gives the content again, whatever it is.
    """
    bom, encoding = _encoding_of(content)
    if not encoding.startswith(("utf-16", "utf-32")):
        return content.splitlines(keepends=True) if not _odd_ends(content) else _split_lf(content)
    end = "\n".encode(encoding)
    lines: list[bytes] = []
    start = position = 0
    while (position := content.find(end, position)) >= 0:
        if (position - len(bom)) % len(end):
            position += 1
            continue
        position += len(end)
        lines.append(content[start:position])
        start = position
    return [*lines, content[start:]] if start < len(content) else lines


def _odd_ends(content: bytes) -> bool:
    """Whether ``bytes.splitlines`` would split elsewhere than after LF."""
    return content.count(b"\r") != content.count(b"\r\n")


def _split_lf(content: bytes) -> list[bytes]:
    pieces = content.split(b"\n")
    lines = [piece + b"\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def is_binary(content: bytes) -> bool:
    """Whether showing the content as lines of text makes no sense."""
    _, encoding = _encoding_of(content)
    return b"\0" in content and not encoding.startswith(("utf-16", "utf-32"))


def display_encoding(content: bytes) -> str:
    """The encoding in which a file's lines are shown."""
    bom, encoding = _encoding_of(content)
    if bom:
        return encoding
    try:
        content.decode()
    except UnicodeDecodeError:
        return _declared(content) or encoding
    return encoding


def display(line: bytes, encoding: str) -> str:
    """A byte line for showing: decoded with replacement, without byte order mark and line end.

    Args:
        line: One piece of ``split_bytes``.
        encoding: Of the file, as ``TextForm.encoding``.
    """
    text = line.decode(encoding, "replace").removeprefix("\ufeff")
    return text.removesuffix("\n").removesuffix("\r")
