"""OpenAI's tokenizers, offline: tiktoken on the vocabularies that LiteLLM carries."""

import hashlib
import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vibe_tui.analytics.bundled import TOKENIZER_FOLDER, litellm_folder

if TYPE_CHECKING:
    from tiktoken import Encoding

DEFAULT_ENCODING = "o200k_base"

_CACHE_VARIABLE = "TIKTOKEN_CACHE_DIR"

_VOCABULARIES = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
    "p50k_base": (
        "ec7223a39ce59f226a68acc30dc1af2788490e15",
        "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    ),
}
"""Encoding → (file name, which tiktoken makes as the sha1 of the download's address; sha256)."""

_SAME_ORDINARY_TOKENS = {"o200k_harmony": "o200k_base", "p50k_edit": "p50k_base"}
"""They differ from the other in special tokens alone, which count as ordinary text here."""

SEGMENT_CHARACTERS = 200_000
"""tiktoken 0.14's pattern for o200k overflows its stack between 600,000 and 1,000,000 spaces in a
row (measured); longer texts go to it in segments."""

_SAFE_CUT = re.compile(r"(?<=[A-Za-z]) (?=[A-Za-z])")
"""Between two words every pattern ends one piece and begins the next with the space."""

_loading = threading.Lock()
_loaded: "dict[tuple[str, Path], Encoding]" = {}


class TokenizerFileError(Exception):
    """A bundled vocabulary is missing or not what it should be; why is the text."""


def known_encoding(name: str) -> str | None:
    """The bundled encoding that counts ordinary text as ``name`` does; None without one."""
    name = _SAME_ORDINARY_TOKENS.get(name, name)
    return name if name in _VOCABULARIES else None


def bundled_folder() -> Path | None:
    """Where LiteLLM keeps its vocabularies; None when it is not installed."""
    folder = litellm_folder()
    return folder / TOKENIZER_FOLDER if folder else None


def load_encoding(name: str, folder: Path | None) -> "Encoding":
    """A bundled encoding, loaded once a process (0.05 to 0.3 s).

    Args:
        name: One that ``known_encoding`` gave.
        folder: Where the vocabularies are.

    Raises:
        TokenizerFileError: If the file is missing or damaged; tiktoken, which would delete it and
            go to the network, is then not asked.
    """
    if folder is None:
        raise TokenizerFileError("the package litellm is not installed")
    with _loading:
        if (name, folder) not in _loaded:
            _check_vocabulary(name, folder)
            from tiktoken import get_encoding

            with _cache_folder(folder):
                _loaded[name, folder] = get_encoding(name)
        return _loaded[name, folder]


def _check_vocabulary(name: str, folder: Path) -> None:
    file_name, expected_sha256 = _VOCABULARIES[name]
    try:
        content = (folder / file_name).read_bytes()
    except OSError as error:
        raise TokenizerFileError(f"the vocabulary of {name} is missing") from error
    if hashlib.sha256(content).hexdigest() != expected_sha256:
        raise TokenizerFileError(f"the vocabulary of {name} is damaged")


@contextmanager
def _cache_folder(folder: Path) -> Iterator[None]:
    """Point tiktoken at a folder for the time of loading.

    LiteLLM sets the same variable for good while it is imported, possibly in another thread at
    this moment, and reads it again at once: then its value stays.
    """
    before = os.environ.get(_CACHE_VARIABLE)
    os.environ[_CACHE_VARIABLE] = str(folder)
    try:
        yield
    finally:
        if "litellm" not in sys.modules:
            if before is None:
                os.environ.pop(_CACHE_VARIABLE, None)
            else:
                os.environ[_CACHE_VARIABLE] = before


def count_ordinary(
    encoding: "Encoding", text: str, segment: int = SEGMENT_CHARACTERS
) -> tuple[int, int]:
    """Tokens of a text, special tokens counted as ordinary text.

    Args:
        encoding: The tokenizer.
        text: Any text.
        segment: The longest piece to hand over at once, in characters.

    Returns:
        The tokens, and how many cuts fell where they may change the count (none unless a stretch
        as long as half a segment has no two words with a space between them).
    """
    tokens, unsafe_cuts = 0, 0
    for piece, is_safe in _segments(text, segment):
        tokens += len(encoding.encode_ordinary(piece))
        unsafe_cuts += not is_safe
    return tokens, unsafe_cuts


def _segments(text: str, longest: int) -> Iterator[tuple[str, bool]]:
    start = 0
    while len(text) - start > longest:
        cuts = _SAFE_CUT.finditer(text, start + longest // 2, start + longest)
        cut = max((found.start() for found in cuts), default=None)
        end = start + longest if cut is None else cut
        yield text[start:end], cut is not None
        start = end
    yield text[start:], True
