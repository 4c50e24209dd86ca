"""Style sheets and imports: rules that keep the app quick and readable in every theme."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.style import Style
from textual.geometry import Region
from textual.theme import BUILTIN_THEMES
from textual.widget import Widget

from tests.test_ui.conftest import OpenWorkspace
from tests.test_ui.pilots import text_of, until
from vibe_tui.ui.app import VibeApp
from vibe_tui.ui.styles import style_sheets, styles_dir
from vibe_tui.workspace import Workspace

STRUCTURAL = re.compile(r":(first|last|odd|even|empty|only|nth)[\w-]*")
LEAST_CONTRAST = 2.5
"""Quiet words may stand back, but not vanish; WCAG asks 4.5 of a page's text."""
LITERAL_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=\s*[;%])|\b(rgb|rgba|hsl|hsla)\(")


def test_styles_are_found_in_a_checkout_and_inside_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert styles_dir() == Path(__file__).parents[2] / "styles"
    package = tmp_path / "vibe_tui"
    (package / "styles").mkdir(parents=True)
    (package / "styles" / "app.tcss").write_text("")
    monkeypatch.setattr("vibe_tui.ui.styles.__file__", str(package / "ui" / "styles.py"))
    assert styles_dir.__wrapped__() == package / "styles"
    (package / "styles" / "app.tcss").unlink()
    with pytest.raises(FileNotFoundError, match="install the package again"):
        styles_dir.__wrapped__()


@pytest.mark.parametrize("sheet", style_sheets(), ids=lambda sheet: sheet.name)
def test_a_style_sheet_keeps_the_rules(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert not STRUCTURAL.search(text), "structural pseudo-classes make streaming ten times slower"
    assert not LITERAL_COLOUR.search(text), "colours come from the theme"


async def test_every_theme_draws_the_panes_in_readable_colours(workspace: Workspace) -> None:
    app = VibeApp(workspace)
    async with app.run_test(size=(150, 40)) as pilot:
        await until(pilot, lambda: app.desk.screen.top_bar.facts.mapped_files is not None)
        main = app.desk.screen
        pale = []
        for theme in BUILTIN_THEMES:
            app.theme = theme
            await until(pilot, lambda: app.current_theme.name == app.theme)
            assert "src/atlas" in text_of(app)
            pale += [
                (theme, words, round(ratio, 2))
                for widget in (main.top_bar, main.gauge, main.map_pane.files)
                for words, ratio in contrasts(widget)
                if ratio < LEAST_CONTRAST
            ]
        assert not pale


async def test_an_unknown_theme_leaves_the_default(open_workspace: OpenWorkspace) -> None:
    app = VibeApp(open_workspace(model__name="tour/recorded", ui__theme="no-such-theme"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.theme in app.available_themes


def contrasts(widget: Widget) -> Iterator[tuple[str, float]]:
    """Words of a widget with the WCAG contrast of their colours; the terminal's own are unknown."""
    lines = widget.render_lines(Region(0, 0, widget.size.width, min(8, widget.size.height)))
    for segment in (segment for line in lines for segment in line if segment.text.strip()):
        style = segment.style or Style()
        colours = [colour.triplet for colour in (style.color, style.bgcolor) if colour]
        shades = sorted(luminance(colour) for colour in colours if colour)
        if len(shades) == 2:
            yield segment.text.strip(), (shades[1] + 0.05) / (shades[0] + 0.05)


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance after WCAG 2.2."""
    parts = [part / 255 for part in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


HEAVY = ("litellm", "openai", "numpy", "tiktoken", "markdown_it", "pygments.lexers.python")


def test_importing_the_app_loads_nothing_heavy() -> None:
    code = "import sys, vibe_tui.ui.app; print(*sys.modules, sep='\\n')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert not loaded & set(HEAVY)
    assert not {name for name in loaded if name.startswith("vibe_tui.llm.") and "model" not in name}
