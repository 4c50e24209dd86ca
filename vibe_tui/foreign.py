"""Foreign text (from models, files, tools, plugins, paths) made safe to show.

A face must also show it with markup off: cleaning keeps square brackets as they are.
"""

import re
import unicodedata

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI
    r"|\x1b[\]PX^_].*?(?:\x1b\\|\x07|\Z)"  # OSC, DCS, SOS, PM, APC with their payload
    r"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_KEPT = frozenset("\n\t")
_VISIBLE_SUBSTITUTE = "\ufffd"


def _clean_character(character: str) -> str:
    if character in _KEPT:
        return character
    if unicodedata.category(character) in _UNSAFE_CATEGORIES:
        return "" if unicodedata.category(character) == "Cf" else _VISIBLE_SUBSTITUTE
    return character


def clean(text: str) -> str:
    r"""Strip what could drive a terminal or deceive a reader.

    Escape sequences and format characters (bidi overrides, zero-width) vanish, other control
    characters become U+FFFD, ``\r\n`` and a lone ``\r`` become ``\n``; tabs and line ends stay.

    Args:
        text: Any text from outside the program.

    Returns:
        Text safe to put on a screen with markup off.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _ESCAPES.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(map(_clean_character, text))


def clean_line(text: str, limit: int = 500) -> str:
    """Clean text down to one line of at most ``limit`` characters.

    Args:
        text: Any text from outside the program.
        limit: Longest result, in characters; what is cut ends in ``…``.
    """
    line = " ".join(clean(text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
