"""The first screen when no model is chosen: what works on this machine, and how to set another."""

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from vibe_tui.foreign import clean_line
from vibe_tui.llm.model import ModelTarget, ProviderOffer

FindOffers = Callable[[], Awaitable[Sequence[ProviderOffer]]]
"""Looks for keys in the environment and for servers on loopback."""

_TOUR = ProviderOffer("Take the three-minute tour", "tour", ModelTarget("tour/recorded"))
_LOCAL = ProviderOffer("Use the embedded local model", "local", ModelTarget("local/smollm2"))
_ORDER = ("key", "server", "tour", "local")
_WORDS = {
    "tour": "recorded answers, marked as such, on a sample project; checks and undo are real",
    "local": "135M parameters, offline and free: to try the app with, not to fix code with",
}
_MARKS = {"key": "◆", "server": "◇", "tour": "▸", "local": "○"}
_OTHERS = (
    ("in the prompt", "/model openai/NAME"),
    ("when starting", "vibe-tui --model anthropic/NAME [--api-base URL]"),
    ("for good", "export VIBE_TUI_MODEL=gemini/NAME"),
)


class FirstRunScreen(ModalScreen[ProviderOffer | None]):
    """Offers ways to a model; dismissed with the one chosen, or None to look around first.

    Args:
        find_offers: Looks for what works here.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "skip", "look around first", id="first_run.skip"),
        Binding("j", "move(1)", "Down", show=False, id="first_run.down"),
        Binding("k", "move(-1)", "Up", show=False, id="first_run.up"),
    ]

    choices = query_one(OptionList)

    def __init__(self, find_offers: FindOffers) -> None:
        super().__init__()
        self._find_offers = find_offers
        self._offers = [_TOUR, _LOCAL]

    def compose(self) -> ComposeResult:
        """Offers, and below them the ways to any other model."""
        with Vertical(id="first-run-frame") as frame:
            frame.border_title = "Welcome to vibe-tui"
            frame.border_subtitle = "enter chooses · escape looks around first"
            with VerticalScroll(can_focus=False):
                yield Static(_INTRODUCTION, markup=False)
                yield OptionList(compact=True, markup=False)
                yield Static("looking for keys and local servers…", id="first-run-state")
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
        kinds = {offer.kind for offer in found}
        always = [offer for offer in (_TOUR, _LOCAL) if offer.kind not in kinds]
        self._offers = sorted((*found, *always), key=lambda offer: _ORDER.index(offer.kind))
        self._show()
        count = len(kinds & {"key", "server"})
        state = "" if count else "no key in the environment, no local server on its usual port"
        self.query_one("#first-run-state", Static).update(Content(state))

    def _show(self) -> None:
        self.choices.set_options(Option(_offer_text(offer)) for offer in self._offers)
        self.choices.highlighted = 0


_INTRODUCTION = (
    "Talk with a model about your code, see every edit as a diff before it is\n"
    "written, undo it tomorrow, and never spend a cent that was not reserved.\n\n"
    "Which model shall answer?"
)


def _offer_text(offer: ProviderOffer) -> Content:
    words = _WORDS.get(offer.kind) or f"asks {clean_line(offer.target.name, 60)}"
    if len(offer.models) > 1:
        words += f" ({len(offer.models)} models there, /model changes)"
    return Content.assemble(
        (f"{_MARKS[offer.kind]} ", "$text-accent"),
        (clean_line(offer.label, 68), "bold"),
        "\n  ",
        (words, "$text-muted"),
    )


def _other_models() -> Content:
    rows = [
        Content.assemble((f"{where:<15}", "$text-muted"), (how, "$text-primary"))
        for where, how in _OTHERS
    ]
    return Content.assemble(("Any other model\n", "bold"), Content("\n").join(rows))
