"""The project that most tests of this room work on."""

from pathlib import Path

import pytest

from tests.test_changes.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.root.mkdir()
    return made
