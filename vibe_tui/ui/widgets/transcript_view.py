"""The conversation as one widget that draws its own rows.

Nothing is mounted while an answer streams: a chunk lays out the end of the answer and repaints
the rows that differ. The reader's place never moves unless they are at the bottom.
"""

from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.timer import Timer
from textual.widget import Widget

from vibe_tui.ui.live_code import CODE_ROLES
from vibe_tui.ui.row_window import RowWindow, line_index, part_number
from vibe_tui.ui.rows import Row
from vibe_tui.ui.span_styles import SpanStyles
from vibe_tui.ui.transcript import EditPart, Transcript

_WRITES_A_SECOND = 15
_WRITES_A_SECOND_AWAY = 4
"""While the reader is further up, what is added below is laid out less often."""
_ROWS_AT_ONCE = 400


class TranscriptView(ScrollView, can_focus=True):
    """Shows a transcript.

    Args:
        transcript: What to show; call ``changed`` after adding to it.
        id: The widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "transcript--added",
        "transcript--bar",
        "transcript--bullet",
        "transcript--code",
        "transcript--cursor",
        "transcript--done",
        "transcript--em",
        "transcript--error",
        "transcript--heading",
        "transcript--inline-code",
        "transcript--link",
        "transcript--mention",
        "transcript--minus",
        "transcript--muted",
        "transcript--path",
        "transcript--plus",
        "transcript--prompt",
        "transcript--removed",
        "transcript--strong",
        "transcript--title",
        "transcript--warning",
    } | {f"code--{role}" for role in CODE_ROLES}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o", "fold_edits", "open or fold edits", id="transcript.fold"),
        Binding("enter", "write", "write", id="transcript.write"),
    ]

    has_unseen = var(False)
    """Whether text was added below what the reader sees."""

    class WritingWanted(Message):
        """The reader wants to go on writing."""

    class UnseenChanged(Message):
        """``has_unseen`` changed."""

    def __init__(self, transcript: Transcript, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._transcript = transcript
        self._window = RowWindow(transcript)
        self._span_styles = SpanStyles(self)
        self._timer: Timer | None = None
        self._written_at = 0.0
        self._bottom = 0
        """The lowest place when the rows were last taken over; the view's height may change."""

    # -- following the transcript --------------------------------------------------------------

    @property
    def is_following(self) -> bool:
        """Whether the reader is at the bottom, so that new text scrolls into view."""
        bottom = min(self._bottom, self.max_scroll_y)
        return self._window.has_end and self.scroll_target_y >= bottom - 0.5

    def changed(self) -> None:
        """Say that the transcript changed; it is drawn at most 15 times a second."""
        if self._timer is None:
            a_second = _WRITES_A_SECOND if self.is_following else _WRITES_A_SECOND_AWAY
            wait_s = self._written_at + 1 / a_second - monotonic()
            self._timer = self.set_timer(max(0.001, wait_s), self.write_now)

    def write_now(self) -> None:
        """Draw what changed at once."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self._written_at = monotonic()
        if not self._window.width:
            return
        follows = self.is_following
        top = self._top()
        changed = self._window.sync()
        if not self._window.has_end:
            self.has_unseen = True
        if changed is None:
            return
        if follows:
            self._window.trim_top(len(self._window.rows))
        self._fit(follows, top, changed)
        if not follows:
            self.has_unseen = True

    def _fit(self, follows: bool, top: tuple[int, int] | None, changed: int = 0) -> None:
        """Take over the rows' number and put the reader where they were."""
        rows = len(self._window.rows)
        before = self.scroll_offset.y
        self._take_size()
        if follows:
            self._jump(self.max_scroll_y)
        elif top is not None and changed <= before:
            self._jump(self._window.index_of(*top))
        if changed <= self.scroll_offset.y or self.scroll_offset.y != before:
            self.refresh()
        else:
            self.refresh_lines(changed, max(self.size.height, rows - changed))

    def _take_size(self) -> None:
        """Take over the number of rows; the screen is laid out anew only for a scrollbar's sake."""
        size = Size(self._window.width, len(self._window.rows))
        was_scrollable = self.virtual_size.height > self.size.height
        if was_scrollable and size.height > self.size.height:
            self.set_reactive(Widget.virtual_size, size)
            self.vertical_scrollbar.window_virtual_size = size.height
        else:
            self.virtual_size = size
        self._bottom = self.max_scroll_y

    def _top(self) -> tuple[int, int] | None:
        """The line and the character that the view begins with."""
        rows = self._window.rows
        row = rows[min(self.scroll_offset.y, len(rows) - 1)] if rows else None
        return None if row is None else (row.key, row.x)

    def _jump(self, y: float) -> None:
        if y != self.scroll_y or y != self.scroll_target_y:
            self.scroll_to(y=y, animate=False, force=True)

    # -- reading -------------------------------------------------------------------------------

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Hold more of the transcript where the reader goes."""
        super().watch_scroll_y(old_value, new_value)
        height = self.size.height
        if new_value < old_value and new_value < height and not self._window.has_start:
            self.call_next(self._extend_up)
        elif new_value > old_value and new_value + 2 * height >= len(self._window.rows):
            self.call_next(self._extend_down)
        if self.has_unseen and self.is_following:
            self.has_unseen = False

    def _extend_up(self) -> None:
        if self.scroll_y >= self.size.height or self._window.has_start:
            return
        target = self.scroll_target_y
        added = self._window.extend_up(_ROWS_AT_ONCE)
        self._window.trim_bottom(self.scroll_offset.y + added + self.size.height)
        self._take_size()
        self._jump(target + added)
        self.refresh()

    def _extend_down(self) -> None:
        if self._window.has_end:
            return
        target = self.scroll_target_y
        self._window.extend_down(_ROWS_AT_ONCE)
        removed = self._window.trim_top(self.scroll_offset.y)
        self._take_size()
        if removed:
            self._jump(target - removed)
        self.refresh()

    def show_end(self) -> None:
        """Go to the bottom and follow what comes."""
        if self._window.has_end and self._window.width:
            self._window.sync()
            self._show_bottom()
        else:
            self.reset()

    def reset(self) -> None:
        """Show the end of a transcript that is not the one before."""
        if self._window.width:
            self._window.show_end()
            self._show_bottom()

    def _show_bottom(self) -> None:
        self.has_unseen = False
        self._fit(follows=True, top=None)

    def action_scroll_end(self) -> None:
        """Go to the latest text."""
        self.show_end()

    def action_scroll_home(self) -> None:
        """Go to the first message."""
        if not self._window.has_start:
            self._window.show_start()
        self._take_size()
        self._jump(0)
        self.refresh()

    def action_write(self) -> None:
        """Go to the prompt."""
        self.post_message(self.WritingWanted())

    def action_fold_edits(self) -> None:
        """Show every edit's lines, or fold them all again."""
        edits = [edit for edit in self._transcript.edits() if not edit.is_open]
        fold = not any(edit.is_folded for edit in edits)
        for edit in edits:
            edit.is_folded = fold
            edit.touch()
        self.write_now()

    def watch_has_unseen(self) -> None:
        """Tell the pane."""
        self.post_message(self.UnseenChanged())

    # -- size and looks ------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Wrap anew, keeping the reader's place."""
        width = self.scrollable_content_region.width
        follows, top = self.is_following, self._top()
        if width != self._window.width:
            self._window.width = width
            if follows or top is None:
                self._window.show_end()
            else:
                self._window.show_around(top[0])
        self._fit(follows, top)

    def notify_style_update(self) -> None:
        """Draw every row anew after a change of theme."""
        super().notify_style_update()
        self._span_styles.forget()
        self._forget_strips()

    def _forget_strips(self) -> None:
        for row in self._window.rows:
            row.strip = None
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one row of the view."""
        rows = self._window.rows
        index = y + self.scroll_offset.y
        width = self.scrollable_content_region.width
        if index >= len(rows):
            return Strip.blank(width, self.visual_style.rich_style)
        row = rows[index]
        if row.strip is None:
            row.strip = self._draw(row, width)
        return row.strip

    def _draw(self, row: Row, width: int) -> Strip:
        line = row.line
        text = line.content[row.x : row.x_end].rstrip()
        if span := self._selected(row, len(text.plain)):
            style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
            text = text.stylize(style, *span)
        used = row.prefix.cell_length + text.cell_length
        end = line.end if not row.x and used + line.end.cell_length < width else None
        gap = width - used - (end.cell_length if end else 0)
        segments = self._segments(row.prefix, line.fill)
        segments += self._segments(text, line.fill, (row.x, row.key))
        segments.append(Segment(" " * max(0, gap), self._base(line.fill).rich_style))
        if end:
            segments += self._segments(end, line.fill)
        return Strip(segments, max(width, used)).crop(0, width)

    def _segments(
        self, content: Content, fill: str, offset: tuple[int, int] | None = None
    ) -> list[Segment]:
        """Styled text; with an offset it can be selected."""
        base = self._base(fill)

        def resolve(style: str | Style) -> Style:
            return self._span_styles.resolve(style, fill)

        found: list[Segment] = []
        x, y = offset or (0, 0)
        for text, style in content.render(base, end="", parse_style=resolve):
            whole = base + style
            rich = whole.rich_style if offset is None else whole.rich_style_with_offset(x, y)
            found.append(Segment(text, rich))
            x += len(text)
        return found

    def _base(self, fill: str) -> Style:
        return self.get_visual_style(fill) if fill else self.visual_style

    # -- the mouse -----------------------------------------------------------------------------

    def on_click(self, event: events.Click) -> None:
        """Open or fold the edit whose first row is clicked."""
        index, parts = event.y + self.scroll_offset.y, self._transcript.parts
        if index >= len(self._window.rows):
            return
        key = self._window.rows[index].key
        part = parts[part_number(key)] if part_number(key) < len(parts) else None
        if isinstance(part, EditPart) and not part.is_open and line_index(key) == 0:
            part.is_folded = not part.is_folded
            part.touch()
            self.write_now()

    @property
    def allow_select(self) -> bool:
        """Text can be selected with the mouse."""
        return True

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002 - Textual's own
        """Draw the selection."""
        self._forget_strips()

    def _selected(self, row: Row, length: int) -> tuple[int, int] | None:
        """The selected characters of a row, counted from its start."""
        selection = self.text_selection
        span = selection.get_span(row.key) if selection is not None else None
        if span is None:
            return None
        start = max(0, span[0] - row.x)
        end = length if span[1] == -1 else min(length, span[1] - row.x)
        return (start, end) if start < end else None

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The selected text, without what only decorates it."""
        found = []
        for key, text in self._window.lines():
            if (span := selection.get_span(key)) is not None:
                start, end = span
                found.append(text[start : len(text) if end == -1 else end])
        return ("\n".join(found), "\n") if found else None
