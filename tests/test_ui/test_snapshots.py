"""The screens as pictures: what a person sees in each situation, size and theme.

After a wanted change: ``.venv/bin/python -m pytest tests/test_ui/test_snapshots.py
--snapshot-update``, and look at every picture that changed.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual.pilot import Pilot

from tests.stubs.provider_server import ProviderServer
from tests.stubs.script import Fault, FaultKind
from tests.test_ui import scenes
from tests.test_ui.scenes import Act, Stage
from vibe_tui.healing import validator
from vibe_tui.ui.app import VibeApp

Compare = Callable[..., bool]
WIDE, MIDDLE, SMALL = (150, 40), (100, 30), (80, 24)


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


@pytest.fixture
def stage(tmp_path: Path, provider: ProviderServer, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The project in a home of its own: no machine's path or speed is in a picture."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(validator, "time", SimpleNamespace(perf_counter=lambda: 0.0))
    provider.reset()
    built = Stage(tmp_path, provider)
    built.build()
    return built


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    act: Act
    size: tuple[int, int] = WIDE
    theme: str = "tokyo-night"
    answer: str = scenes.ANSWER
    fault: FaultKind | None = None
    model: bool = True


SIZES = {"": WIDE, "-middle": MIDDLE, "-small": SMALL}
THEMES = {"": "tokyo-night", "-light": "textual-light", "-ansi": "ansi-dark"}
REVIEWING = {
    "hunk-accepted": scenes.hunk_accepted,
    "choosing-lines": scenes.choosing_lines,
    "editing-hunk": scenes.editing_hunk,
    "in-conflict": scenes.in_conflict,
    "accepted-unasked": scenes.accepted_unasked,
}
"""What a person does in Review, in every size and kind of theme."""

SHOTS = (
    Shot("first-run", scenes.offered, model=False),
    Shot("first-run-small", scenes.offered, SMALL, model=False),
    Shot("opened", scenes.opened),
    Shot("proposed", scenes.proposed),
    Shot("proposed-middle", scenes.proposed, MIDDLE),
    Shot("proposed-small", scenes.proposed, SMALL),
    Shot("review-middle", scenes.in_review, MIDDLE),
    Shot("review-small", scenes.in_review, SMALL),
    Shot("rolled-back", scenes.rolled_back),
    Shot("syntax-error", scenes.in_review, answer=scenes.BROKEN),
    Shot("wrong-key", scenes.asked, fault=FaultKind.UNAUTHORIZED),
    Shot("completing-small", scenes.completing, SMALL),
    Shot("preview", scenes.previewed),
    Shot("keys-middle", scenes.helped, MIDDLE),
    Shot("tokens", scenes.reported),
    Shot("review-menu", scenes.in_menu),
    Shot("review-menu-small", scenes.in_menu, SMALL),
    Shot("auto-accept-offered", scenes.choosing_paths),
    Shot("auto-accept-offered-small", scenes.choosing_paths, SMALL),
    *(
        Shot(f"{name}{size_name}{theme_name}", act, size, theme)
        for name, act in REVIEWING.items()
        for size_name, size in SIZES.items()
        for theme_name, theme in THEMES.items()
    ),
)


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_screen(shot: Shot, stage: Stage, snap_compare: Compare) -> None:
    if shot.fault is None:
        stage.answer(shot.answer)
    else:
        stage.answer(fault=Fault(shot.fault))
    workspace = stage.open({"ui.theme": shot.theme}, model=shot.model)
    app = VibeApp(workspace)

    async def act(pilot: Pilot[None]) -> None:
        await shot.act(pilot, app)

    try:
        assert snap_compare(app, run_before=act, terminal_size=shot.size)
    finally:
        asyncio.run(app.close())
