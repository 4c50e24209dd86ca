"""/changes and /undo: proposals are listed, shown and taken back; a crash's traces are found."""

from pathlib import Path

import pytest

from tests.test_commands.conftest import FILES, Run
from tests.test_commands.saying import notice_of, payload_of, report_of
from vibe_tui.changes.apply import Applier
from vibe_tui.changes.model import ChangeSet
from vibe_tui.commands import changes
from vibe_tui.errors import DeniedError, UsageError, VibeError
from vibe_tui.workspace import Workspace

PATCH = """\
--- a/shop/prices.py
+++ b/shop/prices.py
@@ -1,2 +1,2 @@
 def total(prices):
-    return sum(prices)
+    return round(sum(prices), 2)
"""


async def propose(workspace: Workspace, patch: str = PATCH) -> ChangeSet:
    proposed = await workspace.propose_patch(patch)
    assert proposed.change is not None
    return proposed.change


async def accept(workspace: Workspace, patch: str = PATCH) -> ChangeSet:
    change = await propose(workspace, patch)
    return await workspace.accept(change.change_id, change.revision)


async def test_nothing_proposed_is_said(run: Run) -> None:
    assert report_of(await run("/changes")).text == "Nothing was proposed in this project yet."


async def test_the_list_has_what_the_contract_names(run: Run, workspace: Workspace) -> None:
    change = await propose(workspace)
    report = report_of(await run("/changes"))
    [listed] = report.payload["changes"]
    assert listed["id"] == change.change_id
    assert listed["state"] == "proposed"
    assert listed["origin"] == {"kind": "patch", "name": ""}
    assert listed["files"] == [
        {
            "path": "shop/prices.py",
            "action": "modify",
            "added": 1,
            "removed": 1,
            "conflict": None,
            "reversible": True,
        }
    ]
    assert "+1 -1" in report.text


async def test_a_conflict_is_named_in_the_list(run: Run, workspace: Workspace, shop: Path) -> None:
    await propose(workspace)
    (shop / "shop/prices.py").write_text("somebody else was here\n", encoding="utf-8")
    [listed] = payload_of(await run("/changes"))["changes"]
    assert listed["state"] == "conflict"
    assert listed["files"][0]["conflict"]


async def test_one_proposal_is_shown_with_diff_hunks_checks_and_history(
    run: Run, workspace: Workspace
) -> None:
    change = await propose(workspace)
    report = report_of(await run(f"/changes {change.change_id}"))
    [shown] = report.payload["changes"]
    assert [(hunk["k"], hunk["state"]) for hunk in shown["hunks"]] == [(1, "open")]
    assert [(check["strategy"], check["is_valid"]) for check in shown["checks"]] == [
        ("syntax", True)
    ]
    assert [entry["event"] for entry in shown["audit"]] == ["proposed"]
    assert shown["diff"].splitlines()[-1] == "+    return round(sum(prices), 2)"
    assert "```diff\n" in report.text


async def test_an_unknown_id_is_an_error(run: Run) -> None:
    with pytest.raises(VibeError) as caught:
        await run("/changes c-nothing")
    assert caught.value.exit_code == 2


async def test_two_ids_are_one_too_many(run: Run) -> None:
    with pytest.raises(UsageError):
        await run("/changes c-1 c-2")


async def test_older_ones_are_counted(workspace: Workspace) -> None:
    change = await propose(workspace)
    assert changes.list_text([change] * 23).endswith("3 older ones.")


async def test_undo_takes_back_what_was_accepted_last(
    run: Run, workspace: Workspace, shop: Path
) -> None:
    new_file = "--- /dev/null\n+++ b/notes.txt\n@@ -0,0 +1 @@\n+hello\n"
    first = await propose(workspace, new_file)
    second = await accept(workspace)
    await workspace.accept(first.change_id, first.revision)

    assert first.change_id in notice_of(await run("/undo"))
    assert not (shop / "notes.txt").exists()
    assert second.change_id in notice_of(await run("/undo"))
    assert (shop / "shop/prices.py").read_text(encoding="utf-8") == FILES["shop/prices.py"]
    with pytest.raises(DeniedError, match="Nothing accepted is left"):
        await run("/undo")


async def test_undo_takes_no_words(run: Run) -> None:
    with pytest.raises(UsageError):
        await run("/undo all")


async def test_recovering_a_whole_project_finds_nothing(workspace: Workspace) -> None:
    await accept(workspace)
    assert await changes.recover(workspace) == ()


async def test_what_a_crash_left_is_put_right_and_named(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as crash:
        crash.setattr(Applier, "finish", die)
        change = await accept(workspace)
    rooms = workspace.rooms
    reopened = Workspace.open(workspace.root, locations=rooms.locations, environ={})
    [recovered] = await changes.recover(reopened)
    assert (recovered.change_id, recovered.state.value) == (change.change_id, "accepted")
    assert await changes.recover(reopened) == ()
    await reopened.close()
