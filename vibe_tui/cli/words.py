"""Which subcommand a command line means, before its options are read.

Options may stand before the subcommand, so the subcommand is the first word that is neither an
option nor the value of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from vibe_tui.cli.catalogue import SUBCOMMANDS, Subcommand
from vibe_tui.errors import UsageError
from vibe_tui.foreign import clean_line

COMMON_WITH_VALUE = ("--project", "--data-dir", "--config-dir", "--cache-dir", "--profile")
MODEL_OPTIONS = ("--model", "--api-base", "--api-key-env")
_WITH_VALUE = frozenset((*COMMON_WITH_VALUE, *MODEL_OPTIONS))
_SESSION_ID_BEGINS = "s-"


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command line: ``name`` empty means the app."""

    name: str
    action: str
    arguments: tuple[str, ...]
    """Everything else, in its order."""

    @property
    def subcommand(self) -> Subcommand | None:
        """The subcommand; None means the app."""
        return SUBCOMMANDS.get(self.name)

    @property
    def program(self) -> str:
        """The program's name as a usage line shows it."""
        return " ".join(part for part in ("vibe-tui", self.name, self.action) if part)


def read_words(argv: Sequence[str]) -> Invocation:
    """Find the subcommand and its action.

    Args:
        argv: The words after the program's name.

    Raises:
        UsageError: If a subcommand has no such action.
    """
    words = _with_session_ids_attached(argv)
    place = _first_plain_word(words, 0)
    if place is None or words[place] not in SUBCOMMANDS:
        return Invocation("", "", tuple(words))
    name = words.pop(place)
    subcommand = SUBCOMMANDS[name]
    if not subcommand.actions:
        return Invocation(name, "", tuple(words))
    action = _take_action(name, subcommand, words, place)
    return Invocation(name, action, tuple(words))


def _take_action(name: str, subcommand: Subcommand, words: list[str], place: int) -> str:
    """Take the action out of the words; without one, the group's first."""
    found = _first_plain_word(words, place)
    if found is None:
        return subcommand.default_action
    if words[found] in subcommand.actions:
        return words.pop(found)
    near = get_close_matches(words[found], subcommand.actions, n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose of {', '.join(subcommand.actions)}"
    raise UsageError(f"vibe-tui {name} has no {clean_line(words[found], 60)!r}", hint)


def _first_plain_word(words: Sequence[str], start: int) -> int | None:
    place = start
    while place < len(words):
        word = words[place]
        if word == "--":
            return None
        if not word.startswith("-") or word == "-":
            return place
        place += 2 if word in _WITH_VALUE else 1
    return None


def _with_session_ids_attached(argv: Sequence[str]) -> list[str]:
    """Write ``--continue`` as ``--continue=ID``, or ``--continue=`` without an id.

    So a prompt or a path that follows ``--continue`` is never taken for the id.
    """
    words: list[str] = []
    place = 0
    while place < len(argv):
        word = argv[place]
        if word == "--":
            return [*words, *argv[place:]]
        place += 1
        if word == "--continue":
            has_id = place < len(argv) and argv[place].startswith(_SESSION_ID_BEGINS)
            word = f"--continue={argv[place] if has_id else ''}"
            place += has_id
        words.append(word)
    return words
