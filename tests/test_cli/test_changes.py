"""Proposals from a script: proposed, shown, accepted by hunk and by file, rejected, rolled back."""

import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli.conftest import FILES, Cli, Screen

PATCH = """\
--- a/shop/prices.py
+++ b/shop/prices.py
@@ -1,2 +1,2 @@
 def total(prices):
-    return sum(prices)
+    return round(sum(prices), 2)
--- /dev/null
+++ b/notes.txt
@@ -0,0 +1 @@
+hello
"""


def propose(cli: Cli, shop: Path, patch: str = PATCH) -> dict[str, Any]:
    (shop / ".vibe-tui" / "some.patch").write_text(patch, encoding="utf-8")
    called = cli("changes", "propose", "--patch", ".vibe-tui/some.patch", "--json")
    assert called.code == 0, called.err
    [change] = called.json["changes"]
    assert called.json["refused"] == []
    return dict(change)


def test_a_patch_becomes_a_proposal_and_the_project_is_untouched(cli: Cli, shop: Path) -> None:
    change = propose(cli, shop)
    assert (change["state"], change["revision"]) == ("proposed", 1)
    assert {file["path"]: file["action"] for file in change["files"]} == {
        "shop/prices.py": "modify",
        "notes.txt": "create",
    }
    assert (shop / "shop/prices.py").read_text(encoding="utf-8") == FILES["shop/prices.py"]
    assert not (shop / "notes.txt").exists()
    assert change["id"] in cli("changes").out


def test_a_proposal_is_shown_as_a_patch_that_can_be_piped(cli: Cli, shop: Path) -> None:
    change = propose(cli, shop)
    shown = cli("changes", "show", change["id"])
    assert shown.out.startswith("diff --git a/shop/prices.py b/shop/prices.py\n")
    as_json = cli("changes", "show", change["id"], "--json").json["changes"][0]
    assert [hunk["k"] for hunk in as_json["hunks"]] == [1, 2]
    assert as_json["diff"] == shown.out


def test_all_is_accepted_and_rolled_back(cli: Cli, shop: Path) -> None:
    change_id = propose(cli, shop)["id"]
    [accepted] = cli("changes", "accept", change_id, "--json").json["changes"]
    assert accepted["state"] == "accepted"
    assert (shop / "notes.txt").read_text(encoding="utf-8") == "hello\n"
    back, original = cli("changes", "rollback", change_id, "--json").json["changes"]
    assert (back["origin"]["kind"], back["state"]) == ("rollback", "accepted")
    assert (original["id"], original["state"]) == (change_id, "rolled_back")
    assert not (shop / "notes.txt").exists()
    assert (shop / "shop/prices.py").read_text(encoding="utf-8") == FILES["shop/prices.py"]


def new_file(name: str) -> str:
    return f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1 @@\n+hello\n"


def accepted(cli: Cli, shop: Path, patch: str = PATCH) -> str:
    change_id: str = propose(cli, shop, patch)["id"]
    assert cli("changes", "accept", change_id).code == 0
    return change_id


def test_everything_from_a_change_on_is_rolled_back(cli: Cli, shop: Path) -> None:
    ids = [accepted(cli, shop, new_file(f"{name}.txt")) for name in "abc"]
    called = cli("changes", "rollback", ids[1], "--to", "--json")
    assert called.code == 0
    back, *originals = called.json["changes"]
    assert back["reverts"] == [ids[2], ids[1]]
    assert [(change["id"], change["state"]) for change in originals] == [
        (ids[2], "rolled_back"),
        (ids[1], "rolled_back"),
    ]
    assert [(shop / f"{name}.txt").exists() for name in "abc"] == [True, False, False]
    brought, again = cli("changes", "rollback", back["id"], "--json").json["changes"]
    assert (brought["state"], again["state"]) == ("accepted", "rolled_back")
    assert all((shop / f"{name}.txt").exists() for name in "abc")


def test_a_rollback_that_has_to_be_looked_at_exits_1_and_says_how_to_go_on(
    cli: Cli, shop: Path
) -> None:
    change_id = accepted(cli, shop)
    prices = shop / "shop/prices.py"
    mine = "# mine\n\n\n\n\n" + prices.read_text(encoding="utf-8")
    prices.write_text(mine, encoding="utf-8")
    called = cli("changes", "rollback", change_id, "--json")
    assert called.code == 1
    back, original = called.json["changes"]
    assert (back["state"], original["state"]) == ("proposed", "accepted")
    assert f"vibe-tui changes accept {back['id']}" in called.err
    assert prices.read_text(encoding="utf-8") == mine
    assert cli("changes", "accept", back["id"]).code == 0
    after = prices.read_text(encoding="utf-8")
    assert after == "# mine\n\n\n\n\n" + FILES["shop/prices.py"]
    assert not (shop / "notes.txt").exists()


@pytest.mark.parametrize("to", [(), ("--to",)])
def test_a_rollback_in_conflict_exits_1_and_touches_nothing(
    cli: Cli, shop: Path, to: tuple[str, ...]
) -> None:
    change_id = accepted(cli, shop)
    (shop / "shop/prices.py").write_text("mine\n", encoding="utf-8")
    called = cli("changes", "rollback", change_id, *to, "--json")
    assert (called.code, called.json["error"]["code"]) == (1, "conflict")
    assert (shop / "notes.txt").exists()


def test_what_is_not_accepted_cannot_be_rolled_back(cli: Cli, shop: Path) -> None:
    change_id = propose(cli, shop)["id"]
    for to in ((), ("--to",)):
        called = cli("changes", "rollback", change_id, *to, "--json")
        assert (called.code, called.json["error"]["code"]) == (1, "already_decided")
    assert cli("changes", "rollback", "c-nothing").code == 2


def test_what_is_too_old_is_listed_and_refused(cli: Cli, shop: Path, data_dir: Path) -> None:
    change_id = accepted(cli, shop)
    for path in data_dir.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))
    [stamp] = data_dir.rglob("tidied.json")
    stamp.unlink()
    assert cli("changes").code == 0
    [listed] = cli("changes", "--json").json["changes"]
    assert listed["state"] == "accepted"
    assert {file["reversible"] for file in listed["files"]} == {False}
    called = cli("changes", "rollback", change_id, "--json")
    assert (called.code, called.json["error"]["code"]) == (1, "not_reversible")
    assert "changes.keep_days" in called.json["error"]["hint"]
    [shown] = cli("changes", "show", change_id, "--json").json["changes"]
    assert "no longer kept" in shown["diff"]
    assert [line["event"] for line in shown["audit"]] == ["proposed", "accepted", "expired"]


def test_a_hunk_and_a_file_can_be_chosen(cli: Cli, shop: Path) -> None:
    change_id = propose(cli, shop)["id"]
    [partly] = cli("changes", "accept", change_id, "--hunk", "2", "--json").json["changes"]
    assert partly["state"] == "partly_accepted"
    assert (shop / "notes.txt").exists()
    [all_of_it] = cli("changes", "accept", change_id, "--file", "shop/prices.py", "--json").json[
        "changes"
    ]
    assert all_of_it["state"] == "accepted"


def test_a_hunk_is_rejected_and_the_rest(cli: Cli, shop: Path) -> None:
    change_id = propose(cli, shop)["id"]
    assert cli("changes", "reject", change_id, "--hunk", "1").code == 0
    [rejected] = cli("changes", "reject", change_id, "--json").json["changes"]
    assert rejected["state"] == "rejected"


def test_a_stale_revision_is_refused(cli: Cli, shop: Path) -> None:
    change_id = propose(cli, shop)["id"]
    called = cli("changes", "accept", change_id, "--revision", "7", "--json")
    assert called.code == 1
    assert called.json["error"]["code"] == "stale_revision"
    assert not (shop / "notes.txt").exists()


def test_a_conflict_exits_1_and_writes_nothing(cli: Cli, shop: Path) -> None:
    change_id = propose(cli, shop)["id"]
    (shop / "shop/prices.py").write_text("mine\n", encoding="utf-8")
    called = cli("changes", "accept", change_id, "--json")
    assert (called.code, called.json["error"]["code"]) == (1, "conflict")
    assert not (shop / "notes.txt").exists()


def test_what_does_not_apply_is_said_and_exits_1(cli: Cli, shop: Path) -> None:
    (shop / "bad.patch").write_text(PATCH.replace("sum", "max"), encoding="utf-8")
    called = cli("changes", "propose", "--patch", "bad.patch", "--json")
    assert called.code == 1
    assert [refused["path"] for refused in called.json["refused"]] == ["shop/prices.py"]
    assert called.json["changes"][0]["files"][0]["path"] == "notes.txt"
    assert "shop/prices.py" in called.err


def test_text_without_an_edit_proposes_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"just words\n")))
    called = cli("changes", "propose", "--patch", "-")
    assert (called.code, called.out) == (1, "Nothing is proposed.\n")
    assert "No edit was found" in called.err


def test_recovering_a_whole_project_finds_nothing(cli: Cli) -> None:
    assert cli("changes", "recover").out == "Nothing had to be put right.\n"
    assert cli("changes", "recover", "--json").json["changes"] == []


def test_a_terminal_draws_the_diff(cli: Cli, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change_id = propose(cli, shop)["id"]
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    cli("--no-color", "changes", "show", change_id)
    assert "revision 1" in screen.getvalue()
    assert "round(sum(prices), 2)" in screen.getvalue()


def test_the_list_of_a_fresh_project_is_empty(cli: Cli) -> None:
    assert json.loads(cli("changes", "--json").out) == {"schema_version": 1, "changes": []}
