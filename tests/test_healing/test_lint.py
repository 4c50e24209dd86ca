"""LINT is the real ruff on stdin: the project's settings, no cache written, honest when skipped."""

import stat
from pathlib import Path

import pytest

from vibe_tui.healing.validator import CodeValidator
from vibe_tui.healing.validators import lint


@pytest.fixture
def validator(project: Path) -> CodeValidator:
    return CodeValidator(project)


async def test_a_clean_file_is_valid_and_nothing_is_written(
    validator: CodeValidator, project: Path
) -> None:
    (project / "a.py").write_text("import os\n\nprint(os.name)\n", encoding="utf-8")
    result = await validator.validate_linting("a.py")
    assert result.is_valid is True
    assert result.tool is not None
    assert result.tool.startswith("ruff ")
    assert [path.name for path in project.iterdir()] == ["a.py"]


async def test_messages_carry_code_and_place(validator: CodeValidator, project: Path) -> None:
    (project / "a.py").write_text("import os\nx = undefined\n", encoding="utf-8")
    result = await validator.validate_linting("a.py")
    assert result.is_valid is False
    assert {(p.code, p.line) for p in result.errors} >= {("F401", 1), ("F821", 2)}


async def test_the_projects_own_settings_decide(validator: CodeValidator, project: Path) -> None:
    (project / "ruff.toml").write_text('lint.ignore = ["F401"]\n', encoding="utf-8")
    (project / "a.py").write_text("import os\n", encoding="utf-8")
    assert (await validator.validate_linting("a.py")).is_valid is True


async def test_broken_settings_are_skipped_with_ruffs_own_words(
    validator: CodeValidator, project: Path
) -> None:
    (project / "ruff.toml").write_text("lint = 3\n", encoding="utf-8")
    (project / "a.py").write_text("x = 1\n", encoding="utf-8")
    result = await validator.validate_linting("a.py")
    assert result.is_valid is None
    assert result.skipped is not None
    assert result.skipped.startswith("ruff failed: ")


async def test_other_languages_are_skipped(validator: CodeValidator, project: Path) -> None:
    (project / "a.js").write_text("let x\n", encoding="utf-8")
    assert (await validator.validate_linting("a.js")).is_valid is None


async def test_without_ruff_it_says_so(
    validator: CodeValidator, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "a.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(lint, "ruff_path", lambda: None)
    result = await validator.validate_linting("a.py")
    assert (result.is_valid, result.skipped) == (None, "ruff is not installed")


async def test_a_linter_that_hangs_is_ended(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = tmp_path / "ruff"
    hanging.write_text("#!/bin/sh\nexec sleep 60\n", encoding="utf-8")
    hanging.chmod(hanging.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(lint, "_TIMEOUT_S", 0.05)
    result = await lint.lint_bytes(project, "a.py", b"x = 1\n", str(hanging))
    assert result.is_valid is None
    assert result.skipped is not None
    assert "took over" in result.skipped
