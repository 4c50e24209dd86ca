"""Projects and repositories made for one test, away from a person's own settings."""

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Git = Callable[..., bytes]
Project = Callable[..., Path]


@pytest.fixture(autouse=True)
def _own_settings(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for name in [name for name in os.environ if name.startswith("GIT_") and "NOSYSTEM" not in name]:
        monkeypatch.delenv(name)


@pytest.fixture
def git() -> Git:
    """Plain git, as a person runs it: all that the repository's config asks for happens."""

    def run(root: Path, *args: str, check: bool = True) -> bytes:
        identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        outcome = subprocess.run(
            ("git", "-C", str(root), *identity, *args), check=False, capture_output=True, timeout=20
        )
        assert outcome.returncode == 0 or not check, outcome.stderr
        return outcome.stdout

    return run


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Write files (str or bytes by path) into a folder below the test's own."""

    def write(files: Mapping[str, str | bytes], name: str = "project") -> Path:
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return root

    return write


@pytest.fixture
def repository(project: Project, git: Git) -> Project:
    """Like ``project``, and commit it all."""

    def write(files: Mapping[str, str | bytes], name: str = "project") -> Path:
        root = project(files, name)
        git(root, "init", "--quiet", "--initial-branch=main")
        git(root, "add", "--all")
        git(root, "commit", "--quiet", "--message=first", "--allow-empty")
        return root

    return write
