"""What a call does not need is not imported: seen from outside, in a process of its own.

A cheaper look at the source would miss what a library imports in turn.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("textual", "litellm", "openai", "numpy")
PROGRAM = """\
import json, sys
from vibe_tui.cli.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
sys.stderr.write(json.dumps([code, sorted(sys.modules)]))
"""


def modules_after(project: Path, *words: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        cwd=project,
        capture_output=True,
        text=True,
        check=True,
        timeout=25,
    )
    code, modules = json.loads(done.stderr)
    assert code == 0
    return set(modules)


@pytest.mark.parametrize("flag", ["--version", "--help"])
def test_telling_of_itself_takes_next_to_nothing(project: Path, flag: str) -> None:
    loaded = modules_after(project, flag)
    assert not loaded & {*HEAVY, "pydantic", "rich", "asyncio", "logging", "platformdirs"}


@pytest.mark.parametrize(
    "line",
    ["map", "map --json", "changes", "check .", "tokens sample.txt", "cost", "config", "sessions"],
)
def test_a_command_without_a_model_loads_neither_screen_nor_provider(
    project: Path, line: str
) -> None:
    (project / "sample.txt").write_text("hello", encoding="utf-8")
    assert not modules_after(project, *line.split()) & set(HEAVY)
