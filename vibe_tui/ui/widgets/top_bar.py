"""The top line: which project, how much of it is mapped, which model, and what waits."""

from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.message import Message
from textual.style import Style
from textual.widget import Widget

from vibe_tui.foreign import clean_line
from vibe_tui.ui.fitting import Piece, fit_line, short_count, shorten_path

_PATH_CELLS = 32
_PATTERN_CELLS = 22
_BADGE, _ANSI_BADGE = "bold $text on $warning", "bold reverse $warning"
"""The one thing on this line that nobody may overlook, also in a terminal's own palette."""


@dataclass(frozen=True, slots=True)
class TopFacts:
    """What the top line tells. None: not known yet."""

    project: str = ""
    branch: str | None = None
    changed_files: int = 0
    mapped_files: int | None = None
    mapped_s: float | None = None
    parsed: tuple[int, int] | None = None
    """Files parsed so far, of how many."""
    model: str | None = None
    context_tokens: int | None = None
    context_limit: int | None = None
    waiting: int = 0
    """Proposals that nobody has decided on."""
    auto_accept: tuple[str, ...] = ()
    """Globs of the paths whose valid edits are accepted without asking; empty while it is off."""
    auto_undo_id: str = ""
    """The change that was accepted so last and still stands."""


class TopBar(Widget):
    """One line, always of the same size."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"top-bar--{name}" for name in ("name", "text", "muted", "change", "waiting", "missing")
    }

    class AutoAcceptPressed(Message):
        """The badge was clicked: auto-accept is to be switched off."""

    class AutoUndoPressed(Message):
        """Its undo was clicked."""

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self.facts = TopFacts()

    def tell(self, **changes: object) -> None:
        """Change some of the facts, named as in ``TopFacts``."""
        self.facts = replace(self.facts, **changes)  # type: ignore[arg-type] # fields by name
        self.refresh()

    def render(self) -> Content:
        """Write the line."""
        return fit_line(self._left(), self._right(), self.content_size.width)

    def _left(self) -> list[Piece]:
        facts = self.facts
        project = shorten_path(clean_line(facts.project), _PATH_CELLS)
        pieces = [
            Piece.of(("vibe-tui", ".top-bar--name"), rank=6),
            Piece.of((project, ".top-bar--muted"), rank=1),
        ]
        if facts.branch is not None:
            count = f" ±{facts.changed_files}" if facts.changed_files else ""
            branch = (clean_line(facts.branch, 24), ".top-bar--text")
            pieces.append(Piece.of(branch, (count, ".top-bar--change"), rank=3))
        if (mapped := self._mapped()) is not None:
            pieces.append(mapped)
        return pieces

    def _mapped(self) -> Piece | None:
        facts = self.facts
        if facts.parsed is not None:
            done, total = facts.parsed
            return Piece.of((f"mapping {done:,} of {total:,}", ".top-bar--muted"), rank=7)
        if facts.mapped_files is None:
            return None
        seconds = f" · {facts.mapped_s:.1f} s" if facts.mapped_s is not None else ""
        plural = "s" * (facts.mapped_files != 1)
        text = f"{facts.mapped_files:,} file{plural} mapped{seconds}"
        return Piece.of((text, ".top-bar--text"), rank=7)

    def _right(self) -> list[Piece]:
        facts = self.facts
        pieces = self._auto_accept()
        if facts.waiting:
            text = f"● {facts.waiting} to review"
            pieces.append(Piece.of((text, ".top-bar--waiting")))
        if facts.model is None:
            pieces.append(Piece.of(("no model yet: /model", ".top-bar--missing"), rank=2))
        else:
            pieces.append(Piece.of((clean_line(facts.model, 36), ".top-bar--muted"), rank=2))
        if facts.context_tokens is not None:
            limit = f" of {short_count(facts.context_limit)}" if facts.context_limit else " tok"
            tokens = (short_count(facts.context_tokens), ".top-bar--muted")
            text_ink = ".top-bar--text"
            pieces.append(Piece.of(("context ", text_ink), tokens, (limit, text_ink), rank=5))
        return pieces

    def _auto_accept(self) -> list[Piece]:
        """A badge that stays for as long as something is accepted without asking."""
        facts, pieces = self.facts, []
        if facts.auto_accept:
            first, *more = facts.auto_accept
            paths = shorten_path(clean_line(first), _PATTERN_CELLS)
            count = f" +{len(more)}" if more else ""
            look = _ANSI_BADGE if self.app.native_ansi_color else _BADGE
            badge = Content.assemble((f" AUTO {paths}{count} ", look))
            pieces.append(Piece(badge.stylize(Style.from_meta({"auto": "off"}))))
            off = Content.assemble(("f7 off", ".top-bar--missing"))
            pieces.append(Piece(off.stylize(Style.from_meta({"auto": "off"})), rank=4))
        if facts.auto_undo_id:
            undo = Content.assemble(("f8 undo auto", ".top-bar--missing"))
            rank = 4 if facts.auto_accept else 6
            pieces.append(Piece(undo.stylize(Style.from_meta({"auto": "undo"})), rank))
        return pieces

    def on_click(self, event: events.Click) -> None:
        """Do what the badge says."""
        match event.style.meta.get("auto"):
            case "off":
                self.post_message(self.AutoAcceptPressed())
            case "undo":
                self.post_message(self.AutoUndoPressed())
