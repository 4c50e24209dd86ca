"""The wheel holds everything: built here, unpacked into a clean environment, and started there.

The environment borrows the dependencies already installed, so that no network is needed; the
package itself can only come from the wheel.
"""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import vibe_tui
from tests.test_house.test_shape import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", out, ROOT],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def clean_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder, with_pip=False, symlinks=True)
    site = next((folder / "lib").glob("python3*/site-packages"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    borrowed = [p for p in sys.path if p.endswith("site-packages")]
    # appended last, and without running its .pth files: an editable install must not win
    (site / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return folder / "bin" / "python"


def run(python: Path, *arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environ = {"PATH": os.environ["PATH"], "HOME": str(home), "TERM": "dumb"}
    return subprocess.run(
        [python, "-P", *arguments],
        capture_output=True,
        text=True,
        env=environ,
        cwd=home,
        timeout=60,
        check=False,
    )


def test_the_wheel_carries_styles_queries_and_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for source in [*ROOT.glob("styles/**/*.tcss"), *ROOT.glob("vibe_tui/**/*.scm")]:
        relative = source.relative_to(ROOT).as_posix()
        shipped = relative if relative.startswith("vibe_tui/") else f"vibe_tui/{relative}"
        assert shipped in names
    assert "vibe_tui/py.typed" in names
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


def test_the_installed_package_starts_from_the_wheel(clean_python: Path, tmp_path: Path) -> None:
    where = run(clean_python, "-c", "import vibe_tui; print(vibe_tui.__file__)", home=tmp_path)
    assert str(clean_python.parents[1]) in where.stdout
    version = run(clean_python, "-m", "vibe_tui", "--version", home=tmp_path)
    assert version.stdout.strip() == f"vibe-tui {vibe_tui.__version__}"


def test_the_installed_package_finds_its_styles(clean_python: Path, tmp_path: Path) -> None:
    code = "from vibe_tui.ui.styles import styles_dir; print(styles_dir() / 'app.tcss')"
    found = run(clean_python, "-c", code, home=tmp_path)
    assert str(clean_python.parents[1]) in found.stdout
    assert Path(found.stdout.strip()).is_file()


def test_the_installed_package_maps_a_project(clean_python: Path, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text("def greet(name):\n    return name\n", encoding="utf-8")
    mapped = run(clean_python, "-m", "vibe_tui", "map", str(tmp_path), home=tmp_path)
    assert mapped.returncode == 0, mapped.stderr
    assert "greet(name)" in mapped.stdout
