"""How tests of the face wait and look: by conditions, never by the clock."""

import time
from collections.abc import Callable

from textual.app import App
from textual.geometry import Region
from textual.pilot import Pilot
from textual.widget import Widget

from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.widgets.review_gate import GRACE_S
from vibe_tui.ui.widgets.review_pane import ReviewPane

SIZES = [(150, 40), (100, 30), (80, 24)]
"""A wide terminal, one that shows a pane at a time, and the smallest that must be usable."""
_PATIENCE_S = 20.0


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Return once a condition holds; fail with the screen's text if it never does."""
    deadline_s = time.monotonic() + _PATIENCE_S
    while not condition():
        if time.monotonic() > deadline_s:
            raise AssertionError(f"never came true; the screen shows:\n{text_of(pilot.app)}")
        await pilot.pause(0.01)
    await pilot.pause()


async def send(pilot: Pilot[None], app: VibeApp, text: str) -> None:
    """Send what stands in the prompt by its key, without typing letter by letter."""
    prompt = app.desk.screen.chat.prompt.text_input
    assert prompt.has_focus
    prompt.load_text(text)
    await pilot.press("enter")


def pass_grace(review: ReviewPane) -> None:
    """Let the time pass in which keys do not decide yet."""
    gate = review._gate
    clock = gate._clock
    gate._clock = lambda: clock() + GRACE_S


def screen_lines(app: App[None]) -> list[str]:
    """What the terminal shows, a string a row."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def text_of(app: App[None], widget: Widget | None = None) -> str:
    """What the terminal shows of a widget, or of the whole screen."""
    lines = screen_lines(app)
    region: Region = widget.region if widget is not None else app.screen.region
    rows = lines[region.y : region.bottom]
    return "\n".join(line[region.x : region.right].rstrip() for line in rows)


def footer_of(app: App[None]) -> str:
    """The last row."""
    return screen_lines(app)[-1]
