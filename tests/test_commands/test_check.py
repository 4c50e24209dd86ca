"""/check: what is invalid is said, what could not be judged is never called valid."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_commands.conftest import Run
from tests.test_commands.saying import report_of
from vibe_tui.commands import check
from vibe_tui.errors import NotBuiltError, OutsideError, UsageError
from vibe_tui.healing.model import ValidationResult, ValidationStrategy
from vibe_tui.workspace import Workspace

SYNTAX, LINT = ValidationStrategy.SYNTAX, ValidationStrategy.LINT


async def test_a_folder_is_every_file_below_it(run: Run) -> None:
    report = report_of(await run("/check shop"))
    found = {(row["path"], row["strategy"]): row["is_valid"] for row in report.payload["results"]}
    assert found["shop/prices.py", "syntax"] is True
    assert found["shop/broken.py", "syntax"] is False
    assert found["shop/unused.py", "lint"] is False
    assert found["shop/prices.py", "typecheck"] is None
    assert not any(path == "README.md" for path, _ in found)
    assert not report.ok
    assert "✗ shop/unused.py:1:8 F401" in report.text


async def test_a_result_says_how_it_was_found(run: Run) -> None:
    report = report_of(await run("/check @shop/broken.py"))
    syntax = next(row for row in report.payload["results"] if row["strategy"] == "syntax")
    [error] = syntax["errors"]
    assert error["line"] == 1
    assert set(error) == {"line", "column", "code", "message"}
    assert syntax["tool"]
    assert syntax["skipped"] is None
    skipped = next(row for row in report.payload["results"] if row["strategy"] == "typecheck")
    assert skipped["skipped"] == "typecheck checks are not built yet"


async def test_good_files_are_ok(run: Run) -> None:
    report = report_of(await run("/check shop/prices.py"))
    assert report.ok
    assert report.text == "2 valid, 0 invalid, 1 skipped (typecheck checks are not built yet)"


@pytest.mark.parametrize("path", ["../outside.py", "/etc/hostname", "shop/nothing.py"])
async def test_what_is_no_file_of_the_project_is_refused(run: Run, path: str) -> None:
    with pytest.raises(UsageError):
        await run(f"/check {path}")


async def test_check_needs_a_path(run: Run) -> None:
    with pytest.raises(UsageError):
        await run("/check")


async def test_a_file_that_is_gone_meanwhile_is_an_error(workspace: Workspace, shop: Path) -> None:
    (shop / "shop/prices.py").unlink()
    with pytest.raises(OutsideError, match="cannot be read"):
        await check.check_files(workspace, ["shop/prices.py"], [SYNTAX])


def test_strategies_are_read() -> None:
    assert check.parse_strategies("lint, syntax,lint") == (LINT, SYNTAX)
    assert check.parse_strategies(None) == check.DEFAULT


@pytest.mark.parametrize("named", ["typecheck", "syntax,tests", "custom:mine", "build"])
def test_a_strategy_still_to_come_is_refused_when_it_is_named(named: str) -> None:
    with pytest.raises(NotBuiltError, match="not built yet"):
        check.parse_strategies(named)


@pytest.mark.parametrize("named", ["", ",", "spelling"])
def test_what_is_no_strategy_is_refused(named: str) -> None:
    with pytest.raises(UsageError):
        check.parse_strategies(named)


def result(path: str, *, ran: bool) -> ValidationResult:
    return ValidationResult(path, LINT, True if ran else None, skipped=None if ran else "no")


def test_a_strategy_ran_when_it_judged_every_file_of_a_kind_that_it_knows() -> None:
    assert not check.could_not_run([result("a.py", ran=True), result("b.md", ran=False)])
    assert check.could_not_run([result("a.py", ran=False)])
    assert check.could_not_run([result("a.py", ran=True), result("b.py", ran=False)])


@given(st.lists(st.sampled_from(["a.py", "b.js", "Makefile"])))
def test_what_ran_everywhere_could_run(paths: list[str]) -> None:
    assert not check.could_not_run([result(path, ran=True) for path in paths])
