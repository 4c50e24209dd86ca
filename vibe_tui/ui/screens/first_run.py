"""The first screen when no model is chosen: what works on this machine, and how to set another."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from vibe_tui.foreign import clean_line
from vibe_tui.llm.model import ModelTarget, ProviderOffer

FindOffers = Callable[[], Awaitable[Sequence[ProviderOffer]]]
"""Looks for keys in the environment and for servers on loopback."""

_TOUR = ProviderOffer("tour", "tour", ModelTarget("tour/recorded"))
_ORDER = ("key", "server", "tour", "local")
_TITLES = {
    "tour": "The three-minute tour",
    "local": "The embedded model",
}
_WORDS = {
    "tour": "recorded answers on a sample project; checks and undo are real",
    "local": "135M parameters, offline, free: to try the app, not to fix code",
}
_MARKS = {"key": "◆", "server": "◆", "tour": "▸", "local": "○"}
_OTHERS = (
    ("in the prompt", "/model openai/NAME"),
    ("when starting", "vibe-tui --model anthropic/NAME [--api-base URL]"),
    ("for good", "export VIBE_TUI_MODEL=gemini/NAME"),
)
_INTRODUCTION = """\
Talk with a model about your code, see every edit as a diff before it is
written, undo it tomorrow, and never spend a cent that was not reserved.
"""
_LOOKING = "looking for keys and local servers…"
_NOTHING_FOUND = "No key in the environment, no local server on its usual port."
_ROWS_AROUND = 14
"""Rows of the dialog without its offers, of two rows each, and without the introduction."""
_ROWS_INTRODUCTION = 3
_NO_LOCAL = "The embedded model is not installed here: make setup adds it."


class FirstRunScreen(ModalScreen[ProviderOffer | None]):
    """Offers ways to a model; dismissed with the one chosen, or None to look around first.

    Args:
        find_offers: Looks for what works here.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "first-run--mark",
        "first-run--title",
        "first-run--muted",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "skip", "look around first", id="first_run.skip"),
        Binding("j", "move(1)", "Down", show=False, id="first_run.down"),
        Binding("k", "move(-1)", "Up", show=False, id="first_run.up"),
    ]

    choices = query_one(OptionList)

    def __init__(self, find_offers: FindOffers) -> None:
        super().__init__()
        self._find_offers = find_offers
        self._offers = [_TOUR]

    def compose(self) -> ComposeResult:
        """Offers, and below them the ways to any other model."""
        with Vertical(id="first-run-frame") as frame:
            frame.border_title = "Welcome to vibe-tui"
            frame.border_subtitle = "enter chooses · escape looks around first"
            yield Static(_INTRODUCTION, id="first-run-introduction", markup=False)
            yield Static("Which model shall answer?", markup=False)
            yield OptionList(compact=True, markup=False)
            yield Static(_LOOKING, id="first-run-state", markup=False)
            yield Static(_other_models(), id="first-run-others")

    def on_mount(self) -> None:
        """Show what is always there, and look for more."""
        self._show()
        self.choices.focus()
        self.run_worker(self._look(), exclusive=True)

    def action_skip(self) -> None:
        """Choose nothing now."""
        self.dismiss(None)

    def action_move(self, step: int) -> None:
        """Move among the offers."""
        if step > 0:
            self.choices.action_cursor_down()
        else:
            self.choices.action_cursor_up()

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._offers[event.option_index])

    async def _look(self) -> None:
        found = await self._find_offers()
        always = [] if any(offer.kind == "tour" for offer in found) else [_TOUR]
        self._offers = sorted((*found, *always), key=lambda offer: _ORDER.index(offer.kind))
        self._show()
        state = self.query_one("#first-run-state", Static)
        state.update(Content(_state(found)))
        state.display = bool(_state(found))

    def on_resize(self) -> None:
        """Keep everything on the screen: the introduction goes first, then offers scroll."""
        introduction = self.query_one("#first-run-introduction")
        room = self.size.height - _ROWS_AROUND
        introduction.display = room - _ROWS_INTRODUCTION >= 2 * len(self._offers)
        self.choices.styles.max_height = max(4, room)

    def _show(self) -> None:
        self.choices.set_options(Option(_offer_text(offer)) for offer in self._offers)
        self.choices.highlighted = 0
        self.on_resize()


def _offer_text(offer: ProviderOffer) -> Content:
    title = _TITLES.get(offer.kind) or clean_line(offer.label, 68)
    words = _WORDS.get(offer.kind) or f"asks {clean_line(offer.target.name, 58)}"
    if len(offer.models) > 1:
        words = f"{clean_line(words, 44)} · {len(offer.models)} models, /model"
    return Content.assemble(
        (f"{_MARKS[offer.kind]} ", ".first-run--mark"),
        (title, ".first-run--title"),
        "\n  ",
        (words, ".first-run--muted"),
    )


def _other_models() -> Content:
    rows = [
        Content.assemble((f"{where:<15}", ".first-run--muted"), (how, ".first-run--mark"))
        for where, how in _OTHERS
    ]
    head = ("Any other model\n", ".first-run--title")
    return Content.assemble(head, Content("\n").join(rows))


def _state(found: Sequence[ProviderOffer]) -> str:
    """What is missing here."""
    kinds = {offer.kind for offer in found}
    lines = [] if kinds & {"key", "server"} else [_NOTHING_FOUND]
    return "\n".join(lines if "local" in kinds else [*lines, _NO_LOCAL])
