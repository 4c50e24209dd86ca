"""The schema is whole and consistent, and each kind of value takes exactly what it says."""

from decimal import Decimal
from pathlib import Path

import pytest

from vibe_tui.config.docs import settings_markdown
from vibe_tui.config.errors import InvalidValueError, UnknownSettingError
from vibe_tui.config.kinds import KINDS, SettingValue
from vibe_tui.config.schema import Settings, all_settings, setting_for, value_of
from vibe_tui.config.setting import Setting

EVERY_SETTING = all_settings()
NEVER_A_PROJECTS = ("model.", "local.", "log.", "spend.", "ui.")


@pytest.mark.parametrize("known", EVERY_SETTING, ids=lambda known: known.key)
def test_every_setting_is_described_and_its_default_is_allowed(known: Setting) -> None:
    assert known.title
    assert known.help.endswith(".")
    assert value_of(Settings(), known) == known.default
    if known.default is not None:
        assert known.from_text(known.to_text(known.default)) == known.default


def test_keys_and_variables_are_unique() -> None:
    keys = [known.key for known in EVERY_SETTING]
    variables = [name for known in EVERY_SETTING for name in known.environment_names]
    assert len(set(keys)) == len(keys)
    assert len(set(variables)) == len(variables)
    assert all(key.count(".") == 1 for key in keys)


def test_a_project_may_set_nothing_that_leads_elsewhere() -> None:
    safe = {known.key for known in EVERY_SETTING if known.project_safe}
    assert safe == {
        "budget.session_usd", "budget.daily_usd", "budget.monthly_usd",
        "map.tokens", "map.exclude", "map.max_file_bytes",
    }  # fmt: skip
    assert not any(key.startswith(NEVER_A_PROJECTS) for key in safe)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("model.name", " openai/gpt-5 ", "openai/gpt-5"),
        ("model.api_base", "http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"),
        ("model.api_base", "https://[::1]/v1", "https://[::1]/v1"),
        ("model.api_key_env", "MY_KEY", "MY_KEY"),
        ("model.tries", "10", 10),
        ("model.temperature", "0", 0.0),
        ("model.temperature", "2", 2.0),
        ("budget.daily_usd", "0.1", Decimal("0.1")),
        ("budget.daily_usd", "1e3", Decimal(1000)),
        ("budget.daily_usd", "0.000000001", Decimal("1e-9")),
        ("map.exclude", "build/, *.csv,", ("build/", "*.csv")),
        ("map.exclude", '["a,b", " c"]', ("a,b", " c")),
        ("map.exclude", "", ()),
        ("local.gguf", "/models/a b.gguf", Path("/models/a b.gguf")),
        ("spend.timezone", "local", "local"),
        ("log.level", "debug", "debug"),
    ],
)
def test_what_a_person_may_type(key: str, text: str, value: SettingValue) -> None:
    assert setting_for(key).from_text(text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("model.name", ""),
        ("model.name", "  "),
        ("model.name", "two\nlines"),
        ("model.name", "bidi\u202e"),
        ("model.api_base", "127.0.0.1:8080"),
        ("model.api_base", "ftp://host/"),
        ("model.api_base", "https://user:secret@host/"),
        ("model.api_base", "https://host/?key=secret"),
        ("model.api_base", "https://host:99999/"),
        ("model.api_base", "https://[::1/"),
        ("model.api_base", "https:///path"),
        ("model.api_key_env", "sk-ant-12345678"),
        ("model.tries", "0"),
        ("model.tries", "11"),
        ("model.tries", "2.5"),
        ("model.tries", "four"),
        ("model.tries", "9" * 5000),
        ("model.temperature", "nan"),
        ("model.temperature", "inf"),
        ("model.temperature", "2.1"),
        ("budget.daily_usd", "-1"),
        ("budget.daily_usd", "$5"),
        ("budget.daily_usd", "NaN"),
        ("budget.daily_usd", "sNaN"),
        ("budget.daily_usd", "Infinity"),
        ("budget.daily_usd", "0.0000000001"),
        ("budget.daily_usd", "1e999999999999999999999"),
        ("budget.daily_usd", "1e999"),
        ("map.exclude", "[1]"),
        ("map.exclude", "[" * 100_000),
        ("map.exclude", '{"a": 1}\x00'),
        ("local.gguf", ""),
        ("local.gguf", "~nobody-of-this-name/model.gguf"),
        ("spend.timezone", "Mars/Olympus"),
        ("spend.timezone", "../../etc/passwd"),
        ("spend.timezone", "Europe"),
        ("log.level", "DEBUG"),
    ],
)
def test_what_is_refused_is_refused_in_one_line_without_the_value(key: str, text: str) -> None:
    with pytest.raises(InvalidValueError) as refusal:
        setting_for(key).from_text(text)
    assert refusal.value.message == f"{key} must be {setting_for(key).allowed}"
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("model.name", 5),
        ("model.tries", True),
        ("model.tries", Decimal("4.0")),
        ("model.tries", "4"),
        ("model.idle_timeout_s", True),
        ("model.idle_timeout_s", "60"),
        ("model.idle_timeout_s", 10**400),
        ("budget.daily_usd", True),
        ("budget.daily_usd", "5"),
        ("map.exclude", "build/"),
        ("map.exclude", ["build/", 1]),
        ("local.gguf", "models/relative.gguf"),
        ("log.level", ["info"]),
    ],
)
def test_a_file_must_hold_the_right_type(key: str, raw: object) -> None:
    with pytest.raises(InvalidValueError, match=key):
        setting_for(key).from_toml(raw)


def test_a_relative_path_is_taken_from_where_the_person_types_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert setting_for("local.gguf").from_text("model.gguf") == tmp_path / "model.gguf"


def test_a_path_from_home_is_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert setting_for("local.gguf").from_toml("~/m.gguf") == Path("/home/ada/m.gguf")


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("Yes", True), ("0", False), (" off ", False)]
)
def test_booleans_are_read_and_written(text: str, value: bool) -> None:
    kind = KINDS[bool]
    assert kind.from_text(text) is value
    assert kind.from_toml(value) is value
    assert kind.from_text(kind.to_text(value)) is value


@pytest.mark.parametrize("raw", [1, "true", None])
def test_only_a_boolean_is_a_boolean(raw: object) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        KINDS[bool].from_toml(raw)


def test_a_boolean_is_not_just_any_word() -> None:
    with pytest.raises(ValueError, match=r"^$"):
        KINDS[bool].from_text("maybe")


@pytest.mark.parametrize(
    ("key", "suggestion"),
    [
        ("model.nam", "model.name"),
        ("budgets.session", "budget.session_usd"),
        ("ui.themes", "ui.theme"),
        ("map", "map.tokens"),
        ("quite.different", ""),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest(key: str, suggestion: str) -> None:
    with pytest.raises(UnknownSettingError, match="No setting is called") as refusal:
        setting_for(key)
    assert refusal.value.suggestion == suggestion
    assert suggestion in refusal.value.hint


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("model.name", None, None),
        ("budget.daily_usd", Decimal("0.25"), 0.25),
        ("map.exclude", ("a", "b"), ["a", "b"]),
        ("local.gguf", Path("/m.gguf"), "/m.gguf"),
        ("model.tries", 4, 4),
    ],
)
def test_values_for_programs_are_json(key: str, value: SettingValue, shown: object) -> None:
    assert setting_for(key).to_json(value) == shown


def test_the_reference_page_has_a_row_for_every_setting() -> None:
    rows = [line for line in settings_markdown().splitlines() if line.startswith("| `")]
    assert len(rows) == len(EVERY_SETTING)
    for known, row in zip(EVERY_SETTING, rows, strict=True):
        assert row.count("|") == 7
        for part in (known.key, known.help, known.allowed, *known.environment_names):
            assert part in row
    assert "| up to 8,192 |" in settings_markdown()
    assert "| only tighten it |" in settings_markdown()
