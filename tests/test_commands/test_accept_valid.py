"""``--yes`` accepts what no check speaks against, and nothing else."""

from pathlib import Path

import pytest

from tests.test_commands.conftest import FILES
from vibe_tui.changes.model import ChangeState
from vibe_tui.commands.accept_valid import NotAcceptedError, accept_when_valid
from vibe_tui.workspace import Workspace

GOOD = "```python shop/prices.py\ndef total(prices):\n    return max(prices)\n```\n"
LONG = "".join(f"line_{number} = {number}\n" for number in range(40))


async def proposal(workspace: Workspace, text: str) -> str:
    proposed = await workspace.review.propose_patch(text)
    assert proposed.change is not None, proposed.refused
    return proposed.change.change_id


async def refused_because(workspace: Workspace, change_id: str) -> str:
    with pytest.raises(NotAcceptedError) as caught:
        await accept_when_valid(workspace, change_id)
    assert caught.value.exit_code == 1
    assert change_id in caught.value.hint
    return caught.value.message


async def test_a_valid_change_is_written_and_the_audit_says_who(
    workspace: Workspace, shop: Path
) -> None:
    change_id = await proposal(workspace, GOOD)
    change = await accept_when_valid(workspace, change_id)
    assert change.state is ChangeState.ACCEPTED
    assert "max(prices)" in (shop / "shop/prices.py").read_text(encoding="utf-8")
    [accepted] = [
        entry
        for entry in workspace.rooms.change_store.audit.entries(change_id)
        if entry["event"] == "accepted"
    ]
    assert accepted["by"] == "--yes"


async def test_a_file_without_a_check_is_accepted(workspace: Workspace, shop: Path) -> None:
    change_id = await proposal(workspace, "```text NOTES.txt\nhello\n```\n")
    await accept_when_valid(workspace, change_id)
    assert (shop / "NOTES.txt").read_text(encoding="utf-8") == "hello\n"


async def test_a_failed_check_leaves_it_to_a_person(workspace: Workspace, shop: Path) -> None:
    change_id = await proposal(workspace, GOOD.replace("max(prices)", "max(prices"))
    assert "fails the syntax check" in await refused_because(workspace, change_id)
    assert (shop / "shop/prices.py").read_text(encoding="utf-8") == FILES["shop/prices.py"]
    assert (await workspace.review.changes())[0].state is ChangeState.PROPOSED


async def test_a_whole_file_that_drops_over_half_is_left_to_a_person(
    workspace: Workspace, shop: Path
) -> None:
    (shop / "long.py").write_text(LONG, encoding="utf-8")
    change_id = await proposal(workspace, "```python long.py\nline_0 = 0\n# the rest stays\n```\n")
    assert "lose over half" in await refused_because(workspace, change_id)
    assert (shop / "long.py").read_text(encoding="utf-8") == LONG


async def test_a_project_that_moved_on_is_left_alone(workspace: Workspace, shop: Path) -> None:
    change_id = await proposal(workspace, GOOD)
    (shop / "shop/prices.py").write_text("mine\n", encoding="utf-8")
    assert "shop/prices.py" in await refused_because(workspace, change_id)
    assert (shop / "shop/prices.py").read_text(encoding="utf-8") == "mine\n"


async def test_what_a_person_said_no_to_stays_rejected(workspace: Workspace) -> None:
    change_id = await proposal(workspace, GOOD)
    await workspace.review.reject(change_id)
    assert "it is rejected" in await refused_because(workspace, change_id)
