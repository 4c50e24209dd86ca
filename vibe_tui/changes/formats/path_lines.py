"""Which file a line of an answer names: a heading, a file name in bold, a fence's info string."""

import re
from collections.abc import Callable

PathTest = Callable[[str], bool]
"""Says whether a word is a path of the project, or may become one."""

_LEADERS = re.compile(r"^(?:[-*+]\s+|\d{1,3}[.)]\s+|#{1,6}\s+|//\s*|--\s+|/\*\s*|<!--\s*)")
_LABEL = re.compile(r"^(?:file\s*name|filename|file\s*path|file|path)\s*:\s*", re.IGNORECASE)
_TRAILERS = re.compile(r"\s*(?:\*/|-->)$|\s*:$")
_WRAPPERS = ("**", "__", "`", '"', "'", "*")
_SUFFIX = re.compile(r"\.[A-Za-z][\w+-]{0,15}$")
_ODD = re.compile(r'[\x00-\x1f\x7f<>|{}=?*"`]|://')
_QUOTED = re.compile(r"`([^`\n]+)`")
_ATTRIBUTE = re.compile(r"""\b(?:file|filename|path|title)=(?:"([^"]+)"|'([^']+)'|([^\s"'}]+))""")
_DOTTED_LANGUAGES = frozenset(
    {"asp.net", "vb.net", "node.js", "vue.js", "react.js", "next.js", "ml.net", "objective-c"}
)
_DIFF_LANGUAGES = frozenset({"diff", "patch", "udiff"})


def is_plain_path(word: str) -> bool:
    """Whether a word has the look of a path: a slash or a suffix, nothing strange."""
    if _ODD.search(word) or word.endswith(("/", ".", ",", ":")):
        return False
    return "/" in word or word.startswith(".") or _SUFFIX.search(word) is not None


def path_of_line(line: str, is_path: PathTest) -> str | None:
    """The path of a line that holds a path and nothing else.

    Args:
        line: ``src/a.py``, ``### `src/a.py` ``, ``**src/a.py**:``, ``File: src/a.py`` …
        is_path: Decides about the word that is left.
    """
    word = line.strip()
    for candidate in (word, *_unwrapped(word)):
        plain = _relative(candidate)
        if plain and _may_name_file(plain) and is_path(plain):
            return plain
    return None


def _may_name_file(word: str) -> bool:
    """A path by its look, or a bare name such as ``Makefile`` that only the project can know."""
    return is_plain_path(word) or not (_ODD.search(word) or "." in word or "/" in word)


def _unwrapped(word: str) -> list[str]:
    """The word with one more layer of decoration off each time."""
    steps: list[str] = []
    while True:
        shorter = _LABEL.sub("", _LEADERS.sub("", _TRAILERS.sub("", word))).strip()
        for mark in _WRAPPERS:
            if len(shorter) > 2 * len(mark) and shorter.startswith(mark) and shorter.endswith(mark):
                shorter = shorter[len(mark) : -len(mark)].strip()
        if shorter == word:
            return steps
        steps.append(shorter)
        word = shorter


def _relative(word: str) -> str:
    return word[2:] if word.startswith("./") else word


def path_near_block(line: str, is_path: PathTest) -> str | None:
    """The path of the line before a SEARCH block.

    It may also be a sentence that names one file in backticks, or a path that is refused later:
    a block is meant as an edit, so its path is judged where a refusal can say why.
    """
    exact = path_of_line(line, lambda word: is_path(word) or _is_single_path(word))
    if exact is not None:
        return exact
    quoted = {_relative(word) for word in _QUOTED.findall(line)}
    named = [word for word in quoted if not _ODD.search(word) and is_path(word)]
    return named[0] if len(named) == 1 else None


def _is_single_path(word: str) -> bool:
    return is_plain_path(word) and not any(character.isspace() for character in word)


def language_of_info(info: str) -> str:
    """The first word of a fence's info string, in lower case."""
    return re.split(r"[\s:{]", info.strip(), maxsplit=1)[0].lower()


def is_diff_info(info: str) -> bool:
    """Whether a fence's info string announces a unified diff."""
    return language_of_info(info) in _DIFF_LANGUAGES


def path_of_info(info: str, is_path: PathTest) -> str | None:
    """The path in a fence's info string; None when it is only a language.

    Args:
        info: ``python src/a.py``, ``src/a.py``, ``python:src/a.py``, ``py title="src/a.py"``.
        is_path: Decides about a word with the look of a path.
    """
    info = info.strip()
    attribute = _ATTRIBUTE.search(info)
    if attribute:
        return _if_path(next(group for group in attribute.groups() if group), is_path)
    words = info.split()
    if not words or (len(words) == 1 and words[0].lower() in _DOTTED_LANGUAGES):
        return None
    rest = info.partition(" ")[2].strip()
    for word in (rest, *reversed(words[1:])):
        if word and _may_name_file(_relative(word)) and is_path(_relative(word)):
            return _relative(word)
    return _if_path(words[0].rpartition(":")[2], is_path)


def _if_path(word: str, is_path: PathTest) -> str | None:
    plain = _relative(word)
    return plain if is_plain_path(plain) and is_path(plain) else None
