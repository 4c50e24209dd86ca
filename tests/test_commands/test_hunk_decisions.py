"""Single lines of a hunk are decided alone, and a hunk can be taken away as a patch."""

import subprocess
from pathlib import Path

import pytest

from vibe_tui.changes.model import ChangeSet, ChangeState, Hunk, HunkState, WholeFile
from vibe_tui.commands.decide_lines import decide_lines
from vibe_tui.errors import UsageError, VibeError
from vibe_tui.workspace import Workspace

PATH = "shop/cart.py"
OLD = "".join(f"line {number}\n" for number in range(1, 31))
NEW = OLD.replace("line 3\n", "line three\nline three and a half\n").replace("line 28\n", "")


async def propose(workspace: Workspace, root: Path, new: str = NEW, old: str = OLD) -> ChangeSet:
    (root / PATH).write_text(old)
    proposed = await workspace.review.propose_patch(f"{PATH}\n```\n{new}```\n")
    assert proposed.change is not None, proposed.refused
    return proposed.change


async def hunks(workspace: Workspace, change: ChangeSet) -> list[Hunk]:
    return [h for diff in await workspace.review.diffs(change.change_id) for h in diff.hunks]


def git_apply(root: Path, patch: str, *options: str) -> None:
    call = ["git", "apply", *options, "-"]
    subprocess.run(call, cwd=root, input=patch.encode(), check=True)


def rows(hunk: Hunk, *texts: str) -> list[int]:
    return [at for at, line in enumerate(hunk.lines) if line.kind + line.text in texts]


async def test_some_lines_are_accepted_and_the_rest_stays_open(
    workspace: Workspace, shop: Path
) -> None:
    change = await propose(workspace, shop)
    first, _ = await hunks(workspace, change)
    chosen = rows(first, "+line three and a half")
    after = await decide_lines(workspace.review, change.change_id, 1, 1, chosen, is_accept=True)
    text = (shop / PATH).read_text()
    assert "line 3\n" in text
    assert "line three and a half\n" in text
    assert "line three\n" not in text
    assert "line 28\n" in text
    assert after.is_open
    assert after.state is ChangeState.PARTLY_ACCEPTED
    left = await hunks(workspace, after)
    assert any(rows(hunk, "+line three") for hunk in left if hunk.state is HunkState.OPEN)


async def test_some_lines_are_rejected_and_nothing_is_written(
    workspace: Workspace, shop: Path
) -> None:
    change = await propose(workspace, shop)
    first, _ = await hunks(workspace, change)
    chosen = rows(first, "+line three and a half")
    after = await decide_lines(workspace.review, change.change_id, 1, 1, chosen, is_accept=False)
    assert (shop / PATH).read_text() == OLD
    await workspace.review.accept(after.change_id, after.revision)
    assert (shop / PATH).read_text() == NEW.replace("line three and a half\n", "")


async def test_all_lines_are_the_hunk_itself(workspace: Workspace, shop: Path) -> None:
    change = await propose(workspace, shop)
    _, second = await hunks(workspace, change)
    every = range(len(second.lines))
    after = await decide_lines(workspace.review, change.change_id, 1, 2, every, is_accept=True)
    assert (shop / PATH).read_text() == OLD.replace("line 28\n", "")
    assert len(await hunks(workspace, after)) == 2


@pytest.mark.parametrize(("k", "chosen"), [(1, [0]), (1, []), (1, [999]), (9, [0])])
async def test_lines_that_are_none_are_refused(
    workspace: Workspace, shop: Path, k: int, chosen: list[int]
) -> None:
    change = await propose(workspace, shop)
    with pytest.raises(UsageError):
        await decide_lines(workspace.review, change.change_id, 1, k, chosen, is_accept=True)
    assert (shop / PATH).read_text() == OLD


async def test_a_stale_revision_decides_nothing(workspace: Workspace, shop: Path) -> None:
    change = await propose(workspace, shop)
    first, _ = await hunks(workspace, change)
    chosen = rows(first, "+line three")
    for is_accept in (True, False):
        with pytest.raises(VibeError) as raised:
            await decide_lines(
                workspace.review, change.change_id, 7, 1, chosen, is_accept=is_accept
            )
        assert raised.value.code == "stale_revision"
    assert (shop / PATH).read_text() == OLD
    assert (await workspace.review.changes())[0].state is ChangeState.PROPOSED


@pytest.mark.parametrize("k", [1, 2])
async def test_a_hunk_is_a_patch_that_git_takes(workspace: Workspace, shop: Path, k: int) -> None:
    change = await propose(workspace, shop)
    patch = await workspace.review.patch(change.change_id, k)
    assert patch.count("\n@@ ") == 1
    git_apply(shop, patch)
    await workspace.review.reject(change.change_id)
    first = OLD.replace("line 3\n", "line three\nline three and a half\n")
    expected = {1: first, 2: OLD.replace("line 28\n", "")}
    assert (shop / PATH).read_text() == expected[k]


async def test_a_divided_hunk_is_a_patch_of_its_own(workspace: Workspace, shop: Path) -> None:
    change = await propose(workspace, shop)
    first, _ = await hunks(workspace, change)
    await workspace.review.split(change.change_id, 1, 1, rows(first, "+line three and a half"))
    patches = [await workspace.review.patch(change.change_id, k) for k in (1, 2)]
    assert sum("+line three and a half" in patch for patch in patches) == 1
    for patch in patches:
        git_apply(shop, patch, "--check")


async def test_no_such_hunk_is_said(workspace: Workspace, shop: Path) -> None:
    change = await propose(workspace, shop)
    with pytest.raises(UsageError, match="9"):
        await workspace.review.patch(change.change_id, 9)


async def test_a_binary_file_is_no_patch(workspace: Workspace, shop: Path) -> None:
    (shop / "a.bin").write_bytes(b"\0\1")
    store = workspace.rooms.change_store
    from vibe_tui.changes.model import Origin

    change = store.propose([WholeFile("shop/new.py", "x = 1\n")], Origin("model")).change
    assert change is not None
    change = store.revise(change.change_id, "shop/new.py", b"\0\1\2", "made binary")
    with pytest.raises(VibeError, match="no lines"):
        await workspace.review.patch(change.change_id, 1)
