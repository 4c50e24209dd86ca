"""Hunks laid out at a width and drawn row by row: the part of a diff view that knows no keys."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from vibe_tui.changes.model import FileDiff, HunkComment
from vibe_tui.ui.widgets.diff_layout import DiffLayout
from vibe_tui.ui.widgets.diff_looks import INKS, ROWS, DiffLooks
from vibe_tui.ui.widgets.hunk_block import (
    Block,
    HunkBlock,
    Reading,
    build_blocks,
    number_digits,
)
from vibe_tui.ui.widgets.hunk_colours import HunkColours
from vibe_tui.ui.widgets.hunk_context import USUAL_CONTEXT
from vibe_tui.ui.widgets.hunk_paint import paint
from vibe_tui.ui.widgets.paper import (
    UNNOTICED,
    Attention,
    LayoutInForce,
    LayoutMode,
    Paper,
    layout_for,
)

MANY_LINES = 4_000
"""A proposal of more lines is cleaned and folded in a thread."""


class DiffSheet(ScrollView):
    """Files and hunks in one scrolling column."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"diff-view--{name}" for name in (*ROWS, *INKS)}

    layout_mode: reactive[LayoutMode] = reactive[LayoutMode]("auto", init=False)
    """One column, two, or as many as the width is good for."""
    context_lines: reactive[int | None] = reactive[int | None](USUAL_CONTEXT, init=False)
    """Unchanged lines around hunks; None for all."""
    hides_white_space: reactive[bool] = reactive(False, init=False)
    """Whether changes of white space alone are shown as context. Decisions do not depend on it."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._diffs: Sequence[FileDiff] = ()
        self._comments: Sequence[HunkComment] = ()
        self._layout_now: DiffLayout | None = None
        self._paper: Paper | None = None
        self._is_rolled_back = False
        self._looks = DiffLooks(self.get_component_rich_style)
        self._colours = HunkColours(self, self._is_block_seen)

    @property
    def layout_in_force(self) -> LayoutInForce:
        """How many columns there are: what ``layout_mode`` comes to at this width."""
        return layout_for(self.layout_mode, self._inner_width)

    @property
    def hidden_hunks(self) -> int:
        """Hunks of which only the header is drawn, because they change white space alone."""
        blocks = self._layout_now.blocks if self._layout_now else ()
        return sum(isinstance(block, HunkBlock) and block.is_hidden for block in blocks)

    # What a subclass adds.

    def _attention(self, _at: int) -> Attention:
        """Whether the reader is at a block."""
        return UNNOTICED

    def _laid_out(self, layout: DiffLayout, before: DiffLayout | None, *, advance: bool) -> None:
        """Find the reader's place again.

        Args:
            layout: Now in force.
            before: What was.
            advance: Whether decisions were made, so that the reader goes on to what is open.
        """

    # Laying out.

    @property
    def _inner_width(self) -> int:
        return self.scrollable_content_region.width

    @property
    def _view(self) -> tuple[int, int]:
        """The first row in sight, and the row behind the last."""
        top = self.scroll_offset.y
        return top, top + self.scrollable_content_region.height

    def _build(self) -> None:
        """Lay out the diffs as they are to be read now."""
        reading = Reading(self.context_lines, self.hides_white_space)
        self._lay_out(partial(build_blocks, self._diffs, reading, self._comments))

    def _lay_out(self, blocks: Callable[[], Sequence[Block]]) -> None:
        width, is_split = self._inner_width, self.layout_in_force == "split"
        self.workers.cancel_group(self, "layout")
        if not width:
            return  # hidden: the resize that shows it lays it out

        def make() -> tuple[DiffLayout, Paper]:
            made = blocks()
            paper = Paper(width, number_digits(made), self._looks, is_split)
            return DiffLayout(made, paper.columns), paper

        async def in_thread() -> None:
            self._use(*await asyncio.to_thread(make))
            gc.freeze()  # looking through so many lines for garbage would hold up keys

        if self._line_count() <= MANY_LINES:
            self._use(*make())
        else:
            self.run_worker(in_thread(), group="layout", exclusive=True)

    def _line_count(self) -> int:
        """About how many lines are to be laid out, context included."""
        known = sum(len(hunk.lines) for diff in self._diffs for hunk in diff.hunks)
        if self.context_lines == USUAL_CONTEXT:
            return known
        return known + sum(len(diff.base_lines) for diff in self._diffs)

    def _use(self, made: DiffLayout, paper: Paper, *, advance: bool = False) -> None:
        """Put a layout on screen, in the state of the newest diffs."""
        before = self._layout_now
        layout = self._layout_now = made.restated(self._diffs, self._comments)
        self._paper = paper.stated(
            is_plain=self.app.native_ansi_color, is_rolled_back=self._is_rolled_back
        )
        self.virtual_size = Size(paper.width, layout.height)
        self._laid_out(layout, before, advance=advance)

    def on_resize(self, _: events.Resize) -> None:
        """Fold again when the width is new."""
        layout, width = self._layout_now, self._inner_width
        if layout is None:
            self._build()
        elif width and (self._paper is None or self._paper.width != width):
            self._lay_out(lambda: layout.blocks)

    def watch_layout_mode(self) -> None:
        """Fold into one column or two."""
        if (layout := self._layout_now) is not None:
            self._lay_out(lambda: layout.blocks)

    def watch_context_lines(self) -> None:
        """Show more or fewer unchanged lines."""
        if self._layout_now is not None:
            self._build()

    def watch_hides_white_space(self) -> None:
        """Show changes of white space, or not."""
        if self._layout_now is not None:
            self._build()

    # Drawing.

    def render_line(self, y: int) -> Strip:
        """Draw one row of the screen."""
        layout, paper, row = self._layout_now, self._paper, self.scroll_offset.y + y
        if layout is None or paper is None or row >= layout.height:
            return Strip.blank(self.size.width, self.rich_style)
        at, inner = layout.locate(row)
        laid = layout.laid[at]
        if isinstance(laid.block, HunkBlock):
            for piece in laid.pieces(inner - 1):
                if piece is not None:
                    self._colours.want(laid.block, piece.index)
        return paint(laid, inner, paper, self._attention(at))

    def _is_block_seen(self, block: HunkBlock) -> bool:
        layout = self._layout_now
        if layout is None:
            return False
        top, bottom = self._view
        first, last = layout.locate(min(top, layout.height - 1)).at, len(layout.blocks)
        for at in range(first, last):
            if layout.tops[at] >= bottom:
                return False
            if layout.blocks[at] is block:
                return True
        return False

    def notify_style_update(self) -> None:
        """Forget the colours of the theme that was."""
        super().notify_style_update()
        self._looks.forget()
        if self._paper is not None:
            self._paper = self._paper.stated(
                is_plain=self.app.native_ansi_color, is_rolled_back=self._is_rolled_back
            )
