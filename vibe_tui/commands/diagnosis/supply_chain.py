"""What is installed beside us: versions, and files that run whenever Python starts."""

import re
import site
import sysconfig
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from vibe_tui.commands.diagnosis.finding import Finding
from vibe_tui.foreign import clean_line

_PACKAGES = ("litellm", "textual", "tree-sitter", "tiktoken", "pydantic")
_MALICIOUS = {("litellm", "1.82.7"), ("litellm", "1.82.8")}
"""Releases that carried malware (March 2026)."""
_EXPECTED_LINES = (
    re.compile(
        r"import os; var = 'SETUPTOOLS_USE_DISTUTILS'; "
        r"enabled = os\.environ\.get\(var, 'local'\) == 'local'; "
        r"enabled and __import__\('_distutils_hack'\)(\.add_shim\(\))?;?"
    ),
    re.compile(r"import _virtualenv"),
    re.compile(r"import (__editable___\w+_finder); \1\.install\(\)"),
    re.compile(
        r"import sys; ?exec\('import os\\n\\nif os\.getenv\(\"COVERAGE_PROCESS_START\"\)"
        r"[^;]*\\n  coverage\.process_startup\([^;)]*\)'\)"
    ),
)
"""Of setuptools, virtualenv, editable installs and coverage: they do what they say."""


def look_at_versions() -> list[Finding]:
    """Versions of the packages that matter."""
    return [_version(name) for name in _PACKAGES]


def _version(name: str) -> Finding:
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding(name, False, "not installed", "install vibe-tui again", is_essential=True)
    if (name, found) in _MALICIOUS:
        hint = "this release carried malware: remove it and change every key it could read"
        return Finding(name, False, found, hint, is_essential=True)
    return Finding(name, True, found)


def look_at_start_up_files(folders: Iterable[Path] | None = None) -> list[Finding]:
    """``.pth`` files that import something: a usual place for malware.

    Args:
        folders: Where to look; the interpreter's own by default.
    """
    importing = [
        path
        for folder in (folders if folders is not None else _site_folders())
        for path in sorted(folder.glob("*.pth"))
        if _unexpected_lines(path)
    ]
    if not importing:
        return [Finding("start-up files", True, "no .pth file runs code of unknown origin")]
    named = ", ".join(clean_line(str(path)) for path in importing)
    hint = "read them: they run whenever this Python starts"
    return [Finding("start-up files", False, named, hint, is_essential=True)]


def _site_folders() -> tuple[Path, ...]:
    names = (sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), *site.getsitepackages())
    return tuple(Path(name) for name in dict.fromkeys(names))


def _unexpected_lines(path: Path) -> list[str]:
    """Lines that Python runs (those that begin with ``import``) and that we do not know."""
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return [
        line
        for line in lines
        if line.startswith(("import ", "import\t"))
        and not any(known.fullmatch(line.strip()) for known in _EXPECTED_LINES)
    ]
