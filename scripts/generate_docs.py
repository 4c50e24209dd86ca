"""Writes the generated pages of docs/: settings from the schema, commands from the registry."""

import sys
from pathlib import Path

from vibe_tui.commands.registry import all_commands
from vibe_tui.config.docs import settings_markdown

ROOT = Path(__file__).resolve().parents[1]


def commands_markdown() -> str:
    """The slash commands, those to come after those that are."""
    lines = ["# Slash commands", "", "Type them in the prompt; the palette (^p) has them too.", ""]
    lines += ["| command | does |", "| --- | --- |"]
    lines += [
        f"| `/{' '.join(filter(None, (c.name, c.usage.replace('|', chr(92) + '|'))))}` | {c.help} |"
        for c in all_commands()
        if c.is_built
    ]
    planned = ", ".join(f"`/{command.name}`" for command in all_commands() if not command.is_built)
    return "\n".join([*lines, "", f"Still to come: {planned}.", ""])


def pages() -> dict[str, str]:
    """File name in docs/ to its text."""
    return {"settings.md": settings_markdown(), "commands.md": commands_markdown()}


def main() -> int:
    """Write every page."""
    for name, text in pages().items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8")
        print(f"docs/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
