"""Layers beat one another in order, a project keeps to its place, nothing wrong is silent."""

import os
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from vibe_tui.config.errors import InvalidValueError, SettingsError, UnknownSettingError
from vibe_tui.config.load import LoadedSettings, Origin, load_settings
from vibe_tui.config.locations import Locations
from vibe_tui.config.schema import Settings, all_settings

Write = Callable[[str], Path]


def messages(loaded: LoadedSettings) -> str:
    return "\n".join(map(str, loaded.problems))


def test_with_nothing_set_everything_is_the_default(locations: Locations, project: Path) -> None:
    loaded = load_settings(locations, project, {})
    assert loaded.settings == Settings()
    assert set(loaded.origins.values()) == {Origin.DEFAULT}
    assert set(loaded.origins) == {known.key for known in all_settings()}
    assert loaded.problems == ()
    assert loaded.budget_problem is None
    assert not locations.config_dir.exists()


def test_each_layer_beats_the_ones_before(
    locations: Locations, project: Path, write_user: Write, write_project: Write
) -> None:
    write_user("[map]\ntokens = 1\nmax_file_bytes = 2000\n[model]\ntries = 2\nname = 'user'")
    write_project("[map]\ntokens = 3\nmax_file_bytes = 3000")
    environ = {"VIBE_TUI_MAP_TOKENS": "4", "VIBE_TUI_MODEL": "environment"}
    loaded = load_settings(locations, project, environ, {"model.name": "option"})
    settings = loaded.settings
    assert (settings.map_tokens, loaded.origins["map.tokens"]) == (4, "environment")
    assert (settings.map_max_file_bytes, loaded.origins["map.max_file_bytes"]) == (3000, "project")
    assert (settings.model_tries, loaded.origins["model.tries"]) == (2, "user")
    assert (settings.model_name, loaded.origins["model.name"]) == ("option", "option")
    assert loaded.problems == ()


def test_the_short_variable_beats_the_general_and_an_empty_one_is_none(
    locations: Locations,
) -> None:
    environ = {
        "VIBE_TUI_MODEL": "short",
        "VIBE_TUI_MODEL_NAME": "general",
        "VIBE_TUI_API_BASE": "",
        "VIBE_TUI_MODEL_API_BASE": "http://localhost:1/v1",
    }
    settings = load_settings(locations, None, environ).settings
    assert settings.model_name == "short"
    assert settings.model_api_base == "http://localhost:1/v1"


def test_options_may_be_text_values_paths_or_not_given(locations: Locations) -> None:
    options = {
        "model.tries": "3",
        "map.tokens": 100,
        "local.gguf": Path("/m.gguf"),
        "model.name": None,
    }
    loaded = load_settings(locations, None, {"VIBE_TUI_MODEL": "m"}, options)
    assert loaded.settings.model_tries == 3
    assert loaded.settings.map_tokens == 100
    assert loaded.settings.local_gguf == Path("/m.gguf")
    assert (loaded.settings.model_name, loaded.origins["model.name"]) == ("m", "environment")


def test_a_wrong_option_is_an_error_of_the_call(locations: Locations) -> None:
    with pytest.raises(InvalidValueError, match=r"model\.tries must be a whole number"):
        load_settings(locations, None, {}, {"model.tries": "99"})
    with pytest.raises(UnknownSettingError, match=r"did you mean model\.tries"):
        load_settings(locations, None, {}, {"model.trys": "1"})


# What a project may do.


@pytest.mark.parametrize(
    "line",
    [
        "model.api_base = 'http://evil.example/'",
        "model.api_key_env = 'AWS_SECRET_ACCESS_KEY'",
        "model.name = 'openai/dear'",
        "model.max_output_tokens = 100000",
        "local.gguf = '/tmp/evil.gguf'",
        "ui.theme = 'mine'",
        "spend.timezone = 'Asia/Tokyo'",
        "log.level = 'error'",
    ],
)
def test_a_project_cannot_set_what_is_not_project_safe(
    locations: Locations, project: Path, write_project: Write, line: str
) -> None:
    path = write_project(line)
    loaded = load_settings(locations, project, {})
    assert loaded.settings == Settings()
    (problem,) = loaded.problems
    assert problem.key == line.split(" ")[0]
    assert problem.key in problem.message
    assert str(path) in problem.message
    assert "a project may not set this" in problem.message
    assert f"vibe-tui config set {problem.key}" in problem.hint


@pytest.mark.parametrize(
    ("own", "projects", "counts", "origin"),
    [
        (None, "5", Decimal(5), "project"),
        ("10", "5", Decimal(5), "project"),
        ("5", "10", Decimal(5), "user"),
        ("5", "5.0", Decimal(5), "user"),
        ("0", "5", Decimal(0), "user"),
    ],
)
def test_a_projects_budget_only_tightens(
    locations: Locations,
    project: Path,
    write_user: Write,
    write_project: Write,
    own: str | None,
    projects: str,
    counts: Decimal,
    origin: str,
) -> None:
    if own is not None:
        write_user(f"budget.daily_usd = {own}")
    write_project(f"budget.daily_usd = {projects}")
    loaded = load_settings(locations, project, {})
    assert (loaded.settings.budget_daily_usd, loaded.origins["budget.daily_usd"]) == (
        counts,
        origin,
    )


def test_a_projects_patterns_come_before_a_persons_which_so_win(
    locations: Locations, project: Path, write_user: Write, write_project: Write
) -> None:
    write_user("map.exclude = ['*.secret']")
    write_project("map.exclude = ['!*.secret', 'build/']")
    loaded = load_settings(locations, project, {})
    assert loaded.settings.map_exclude == ("!*.secret", "build/", "*.secret")


def test_a_project_cannot_make_prompts_dear(
    locations: Locations, project: Path, write_user: Write, write_project: Write
) -> None:
    write_user("map.tokens = 50000")
    write_project("map.tokens = 20000")
    loaded = load_settings(locations, project, {})
    assert loaded.settings.map_tokens == 50_000
    assert "from 0 to 8,192" in messages(loaded)
    assert "until then it is 50000" in messages(loaded)


@pytest.mark.parametrize("linked", ["folder", "file"])
def test_a_link_out_of_the_project_is_not_followed(
    locations: Locations, project: Path, tmp_path: Path, linked: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "config.toml").write_text("map.tokens = 5", encoding="utf-8")
    if linked == "folder":
        (project / ".vibe-tui").symlink_to(outside)
    else:
        (project / ".vibe-tui").mkdir()
        (project / ".vibe-tui" / "config.toml").symlink_to(outside / "config.toml")
    loaded = load_settings(locations, project, {})
    assert loaded.settings == Settings()
    assert "leads out of the project" in messages(loaded)


def test_a_link_within_the_project_is_followed(locations: Locations, project: Path) -> None:
    (project / "team").mkdir()
    (project / "team" / "config.toml").write_text("map.tokens = 5", encoding="utf-8")
    (project / ".vibe-tui").symlink_to("team")
    assert load_settings(locations, project, {}).settings.map_tokens == 5


def test_a_link_to_itself_is_reported(locations: Locations, project: Path) -> None:
    (project / ".vibe-tui").symlink_to(".vibe-tui")
    loaded = load_settings(locations, project, {})
    assert loaded.settings == Settings()
    assert "cannot be read" in messages(loaded)


def test_a_pipe_is_not_waited_for(locations: Locations, project: Path) -> None:
    (project / ".vibe-tui").mkdir()
    os.mkfifo(project / ".vibe-tui" / "config.toml")
    assert "not a regular file" in messages(load_settings(locations, project, {}))


def test_a_huge_file_is_not_read(locations: Locations, project: Path, write_project: Write) -> None:
    write_project("map.tokens = 5\n" + "#" * 20_000)
    loaded = load_settings(locations, project, {})
    assert loaded.settings == Settings()
    assert "larger than 16,384 bytes" in messages(loaded)


def test_many_problems_are_told_in_few_lines(
    locations: Locations, project: Path, write_project: Write
) -> None:
    write_project("[model]\n" + "\n".join(f"unknown_{number} = 1" for number in range(500)))
    loaded = load_settings(locations, project, {})
    assert len(loaded.problems) == 21
    assert "has more problems" in loaded.problems[-1].message


def test_what_a_project_writes_cannot_drive_the_terminal(
    locations: Locations, project: Path, write_project: Write
) -> None:
    write_project('[model]\n"a\\u001b[2J\\nb\\u202e" = 1\n"" = 2')
    text = messages(load_settings(locations, project, {}))
    assert text.replace("\n", "").isprintable()
    assert len(text.splitlines()) == 2


# What is wrong.


@pytest.mark.parametrize(
    ("content", "place", "reason"),
    [
        (b"[model]\ntries = \n", "line 2, column 9", "Invalid value"),
        (b"[model]\ntries = 'x", "line 2, column 11", "Expected"),
        (b"[model]\n[model]\n", "line 2, column 7", "Cannot declare"),
        (b"[model]\nname = '\xff'", "line 2, column 9", "is not UTF-8"),
        (b"a = " + b"[" * 10_000, "", "nested too deeply"),
        (b"a = 1e999999999999999999999", "", "out of range"),
        (b"a = " + b"9" * 5000, "", ""),
    ],
)
def test_a_broken_file_is_named_with_its_place_and_left_alone(
    locations: Locations, content: bytes, place: str, reason: str
) -> None:
    locations.config_dir.mkdir()
    locations.settings_file.write_bytes(content)
    loaded = load_settings(locations, None, {"VIBE_TUI_MODEL": "m"})
    (problem,) = loaded.problems
    assert problem.message.startswith(str(locations.settings_file))
    assert place in problem.message
    assert reason in problem.message
    assert loaded.settings == Settings(model_name="m")
    assert locations.settings_file.read_bytes() == content


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "model.nmae = 'x'",
            "model.nmae in {file}: no setting is called so (did you mean model.name?)",
        ),
        ("model.api_key = 'sk-secret'", "(did you mean model.api_key_env?)"),
        ("xyz.abc = 1", "(see vibe-tui config list)"),
        ("model = 'x'", "model in {file}: no setting is called so (did you mean model.name?)"),
        ("'model.name' = 'x'", "(did you mean model.name?)"),
        ("model.name.deep = 'x'", "model.name must be one line of text"),
        ("model.tries = 0", "must be a whole number, from 1 to 10 (until then it is 4)"),
        ("model.name = 7", "model.name must be one line of text (until then it is not set)"),
        ("log.level = 'loud'", "log.level must be one of debug, info, warning, error"),
    ],
)
def test_a_wrong_entry_is_one_clear_line_and_the_rest_counts(
    locations: Locations, write_user: Write, content: str, told: str
) -> None:
    path = write_user(f"{content}\n[map]\ntokens = 7\n")
    loaded = load_settings(locations, None, {})
    (problem,) = loaded.problems
    assert told.format(file=path) in str(problem)
    assert str(path) in problem.message
    assert "secret" not in str(problem)
    assert loaded.settings == Settings(map_tokens=7)


def test_a_wrong_variable_is_named(locations: Locations) -> None:
    loaded = load_settings(locations, None, {"VIBE_TUI_MODEL_TRIES": "none"})
    assert messages(loaded) == (
        "VIBE_TUI_MODEL_TRIES: model.tries must be a whole number, from 1 to 10 "
        "(until then it is 4)"
    )


def test_a_misspelt_variable_is_named_and_an_unrelated_one_is_not(locations: Locations) -> None:
    environ = {
        "VIBE_TUI_MODEL_TRYS": "1",
        "VIBE_TUI_LIVE": "1",
        "VIBE_TUI_CONFIG_DIR": "/c",
        "VIBE_TUI_DATA_DIR": "/d",
        "HOME": "/h",
    }
    loaded = load_settings(locations, None, environ)
    assert [problem.source for problem in loaded.problems] == ["VIBE_TUI_MODEL_TRYS"]
    assert "VIBE_TUI_MODEL_TRIES" in loaded.problems[0].hint


def test_strictly_a_problem_is_an_error(locations: Locations, write_user: Write) -> None:
    write_user("model.tries = 0")
    with pytest.raises(SettingsError, match=r"model\.tries must be"):
        load_settings(locations, None, {}, strict=True)


def test_strictly_without_a_problem_all_is_well(locations: Locations) -> None:
    assert load_settings(locations, None, {}, strict=True).settings == Settings()


@pytest.mark.parametrize(
    ("content", "hides"),
    [
        ("budget.daily_usd = 'five'", True),
        ("budget.dayly_usd = 5", True),
        ("budgets.daily_usd = 5", True),
        ("budget = 5", True),
        ("[", True),
        ("model.tries = 0", False),
        ("model.nmae = 'x'", False),
    ],
)
def test_a_problem_that_may_hide_a_budget_is_marked(
    locations: Locations, write_user: Write, content: str, hides: bool
) -> None:
    write_user(content)
    loaded = load_settings(locations, None, {})
    assert loaded.problems
    assert (loaded.budget_problem is not None) is hides


@pytest.mark.parametrize(
    ("name", "text"),
    [("VIBE_TUI_BUDGET_DAILY_USD", "five"), ("VIBE_TUI_BUDGET_DAYLY_USD", "5")],
)
def test_a_variable_that_may_hide_a_budget_is_marked(
    locations: Locations, name: str, text: str
) -> None:
    assert load_settings(locations, None, {name: text}).budget_problem is not None


def test_loading_imports_nothing_heavy(tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from vibe_tui.config.load import load_settings
from vibe_tui.config.locations import find_locations
here = Path(sys.argv[1])
load_settings(find_locations(here, here, here), here, {})
heavy = "asyncio platformdirs pydantic tomli_w zoneinfo textual litellm".split()
print([name for name in heavy if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")
