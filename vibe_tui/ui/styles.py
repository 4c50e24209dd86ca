"""Where the style sheets are: inside the wheel, or at the top of a checkout."""

from functools import cache
from pathlib import Path


@cache
def styles_dir() -> Path:
    """The folder of the style sheets.

    Raises:
        FileNotFoundError: If the installation lacks them.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "styles", package.parent / "styles"):
        if (folder / "app.tcss").is_file():
            return folder
    raise FileNotFoundError("vibe-tui's styles are missing: install the package again")


def style_sheets() -> list[Path]:
    """Every style sheet, the layout first, then one a widget by name."""
    folder = styles_dir()
    return [folder / "app.tcss", *sorted((folder / "widgets").glob("*.tcss"))]
