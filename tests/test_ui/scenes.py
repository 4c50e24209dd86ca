"""The app in situations worth looking at: for snapshots, and for the pictures of the README.

Everything is the real app on a real project with real LiteLLM; only the model is a server on
loopback with scripted answers.
"""

import subprocess
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import TextArea

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import ScriptedAnswer, StubUsage
from tests.test_ui.pilots import text_of, until
from vibe_tui.config.locations import Locations
from vibe_tui.ui.app import VibeApp
from vibe_tui.workspace import Workspace

PROMPT = "Duplicate views should raise our own error. Fix @src/atlas/router.py"

FILES = {
    "src/atlas/__init__.py": '"""Routes and views."""\n',
    "src/atlas/app.py": (
        "from atlas.router import Router\n\n\n"
        "def main() -> None:\n    router = Router()\n    router.register('home', str)\n\n\n"
        "if __name__ == '__main__':\n    main()\n"
    ),
    "src/atlas/errors.py": (
        "class AtlasError(Exception):\n    pass\n\n\n"
        "class DuplicateViewError(AtlasError):\n    pass\n"
    ),
    "src/atlas/router.py": '''\
"""Which view answers which path."""

from collections.abc import Callable, Mapping
from atlas.views import View


class Router:
    def __init__(self) -> None:
        self.views: dict[str, View] = {}

    def register(self, name, view, *, strict=True):
        """Attach a view to the routing table."""
        if name in self.views and strict:
            raise KeyError(name)
        self.views[name] = view
        return view

    def match(self, path: str) -> View | None:
        for name, view in self.views.items():
            if path == name or path.startswith(name + "/"):
                return view
        return None
''',
    "src/atlas/views.py": "from typing import TypeAlias\n\nView: TypeAlias = object\n",
    "tests/test_router.py": "def test_register():\n    assert True\n",
    "web/menu.ts": "export const open = (id: string): void => { console.log(id) }\n",
    "docs/index.md": "# Atlas\n",
    "pyproject.toml": '[project]\nname = "atlas"\n',
}

ANSWER = """\
`register` raises a bare `KeyError`.

1. raise `DuplicateViewError` from `errors.py`
2. say which view it was

src/atlas/router.py
```python
<<<<<<< SEARCH
            raise KeyError(name)
=======
            raise DuplicateViewError(name)
>>>>>>> REPLACE
```

and import it:

src/atlas/router.py
```python
<<<<<<< SEARCH
from atlas.views import View
=======
from atlas.errors import DuplicateViewError
from atlas.views import View
>>>>>>> REPLACE
```
"""
BROKEN = ANSWER.replace("raise DuplicateViewError(name)", "raise DuplicateViewError(name")
USAGE = StubUsage(5_120, 212, cached=4_096)


@dataclass
class Stage:
    """A project in a home folder, and the provider that answers."""

    home: Path
    provider: ProviderServer

    @property
    def root(self) -> Path:
        return self.home / "src" / "atlas"

    def build(self) -> None:
        """Write the project, committed on ``main``."""
        for path, text in FILES.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.invalid")
        for call in (
            ("init", "-q", "-b", "main"),
            ("add", "-A"),
            (*identity, "commit", "-qm", "x"),
        ):
            subprocess.run(["git", *call], cwd=self.root, check=True)

    def open(
        self, settings: Mapping[str, object] | None = None, *, model: bool = True
    ) -> Workspace:
        """Open the project, with a model unless told otherwise."""
        data = self.home / ".local"
        connected = {
            "model.name": "openai/gpt-4o",
            "model.api_base": self.provider.api_base("openai"),
        }
        return Workspace.open(
            self.root,
            locations=Locations(data / "config", data / "data", data / "cache"),
            overrides={**(connected if model else {}), **(settings or {})},
            environ={"OPENAI_API_KEY": "sk-made-up-0123456789"} if model else {},
        )

    def answer(self, text: str = ANSWER, **details: object) -> None:
        """Script the next answer."""
        self.provider.script(ScriptedAnswer(text, usage=USAGE, **details))  # type: ignore[arg-type] # fields by name


Act = Callable[[Pilot[None], VibeApp], Awaitable[None]]


def working(app: VibeApp, group: str) -> bool:
    """Whether work of that kind is under way."""
    return any(w.group.startswith(group) and not w.is_finished for w in app.workers)


async def opened(pilot: Pilot[None], app: VibeApp) -> None:
    """The project is read; what a clock says is made the same every time."""
    screen = app.desk.screen
    app.desk.router._clock = lambda: 0.0
    await until(pilot, lambda: screen.top_bar.facts.mapped_s is not None)
    await until(pilot, lambda: screen.top_bar.facts.branch is not None)
    await until(pilot, lambda: not working(app, "opening"))
    screen.top_bar.tell(mapped_s=0.4)
    app.desk.screen.chat.prompt.text_input.cursor_blink = False
    await pilot.pause()


async def asked(pilot: Pilot[None], app: VibeApp) -> None:
    """A prompt was sent and its answer has ended."""
    await opened(pilot, app)
    app.desk.screen.chat.prompt.text_input.load_text(PROMPT)
    await pilot.press("enter")
    chat = app.desk.screen.chat
    await until(pilot, lambda: app.desk._turn is not None and not app.desk._turn.is_running)
    await until(pilot, lambda: not chat.is_streaming)
    await until(pilot, lambda: not working(app, "reading"))


async def proposed(pilot: Pilot[None], app: VibeApp) -> None:
    """An answer's edit waits in Review, checked."""
    await asked(pilot, app)
    review = app.desk.screen.review
    await until(pilot, lambda: review.change is not None)
    await until(pilot, lambda: review._gate.accepts_keys())


async def in_review(pilot: Pilot[None], app: VibeApp) -> None:
    """The proposal has the focus, and keys count."""
    await proposed(pilot, app)
    review = app.desk.screen.review
    if app.size.width < 110:
        await pilot.press("f6")
    review.focus()
    await pilot.pause()
    await until(pilot, lambda: review._gate.accepts_keys())


async def hunk_accepted(pilot: Pilot[None], app: VibeApp) -> None:
    """The first hunk is accepted, the second waits."""
    await in_review(pilot, app)
    await pilot.press("h")
    await until(pilot, lambda: app.desk.screen.top_bar.facts.changed_files)
    await until(pilot, lambda: "1/2 accepted" in text_of(app, app.desk.screen.review))


async def choosing_lines(pilot: Pilot[None], app: VibeApp) -> None:
    """A hunk is commented on, another is seen, and two lines of the last are chosen."""
    await in_review(pilot, app)
    review = app.desk.screen.review
    await pilot.press("c")
    app.screen.query_one(TextArea).load_text("Is `errors` imported by `views` as well?")
    await pilot.press("enter")
    await until(pilot, lambda: "as well?" in text_of(app, review))
    await pilot.press("m", "v", "shift+down")
    await until(pilot, lambda: "2 lines chosen" in text_of(app, review))


async def editing_hunk(pilot: Pilot[None], app: VibeApp) -> None:
    """The second hunk's new lines are being written anew."""
    await in_review(pilot, app)
    await pilot.press("n", "i")
    area = app.screen.query_one(TextArea)
    area.load_text("            raise DuplicateViewError(name) from None\n")
    await pilot.pause()


async def in_conflict(pilot: Pilot[None], app: VibeApp) -> None:
    """The person changed a line that the proposal changes too; one side is taken."""
    await in_review(pilot, app)
    file = app.desk.workspace.root / "src/atlas/router.py"
    mine = FILES["src/atlas/router.py"].replace("KeyError(name)", "ValueError(f'{name} is taken')")
    file.write_text(mine, encoding="utf-8")
    review = app.desk.screen.review
    assert review.change is not None
    await app.desk.router.show_change(review.change.change_id)
    await pilot.pause()
    await pilot.press("r")
    await until(pilot, lambda: app.screen.query("#conflict-body"))
    await pilot.press("b", "2")
    await until(pilot, lambda: "All chosen" in text_of(app))


async def accepted_unasked(pilot: Pilot[None], app: VibeApp) -> None:
    """A valid edit was accepted because the person had allowed it."""
    await opened(pilot, app)
    app.desk.reviewing.auto_accept.switch_on(["src/**"])
    await asked(pilot, app)
    review = app.desk.screen.review
    await until(pilot, lambda: app.desk.screen.top_bar.facts.auto_undo_id)
    await until(pilot, lambda: app.desk.screen.top_bar.facts.changed_files)
    if app.size.width < 110:
        await pilot.press("f6")
    review.focus()
    await until(pilot, lambda: "✓ accepted" in text_of(app, review))
    await until(pilot, lambda: not working(app, "reading"))


async def choosing_paths(pilot: Pilot[None], app: VibeApp) -> None:
    """Auto-accept is offered for the files of the proposal."""
    await in_review(pilot, app)
    await pilot.press("A")
    await until(pilot, lambda: app.screen.query("#auto-paths"))
    await pilot.pause()


async def in_menu(pilot: Pilot[None], app: VibeApp) -> None:
    """The list of everything that can be done with a hunk is open."""
    await in_review(pilot, app)
    await pilot.press("enter")
    await pilot.pause()


async def rolled_back(pilot: Pilot[None], app: VibeApp) -> None:
    """All was accepted and taken back."""
    await in_review(pilot, app)
    await pilot.press("a")
    await until(pilot, lambda: app.desk.screen.top_bar.facts.changed_files)
    await until(pilot, lambda: app.desk.screen.review._gate.accepts_keys())
    await pilot.press("u")
    await until(pilot, lambda: not app.desk.screen.top_bar.facts.changed_files)
    await until(pilot, lambda: not working(app, "decision"))


async def offered(pilot: Pilot[None], app: VibeApp) -> None:
    """The first screen without a model has found what there is."""
    await until(pilot, lambda: "looking for" not in text_of(app))
    await opened(pilot, app)


async def completing(pilot: Pilot[None], app: VibeApp) -> None:
    """A file is being mentioned."""
    await opened(pilot, app)
    await pilot.press(*"Look at @rout")
    await until(pilot, lambda: "src/atlas/router.py" in text_of(app))


async def previewed(pilot: Pilot[None], app: VibeApp) -> None:
    """A file of the map is open in the preview."""
    await opened(pilot, app)
    app.desk.screen.map_pane.post_message(
        app.desk.screen.map_pane.PreviewRequested("src/atlas/router.py", 12)
    )
    await until(pilot, lambda: "Attach a view" in text_of(app))
    await until(pilot, lambda: not working(app, "preview"))


async def helped(pilot: Pilot[None], app: VibeApp) -> None:
    """The list of keys is open."""
    await opened(pilot, app)
    await pilot.press("f1")
    await pilot.pause()


async def reported(pilot: Pilot[None], app: VibeApp) -> None:
    """A command has answered."""
    await asked(pilot, app)
    app.run_slash("/tokens @src/atlas/router.py")
    await until(pilot, lambda: "if sent" in text_of(app))
