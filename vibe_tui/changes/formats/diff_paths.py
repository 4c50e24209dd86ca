"""The file names in a unified diff's headers."""

import re

_ESCAPE = re.compile(r"\\([0-7]{3}|.)")
_LETTERS = {"n": 10, "t": 9, "r": 13, "a": 7, "b": 8, "f": 12, "v": 11, '"': 34, "\\": 92}
_BACKUP_SUFFIXES = (".orig", ".old", ".bak", "~")


def unquoted(name: str) -> str:
    r"""A name as git quotes it (``"caf\303\251.py"``) made plain."""
    if len(name) < 2 or not (name.startswith('"') and name.endswith('"')):
        return name
    pieces: list[bytes] = []
    end = 0
    body = name[1:-1]
    for match in _ESCAPE.finditer(body):
        pieces.append(body[end : match.start()].encode("utf-8", "replace"))
        word = match[1]
        code = int(word, 8) & 0xFF if len(word) == 3 else _LETTERS.get(word)
        pieces.append(match[0].encode("utf-8", "replace") if code is None else bytes([code]))
        end = match.end()
    pieces.append(body[end:].encode("utf-8", "replace"))
    return b"".join(pieces).decode("utf-8", "replace")


def quoted(name: str) -> str:
    """A name as git writes it in a header: in quotes when it holds something strange."""
    if name.isprintable() and name.isascii() and '"' not in name and "\\" not in name:
        return name
    letters = {code: letter for letter, code in _LETTERS.items()}
    parts: list[str] = []
    for byte in name.encode("utf-8"):
        if byte in letters:
            parts.append("\\" + letters[byte])
        else:
            parts.append(chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}")
    return '"' + "".join(parts) + '"'


def header_name(rest: str) -> str | None:
    """The name behind ``---`` or ``+++``, without a time stamp; None for ``/dev/null``."""
    name = unquoted(rest.split("\t", 1)[0].strip())
    return None if name == "/dev/null" else name


def without_prefixes(old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """Take ``a/`` and ``b/`` off, where both names (but for ``/dev/null``) have them."""
    has_old = old is None or old.startswith("a/")
    has_new = new is None or new.startswith("b/")
    if has_old and has_new:
        return old and old[2:], new and new[2:]
    return old, new


def same_file(old: str | None, new: str | None) -> tuple[str | None, str | None]:
    """Read ``x.py.orig`` → ``x.py`` as a change of ``x.py``, as ``patch`` does."""
    if old and new and any(old == new + suffix for suffix in _BACKUP_SUFFIXES):
        return new, new
    return old, new


def git_names(rest: str) -> tuple[str, str] | None:
    """The two names of a ``diff --git`` line, where they can be told apart."""
    rest = rest.strip()
    if rest.startswith('"'):
        match = re.match(r'("(?:[^"\\]|\\.)*") (.+)$', rest)
        return (unquoted(match[1]), unquoted(match[2])) if match else None
    middle = len(rest) // 2
    if rest[middle : middle + 1] == " " and rest[2:middle] == rest[middle + 3 :]:
        return rest[:middle], rest[middle + 1 :]
    old, separator, new = rest.partition(" b/")
    if separator:
        return old, "b/" + new
    words = rest.split(" ")
    return (words[0], unquoted(words[1])) if len(words) == 2 else None
