"""Pictures of the running app for the README: SVG by Textual, PNG by Debian's chromium.

The model is a server on loopback with scripted answers; everything else is the real thing.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.stubs.provider_server import ProviderServer
from tests.test_ui import scenes
from tests.test_ui.scenes import Act, Stage
from vibe_tui.ui.app import VibeApp

ROOT = Path(__file__).resolve().parents[1]
PIXELS_A_CELL = (12.2, 24.4)
FRAME_PIXELS = (20, 55)


@dataclass(frozen=True)
class Picture:
    """One picture of the README."""

    name: str
    act: Act
    size: tuple[int, int] = (150, 40)
    theme: str = "tokyo-night"
    model: bool = True


PICTURES = (
    Picture("main-dark", scenes.hunk_accepted),
    Picture("main-light", scenes.hunk_accepted, theme="textual-light"),
    Picture("first-run", scenes.offered, model=False),
    Picture("review-narrow", scenes.in_review, size=(100, 30)),
    Picture("chat-small", scenes.proposed, size=(80, 24)),
)


async def take(picture: Picture, stage: Stage) -> str:
    """Play a scene in the real app and return its screen as SVG."""
    stage.answer()
    app = VibeApp(stage.open({"ui.theme": picture.theme}, model=picture.model))
    async with app.run_test(size=picture.size) as pilot:
        await picture.act(pilot, app)
        svg = app.export_screenshot(title="vibe-tui")
    await app.close()
    return svg


def to_png(chromium: str, svg: Path, size: tuple[int, int]) -> None:
    """Render an SVG with headless chromium."""
    width, height = (
        round(cells * pixels + frame)
        for cells, pixels, frame in zip(size, PIXELS_A_CELL, FRAME_PIXELS, strict=True)
    )
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--disable-background-networking", "--disable-component-update",
                "--disable-sync", f"--user-data-dir={profile}", "--hide-scrollbars",
                f"--window-size={width},{height}",
                f"--screenshot={svg.with_suffix('.png')}", svg.as_uri(),
            ],
            check=True,
            capture_output=True,
        )  # fmt: skip


def main() -> int:
    """Take every picture."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is missing: apt-get install chromium fonts-firacode", file=sys.stderr)
        return 3
    folder = ROOT / "screenshots"
    folder.mkdir(exist_ok=True)
    with ProviderServer(tokens_per_s=120) as provider:
        for picture in PICTURES:
            with tempfile.TemporaryDirectory() as home:
                os.environ["HOME"] = home
                stage = Stage(Path(home), provider)
                stage.build()
                svg = folder / f"{picture.name}.svg"
                svg.write_text(asyncio.run(take(picture, stage)), encoding="utf-8")
                to_png(chromium, svg, picture.size)
                print(svg.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main())
