"""An answer taken apart while it streams: prose, code fences and SEARCH/REPLACE blocks.

It decides what is shown and how; what is proposed is decided by the engine.
"""

import re
from collections.abc import Callable

from vibe_tui.ui.transcript import CodePart, EditPart, Part, ProsePart

_FENCE = re.compile(r"^(?P<indent> {0,3})(?P<marks>`{3,}(?!.*`)|~{3,})(?P<info>.*)$")
_MAYBE_FENCE = re.compile(r"^ {0,3}(?:`{1,2}$|`{3,}[^`]*$|~+$|~{3,})")
_SEARCH = re.compile(r"^ *<{5,9} ?SEARCH>?\s*$")
_MAYBE_SEARCH = re.compile(r"^ *<{1,9} ?(?:S(?:E(?:A(?:R(?:C(?:H>?\s*)?)?)?)?)?)?$")
_DIVIDER = re.compile(r"^ *={5,9}\s*$")
_REPLACE = re.compile(r"^ *>{5,9} ?REPLACE\s*$")
_MAYBE_MARK = re.compile(r"^ *[=>`~]")
_PATH = re.compile(
    r"(?:[\w.@+-]+/)*(?:[\w.@+-]*\.[A-Za-z][\w+-]{0,15}|(?:Make|Docker|Just|Proc)file)"
    r"|(?:[\w.@+-]+/)+[\w.@+-]+"
)
_INFO_WORDS = re.compile(r"[\s:={}]+")
_DECORATION = "*_`'\"#: "
_INDENTED_OR_LIST = re.compile(r"^(?:\s|[-*+>|]|\d{1,9}[.)]\s)")

_LONG_STRETCH = 24
"""Lines of prose after which a paragraph begins a part of its own."""
_LONGEST_STRETCH = 120
"""Lines after which a list, too, is continued in a part of its own."""
_LONGEST_LINE = 8_000
"""Characters after which a line is broken, so that no answer makes drawing slow."""


def path_of(line: str) -> str:
    """The path that a line holds and nothing else; empty when it is anything else."""
    word = line.strip().strip(_DECORATION).removeprefix("./")
    return word if _PATH.fullmatch(word) else ""


class AnswerParts:
    """Feeds an answer's text into parts.

    Args:
        add: Called with each part as it begins; later text goes into that part.
    """

    def __init__(self, add: Callable[[Part], None]) -> None:
        self._add = add
        self._partial = ""
        self._breaks = False
        """Whether the next line end closes the prose."""
        self._fence = ""
        self._indent = 0
        self._language = ""
        self._path = ""
        self._part: ProsePart | CodePart | EditPart | None = None

    def feed(self, text: str) -> None:
        """Take the next piece of the answer (cleaned of what could drive a terminal)."""
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            self._take_line(line)
        while len(self._partial) > _LONGEST_LINE:
            self._take_line(self._partial[:_LONGEST_LINE])
            self._partial = self._partial[_LONGEST_LINE:]
        self._show_tail()

    def break_off(self, *, at_once: bool) -> None:
        """Let later text stand below what else was added meanwhile; fences and edits stay whole.

        Args:
            at_once: Whether an unfinished line ends here, as where a second answer follows.
        """
        if self._fence or isinstance(self._part, EditPart):
            return
        if at_once and self._partial:
            self._take_line(self._partial)
            self._partial = ""
        if not self._partial:
            self._close()
        self._breaks = bool(self._partial)

    def finish(self) -> None:
        """The answer is over; what is open is closed as it stands."""
        if self._partial:
            self._take_line(self._partial)
            self._partial = ""
        if isinstance(self._part, EditPart):
            self._part.is_cut = True
        self._close()
        self._fence = ""

    def _take_line(self, line: str) -> None:
        if self._part is not None and not isinstance(self._part, ProsePart):
            self._part.tail = ""
        if isinstance(self._part, EditPart):
            self._take_edit_line(self._part, line)
        elif _SEARCH.match(line):
            self._open_edit()
        elif self._fence:
            self._take_fenced_line(line)
        elif match := _FENCE.match(line):
            self._open_fence(len(match["indent"]), match["marks"], match["info"].strip())
        else:
            self._take_prose_line(line)

    def _show_tail(self) -> None:
        """Show the unfinished line, unless it may turn out to be a marker."""
        tail, part = self._partial, self._part
        if _MAYBE_SEARCH.match(tail):
            tail = ""
        elif part is None or isinstance(part, ProsePart):
            if self._fence or _MAYBE_FENCE.match(tail):
                tail = ""
            elif tail.strip():
                part = self._prose()
        elif _MAYBE_MARK.match(tail):
            tail = ""
        else:
            tail = self._unindented(tail)
        if part is not None and part.tail != tail:
            part.tail = tail
            part.touch()

    # -- prose ---------------------------------------------------------------------------------

    def _prose(self) -> ProsePart:
        if isinstance(self._part, ProsePart):
            return self._part
        self._close()
        part = ProsePart()
        self._open(part)
        return part

    def _take_prose_line(self, line: str) -> None:
        part = self._part if isinstance(self._part, ProsePart) else None
        if part is None and not line.strip():
            return
        if part is not None and _begins_stretch(part, line):
            self._close()
        part = self._prose()
        part.tail = ""
        part.lines.append(line)
        part.touch()
        if self._breaks:
            self._breaks = False
            self._close()

    def _take_path_from_prose(self) -> str:
        """The path on the last line of the prose, which then moves into the next part's title."""
        part = self._part
        if not isinstance(part, ProsePart):
            return ""
        while part.lines and not part.lines[-1].strip():
            part.lines.pop()
        path = path_of(part.lines[-1]) if part.lines else ""
        if path:
            part.lines.pop()
        part.tail = ""
        return path

    # -- fences --------------------------------------------------------------------------------

    def _open_fence(self, indent: int, marks: str, info: str) -> None:
        self._path = self._take_path_from_prose()
        self._fence, self._indent = marks, indent
        words = [word for word in _INFO_WORDS.split(info) if word]
        named = next((word for word in reversed(words) if path_of(word)), "")
        self._language = words[0].lower() if words and words[0] != named else ""
        self._path = path_of(named) or self._path
        self._open_code()

    def _open_code(self) -> None:
        self._close()
        self._open(CodePart(self._language, self._path))

    def _take_fenced_line(self, line: str) -> None:
        stripped = line.strip()
        mark = self._fence[0]
        if len(stripped) >= len(self._fence) and stripped == mark * len(stripped):
            self._close()
            self._fence = ""
            return
        if not isinstance(self._part, CodePart):
            if not stripped or path_of(line):
                self._path = path_of(line) or self._path
                return
            self._open_code()
        assert isinstance(self._part, CodePart)
        self._part.lines.append(self._unindented(line))
        self._part.touch()

    def _unindented(self, line: str) -> str:
        blank = len(line) - len(line.lstrip(" "))
        return line[min(blank, self._indent) :] if self._fence else line

    # -- edits ---------------------------------------------------------------------------------

    def _open_edit(self) -> None:
        path = self._take_path_from_prose() if not self._fence else ""
        part = self._part
        if isinstance(part, CodePart):
            content = [line for line in part.lines if line.strip()]
            path = path_of(content[-1]) if content else ""
            if not content or (path and len(content) == 1):  # the fence only wraps the edit
                part.lines.clear()
                part.path = ""
        self._path = path or self._path
        self._close()
        self._open(EditPart(self._path))

    def _take_edit_line(self, part: EditPart, line: str) -> None:
        if _REPLACE.match(line):
            part.is_folded = True
            self._close()
        elif _DIVIDER.match(line) and not part.is_replacing:
            part.is_replacing = True
        else:
            (part.added if part.is_replacing else part.removed).append(self._unindented(line))
        part.touch()

    # -- parts ---------------------------------------------------------------------------------

    def _open(self, part: ProsePart | CodePart | EditPart) -> None:
        part.is_open = True
        self._part = part
        self._add(part)

    def _close(self) -> None:
        if self._part is not None:
            self._part.is_open = False
            self._part.tail = ""
            self._part.touch()
        self._part = None


def _begins_stretch(part: ProsePart, line: str) -> bool:
    """Whether a line begins a part of its own: only where Markdown reads the same on both sides."""
    if not line.strip():
        return False
    if len(part.lines) >= _LONGEST_STRETCH:
        return not line[0].isspace()
    follows_blank = bool(part.lines) and not part.lines[-1].strip()
    return len(part.lines) >= _LONG_STRETCH and follows_blank and not _INDENTED_OR_LIST.match(line)
