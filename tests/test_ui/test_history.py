"""The history screen: found, filtered, looked at and taken back, also where there is no room."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from textual.app import App
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Button

from tests.test_ui.conftest import OpenWorkspace
from tests.test_ui.pilots import footer_of, text_of, until
from tests.test_ui.test_history_rows import change
from vibe_tui.changes.model import ChangeSet, ChangeState, FileDiff
from vibe_tui.commands.rewind import RewindPlan, Way
from vibe_tui.errors import DeniedError
from vibe_tui.events import Event
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.history import HistoryRow
from vibe_tui.ui.history_source import WorkspaceHistory
from vibe_tui.ui.history_text import row_content
from vibe_tui.ui.screens.confirm import ConfirmScreen
from vibe_tui.ui.screens.history import HistoryScreen
from vibe_tui.ui.styles import style_sheets
from vibe_tui.ui.tour import TOUR_PROMPTS
from vibe_tui.workspace import Workspace

WIDE, NARROW = (150, 40), (80, 24)


class Host(App[None]):
    """The history over an empty app."""

    CSS_PATH: ClassVar = [*style_sheets()]

    def __init__(self, screen: HistoryScreen) -> None:
        super().__init__()
        self.history = screen
        self.picked: list[str | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.history, self.picked.append)


def opened(workspace: Workspace) -> Host:
    return Host(HistoryScreen(WorkspaceHistory(workspace)))


async def patched(workspace: Workspace, path: str, text: str, *, accept: bool = True) -> ChangeSet:
    """Propose a file's whole text, and accept it."""
    edit = f"{path}\n```\n{text}```\n"
    proposed = (await workspace.review.propose_patch(edit)).change
    assert proposed is not None
    if not accept:
        return proposed
    return await workspace.review.accept(proposed.change_id, proposed.revision)


@pytest.fixture
async def tour(open_workspace: OpenWorkspace) -> AsyncIterator[Workspace]:
    """The tour's project, whose model's answers are recorded."""
    opened_tour = open_workspace().start_tour()
    yield opened_tour
    await opened_tour.close()


async def asked(workspace: Workspace) -> ChangeSet:
    """Ask the recorded model for an edit, and accept it."""
    async for _ in workspace.ask(TOUR_PROMPTS[0]):
        pass
    newest = (await workspace.review.changes())[0]
    assert newest.is_open
    return await workspace.review.accept(newest.change_id, newest.revision)


async def listed(pilot: Pilot[None], app: Host, *words: str) -> None:
    await until(pilot, lambda: all(word in text_of(app, app.history.listing) for word in words))


async def confirmed(pilot: Pilot[None], app: Host, words: str) -> None:
    """Press a button of the box that is open."""
    await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
    (button,) = [b for b in app.screen.query(Button) if str(b.label) == words]
    button.focus()
    await pilot.press("enter")
    await until(pilot, lambda: app.screen is app.history)


# Reading.


async def test_changes_are_listed_beside_the_lines_of_the_current_one(workspace: Workspace) -> None:
    first = await patched(workspace, "a.txt", "one\n")
    await patched(workspace, "b.txt", "two\n", accept=False)
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "a.txt", "b.txt", "✓ accepted", "· proposed")
        await until(pilot, lambda: "+ two" in text_of(app, app.history.diff))
        await pilot.press("down")
        await until(pilot, lambda: "+ one" in text_of(app, app.history.diff))
        assert first.change_id in text_of(app, app.history.heading)
        assert "2 changes · by message" in text_of(app)


async def test_an_empty_history_says_so(workspace: Workspace) -> None:
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "nothing was proposed here yet")
        for key in ("enter", "u", "U", "m", "r", "t", "n", "p", "down", "end", "home"):
            await pilot.press(key)
        assert app.screen is app.history


async def test_typing_leaves_what_matches_and_escape_brings_all_back(workspace: Workspace) -> None:
    await patched(workspace, "docs/a.txt", "one\n")
    await patched(workspace, "src/b.txt", "two\n", accept=False)
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "docs/a.txt")
        await pilot.press("slash", *"PROPOSED")
        await until(pilot, lambda: "docs/a.txt" not in text_of(app, app.history.listing))
        assert "1 of 2 changes" in text_of(app)
        await pilot.press(*"zz")
        await listed(pilot, app, "nothing matches")
        await pilot.press("escape")
        await listed(pilot, app, "docs/a.txt", "src/b.txt")
        assert app.history.listing.has_focus
        await pilot.press("slash", *"txt", "down", "enter")
        await until(pilot, lambda: app.history.listing.has_focus)
        assert app.history.listing.cursor == 1
        await pilot.press("escape")
        await until(pilot, lambda: not app.history.line.value)
        await pilot.press("escape")
        await until(pilot, lambda: app.picked == [None])


async def test_by_message_and_by_time(tour: Workspace) -> None:
    change = await asked(tour)
    app = opened(tour)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, f"▾ {TOUR_PROMPTS[0][:20]}")
        assert app.history.listing.current is not None
        await pilot.press("t")
        await until(pilot, lambda: "▾" not in text_of(app, app.history.listing))
        assert "by time" in text_of(app)
        await pilot.press("t", "home")
        await until(pilot, lambda: "1 change" in text_of(app, app.history.heading))
        await pilot.press("down")
        await until(pilot, lambda: change.change_id in text_of(app, app.history.heading))


async def test_it_begins_at_the_change_that_review_shows(workspace: Workspace) -> None:
    first = await patched(workspace, "a.txt", "one\n")
    await patched(workspace, "b.txt", "two\n")
    app = Host(HistoryScreen(WorkspaceHistory(workspace), change_id=first.change_id))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: first.change_id in text_of(app, app.history.heading))
        await pilot.press("r")
        await until(pilot, lambda: app.picked == [first.change_id])


async def test_what_happens_meanwhile_is_shown_and_the_cursor_stays(workspace: Workspace) -> None:
    first = await patched(workspace, "a.txt", "one\n")
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "a.txt")
        await patched(workspace, "b.txt", "two\n")
        await listed(pilot, app, "b.txt")
        assert app.history.listing.cursor == 1
        assert first.change_id in text_of(app, app.history.heading)


async def test_the_preview_is_gone_through_by_hunks_and_decides_nothing(
    workspace: Workspace, atlas: Path
) -> None:
    (atlas / "n.txt").write_text("".join(f"{n}\n" for n in range(60)))
    patch = "--- a/n.txt\n+++ b/n.txt\n@@ -3 +3 @@\n-2\n+two\n@@ -51 +51 @@\n-50\n+fifty\n"
    proposed = (await workspace.review.propose_patch(patch)).change
    assert proposed is not None
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: app.history.diff.position == (1, 2))
        await pilot.press("enter", "n")
        await until(pilot, lambda: app.history.diff.position == (2, 2))
        assert app.history.diff.has_focus
        await pilot.press("p")
        await until(pilot, lambda: app.history.diff.position == (1, 2))
        app.history.diff.post_message(app.history.diff.HunkClicked(1, is_accept=True))
        await until(pilot, lambda: app.picked == [proposed.change_id])
    assert workspace.rooms.change_store.get(proposed.change_id).is_open


async def test_where_it_is_narrow_enter_leads_to_the_preview_and_escape_back(
    workspace: Workspace,
) -> None:
    await patched(workspace, "a.txt", "one\n")
    app = opened(workspace)
    async with app.run_test(size=NARROW) as pilot:
        await listed(pilot, app, "a.txt")
        assert not app.history.diff.region
        await pilot.press("enter")
        await until(pilot, lambda: "+ one" in text_of(app, app.history.diff))
        assert not app.history.listing.region
        await pilot.press("escape")
        await until(pilot, lambda: "a.txt" in text_of(app, app.history.listing))
        await pilot.press("q")
        await until(pilot, lambda: app.picked == [None])


async def test_the_mouse_does_what_keys_do(workspace: Workspace) -> None:
    first = await patched(workspace, "a.txt", "one\n")
    await patched(workspace, "b.txt", "two\n")
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "a.txt")
        await pilot.hover("#history-list", offset=(5, 1))
        assert app.history.listing.hovered == 1
        await pilot.click("#history-list", offset=(5, 1))
        await until(pilot, lambda: first.change_id in text_of(app, app.history.heading))
        await pilot.click("#history-list", offset=(5, 1), times=2)
        await until(pilot, lambda: app.history.diff.has_focus)
        await pilot.click("#history-list", offset=(5, 20))
        assert app.history.listing.cursor == 1


# Taking back.


async def test_a_change_is_rolled_back_and_brought_back(workspace: Workspace, atlas: Path) -> None:
    first = await patched(workspace, "a.txt", "one\n")
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "✓ accepted")
        assert "roll back" in footer_of(app)
        await pilot.press("u")
        await listed(pilot, app, "↶ rolled back", "rolls back a.txt")
        assert not (atlas / "a.txt").exists()
        assert f"{first.change_id} rolled back; u on c-" in text_of(app, app.history.state)
        await until(pilot, lambda: "rolled back by c-" in text_of(app, app.history.heading))
        assert "u roll back" not in footer_of(app)
        await pilot.press("home")
        await until(pilot, lambda: "takes back" in text_of(app, app.history.heading))
        await pilot.press("u")
        await until(pilot, lambda: (atlas / "a.txt").exists())


async def test_a_roll_back_that_has_to_be_looked_at_says_so(
    workspace: Workspace, atlas: Path
) -> None:
    (atlas / "n.txt").write_text("".join(f"{n}\n" for n in range(60)))
    text = (atlas / "n.txt").read_text()
    await patched(workspace, "n.txt", text.replace("3\n4\n", "three\n4\n", 1))
    (atlas / "n.txt").write_text((atlas / "n.txt").read_text() + "mine\n")
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "✓ accepted")
        await pilot.press("u")
        await until(pilot, lambda: "files moved on" in text_of(app, app.history.state))
        await until(pilot, lambda: "takes back" in text_of(app, app.history.heading))
        await pilot.press("r")
        await until(pilot, lambda: bool(app.picked))
    (picked,) = app.picked
    assert picked is not None
    assert workspace.rooms.change_store.get(picked).is_open


async def test_what_cannot_be_rolled_back_is_said(workspace: Workspace, atlas: Path) -> None:
    await patched(workspace, "a.txt", "one\n")
    (atlas / "a.txt").write_text("mine\n")
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "✓ accepted")
        await pilot.press("u")
        await until(pilot, lambda: "! a.txt was changed" in text_of(app, app.history.state))
    assert (atlas / "a.txt").read_text() == "mine\n"


async def test_back_to_here_lists_what_is_concerned_and_waits_for_a_yes(
    workspace: Workspace, atlas: Path
) -> None:
    changes = [await patched(workspace, f"{name}.txt", "x\n") for name in "abc"]
    app = opened(workspace)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "a.txt", "c.txt")
        await pilot.press("down", "U")
        await until(pilot, lambda: isinstance(app.screen, ConfirmScreen))
        text = text_of(app)
        assert "2 changes, newest first" in text
        assert all(change.change_id in text for change in changes[1:])
        assert "2 files:" in text
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.history)
        assert (atlas / "c.txt").exists()
        await pilot.press("U")
        await confirmed(pilot, app, "Cancel")
        assert (atlas / "c.txt").exists()
        await pilot.press("U")
        await confirmed(pilot, app, "Roll back")
        await until(pilot, lambda: "2 changes rolled back" in text_of(app, app.history.state))
    assert [(atlas / f"{name}.txt").exists() for name in "abc"] == [True, False, False]


@pytest.mark.parametrize(
    ("words", "files_back", "chat_back"),
    [("Files and chat", True, True), ("Files only", True, False), ("Chat only", False, True)],
)
async def test_back_to_before_a_message(
    tour: Workspace, words: str, files_back: bool, chat_back: bool
) -> None:
    change = await asked(tour)
    app = opened(tour)
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "✓ accepted", "▾")
        await pilot.press("home", "m")
        await confirmed(pilot, app, words)
        said = app.history.state
        await until(pilot, lambda: "2 messages no longer sent" in text_of(app, said) or files_back)
        await until(pilot, lambda: "1 change rolled back" in text_of(app, said) or chat_back)
        await until(pilot, lambda: bool(text_of(app, said).strip()))
    found = tour.rooms.change_store.get(change.change_id)
    assert (found.state is ChangeState.ROLLED_BACK) == files_back
    assert (tour.session.messages == []) == chat_back


# Many.


class Stored:
    """A source whose changes are at hand."""

    def __init__(self, changes: tuple[ChangeSet, ...]) -> None:
        self._changes = changes
        self.read: list[str] = []

    async def changes(self) -> tuple[ChangeSet, ...]:
        return self._changes

    async def diffs(self, change_id: str) -> tuple[FileDiff, ...]:
        self.read.append(change_id)
        (found,) = [change for change in self._changes if change.change_id == change_id]
        return tuple(FileDiff(file, ()) for file in found.files)

    async def roll_back(self, change_id: str) -> ChangeSet:
        raise DeniedError(f"{change_id} stays", "as a test wants it")

    async def taken_back_to(self, change_id: str) -> tuple[ChangeSet, ...]:
        raise RuntimeError(f"a defect at {change_id}")

    async def roll_back_to(self, change_id: str) -> ChangeSet:
        return await self.roll_back(change_id)

    async def rewind_plan(self, session_id: str, prompt_id: str) -> RewindPlan:
        return RewindPlan(session_id, prompt_id, 0, (), ())

    async def rewind(self, found: RewindPlan, way: Way) -> str:
        raise AssertionError((found, way))

    async def events(self) -> AsyncIterator[Event]:
        return
        yield


def many(count: int) -> tuple[ChangeSet, ...]:
    start = datetime(2026, 11, 23, tzinfo=UTC)
    return tuple(
        replace(
            change(0, prompt=f"message {n // 3}", prompt_id=f"p-{n // 3}", path=f"src/f{n}.py"),
            change_id=f"c-{n:05}",
            created_at=(start - timedelta(minutes=n)).isoformat(),
        )
        for n in range(count)
    )


async def test_of_ten_thousand_changes_only_those_in_sight_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[HistoryRow] = []

    def counted(row: HistoryRow, width: int, now: datetime) -> Content:
        drawn.append(row)
        return row_content(row, width, now)

    monkeypatch.setattr("vibe_tui.ui.widgets.history_list.row_content", counted)
    source = Stored(many(10_000))
    app = Host(HistoryScreen(source))
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "src/f0.py")
        assert "10,000 changes" in text_of(app)
        assert len(drawn) < 1_000
        drawn.clear()
        await pilot.press("end")
        await listed(pilot, app, "src/f9999.py")
        await pilot.press("pageup", "pageup", "up", "home", "pagedown", "down")
        await listed(pilot, app, "src/f20.py")
        assert len(drawn) < 2_000
        await pilot.press("slash", *"f4321")
        await until(pilot, lambda: "1 of 10,000 changes" in text_of(app))
        await until(pilot, lambda: "c-04321" in text_of(app, app.history.heading))
        assert len(drawn) < 4_000
        assert len(source.read) < 40


async def test_a_defect_is_said_and_ends_nothing() -> None:
    app = Host(HistoryScreen(Stored(many(3))))
    async with app.run_test(size=WIDE) as pilot:
        await listed(pilot, app, "src/f0.py")
        await pilot.press("down", "u")
        await until(pilot, lambda: "! c-00001 stays: as a test" in text_of(app, app.history.state))
        await pilot.press("U")
        await until(pilot, lambda: "RuntimeError: a defect" in text_of(app, app.history.state))
        await pilot.press("m")
        await until(pilot, lambda: "Nothing of this message" in text_of(app, app.history.state))
        assert app.screen is app.history


# In the app.


async def test_e_in_review_opens_it_and_a_pick_is_shown_in_review(workspace: Workspace) -> None:
    first = await patched(workspace, "a.txt", "one\n")
    await patched(workspace, "b.txt", "two\n", accept=False)
    app = VibeApp(workspace)
    async with app.run_test(size=WIDE) as pilot:
        review = app.desk.screen.review
        await until(pilot, lambda: review.change is not None)
        app.desk.screen.action_show_pane("review")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, HistoryScreen))
        await until(pilot, lambda: "a.txt" in text_of(app))
        await pilot.press("end", "r")
        await until(pilot, lambda: app.screen is app.desk.screen)
        await until(
            pilot,
            lambda: review.change is not None and review.change.change_id == first.change_id,
        )
        assert review.has_focus_within


async def test_a_rewound_conversation_ends_before_the_message_and_offers_it_again(
    workspace: Workspace,
) -> None:
    for prompt in ("what is a router?", "and a view?"):
        async for _ in workspace.ask(prompt):
            pass
    app = VibeApp(workspace)
    async with app.run_test(size=WIDE) as pilot:
        chat = app.desk.screen.chat
        await until(pilot, lambda: "and a view?" in text_of(app, chat.view))
        app.run_slash("/rewind 1 chat")
        await until(pilot, lambda: "back to before “and a view?”" in text_of(app, chat.view))
        await until(pilot, lambda: chat.prompt.text_input.text == "and a view?")
        assert "what is a router?" in text_of(app, chat.view)
        chat.prompt.text_input.load_text("my own words")
        app.run_slash("/rewind 1 chat")
        await until(pilot, lambda: "what is a router?”" in text_of(app, chat.view))
        assert chat.prompt.text_input.text == "my own words"
    assert workspace.session.messages == []
