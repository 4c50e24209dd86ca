"""The reference page of the settings, made from the schema."""

from itertools import groupby

from vibe_tui.config.schema import all_settings
from vibe_tui.config.setting import Setting

_HEAD = """\
# Settings

Made from the schema in `vibe_tui/config/schema.py`; do not edit.

A value comes from the last of these that has one: the default, your `config.toml`, the project's
`.vibe-tui/config.toml`, the environment, an option of the call. `vibe-tui config list` shows each
value and where it comes from, `vibe-tui config path` where your file is.

A project is foreign: its file counts only where "a project may" says so.
"""


def settings_markdown() -> str:
    """The whole page, one table a section."""
    sections = groupby(all_settings(), lambda known: known.key.split(".")[0])
    return "\n".join([_HEAD, *(_section(name, list(group)) for name, group in sections)])


def _section(name: str, settings: list[Setting]) -> str:
    rows = "".join(_row(known) for known in settings)
    head = "| key | what | must be | default | a project may | environment |\n"
    return f"## {name}\n\n{head}| --- | --- | --- | --- | --- | --- |\n{rows}"


def _row(known: Setting) -> str:
    default = f"`{known.to_text(known.default)}`" if known.default is not None else "not set"
    variables = ", ".join(f"`{name}`" for name in known.environment_names)
    cells = (f"`{known.key}`", known.help, known.allowed, default, _trust(known), variables)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _trust(known: Setting) -> str:
    if not known.project_safe:
        return "no"
    if known.project_maximum is not None:
        return f"up to {known.project_maximum:,.10g}"
    return "only tighten it" if known.tighter_wins else "yes"
