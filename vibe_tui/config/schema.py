"""The one schema: every setting with its words, default and limits.

Files, the command line, the reference page and the settings screen all come from it.
"""
# ruff: noqa: RUF009  (setting() returns a dataclasses.field)

import types
from dataclasses import Field, dataclass, fields
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, cast, get_args

from vibe_tui.config.checks import TIME_ZONE, VARIABLE_NAME, WEB_ADDRESS
from vibe_tui.config.errors import UnknownSettingError
from vibe_tui.config.kinds import KINDS, SettingValue
from vibe_tui.config.setting import Setting, setting

_BUDGET_USD = (0.0, 1_000_000.0)
_TIMEOUT_S = (1.0, 86_400.0)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting's value. The key of ``model_api_base`` is ``model.api_base``, and so on."""

    model_name: str | None = setting(
        None,
        title="Model",
        help="The model that answers, as provider/name: openai/…, anthropic/…, gemini/…, "
        "ollama/…, local/smollm2.",
        environment="VIBE_TUI_MODEL",
    )
    model_api_base: str | None = setting(
        None,
        title="Endpoint",
        help="Address of an OpenAI-compatible endpoint.",
        check=WEB_ADDRESS,
        environment="VIBE_TUI_API_BASE",
    )
    model_api_key_env: str | None = setting(
        None,
        title="Key variable",
        help="Environment variable that holds the key, if it is not the provider's usual one.",
        check=VARIABLE_NAME,
    )
    model_max_output_tokens: int = setting(
        4096,
        title="Longest answer",
        help="Most tokens of one answer; the price of so many is reserved before sending.",
        limits=(16, 1_000_000),
    )
    model_temperature: float | None = setting(
        None,
        title="Temperature",
        help="How freely the model picks its words; the provider's default when not set.",
        limits=(0, 2),
    )
    model_idle_timeout_s: float = setting(
        60.0,
        title="Idle timeout",
        help="Seconds without a sign from the provider after which a request is given up.",
        limits=_TIMEOUT_S,
    )
    model_total_timeout_s: float = setting(
        600.0,
        title="Total timeout",
        help="Seconds that one request may take altogether.",
        limits=_TIMEOUT_S,
    )
    model_tries: int = setting(
        4,
        title="Tries",
        help="How often one request is sent at most while the provider fails in passing.",
        limits=(1, 10),
    )
    budget_session_usd: Decimal | None = setting(
        None,
        title="Budget of a session",
        help="Most USD that one run of the program spends. A project may only lower it.",
        limits=_BUDGET_USD,
        project_safe=True,
        tighter_wins=True,
    )
    budget_daily_usd: Decimal | None = setting(
        None,
        title="Budget of a day",
        help="Most USD that a day spends. A project may only lower it.",
        limits=_BUDGET_USD,
        project_safe=True,
        tighter_wins=True,
    )
    budget_monthly_usd: Decimal | None = setting(
        None,
        title="Budget of a month",
        help="Most USD that a calendar month spends. A project may only lower it.",
        limits=_BUDGET_USD,
        project_safe=True,
        tighter_wins=True,
    )
    map_tokens: int = setting(
        2048,
        title="Map in the prompt",
        help="Most tokens of the repository map in a prompt; 0 leaves it out.",
        limits=(0, 100_000),
        project_safe=True,
        project_maximum=8192,
    )
    map_exclude: tuple[str, ...] = setting(
        (),
        title="Left out of the map",
        help="Patterns as in .gitignore. A project's patterns add to a person's own.",
        project_safe=True,
        tighter_wins=True,
    )
    map_max_file_bytes: int = setting(
        1_500_000,
        title="Largest mapped file",
        help="A file of more bytes is left out of the map.",
        limits=(1_000, 100_000_000),
        project_safe=True,
        project_maximum=5_000_000,
    )
    changes_keep_days: int = setting(
        90,
        title="Roll back for",
        help="Days after its decision that a change can be rolled back. Older ones stay in the "
        "history without their contents.",
        limits=(1, 36_500),
    )
    changes_keep_bytes: int = setting(
        2_000_000_000,
        title="Room for rolling back",
        help="Most bytes kept on the disk for one project's changes; over that the oldest ones "
        "are no longer reversible.",
        limits=(1_000_000, 1_000_000_000_000),
    )
    ui_theme: str = setting(
        "tokyo-night",
        title="Theme",
        help="Colours of the app.",
    )
    ui_map_width: int = setting(
        34,
        title="Width of the map",
        help="Columns of the map pane on a screen of 150.",
        limits=(16, 200),
    )
    ui_review_width: int = setting(
        62,
        title="Width of the review",
        help="Columns of the review pane on a screen of 150.",
        limits=(16, 200),
    )
    local_gguf: Path | None = setting(
        None,
        title="Local model's file",
        help="A GGUF file to serve as the embedded model; the bundled one when not set.",
    )
    local_context_tokens: int = setting(
        8192,
        title="Local context",
        help="Tokens that the embedded model's context holds.",
        limits=(512, 1_000_000),
    )
    local_threads: int = setting(
        0,
        title="Local threads",
        help="Threads of the embedded model; 0 fits the machine.",
        limits=(0, 1024),
    )
    spend_timezone: str = setting(
        "local",
        title="Time zone of spending",
        help="Where days and months begin.",
        check=TIME_ZONE,
    )
    log_level: str = setting(
        "info",
        title="Log level",
        help="How much the log file tells.",
        choices=("debug", "info", "warning", "error"),
    )


@cache
def all_settings() -> tuple[Setting, ...]:
    """Every setting, in the schema's order."""
    return tuple(map(_declared, fields(Settings)))


def setting_for(key: str) -> Setting:
    """The setting of a key.

    Raises:
        UnknownSettingError: If there is none; it names the nearest.
    """
    for known in all_settings():
        if known.key == key:
            return known
    raise UnknownSettingError(key, nearest_key(key))


def nearest_key(key: str) -> str:
    """The known key that an unknown one most likely means; empty when none is near."""
    keys = [known.key for known in all_settings()]
    in_section = [known for known in keys if known.startswith(f"{key}.")]
    return next(iter(in_section or get_close_matches(key[:100], keys, n=1)), "")


def value_of(settings: Settings, known: Setting) -> SettingValue:
    """The value of one setting among all."""
    return cast(SettingValue, getattr(settings, known.field_name))


def _declared(declaration: Field[Any]) -> Setting:
    annotation: Any = declaration.type
    if isinstance(annotation, types.UnionType):
        annotation = get_args(annotation)[0]
    return Setting(
        field_name=declaration.name,
        kind=KINDS[annotation],
        default=cast(SettingValue, declaration.default),
        **declaration.metadata,
    )
