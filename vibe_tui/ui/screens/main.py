"""The main screen: map, chat and review side by side, or one at a time where it is narrow."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.getters import query_one
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer

from vibe_tui.ui.layout import NARROW_BELOW, PaneWidths
from vibe_tui.ui.widgets.chat_pane import ChatPane
from vibe_tui.ui.widgets.map_pane import FindPaths, MapPane
from vibe_tui.ui.widgets.pane_tabs import PaneTab, PaneTabs
from vibe_tui.ui.widgets.review_pane import ReviewPane
from vibe_tui.ui.widgets.review_requests import AutoAcceptRequested, AutoAcceptUndone
from vibe_tui.ui.widgets.spend_gauge import SpendGauge
from vibe_tui.ui.widgets.splitter import Splitter
from vibe_tui.ui.widgets.top_bar import TopBar

PANES = {"map": "Map", "chat": "Chat", "review": "Review"}
"""Pane id to title, from left to right."""
_RESIZE_CELLS = 4
_CHORDS = (
    ("f2,alt+a", "accept_all", "accept", "decide.accept"),
    ("f3,alt+x", "reject_all", "reject", "decide.reject"),
    ("f4,alt+u", "roll_back", "roll back", "decide.roll_back"),
)
"""Keys, Review's action, words and id. They come before the prompt, which would type a letter."""


def _decisions() -> Iterator[Binding]:
    """Each chord where it is told in the footer, where Review's own letters are, and elsewhere."""
    for keys, decision, words, binding_id in _CHORDS:
        yield Binding(keys, f"decide('{decision}')", words, priority=True, id=binding_id)
    yield Binding("f2", "look", "review", priority=True, id="decide.look")
    for keys, decision, _, _ in _CHORDS:
        yield Binding(keys, f"decide_in_review('{decision}')", show=False, priority=True)
        yield Binding(keys, "decide_nothing", show=False, priority=True)


def _pane_binding(keys: str, action: str, words: str, binding_id: str) -> Binding:
    return Binding(keys, action, words, show=False, priority=True, id=binding_id)


class MainScreen(Screen[None]):
    """Holds the panes and shares the columns among them.

    Args:
        find_paths: Ranks the project's paths, for the map's search.
        widths: Columns wanted for the map and the review.
    """

    AUTO_FOCUS = "#prompt-input"
    BINDINGS: ClassVar[list[BindingType]] = [
        *_decisions(),
        _pane_binding("f6", "next_pane(1)", "next pane", "pane.next"),
        _pane_binding("shift+f6", "next_pane(-1)", "previous pane", "pane.previous"),
        _pane_binding("alt+m", "show_pane('map')", "to the map", "pane.map"),
        _pane_binding("alt+c", "show_pane('chat')", "to the chat", "pane.chat"),
        _pane_binding("alt+r", "show_pane('review')", "to the review", "pane.review"),
        _pane_binding("alt+left", "resize(-1)", "narrower pane", "pane.narrower"),
        _pane_binding("alt+right", "resize(1)", "wider pane", "pane.wider"),
        Binding("f7", "auto_off", "auto off", priority=True, id="auto.off"),
        Binding("f7", "auto_on", "auto-accept", show=False, priority=True, id="auto.on"),
        Binding("f8", "auto_undo", "undo auto", priority=True, id="auto.undo"),
        Binding("escape", "back", "stop, or to the prompt", show=False, id="back"),
    ]

    map_pane = query_one(MapPane)
    chat = query_one(ChatPane)
    review = query_one(ReviewPane)
    top_bar = query_one(TopBar)
    gauge = query_one(SpendGauge)
    tabs = query_one(PaneTabs)

    class StopRequested(Message):
        """The running answer is to stop."""

    def __init__(self, find_paths: FindPaths, widths: PaneWidths) -> None:
        super().__init__()
        self._find_paths = find_paths
        self._widths = widths
        self._active = "chat"
        self._waiting = 0
        self._is_narrow = False
        self._is_zoomed = False

    def compose(self) -> ComposeResult:
        """The four regions, and the tab line of narrow terminals."""
        panes: tuple[Widget, ...] = (
            MapPane(self._find_paths, id="map"),
            Splitter("map", 1),
            ChatPane(id="chat"),
            Splitter("review", -1),
            ReviewPane(id="review"),
        )
        tabs = PaneTabs(PANES)
        self._share(self.app.size.width, tabs, panes)  # so that the first frame needs one layout
        yield TopBar()
        yield tabs
        yield Horizontal(*panes, id="panes")
        yield SpendGauge()
        yield Footer()

    @property
    def active_pane(self) -> str:
        """The id of the pane that has the focus, or had it last."""
        return self._active

    def show_waiting(self, count: int) -> None:
        """Say everywhere how many proposals wait for a decision."""
        self._waiting = count
        self.top_bar.tell(waiting=count)
        self._show_tabs()
        self.refresh_bindings()

    def show_auto_accept(self, patterns: tuple[str, ...], undo_id: str) -> None:
        """Say all the time what is accepted without asking, and what of it can be undone.

        Args:
            patterns: Globs of the paths; empty while it is off.
            undo_id: The change that was accepted so last.
        """
        self.top_bar.tell(auto_accept=patterns, auto_undo_id=undo_id)
        self.refresh_bindings()

    def on_resize(self) -> None:
        """Share the columns anew."""
        self._arrange()

    def on_screen_resume(self) -> None:
        """The box above the panes is gone: keys go to them again."""
        if self.review.has_focus_within:
            self.review.keys_came()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember the pane that has the focus."""
        pane_id = _pane_of(event.widget)
        if pane_id is not None and pane_id != self._active:
            self._active = pane_id
            self._is_zoomed = self._is_zoomed and pane_id == "review"
            self._arrange()
            self.refresh_bindings()

    # Keys.

    def action_next_pane(self, step: int) -> None:
        """Go to the pane on the right, or on the left, around the edge."""
        ids = list(PANES)
        self.action_show_pane(ids[(ids.index(self._active) + step) % len(ids)])

    def action_show_pane(self, pane_id: str) -> None:
        """Show a pane and put the focus into it."""
        self._active = pane_id
        self._is_zoomed = self._is_zoomed and pane_id == "review"
        self._arrange()
        self._focus_inside(self.query_one(f"#{pane_id}"))

    def action_resize(self, steps: int) -> None:
        """Make the pane of the focus wider, or narrower."""
        self._resize(self._active, steps * _RESIZE_CELLS)

    def action_back(self) -> None:
        """Stop a running answer, else go to the prompt."""
        if self.chat.is_streaming:
            self.post_message(self.StopRequested())
        else:
            self.action_show_pane("chat")

    async def action_decide(self, decision: str) -> None:
        """Decide on the proposal in Review from another pane; the words are Review's actions."""
        await self.app.run_action(decision, self.review)

    async def action_decide_in_review(self, decision: str) -> None:
        """The same by the same chord when Review has the focus."""
        await self.app.run_action(decision, self.review)

    def action_decide_nothing(self) -> None:
        """Nothing can be decided: the chord types no letter either."""

    def action_look(self) -> None:
        """Show what waits in Review: nobody decides on what they cannot see."""
        self.action_show_pane("review")

    def action_auto_off(self) -> None:
        """Ask about every edit again."""
        self.post_message(AutoAcceptRequested(()))

    def action_auto_on(self) -> None:
        """Offer to accept valid edits of the files in Review without asking."""
        self.review.action_auto_accept()

    def action_auto_undo(self) -> None:
        """Roll back what was accepted last without asking."""
        self.post_message(AutoAcceptUndone())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer only what works now and here."""
        if action == "look":
            return not self.review.display and self._waiting > 0
        if action.startswith("auto"):
            facts = self.top_bar.facts
            works = {"auto_off": facts.auto_accept, "auto_undo": facts.auto_undo_id}
            return bool(works.get(action, not facts.auto_accept))
        if action not in {"decide", "decide_in_review"}:
            return True
        if not self.review.display or (action == "decide") == (self._active == "review"):
            return False
        return self.review.check_action(str(parameters[0]), ())

    @on(TopBar.AutoAcceptPressed)
    def _press_badge(self, event: TopBar.AutoAcceptPressed) -> None:
        event.stop()
        self.action_auto_off()

    @on(TopBar.AutoUndoPressed)
    def _press_undo(self, event: TopBar.AutoUndoPressed) -> None:
        event.stop()
        self.action_auto_undo()

    @on(ReviewPane.ZoomToggled)
    def _zoom(self, event: ReviewPane.ZoomToggled) -> None:
        event.stop()
        self._is_zoomed = not self._is_zoomed
        self._active = "review"
        self._arrange()

    @on(Splitter.Dragged)
    def _drag(self, event: Splitter.Dragged) -> None:
        event.stop()
        self._resize(event.pane_id, event.cells)

    @on(PaneTab.Pressed)
    def _press_tab(self, event: PaneTab.Pressed) -> None:
        event.stop()
        self.action_show_pane(event.pane_id)

    # Layout.

    def _resize(self, pane_id: str, cells: int) -> None:
        if not self._is_narrow and not self._is_zoomed:
            self._widths = self._widths.resized(pane_id, cells, self.size.width)
            self._arrange()

    def _arrange(self) -> None:
        self._share(self.size.width, self.tabs, self.query("#panes > *"))
        self._show_tabs()

    def _share(self, columns: int, tabs: PaneTabs, panes: Iterable[Widget]) -> None:
        self._is_narrow = columns < NARROW_BELOW
        is_alone = self._is_narrow or self._is_zoomed
        tabs.display = self._is_narrow
        map_columns, review_columns = self._widths.fit(max(columns, NARROW_BELOW))
        widths = {"map": map_columns, "review": review_columns}
        for pane in panes:
            if pane.id is None:
                pane.display = not is_alone
                continue
            pane.display = not is_alone or pane.id == self._active
            pane.styles.width = "1fr" if is_alone else widths.get(pane.id, "1fr")
            if isinstance(pane, ReviewPane):
                pane.set_room(is_alone=is_alone, is_zoomed=self._is_zoomed)

    def _show_tabs(self) -> None:
        self.tabs.show_state(self._active, {"review": self._waiting})

    def _focus_inside(self, pane: Widget) -> None:
        if isinstance(pane, ChatPane):
            pane.focus_prompt()
            return
        if isinstance(pane, ReviewPane):
            pane.focus()
            return
        inside = (widget for widget in self.focus_chain if pane in widget.ancestors_with_self)
        first = next(inside, None)
        if first is not None:
            first.focus()


def _pane_of(widget: Widget) -> str | None:
    return next((node.id for node in widget.ancestors_with_self if node.id in PANES), None)
