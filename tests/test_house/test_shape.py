"""The house keeps its shape: file sizes, styles that stay fast, no host and no machine's path.

ruff and import-linter hold the rest; these rules have no linter.
"""

import re
import subprocess
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[2]
STRUCTURAL = re.compile(r":(first-child|last-child|first-of-type|last-of-type|odd|even|empty)\b")
COLOUR_LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(")
HOSTS = re.compile(
    r"(?:--(?:extra-)?index-url|--find-links|registry\s*=\s*[\"\']?https?:|\"resolved\":\s*\"http)|"
    r"\b(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org)\b"
)


def tracked(*patterns: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    return [ROOT / name for name in listing.decode().split("\0") if name]


def lines_of(path: Path) -> int:
    return path.read_bytes().count(b"\n")


@pytest.fixture(scope="module")
def sources() -> list[Path]:
    return [path for path in tracked("vibe_tui/*.py") if path.is_file()]


def test_no_source_file_is_over_400_lines(sources: list[Path]) -> None:
    assert [str(p.relative_to(ROOT)) for p in sources if lines_of(p) > 400] == []


def test_the_median_source_file_is_at_most_150_lines(sources: list[Path]) -> None:
    assert median(map(lines_of, sources)) <= 150


def test_app_composes_and_routes_in_at_most_30_methods() -> None:
    text = (ROOT / "vibe_tui" / "ui" / "app.py").read_text(encoding="utf-8")
    body = text[text.index("class VibeApp(") :]
    following = re.search(r"\n(?=\w)", body[1:])
    methods = re.findall(
        r"^    (?:async )?def ", body[: following.start()] if following else body, re.M
    )
    assert len(methods) <= 30


@pytest.mark.parametrize("path", tracked("styles/*.tcss"), ids=lambda p: p.name)
def test_styles_have_no_structural_pseudo_class_and_no_literal_colour(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert STRUCTURAL.findall(text) == []
    assert COLOUR_LITERAL.findall(text) == []


def test_no_committed_file_names_a_package_host() -> None:
    here = Path(__file__).resolve()
    named = []
    for path in tracked():
        if path == here or not path.is_file() or path.name == "lock.sh":
            continue
        if HOSTS.search(path.read_text(encoding="utf-8", errors="replace")):
            named.append(str(path.relative_to(ROOT)))
    assert named == []


def test_every_lock_pins_with_hashes() -> None:
    locks = sorted(ROOT.glob("requirements*.lock"))
    assert [lock.name for lock in locks] == [
        "requirements-dev.lock",
        "requirements-local.lock",
        "requirements.lock",
    ]
    for lock in locks:
        text = lock.read_text(encoding="utf-8").replace("\\\n", " ")
        requirements = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert requirements
        for line in requirements:
            assert "==" in line, line
            assert "--hash=sha256:" in line, line


def test_the_litellm_versions_that_carried_malware_cannot_be_locked() -> None:
    for lock in ROOT.glob("requirements*.lock"):
        assert not re.search(r"^litellm==1\.82\.[78]\b", lock.read_text(encoding="utf-8"), re.M)
