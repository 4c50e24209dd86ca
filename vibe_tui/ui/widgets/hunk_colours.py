"""Syntax colours found as hunks come into sight: in a thread, one stretch at a time."""

import asyncio
from typing import Protocol

from textual.widget import Widget

from vibe_tui.ui.widgets.hunk_block import HunkBlock
from vibe_tui.ui.widgets.hunk_syntax import colour_stretch, stretch_of


class IsSeen(Protocol):
    """Whether something of a block is on the screen."""

    def __call__(self, block: HunkBlock) -> bool:
        """True for a block in sight."""
        ...


class HunkColours:
    """Finds colours for a widget and has it drawn again.

    Args:
        widget: Runs the work.
        is_seen: Whether a block is on the screen.
    """

    def __init__(self, widget: Widget, is_seen: IsSeen) -> None:
        self._widget = widget
        self._is_seen = is_seen
        self._wanted: list[tuple[HunkBlock, int]] = []
        self._is_running = False

    def want(self, block: HunkBlock, index: int) -> None:
        """Ask for the colours of a line that is being drawn; nothing happens if they are known.

        Args:
            block: A hunk.
            index: Of the line.
        """
        stretch = stretch_of(index)
        if stretch in block.spans:
            return
        block.spans[stretch] = ()  # asked once, also if the lexer fails
        self._wanted.append((block, stretch))
        if not self._is_running:
            self._is_running = True
            self._widget.call_later(self._start)

    def _start(self) -> None:
        self._widget.run_worker(self._find_all(), group="colours", exit_on_error=False)

    async def _find_all(self) -> None:
        try:
            while self._wanted:
                block, stretch = self._wanted.pop(0)
                if self._is_seen(block):
                    await self._find(block, stretch)
                else:  # it scrolled away before its turn, and waits for its return
                    block.spans.pop(stretch, None)
        finally:
            self._is_running = False

    async def _find(self, block: HunkBlock, stretch: int) -> None:
        block.spans[stretch] = await asyncio.to_thread(colour_stretch, block, stretch)
        self._widget.refresh()
