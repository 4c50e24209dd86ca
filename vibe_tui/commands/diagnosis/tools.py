"""External tools: where they are, their version, and what is lost without them.

A tool is asked for its version in an empty folder with a bare environment: a project's own
settings, plugins and shims play no part, and no key reaches it.
"""

import asyncio
import os
import re
import shutil
import signal
import sysconfig
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vibe_tui.commands.diagnosis.finding import Finding
from vibe_tui.foreign import clean_line
from vibe_tui.healing.validators.lint import ruff_path

_TIMEOUT_S = 10.0
_VERSION = re.compile(r"\d+(?:\.\d+)+\S*")


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that we use when it is there."""

    name: str
    lost: str
    """What is lost without it."""
    arguments: tuple[str, ...] = ("--version",)


TOOLS = (
    Tool("git", "branch and status; files are found by walking instead"),
    Tool("ruff", "linting of Python"),
    Tool("mypy", "type checks of Python (not built yet)"),
    Tool("flake8", "linting of Python where a project wants it (not built yet)"),
    Tool("pytest", "running tests of Python (not built yet)"),
    Tool("node", "what eslint and tsc run on (not built yet)"),
    Tool("tsc", "type checks of TypeScript (not built yet)"),
    Tool("eslint", "linting of JavaScript and TypeScript (not built yet)"),
    Tool("go", "building and vetting of Go (not built yet)", ("version",)),
)


async def look_at_tools(root: Path, environ: Mapping[str, str]) -> list[Finding]:
    """Look for every tool on the PATH and ask it for its version.

    Args:
        root: The project; what lies inside it is named and not run.
        environ: The environment, for ``PATH``.
    """
    search = os.pathsep.join(
        folder for folder in environ.get("PATH", "").split(os.pathsep) if Path(folder).is_absolute()
    )
    return list(await asyncio.gather(*(_look_at(tool, root, search) for tool in TOOLS)))


async def _look_at(tool: Tool, root: Path, search: str) -> Finding:
    found = ruff_path() if tool.name == "ruff" else shutil.which(tool.name, path=search)
    if found is None:
        return Finding(tool.name, False, "not found", f"lost without it: {tool.lost}")
    shown = clean_line(found)
    is_ours = Path(found).parent == Path(sysconfig.get_path("scripts"))
    if not is_ours and await asyncio.to_thread(_lies_inside, root, Path(found)):
        return Finding(tool.name, None, f"{shown}, inside the project and not run")
    said = await ask_version([found, *tool.arguments], search)
    if said is None:
        return Finding(tool.name, False, f"{shown} does not run", f"lost: {tool.lost}")
    return Finding(tool.name, True, f"{said}, {shown}")


def _lies_inside(root: Path, program: Path) -> bool:
    return root in program.absolute().parents or root in program.resolve().parents


async def ask_version(command: list[str], search: str) -> str | None:
    """The version that a program tells; None if it fails or takes too long.

    Args:
        command: The program and its arguments.
        search: Its ``PATH``.
    """
    with tempfile.TemporaryDirectory(prefix="vibe-tui-doctor-") as empty:
        environ = {"PATH": search, "HOME": empty, "LANG": "C.UTF-8", "GOTOOLCHAIN": "local"}
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=empty,
                env=environ,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return None
        try:
            output, _ = await asyncio.wait_for(process.communicate(), _TIMEOUT_S)
        except TimeoutError:
            return None
        finally:
            await _end(process)
    if process.returncode != 0:
        return None
    first_line = clean_line(output.decode("utf-8", "replace").partition("\n")[0], 100)
    found = _VERSION.search(first_line)
    return found[0] if found else first_line or None


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
