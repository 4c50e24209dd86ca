"""``@file`` mentions in a prompt: ``@src/a.py``, ``@src/a.py:10-40``, ``@"with space.py"``."""

import re
from collections.abc import Collection
from dataclasses import dataclass

_MENTION = re.compile(r'(?<![\w@./-])@(?:"(?P<quoted>[^"\n]+)"|(?P<bare>[^\s"@`\'<>|]+))')
_RANGE = re.compile(r":(?P<start>\d{1,7})(?:-(?P<end>\d{1,7}))?$")
_TRAILING = ".,;:!?)]}*_"


@dataclass(frozen=True, slots=True)
class Mention:
    """A file that the person named. Lines are 1-based and inclusive, None = the whole file."""

    path: str
    line_start: int | None = None
    line_end: int | None = None


def _split_range(text: str) -> Mention:
    match = _RANGE.search(text)
    if match is None:
        return Mention(text)
    start = int(match["start"])
    return Mention(text[: match.start()], start, int(match["end"] or start))


def _resolve_bare(text: str, known: Collection[str]) -> Mention | None:
    while text:
        mention = _split_range(text)
        if mention.path in known:
            return mention
        if text[-1] not in _TRAILING:
            return None
        text = text[:-1]
    return None


def find_mentions(
    prompt: str, known: Collection[str]
) -> tuple[tuple[Mention, ...], tuple[str, ...]]:
    """Find the files that a prompt mentions.

    Args:
        prompt: The person's text.
        known: Project-relative paths that exist.

    Returns:
        The mentions in order without repeats, and the mentioned words that look like a path
        (with a slash or a dot inside) but name no file.
    """
    found: dict[Mention, None] = {}
    unknown: dict[str, None] = {}
    for match in _MENTION.finditer(prompt):
        text = match["quoted"] or match["bare"]
        mention = _resolve_bare(text.removeprefix("./"), known)
        if mention is not None:
            found[mention] = None
        elif "/" in text or "." in text.rstrip(_TRAILING):
            unknown[text.rstrip(_TRAILING)] = None
    return tuple(found), tuple(unknown)
