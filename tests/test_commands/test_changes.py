"""/changes and /undo: proposals are listed, shown and taken back; a crash's traces are found."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.test_commands.conftest import FILES, Run
from tests.test_commands.saying import notice_of, payload_of, report_of
from vibe_tui.changes.model import ChangeSet
from vibe_tui.changes.writing.apply import Applier
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
    proposed = await workspace.review.propose_patch(patch)
    assert proposed.change is not None
    return proposed.change


async def accept(workspace: Workspace, patch: str = PATCH) -> ChangeSet:
    change = await propose(workspace, patch)
    return await workspace.review.accept(change.change_id, change.revision)


async def test_nothing_proposed_is_said(run: Run) -> None:
    assert report_of(await run("/changes")).text == "Nothing was proposed in this project yet."


async def test_the_list_has_what_the_contract_names(run: Run, workspace: Workspace) -> None:
    change = await propose(workspace)
    report = report_of(await run("/changes"))
    [listed] = report.payload["changes"]
    assert listed["id"] == change.change_id
    assert listed["state"] == "proposed"
    assert listed["origin"] == {
        "kind": "patch",
        "name": "",
        "session_id": "",
        "prompt_id": "",
        "prompt": "",
        "cost_usd": None,
    }
    assert (listed["reverts"], listed["rolled_back_by"]) == ([], None)
    assert listed["files"] == [
        {
            "path": "shop/prices.py",
            "action": "modify",
            "added": 1,
            "removed": 1,
            "conflict": None,
            "reversible": True,
            "remarks": [],
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


async def test_what_became_of_a_change_is_told_to_people(run: Run, workspace: Workspace) -> None:
    change = await accept(workspace)
    await run("/undo")
    text = report_of(await run(f"/changes {change.change_id}")).text
    told = [line for line in text.split("\n") if line.startswith("- 20")]
    assert ["proposed" in told[0], "accepted" in told[1]] == [True, True]
    assert "by person · hunks 1 · syntax valid" in told[1]
    assert "accepted, which takes it back" in told[2]
    assert "rolled back" in told[3]
    (payload,) = payload_of(await run(f"/changes {change.change_id}"))["changes"]
    assert payload["rolled_back_by"]


async def test_what_an_answer_cost_is_told_with_its_proposal() -> None:
    line = {
        "at": "2026-11-23T14:03:00.000+00:00",
        "event": "proposed",
        "change_id": "c-1",
        "by": "model m",
        "cost": {"nano_usd": 8_700_000, "certainty": "exact"},
    }
    told = changes._told(line, "c-1")
    assert told == "2026-11-23 14:03 UTC · proposed · by model m · $0.0087 (exact)"


async def test_what_is_no_longer_kept_is_listed_as_such(workspace: Workspace) -> None:
    change = await accept(workspace)
    files = tuple(replace(file, reversible=False) for file in change.files)
    lost = replace(change, files=files)
    assert "accepted, no longer reversible" in changes.list_text([lost])
    assert changes.change_payload(lost)["files"][0]["reversible"] is False


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
    await workspace.review.accept(first.change_id, first.revision)

    assert first.change_id in notice_of(await run("/undo"))
    assert not (shop / "notes.txt").exists()
    assert second.change_id in notice_of(await run("/undo"))
    assert (shop / "shop/prices.py").read_text(encoding="utf-8") == FILES["shop/prices.py"]
    with pytest.raises(DeniedError, match="Nothing accepted is left"):
        await run("/undo")


async def test_undo_of_files_that_moved_on_waits_to_be_looked_at(
    run: Run, workspace: Workspace, shop: Path
) -> None:
    change = await accept(workspace)
    prices = shop / "shop/prices.py"
    mine = "# mine\n\n\n\n\n" + prices.read_text(encoding="utf-8")
    prices.write_text(mine, encoding="utf-8")
    said = notice_of(await run("/undo"))
    assert f"rolls back {change.change_id}, merged with what changed since" in said
    assert prices.read_text(encoding="utf-8") == mine


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
