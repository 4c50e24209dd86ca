"""The whole app under load: real LiteLLM, and a provider in a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from textual.app import App

from benchmarks.responsiveness import (
    CODE_TOKENS,
    TOKENS_A_SECOND,
    Figures,
    RecordingDriver,
    code,
    measure,
    prose,
)
from tests.stubs.script import tokens_of
from vibe_tui.config.locations import Locations
from vibe_tui.events import TurnFinished
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.widgets.chat_pane import ChatPane
from vibe_tui.workspace import Workspace

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def provider(answers: list[str], folder: Path) -> Iterator[str]:
    """Run the stub provider; yields its address."""
    script = folder / "answers.json"
    script.write_text(json.dumps(answers), encoding="utf-8")
    command = [sys.executable, "-m", "tests.stubs.provider_server", "--answers", str(script)]
    command += ["--tokens-per-second", str(TOKENS_A_SECOND)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()


async def asked(app: App[None], _: ChatPane) -> None:
    """An answer that comes over the wire."""
    turn = cast(VibeApp, app).desk.workspace.ask("Tell me about the router")
    async for event in turn:
        last = event
    if not isinstance(last, TurnFinished):
        raise RuntimeError(f"the answer did not come: {last}")


def lasting(tokens: Iterator[str]) -> str:
    """Text that lasts as long as the typing: the provider sends a word as a token."""
    return "".join(tokens_of("".join(tokens))[:CODE_TOKENS])


async def measure_whole_app(keys: int) -> list[Figures]:
    """Measure with this repository as the project."""
    answers = [lasting(prose(4 * CODE_TOKENS)), lasting(code(4 * CODE_TOKENS)) + "\n```\n"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with provider(answers, folder) as url:
            workspace = Workspace.open(
                ROOT,
                locations=Locations(folder / "config", folder / "data", folder / "cache"),
                overrides={"model.name": "openai/gpt-4o", "model.api_base": f"{url}/v1"},
                environ={**os.environ, "OPENAI_API_KEY": "sk-made-up"},
                map_processes=1,
            )
            app = VibeApp(workspace)
            app.driver_class = RecordingDriver
            phases = (
                ("idle", None),
                ("prose, 200 tokens/s", asked),
                ("one code block, 200 tokens/s", asked),
                ("idle again", None),
            )
            try:
                return await measure(app, lambda _: app.desk.screen.chat, keys, phases)
            finally:
                await app.close()
