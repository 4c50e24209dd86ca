"""/check: are files right: syntax and lint now, types and tests with auto-healing."""

import asyncio
import dataclasses
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vibe_tui.commands.table import plain_cell
from vibe_tui.errors import NotBuiltError, OutsideError, UsageError
from vibe_tui.events import Event, Reported
from vibe_tui.foreign import clean_line
from vibe_tui.healing.model import ValidationResult, ValidationStrategy

if TYPE_CHECKING:
    from vibe_tui.workspace import Workspace

DEFAULT = (
    ValidationStrategy.SYNTAX,
    ValidationStrategy.LINT,
    ValidationStrategy.TYPE_CHECK,
)
_NAMES = tuple(strategy.value for strategy in ValidationStrategy)
BUILT = frozenset({ValidationStrategy.SYNTAX, ValidationStrategy.LINT})


def parse_strategies(text: str | None) -> tuple[ValidationStrategy, ...]:
    """Read ``syntax,lint``; None is the default.

    Raises:
        UsageError: If a word is no strategy.
        NotBuiltError: If a strategy named is still to come.
    """
    if text is None:
        return DEFAULT
    chosen: dict[ValidationStrategy, None] = {}
    for word in filter(None, (part.strip() for part in text.split(","))):
        name = word.partition(":")[0]
        if name not in _NAMES:
            known = ", ".join(_NAMES)
            raise UsageError(f"There is no strategy {word!r}", f"choose of {known}")
        strategy = ValidationStrategy(name)
        if strategy not in BUILT:
            raise NotBuiltError(f"The strategy {word!r} is not built yet", "use syntax,lint")
        chosen[strategy] = None
    if not chosen:
        raise UsageError("No strategy is named", "such as --strategies syntax,lint")
    return tuple(chosen)


async def files_of(workspace: "Workspace", paths: Iterable[str]) -> list[str]:
    """Project-relative files for paths relative to the project; a folder is all below it.

    Raises:
        UsageError: If a path is outside the project, or names nothing.
    """
    known = await workspace.rooms.chat_services().known_paths()
    return await asyncio.to_thread(_files_of, workspace.root, known, paths)


def _files_of(root: Path, known: Sequence[str], paths: Iterable[str]) -> list[str]:
    files: dict[str, None] = {}
    for path in paths:
        full = Path(root, path).resolve()
        if not full.is_relative_to(root):
            raise UsageError(f"{path} is outside the project", f"the project is {root}")
        relative = full.relative_to(root).as_posix()
        if full.is_file():
            files[relative] = None
            continue
        below = [f for f in known if relative == "." or f.startswith(f"{relative}/")]
        if not below:
            raise UsageError(f"{path} names no file of the project", "check its spelling")
        files.update(dict.fromkeys(below))
    return list(files)


async def check_files(
    workspace: "Workspace", files: Sequence[str], strategies: Sequence[ValidationStrategy]
) -> list[ValidationResult]:
    """Run checks on files as they are on disk; the results are in the order of the files.

    Raises:
        OutsideError: If a file cannot be read.
    """
    at_once = asyncio.Semaphore(os.cpu_count() or 1)

    async def check(file: str, strategy: ValidationStrategy) -> ValidationResult:
        async with at_once:
            try:
                return await _check_file(workspace, file, strategy)
            except OSError as failure:
                message = f"{clean_line(file, 200)} cannot be read ({failure.strerror})"
                raise OutsideError(message, "leave it out") from failure

    return await asyncio.gather(*(check(file, each) for file in files for each in strategies))


async def _check_file(
    workspace: "Workspace", file: str, strategy: ValidationStrategy
) -> ValidationResult:
    validator = workspace.rooms.validator
    if strategy is ValidationStrategy.SYNTAX:
        content = await asyncio.to_thread(Path(workspace.root, file).read_bytes)
        return await validator.validate_file_syntax(file, content)
    if strategy is ValidationStrategy.LINT:
        return await validator.validate_linting(file)
    reason = f"{strategy.value} checks are not built yet"
    return ValidationResult(file, strategy, None, skipped=reason)


def could_not_run(results: Iterable[ValidationResult]) -> bool:
    """Whether a strategy ran on no file, or not on one of a kind that it did run on."""
    ran: dict[tuple[str, str], set[bool]] = {}
    for result in results:
        did_run = result.is_valid is not None
        for kind in ("", Path(result.path).suffix or result.path):
            ran.setdefault((result.strategy.value, kind), set()).add(did_run)
    nowhere = any(not kind and True not in ran[strategy, kind] for strategy, kind in ran)
    return nowhere or any(kind and len(outcomes) == 2 for (_, kind), outcomes in ran.items())


def _problems(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [dataclasses.asdict(row) for row in rows]


def payload(results: Sequence[ValidationResult]) -> dict[str, Any]:
    """The results as CLI.md says them."""
    return {
        "schema_version": 1,
        "results": [
            {
                "path": result.path,
                "strategy": result.strategy.value,
                "is_valid": result.is_valid,
                "errors": _problems(result.errors),
                "warnings": [problem.line_text for problem in result.warnings],
                "execution_time": result.execution_time,
                "tool": result.tool,
                "command": result.command,
                "skipped": result.skipped,
            }
            for result in results
        ],
    }


def text(results: Sequence[ValidationResult]) -> str:
    """Problems first, then a count, as Markdown."""
    lines = [
        f"- ✗ {plain_cell(result.path)}:{plain_cell(problem.line_text)} ({result.strategy.value})"
        for result in results
        for problem in result.errors
    ]
    bad = sum(result.is_valid is False for result in results)
    good = sum(result.is_valid is True for result in results)
    skipped = [result for result in results if result.is_valid is None]
    reasons = sorted({result.skipped or "" for result in skipped})
    why = f" ({'; '.join(map(plain_cell, reasons))})" if reasons else ""
    lines.append(f"\n{good} valid, {bad} invalid, {len(skipped)} skipped{why}")
    return "\n".join(lines).strip()


async def run(workspace: "Workspace", args: Sequence[str]) -> AsyncIterator[Event]:
    """Check files and folders of the project.

    Raises:
        UsageError: If no path is named, or one names nothing.
    """
    if not args:
        raise UsageError("/check takes files or folders", "such as /check src")
    paths = [word.removeprefix("@") for word in args]
    results = await check_files(workspace, await files_of(workspace, paths), DEFAULT)
    ok = all(result.is_valid is not False for result in results)
    yield Reported("check", text(results), payload(results), ok=ok)
