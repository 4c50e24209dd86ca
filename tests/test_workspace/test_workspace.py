"""The workspace remembers what it must and nothing else: sessions, spending, decisions, tours."""

import asyncio
from pathlib import Path

import pytest

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import ScriptedAnswer
from tests.test_workspace.conftest import FILES, Opener
from vibe_tui.changes.model import ChangeState
from vibe_tui.chat.errors import NoSuchSessionError
from vibe_tui.errors import UsageError, VibeError
from vibe_tui.events import ChangeRejected, ChangeRevised, Event
from vibe_tui.monitoring.spans import Profile
from vibe_tui.workspace import Workspace

PATCH = """\
--- a/README.md
+++ b/README.md
@@ -1 +1,2 @@
 # atlas
+Maps of routes.
"""


async def test_session_spend_starts_at_zero_and_todays_is_still_there(
    open_workspace: Opener, provider: ProviderServer
) -> None:
    first = open_workspace()
    await first.ask("hello").wait()
    assert first.spend().session_nano_usd > 0
    second = open_workspace()
    assert second.spend().session_nano_usd == 0
    assert second.spend().today_nano_usd == first.spend().today_nano_usd > 0


async def test_a_conversation_is_continued(
    open_workspace: Opener, provider: ProviderServer
) -> None:
    first = open_workspace()
    await first.ask("hello").wait()
    second = open_workspace()
    second.resume()
    assert second.session.session_id == first.session.session_id
    await second.ask("again").wait()
    sent = provider.requests[-1].parsed
    assert sent is not None
    assert next(text for _, text in sent.messages[1:]) == "hello"
    second.start_session()
    assert second.session.messages == []
    assert second.spend().session_nano_usd == 0
    with pytest.raises(NoSuchSessionError):
        second.resume("s-unknown")


async def test_one_turn_at_a_time(workspace: Workspace, provider: ProviderServer) -> None:
    turn = workspace.ask("hello")
    with pytest.raises(UsageError, match="still on its way"):
        workspace.ask("again")
    await turn.wait()


async def test_a_patch_becomes_a_proposal_that_can_be_rejected(
    workspace: Workspace, atlas: Path
) -> None:
    proposed = await workspace.review.propose_patch(PATCH)
    assert proposed.change is not None
    assert proposed.refused == ()
    diffs = await workspace.review.diffs(proposed.change.change_id)
    assert [(d.change.path, len(d.hunks)) for d in diffs] == [("README.md", 1)]
    seen: list[Event] = []

    async def watch() -> None:
        async for event in workspace.events():
            seen.append(event)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    change = await workspace.review.reject(proposed.change.change_id)
    assert change.state is ChangeState.REJECTED
    assert (atlas / "README.md").read_text() == FILES["README.md"]
    await workspace.close()
    await watcher
    assert seen == [ChangeRejected(change.change_id)]


async def test_a_file_that_moved_on_is_never_overwritten(workspace: Workspace, atlas: Path) -> None:
    proposed = await workspace.review.propose_patch(PATCH)
    assert proposed.change is not None
    (atlas / "README.md").write_text("# mine\n", encoding="utf-8")
    seen: list[Event] = []

    async def watch() -> None:
        async for event in workspace.events():
            seen.append(event)

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0)
    with pytest.raises(VibeError):
        await workspace.review.accept(proposed.change.change_id, proposed.change.revision)
    assert (atlas / "README.md").read_text() == "# mine\n"
    await workspace.close()
    await watcher
    assert isinstance(seen[0], ChangeRevised)


async def test_what_does_not_parse_as_an_edit_is_refused(workspace: Workspace) -> None:
    proposed = await workspace.review.propose_patch("<<<<<<< SEARCH\nx\n=======\ny\n")
    assert proposed.change is None
    assert proposed.refused


async def test_a_stale_revision_is_not_applied(workspace: Workspace, atlas: Path) -> None:
    proposed = await workspace.review.propose_patch(PATCH)
    assert proposed.change is not None
    with pytest.raises(VibeError):
        await workspace.review.accept(proposed.change.change_id, proposed.change.revision + 1)
    assert (atlas / "README.md").read_text() == FILES["README.md"]


async def test_pinning_toggles(workspace: Workspace) -> None:
    assert workspace.pin("README.md") is True
    assert list(workspace.pinned) == ["README.md"]
    assert workspace.pin("README.md") is False
    assert list(workspace.pinned) == []


async def test_paths_are_found_by_a_few_letters(workspace: Workspace) -> None:
    assert (await workspace.find_paths("rout"))[0] == "src/atlas/router.py"
    assert await workspace.read_text("README.md") == FILES["README.md"]
    with pytest.raises(VibeError):
        await workspace.read_text("../outside")


async def test_a_tour_has_its_own_data_and_leaves_nothing(workspace: Workspace) -> None:
    tour = workspace.start_tour()
    root = tour.root
    assert tour.rooms.locations.data_dir != workspace.rooms.locations.data_dir
    await tour.ask("Fix the discount in @bakery/prices.py").wait()
    change = (await tour.review.changes())[0]
    await tour.review.accept(change.change_id, change.revision)
    assert tour.spend().today_nano_usd == 0
    await tour.close()
    assert not root.exists()
    assert await workspace.review.changes() == ()


async def test_nothing_is_answered_that_was_not_asked(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="Nothing is asked"):
        workspace.answer("a-1", "yes")


def test_a_folder_that_is_none_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not a folder"):
        Workspace.open(tmp_path / "nowhere")


async def test_settings_become_limits(open_workspace: Opener) -> None:
    workspace = open_workspace(**{"budget.daily_usd": "2", "budget.monthly_usd": "20"})
    tightest = workspace.spend().tightest
    assert tightest is not None
    assert {b.budget.period for b in workspace.rooms.spending.budgets()} == {"daily", "monthly"}


async def test_the_cache_of_diffs_is_known_and_can_be_emptied(workspace: Workspace) -> None:
    proposed = await workspace.review.propose_patch(PATCH)
    assert proposed.change is not None
    for _ in range(2):
        await workspace.review.diffs(proposed.change.change_id)
    caches = workspace.rooms.caches
    assert caches.cache_statistics()["diffs"].entries == 1
    assert caches.cache_statistics()["diffs"].hits >= 1
    caches.clear_caches()
    assert caches.cache_statistics()["diffs"].entries == 0
    assert await workspace.review.diffs(proposed.change.change_id)


async def test_a_profile_names_what_a_turn_spent_its_time_on(
    workspace: Workspace, provider: ProviderServer, tmp_path: Path
) -> None:
    edit = "new.py\n<<<<<<< SEARCH\n=======\nx = 1\n>>>>>>> REPLACE\n"
    provider.script(ScriptedAnswer(edit))
    with Profile() as profile:
        await workspace.ask("make it").wait()
        change = (await workspace.review.changes())[0]
        await workspace.review.accept(change.change_id, change.revision)
    names = {span.name for span in profile.spans}
    assert {"map.scan", "map.compress", "chat.context", "spend.count", "spend.settle"} <= names
    assert {"chat.propose", "check.syntax", "changes.write"} <= names
