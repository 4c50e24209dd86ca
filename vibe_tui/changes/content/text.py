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
_HEAD_BYTES = 1024
_DECLARED = tuple(
    re.compile(pattern)
    for pattern in (
        rb"(?:[^\n]*\n)??[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)",  # PEP 263, vim, Ruby
        rb"(?:[^\n]*\n)??[^\n]*-\*-[^\n]*?coding:[ \t]*([-\w.]+)[^\n]*-\*-",  # Emacs
        rb"<\?xml[^>]{0,200}?\sencoding=[\"']([-\w.]+)[\"']",
        rb'@charset "([-\w.]+)";',
        rb"(?si)\s{0,99}<.{0,1000}?<meta[^>]{0,200}?\scharset=[\"']?([-\w.]+)",
    )
)
_PIECE_BYTES = 1 << 20
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

    A file that declares another encoding and holds more than ASCII that is UTF-8 too is ambiguous:
    its encoding counts as unknown.

    Args:
        content: The whole file.
    """
    bom, encoding = _encoding_of(content)
    declared = None if bom else _declared(content)
    text = _lossless(content, bom, encoding)
    if text is not None and (declared is None or text.isascii()):
        return text, TextForm(declared or encoding, bom, newline=_newline(text))
    if text is None and declared is not None:
        text = _lossless(content, b"", declared)
        if text is not None:
            return text, TextForm(declared, newline=_newline(text))
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
        if encoding.startswith("utf-") or text.encode(encoding) == content:
            return text  # every valid UTF-8, -16 and -32 has one reading, and is its only writing
    except UnicodeError:
        pass
    return None


def _declared(content: bytes) -> str | None:
    """The encoding that a file names at its beginning, if it extends ASCII."""
    match = next(filter(None, (where.match(content[:_HEAD_BYTES]) for where in _DECLARED)), None)
    if match is None:
        return None
    name = match[1].decode("ascii", "replace")
    try:
        same = codecs.encode(_ASCII, name) == _ASCII.encode()
    except (LookupError, ValueError, TypeError):
        return None
    return name if same and not name.lower().startswith("utf-") else None


def seems_wide(content: bytes) -> bool:
    """Whether a content looks like UTF-16 or UTF-32 without a byte order mark, or with one lies.

    Nobody can tell the text of such a file.
    """
    if is_wide(content):
        return not read_text(content)[1].is_known
    head = content[: _HEAD_BYTES * 4]
    few, many = sorted((head[::2].count(0), head[1::2].count(0)))
    is_pairs = len(content) % 2 == 0 and many * 10 >= len(head) // 2 * 4 and few * 20 <= many
    is_fours = len(content) % 4 == 0 and (few + many) * 10 >= len(head) * 7
    return many > 0 and (is_pairs or is_fours)


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
    if not is_wide(content):
        return split_at_lf(content)
    end = "\n".encode(_encoding_of(content)[1])
    lines: list[bytes] = []
    start = 0
    while start < len(content):
        stop = _wide_end(content, end, start + _PIECE_BYTES)
        pieces = content[start:stop].split(end)
        if any(len(piece) % len(end) for piece in pieces):  # some end lies across two characters
            while start < stop:
                line_end = _wide_end(content, end, start)
                lines.append(content[start:line_end])
                start = line_end
            continue
        lines += [piece + end for piece in pieces[:-1]]
        if pieces[-1]:
            lines.append(pieces[-1])
        start = stop
    return lines


def _wide_end(content: bytes, end: bytes, start: int) -> int:
    """Behind the next line end from a place on; the length of the content when there is none."""
    position = content.find(end, start)
    while position >= 0 and position % len(end):
        position = content.find(end, position + 1)
    return len(content) if position < 0 else position + len(end)


def as_narrow(before: bytes, after: bytes) -> tuple[bytes, bytes] | None:
    """Two contents as bytes of which the same lines are equal, with ends of one byte.

    Returns:
        None where only one of them is UTF-16 or UTF-32, or is none after all.
    """
    if not (is_wide(before) or is_wide(after)):
        return before, after
    kind = _encoding_of(before)
    if kind != _encoding_of(after):
        return None
    try:
        texts = (content.decode(kind[1], "surrogatepass") for content in (before, after))
        narrow = [text.encode("utf-8", "surrogatepass") for text in texts]
    except UnicodeError:
        return None
    return narrow[0], narrow[1]


def split_at_lf(content: bytes) -> list[bytes]:
    r"""Byte lines with their ends after ``\n``, whatever the encoding."""
    if content.count(b"\r") == content.count(b"\r\n"):
        return content.splitlines(keepends=True)  # which would also split at a lone CR
    pieces = content.split(b"\n")
    lines = [piece + b"\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def byte_order_mark(content: bytes) -> bytes:
    """The byte order mark that a content starts with; empty when it has none."""
    return _encoding_of(content)[0]


def is_wide(content: bytes) -> bool:
    """Whether a byte order mark says that characters have two or four bytes."""
    return _encoding_of(content)[1] != "utf-8"


def is_binary(content: bytes) -> bool:
    """Whether showing the content as lines of text makes no sense."""
    return b"\0" in content and not is_wide(content)


def display_encoding(content: bytes) -> str:
    """The encoding in which a file's lines are shown."""
    bom, encoding = _encoding_of(content)
    if bom or _is_utf8(content):
        return encoding
    return _declared(content) or encoding


def _is_utf8(content: bytes) -> bool:
    """Whether a content is valid UTF-8; big ones are never decoded whole for this."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), _PIECE_BYTES):
            decoder.decode(content[start : start + _PIECE_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def display(line: bytes, encoding: str) -> str:
    """A byte line for showing: decoded with replacement, without byte order mark and line end.

    Args:
        line: One piece of ``split_bytes``.
        encoding: Of the file, as ``TextForm.encoding``.
    """
    text = line.decode(encoding, "replace").removeprefix("\ufeff")
    return text.removesuffix("\n").removesuffix("\r")
