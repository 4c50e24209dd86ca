"""LINT: ruff, which ships with us, with the project's own settings. It reads, never runs, code."""

import asyncio
import json
import os
import sysconfig
import time
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from shutil import which
from typing import Any

from vibe_tui.healing.model import Problem, ValidationResult, ValidationStrategy

_TIMEOUT_S = 60.0
_PYTHON_SUFFIXES = frozenset({".py", ".pyi"})


@cache
def ruff_path() -> str | None:
    """The ruff of our own environment, else the user's; None when there is neither."""
    ours = Path(sysconfig.get_path("scripts")) / "ruff"
    return str(ours) if ours.is_file() else which("ruff")


def _skipped(path: str, reason: str) -> ValidationResult:
    return ValidationResult(path, ValidationStrategy.LINT, None, skipped=reason)


async def lint_file(root: Path, path: str) -> ValidationResult:
    """Lint a file of the project as it is on disk.

    Args:
        root: The project, where ruff looks for its settings.
        path: Project-relative.
    """
    if Path(path).suffix not in _PYTHON_SUFFIXES:
        return _skipped(path, "no linter for this kind of file yet")
    ruff = ruff_path()
    if ruff is None:
        return _skipped(path, "ruff is not installed")
    content = await asyncio.to_thread((root / path).read_bytes)
    return await lint_bytes(root, path, content, ruff)


async def lint_bytes(root: Path, path: str, content: bytes, ruff: str) -> ValidationResult:
    """Lint bytes that are, or would become, the project's file ``path``."""
    command = ("check", "--output-format=json", "--no-cache", "--stdin-filename", path, "-")
    started = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        ruff,
        *command,
        cwd=root,
        env={"PATH": os.defpath},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        output, errors = await asyncio.wait_for(process.communicate(content), _TIMEOUT_S)
    except TimeoutError:
        return _skipped(path, f"ruff took over {_TIMEOUT_S:.0f} s")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode not in (0, 1):
        lines = errors.decode("utf-8", "replace").strip().splitlines()
        return _skipped(path, f"ruff failed: {lines[-1] if lines else process.returncode}")
    problems = _problems(json.loads(output))
    return ValidationResult(
        path,
        ValidationStrategy.LINT,
        not problems,
        problems,
        execution_time=time.perf_counter() - started,
        tool=f"ruff {version('ruff')}",
        command=" ".join(("ruff", *command)),
    )


def _problems(diagnostics: Sequence[dict[str, Any]]) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            row["location"]["row"],
            row["location"]["column"],
            row["code"] or "syntax",
            row["message"],
        )
        for row in diagnostics
    )
