"""Review on the real engine: what a person does to a proposal is what reaches the disk, no more."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Static

from tests.test_ui.conftest import ROUTER
from tests.test_ui.pilots import footer_of, pass_grace, screen_lines, text_of, until
from tests.test_ui.scenes import working
from tests.test_ui.test_external_editor import editor
from vibe_tui.changes.model import ChangeSet, ChangeState, HunkState
from vibe_tui.events import ChangeProposed
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.screens.conflict import ConflictScreen
from vibe_tui.ui.screens.text_box import TextBox
from vibe_tui.ui.widgets.review_pane import ReviewPane
from vibe_tui.workspace import Workspace

PATH = "src/atlas/router.py"
PATCH = """\
--- a/src/atlas/router.py
+++ b/src/atlas/router.py
@@ -11,5 +11,6 @@
         \"\"\"Attach a view.\"\"\"
         if name in self.views and strict:
-            raise KeyError(name)
+            message = f"{name} is taken"
+            raise KeyError(message)
         self.views[name] = view
         return view
"""
OTHER = """\
--- /dev/null
+++ b/notes.md
@@ -0,0 +1 @@
+one
"""
DONE = ROUTER.replace(
    "            raise KeyError(name)\n",
    '            message = f"{name} is taken"\n            raise KeyError(message)\n',
)


class Desk:
    """The app with the proposal in Review, ready for keys."""

    def __init__(self, app: VibeApp, pilot: Pilot[None], root: Path) -> None:
        self.app = app
        self.pilot = pilot
        self.file = root / PATH

    @property
    def review(self) -> ReviewPane:
        return self.app.desk.screen.review

    @property
    def change(self) -> ChangeSet:
        assert self.review.change is not None
        return self.review.change

    @property
    def hunk_states(self) -> tuple[HunkState, ...]:
        return tuple(state for file in self.change.files for state in file.hunk_states)

    @property
    def problem(self) -> str:
        problem = self.review.query_one("#review-problem", Static)
        return str(problem.content) if problem.display else ""

    @property
    def reason(self) -> str:
        return str(self.review.query_one("#review-reason", Static).content)

    async def press(self, *keys: str) -> None:
        """Press keys once Review listens."""
        pass_grace(self.review)
        await self.pilot.press(*keys)

    async def until(self, condition: Callable[[], object]) -> None:
        await until(self.pilot, condition)

    async def settled(self) -> None:
        await self.until(lambda: not working(self.app, "decision"))

    async def revised(self, revision: int) -> None:
        await self.until(lambda: self.change.revision >= revision)
        await self.settled()


async def begin(app: VibeApp, pilot: Pilot[None], root: Path) -> Desk:
    """Propose the patch, and give Review the keys."""
    desk = Desk(app, pilot, root)
    screen = app.desk.screen
    await until(pilot, lambda: screen.top_bar.facts.mapped_files is not None)
    workspace = app.desk.workspace
    change = (await workspace.review.propose_patch(PATCH)).change
    assert change is not None
    workspace.publish(ChangeProposed(change.change_id, change.revision, (PATH,)))
    await until(pilot, lambda: screen.review.change is not None)
    screen.action_show_pane("review")
    await pilot.pause()
    return desk


async def test_a_hunk_is_divided_and_its_parts_decided(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("s")
        await desk.revised(2)
        assert len(desk.hunk_states) == 2
        assert desk.file.read_text() == ROUTER
        await desk.press("a")
        await desk.until(lambda: desk.change.state is ChangeState.ACCEPTED)
        assert desk.file.read_text() == DONE


async def test_the_next_proposal_that_waits(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        first = desk.change.change_id
        assert "next to review" not in footer_of(app)
        other = (await workspace.review.propose_patch(OTHER)).change
        assert other is not None
        workspace.publish(ChangeProposed(other.change_id, other.revision, ("notes.md",)))
        await desk.until(lambda: desk.change.change_id == other.change_id)
        await desk.press("a")
        await desk.until(lambda: desk.change.state is ChangeState.ACCEPTED)
        await desk.settled()
        assert (atlas / "notes.md").read_text() == "one\n"
        await desk.press("d")
        await desk.until(lambda: desk.change.change_id == first)
        assert desk.file.read_text() == ROUTER


async def test_only_the_chosen_lines_are_written(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("v", "down", "h")
        await desk.until(lambda: desk.change.state is ChangeState.PARTLY_ACCEPTED)
        await desk.settled()
        text = desk.file.read_text()
        assert 'message = f"{name} is taken"' in text
        assert "raise KeyError(name)" in text
        assert "raise KeyError(message)" not in text
        await desk.press("x")
        await desk.until(lambda: not desk.change.is_open)
        assert desk.file.read_text() == text


async def test_rejected_lines_stay_away(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("v", "down", "X")
        await desk.until(lambda: HunkState.REJECTED in desk.hunk_states)
        await desk.settled()
        assert desk.file.read_text() == ROUTER
        await desk.press("a")
        await desk.until(lambda: not desk.change.is_open)
        assert desk.file.read_text() == DONE.replace(
            '            message = f"{name} is taken"\n', ""
        )


async def test_an_edited_hunk_is_checked_and_written_as_edited(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("i")
        box = app.screen
        assert isinstance(box, TextBox)
        box.area.load_text("            raise KeyError(name) from None\n")
        await pilot.press("ctrl+s")
        await desk.revised(2)
        assert desk.file.read_text() == ROUTER
        await desk.until(lambda: "valid" in text_of(app, desk.review))
        await desk.press("a")
        await desk.until(lambda: desk.change.state is ChangeState.ACCEPTED)
        expected = ROUTER.replace("raise KeyError(name)", "raise KeyError(name) from None")
        assert desk.file.read_text() == expected


async def test_an_edit_that_came_too_late_is_not_lost(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("i")
        box = app.screen
        assert isinstance(box, TextBox)
        box.area.load_text("            pass\n")
        store = workspace.rooms.change_store
        store.revise(desk.change.change_id, PATH, b"# healed\n", "meanwhile")
        await pilot.press("ctrl+s")
        await desk.until(lambda: "has changed since it was shown" in desk.problem)
        await desk.app.desk.router.show_change(desk.change.change_id)
        await desk.press("i")
        box = app.screen
        assert isinstance(box, TextBox)
        assert box.area.text == "            pass\n"


async def test_a_comment_stands_below_its_hunk_and_is_kept(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("c", *"why", "enter")
        await desk.until(lambda: desk.change.comments)
        await desk.until(lambda: "why" in text_of(app, desk.review))
        (comment,) = desk.change.comments
        assert (comment.path, comment.text) == (PATH, "why")
        assert "+            raise KeyError(message)" in comment.quoted
        assert desk.file.read_text() == ROUTER


async def test_a_hunk_is_copied_as_a_patch(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("y")
        await desk.until(lambda: "clipboard" in desk.reason)
        assert app.clipboard.startswith("diff --git a/src/atlas/router.py")
        assert "\n+            raise KeyError(message)\n" in app.clipboard


# The person's own editor.


def with_editor(app: VibeApp, folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "suspend", nullcontext)
    environ = {"PATH": "/usr/bin:/bin", "EDITOR": editor(folder, script)}
    app.desk.workspace.rooms.environ = environ


async def test_the_editor_changes_the_proposal_and_never_the_project(
    workspace: Workspace, atlas: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        with_editor(app, tmp_path, 'sed -i s/taken/known/ "$file"', monkeypatch)
        await desk.press("o")
        await desk.revised(2)
        assert desk.file.read_text() == ROUTER
        assert "is known" in text_of(app, desk.review)
        await desk.press("a")
        await desk.until(lambda: desk.change.state is ChangeState.ACCEPTED)
        assert desk.file.read_text() == DONE.replace("taken", "known")


@pytest.mark.parametrize(
    ("script", "words"),
    [("true", "The editor changed nothing"), ("exit 1", "ended with code 1")],
)
async def test_an_editor_that_changes_nothing_is_said(
    workspace: Workspace,
    atlas: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    words: str,
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        with_editor(app, tmp_path, script, monkeypatch)
        await desk.press("o")
        await desk.until(lambda: words in desk.problem + desk.reason)
        assert desk.change.revision == 1


async def test_no_editor_is_one_clear_line(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("o")
        await desk.until(lambda: "set VISUAL or EDITOR" in desk.problem)


async def test_what_was_saved_but_refused_is_there_the_next_time(
    workspace: Workspace, atlas: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        with_editor(app, tmp_path, 'echo "# mine" > "$file"', monkeypatch)
        store = workspace.rooms.change_store
        store.revise(desk.change.change_id, PATH, b"# healed\n", "meanwhile")
        await desk.press("o")
        await desk.until(lambda: "has changed since it was shown" in desk.problem)
        await app.desk.router.show_change(desk.change.change_id)
        with_editor(app, tmp_path, 'echo "# and more" >> "$file"', monkeypatch)
        await desk.press("o")
        await desk.revised(3)
        content = await workspace.review.proposed_bytes(desk.change.change_id, PATH)
        assert content == b"# mine\n# and more\n"


# What moved on meanwhile.


async def test_a_merge_is_shown_before_it_is_written(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        mine = ROUTER.replace('"""Routes."""', '"""My routes."""')
        desk.file.write_text(mine)
        await desk.press("a")
        await desk.until(lambda: desk.problem)
        await desk.revised(2)
        assert desk.problem
        assert desk.file.read_text() == mine
        await pilot.press("a")
        assert "Just arrived" in desk.reason
        await desk.press("a")
        await desk.until(lambda: desk.change.state is ChangeState.ACCEPTED)
        assert desk.file.read_text() == DONE.replace('"""Routes."""', '"""My routes."""')
        assert desk.problem == ""


MINE = ROUTER.replace("raise KeyError(name)", "raise ValueError(name)")


async def in_conflict(desk: Desk) -> ConflictScreen:
    """The person changed the same line; Review has noticed and shows both sides."""
    desk.file.write_text(MINE)
    await desk.app.desk.router.show_change(desk.change.change_id)
    await desk.pilot.pause()
    assert "r shows both sides" in desk.reason
    await desk.press("r")
    await desk.until(lambda: isinstance(desk.app.screen, ConflictScreen))
    screen = desk.app.screen
    assert isinstance(screen, ConflictScreen)
    return screen


@pytest.mark.parametrize(
    ("key", "kept", "gone"),
    [("2", "KeyError(message)", "ValueError"), ("3", "ValueError(name)", "#")],
)
async def test_a_conflict_is_settled_looked_at_and_accepted(
    workspace: Workspace, atlas: Path, key: str, kept: str, gone: str
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await in_conflict(desk)
        await pilot.press(key, "ctrl+s")
        await desk.revised(2)
        assert desk.file.read_text() == MINE
        assert desk.change.state is ChangeState.PROPOSED
        await desk.press("a")
        await desk.until(lambda: desk.change.state is ChangeState.ACCEPTED)
        text = desk.file.read_text()
        assert kept in text
        assert "KeyError(message)" in text
        assert gone not in text


async def test_the_file_can_be_kept_as_it_is(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await in_conflict(desk)
        await pilot.press("k")
        await desk.until(lambda: desk.change.state is ChangeState.REJECTED)
        assert desk.file.read_text() == MINE


async def test_a_conflict_is_written_in_the_editor(
    workspace: Workspace, atlas: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        with_editor(app, tmp_path, 'echo "# not yet" >> "$file"', monkeypatch)
        await in_conflict(desk)
        await pilot.press("o")
        await desk.until(lambda: desk.problem)
        assert desk.file.read_text() == MINE
        assert desk.change.revision == 1
        script = "sed -i -e '/^<<<<<<</d;/^=======/,/^>>>>>>>/d' \"$file\""
        with_editor(app, tmp_path, script, monkeypatch)
        await desk.press("r")
        await desk.until(lambda: isinstance(app.screen, ConflictScreen))
        await pilot.press("o")
        await desk.revised(2)
        await desk.press("a")
        await desk.until(lambda: desk.change.state is ChangeState.ACCEPTED)
        assert desk.file.read_text() == MINE + "# not yet\n"


async def test_a_file_that_changed_again_behind_the_conflict_is_not_settled(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await in_conflict(desk)
        desk.file.write_text(MINE + "# and again\n")
        await pilot.press("2", "ctrl+s")
        await desk.until(lambda: "look at both sides again" in desk.problem)
        assert desk.change.revision == 1


# The screen around it.


async def test_zoom_gives_review_the_screen_and_takes_it_back(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        main = app.desk.screen
        await desk.press("z")
        await desk.until(lambda: not main.chat.display)
        assert desk.review.size.width > 140
        assert "split" in str(desk.review.border_subtitle)
        await pilot.press("escape")
        await desk.until(lambda: main.chat.display)
        await pilot.press("z", "alt+c")
        await desk.until(lambda: main.map_pane.display)
        assert main.active_pane == "chat"
        await pilot.press("alt+r")
        await pilot.pause()
        assert main.chat.display


async def test_the_palette_offers_what_works_now(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Review: split hunk", "Review: comment", "Review: auto-accept"} <= titles
        assert "Review: both sides" not in titles
        await desk.press("x")
        await desk.until(lambda: not desk.change.is_open)
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert "Review: split hunk" not in titles


async def test_auto_accept_is_offered_with_the_files_of_the_change_and_off_by_a_click(
    workspace: Workspace, atlas: Path
) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("A")
        await desk.until(lambda: app.screen.query("#auto-paths"))
        assert app.screen.query_one("#auto-paths", Input).value == PATH
        await pilot.press("enter")
        await desk.until(lambda: f"AUTO {PATH}" in screen_lines(app)[0])
        assert "f7 auto off" in footer_of(app)
        assert desk.change.state is ChangeState.PROPOSED
        line = screen_lines(app)[0]
        await pilot.click(offset=(line.index("AUTO"), 0))
        await desk.until(lambda: "AUTO" not in screen_lines(app)[0])
        assert not app.desk.reviewing.auto_accept.is_on
        await pilot.press("f7", "escape")
        await pilot.pause()
        assert not app.desk.reviewing.auto_accept.is_on


async def test_the_menu_does_what_the_key_does(workspace: Workspace, atlas: Path) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        desk = await begin(app, pilot, atlas)
        await desk.press("enter")
        menu = app.screen.query_one(OptionList)
        menu.highlighted = menu.get_option_index("accept_all")
        await desk.press("enter")
        await desk.until(lambda: desk.change.state is ChangeState.ACCEPTED)
        assert desk.file.read_text() == DONE
