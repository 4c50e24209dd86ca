"""A tiny app around the chat pane, and what tests of it read off the screen."""

from collections.abc import Sequence

from textual.app import App, ComposeResult

from vibe_tui.ui.styles import styles_dir
from vibe_tui.ui.widgets.chat_pane import ChatPane
from vibe_tui.ui.widgets.completion import Completion

SHEETS = ("chat_pane", "transcript_view", "prompt_box")
COMMANDS = (("help", "what there is"), ("heal", "repair a file"), ("model", "choose a model"))
PATHS = ("src/atlas/router.py", "src/atlas/errors.py", "docs/my notes.md")


class ChatHost(App[None]):
    """Holds one chat pane and keeps its messages."""

    def __init__(self, theme: str = "tokyo-night") -> None:
        folder = styles_dir() / "widgets"
        super().__init__(css_path=[str(folder / f"{name}.tcss") for name in SHEETS])
        self.messages: list[str] = []
        self._first_theme = theme

    def compose(self) -> ComposeResult:
        yield ChatPane(id="chat")

    def on_mount(self) -> None:
        self.theme = self._first_theme
        self.pane.set_completions(find_paths, COMMANDS)
        self.pane.focus_prompt()

    def on_chat_pane_submitted(self, message: ChatPane.Submitted) -> None:
        self.messages.append(f"submitted {message.text}")

    def on_chat_pane_stop_requested(self) -> None:
        self.messages.append("stop")

    @property
    def pane(self) -> ChatPane:
        return self.screen.query_one(ChatPane)

    @property
    def completion(self) -> Completion:
        return self.screen.query_one(Completion)

    def draw(self) -> str:
        """The transcript's rows on the screen, after everything added so far is drawn."""
        self.pane.view.write_now()
        return "\n".join(self.rows())

    def rows(self) -> list[str]:
        """The transcript's rows that are on the screen."""
        view = self.pane.view
        return [view.render_line(y).text.rstrip() for y in range(view.size.height)]


async def find_paths(query: str) -> Sequence[str]:
    return [path for path in PATHS if query in path]
