"""Foreign text (from models, files, tools, plugins, paths) made safe to show.

A face must also show it with markup off: cleaning keeps square brackets as they are.
"""

import re
import unicodedata
from collections.abc import Callable

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_][^\x07\x1b\r\n]*(?:\x07|\x1b\\)"  # OSC, DCS, SOS, PM, APC, with their payload
    r"|\x1b[ -/]*[0-~]"  # shorter ones; the opening of a longer one that does not end on its line
)
_KEPT = frozenset("\n\t")
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_INVISIBLE_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Fillers and the blank braille pattern: letters and symbols to Unicode, nothing to the eye."""
_VISIBLE_SUBSTITUTE = "\ufffd"


_MOST_REMEMBERED = 10_000


class _Table(dict[int, str]):
    """For ``str.translate``: what each character becomes, worked out when it first comes."""

    def __init__(self, become: Callable[[str], str]) -> None:
        self._become = become

    def __missing__(self, code_point: int) -> str:
        shown = self._become(chr(code_point))
        if len(self) < _MOST_REMEMBERED:  # a text of every character there is fills no memory
            self[code_point] = shown
        return shown


def _cleaned(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    is_unsafe = category in _UNSAFE_CATEGORIES and character not in _KEPT
    return _VISIBLE_SUBSTITUTE if is_unsafe or character in _INVISIBLE_LETTERS else character


def _revealed(character: str) -> str:
    return character if _cleaned(character) == character else f"‹U+{ord(character):04X}›"


_CLEAN_TABLE = _Table(_cleaned)
_REVEAL_TABLE = _Table(_revealed)


def clean(text: str) -> str:
    r"""Strip what could drive a terminal or deceive a reader.

    Escape sequences and format characters (bidi overrides, zero-width) vanish; other control
    characters and letters without a shape become U+FFFD, ``\r\n`` and a lone ``\r`` become
    ``\n``; tabs and line ends stay. A sequence that does not end on its line hides nothing of
    what follows.

    Args:
        text: Any text from outside the program.

    Returns:
        Text safe to put on a screen with markup off.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_CLEAN_TABLE)


def clean_line(text: str, limit: int = 500) -> str:
    """Clean text down to one line of at most ``limit`` characters.

    Args:
        text: Any text from outside the program.
        limit: Longest result, in characters; what is cut ends in ``…``.
    """
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def reveal(text: str) -> str:
    """Show what ``clean`` would hide, for a reader who decides on the very bytes.

    Every unsafe character becomes its code point, such as ``‹U+202E›``; nothing vanishes, tabs
    and line feeds stay.

    Args:
        text: Any text from outside the program, such as a line of a diff.

    Returns:
        Text safe to put on a screen with markup off.
    """
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_REVEAL_TABLE)
