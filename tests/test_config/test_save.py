"""What is set is what is loaded, for every setting; nothing else in the file is lost."""

import tomllib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibe_tui.config import checks
from vibe_tui.config.errors import (
    BrokenSettingsFileError,
    InvalidValueError,
    SettingsError,
    SettingsNotSavedError,
    UnknownSettingError,
)
from vibe_tui.config.kinds import KINDS, SettingValue
from vibe_tui.config.load import Origin, load_settings
from vibe_tui.config.locations import Locations
from vibe_tui.config.save import set_setting, unset_setting
from vibe_tui.config.schema import all_settings, value_of
from vibe_tui.config.setting import Setting
from vibe_tui.config.toml_file import has_comments

Write = Callable[[str], Path]

WORD = st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=8)
PRINTABLE = st.lists(WORD, min_size=1, max_size=3).map(" ".join)
CHECKED = {
    checks.WEB_ADDRESS: st.sampled_from(["http://localhost:1/v1", "https://host.example"]),
    checks.VARIABLE_NAME: st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,9}", fullmatch=True),
    checks.TIME_ZONE: st.sampled_from(["local", "UTC", "America/Argentina/Ushuaia"]),
}


def values_of(known: Setting) -> st.SearchStrategy[Any]:
    """Any value that a setting takes."""
    low, high = known.limits or (None, None)
    if known.choices:
        return st.sampled_from(known.choices)
    if known.check:
        return CHECKED[known.check]
    return {
        KINDS[str]: PRINTABLE,
        KINDS[int]: st.integers(int(low or 0), int(high or 0)),
        KINDS[float]: st.floats(low, high),
        KINDS[Decimal]: st.decimals(low, high, places=9),
        KINDS[Path]: PRINTABLE.map(lambda name: Path("/") / name),
        KINDS[tuple[str, ...]]: st.lists(PRINTABLE).map(tuple),
    }[known.kind]


A_SETTING_WITH_A_VALUE = st.sampled_from(all_settings()).flatmap(
    lambda known: st.tuples(st.just(known), values_of(known))
)


@given(st.lists(A_SETTING_WITH_A_VALUE, max_size=5))
def test_what_is_set_is_loaded(chosen: list[tuple[Setting, SettingValue]]) -> None:
    expected = {known.key: value for known, value in chosen}
    with TemporaryDirectory() as folder:
        locations = Locations(Path(folder), Path(folder), Path(folder))
        for known, value in chosen:
            assert set_setting(locations, known.key, known.to_text(value)) == value
        loaded = load_settings(locations, None, {}, strict=True)
        for known in all_settings():
            is_set = known.key in expected
            assert value_of(loaded.settings, known) == expected.get(known.key, known.default)
            assert (loaded.origins[known.key] is Origin.USER) is is_set
        for key in expected:
            assert unset_setting(locations, key)
        assert load_settings(locations, None, {}).settings == load_settings(locations).settings
        assert locations.settings_file.exists() is bool(expected)
        assert not expected or locations.settings_file.read_bytes() == b""


@pytest.mark.parametrize("known", all_settings(), ids=lambda known: known.key)
def test_every_setting_makes_the_way_through_file_and_environment(
    locations: Locations, known: Setting
) -> None:
    without_file = replace(locations, config_dir=locations.data_dir)

    @given(values_of(known))
    def makes_the_way(value: SettingValue) -> None:
        text = known.to_text(value)
        set_setting(locations, known.key, text)
        from_file = load_settings(locations, None, {}, strict=True).settings
        environ = {known.environment_names[-1]: text}
        from_environment = load_settings(without_file, None, environ, strict=True).settings
        assert value_of(from_file, known) == value_of(from_environment, known) == value

    makes_the_way()


def test_money_stays_exact_and_readable(locations: Locations) -> None:
    set_setting(locations, "budget.daily_usd", "0.1")
    assert "daily_usd = 0.1\n" in locations.settings_file.read_text(encoding="utf-8")
    loaded = load_settings(locations, None, {})
    assert loaded.settings.budget_daily_usd == Decimal("0.1")


def test_other_keys_stay_also_unknown_ones(locations: Locations, write_user: Write) -> None:
    path = write_user("[model]\nname = 'm'\nnew_in_v9 = 1.50\n[later]\nwhen = 1979-05-27\n")
    set_setting(locations, "model.tries", "2")
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {
        **tomllib.loads("[model]\nname = 'm'\nnew_in_v9 = 1.50\ntries = 2\n"),
        **tomllib.loads("[later]\nwhen = 1979-05-27\n"),
    }


def test_the_file_is_private(locations: Locations) -> None:
    set_setting(locations, "model.name", "m")
    assert locations.settings_file.stat().st_mode & 0o777 == 0o600


def test_comments_survive_in_a_copy_until_there_are_new_ones(
    locations: Locations, write_user: Write
) -> None:
    commented = "# mine\n[ui]\ntheme = 'a#b'\n"
    copy = write_user(commented).with_name("config.toml.bak")
    set_setting(locations, "model.name", "m")
    set_setting(locations, "model.name", "n")
    assert copy.read_text(encoding="utf-8") == commented
    assert load_settings(locations, None, {}).settings.ui_theme == "a#b"


def test_without_comments_there_is_no_copy(locations: Locations, write_user: Write) -> None:
    path = write_user("ui.theme = 'a#b'\n")
    unset_setting(locations, "ui.theme")
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = 1 # yes", True),
        ("#", True),
        ("a = '#'", False),
        ('a = "\\"#"', False),
        ('a = """\n"#"\n"""', False),
        ('a = """x"""" # yes', True),
        ("a = '''\n'#'\n'''", False),
        ("a = '' # yes", True),
        ("a = '\\' # yes", True),
    ],
)
def test_comments_are_told_from_strings(text: str, expected: bool) -> None:
    tomllib.loads(text)
    assert has_comments(text) is expected


@pytest.mark.parametrize("content", [b"[model", b"\xff", b"a = 1\na = 2"])
def test_a_broken_file_is_never_overwritten(locations: Locations, content: bytes) -> None:
    locations.config_dir.mkdir()
    locations.settings_file.write_bytes(content)
    with pytest.raises(BrokenSettingsFileError, match="mend the file") as refusal:
        set_setting(locations, "model.name", "m")
    assert refusal.value.path == locations.settings_file
    assert (refusal.value.line or 0) >= 1
    assert (refusal.value.column or 0) >= 1
    with pytest.raises(BrokenSettingsFileError):
        unset_setting(locations, "model.name")
    assert locations.settings_file.read_bytes() == content


def test_a_value_in_a_sections_place_is_not_overwritten(
    locations: Locations, write_user: Write
) -> None:
    path = write_user("model = 'm'\n")
    with pytest.raises(SettingsError, match="is no section"):
        set_setting(locations, "model.name", "m")
    assert not unset_setting(locations, "model.name")
    assert path.read_text(encoding="utf-8") == "model = 'm'\n"


def test_what_is_not_set_cannot_be_unset_and_nothing_is_written(locations: Locations) -> None:
    assert not unset_setting(locations, "model.name")
    assert not locations.config_dir.exists()


def test_unsetting_leaves_the_sections_other_keys(locations: Locations, write_user: Write) -> None:
    path = write_user("[model]\nname = 'm'\ntries = 2\n")
    assert unset_setting(locations, "model.name")
    assert tomllib.loads(path.read_text(encoding="utf-8")) == {"model": {"tries": 2}}


def test_a_wrong_call_writes_nothing(locations: Locations) -> None:
    with pytest.raises(UnknownSettingError):
        set_setting(locations, "model.nmae", "m")
    with pytest.raises(UnknownSettingError):
        unset_setting(locations, "model.nmae")
    with pytest.raises(InvalidValueError):
        set_setting(locations, "model.tries", "0")
    assert not locations.config_dir.exists()


def test_a_refusing_disk_is_said_and_the_settings_stay(
    locations: Locations, write_user: Write
) -> None:
    path = write_user("model.name = 'm' # mine\n")
    path.with_name("config.toml.bak").mkdir()
    with pytest.raises(SettingsNotSavedError, match="could not be written"):
        set_setting(locations, "model.name", "n")
    assert path.read_text(encoding="utf-8") == "model.name = 'm' # mine\n"
