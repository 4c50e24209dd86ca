"""Why the map leaves a file out: told by its path first, then by its content."""

import re
from posixpath import splitext
from typing import Final

VENDORED_FOLDERS: Final = frozenset(
    {
        "node_modules", "bower_components", "jspm_packages", "vendor", "third_party",
        "site-packages", ".venv", "venv", ".tox", ".nox", ".yarn",
    }
)  # fmt: skip
CACHE_FOLDERS: Final = frozenset(
    {
        "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".gradle",
        ".next", ".nuxt", ".parcel-cache", ".turbo", ".eggs", ".vibe-tui",
    }
)  # fmt: skip
HIDDEN_FOLDERS: Final = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
"""Folders of version control: not part of the project, so they have no row of their own."""

_UNWANTED_FOLDERS: Final = VENDORED_FOLDERS | CACHE_FOLDERS | HIDDEN_FOLDERS

HEAD_BYTES: Final = 8192
"""How much of a file tells whether it is binary."""

_BINARY_SUFFIXES: Final = frozenset(
    """
    .png .jpg .jpeg .gif .bmp .ico .webp .avif .tif .tiff .psd .heic .mp3 .mp4 .m4a .ogg .wav .flac
    .avi .mov .mkv .webm .zip .gz .tgz .bz2 .xz .zst .7z .rar .jar .war .whl .egg .deb .rpm .dmg
    .iso .exe .dll .so .dylib .o .obj .class .pyc .pyo .pyd .wasm .node .bin
    .sqlite .sqlite3 .pdf .doc .docx .xls .xlsx .ppt .pptx .odt .woff .woff2 .ttf .otf .eot .pkl
    .npy .npz .parquet .gguf .safetensors .onnx .pt .h5 .mo
    """.split()  # noqa: SIM905 - a table reads better than ninety quoted words
)
_LOCK_FILES: Final = frozenset(
    """
    package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock poetry.lock uv.lock
    pdm.lock pipfile.lock cargo.lock composer.lock gemfile.lock go.sum flake.lock
    """.split()  # noqa: SIM905 - a table reads better than ninety quoted words
)
_MINIFIED_NAME: Final = re.compile(r"[.-]min\.(?:m?js|css)$", re.IGNORECASE)
_MINIFIABLE: Final = frozenset({".js", ".mjs", ".cjs", ".css"})
_MINIFIED_LINE_BYTES: Final = 500
_MINIFIED_LEAST_BYTES: Final = 4096

_GENERATED: Final = re.compile(
    rb"^[ \t]*(?://|\#|/?\*+|--|<!--|;+)[^\n]*?"
    rb"(?:@generated\b|\bgenerated\b[^\n]*\bdo not (?:edit|modify)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_GENERATED_WITHIN_BYTES: Final = 1024


def reason_by_path(path: str) -> str | None:
    """Tell why a path is left out; None if it may be in.

    Args:
        path: Project-relative, with ``/``.
    """
    folder = unwanted_folder(path)
    if folder is not None:
        return reason_by_folder(folder)
    name = path.rpartition("/")[2]
    suffix = splitext(name.lower())[1]
    if suffix in _BINARY_SUFFIXES:
        return "binary"
    if name.lower() in _LOCK_FILES:
        return "generated (lock file)"
    if suffix == ".map" and splitext(name[:-4].lower())[1] in _MINIFIABLE:
        return "generated (source map)"
    if _MINIFIED_NAME.search(name):
        return "minified"
    return None


def unwanted_folder(path: str) -> str | None:
    """Find the topmost vendored or cache folder that holds a path; None without one."""
    if "/" not in path:
        return None
    parts = path.split("/")
    if _UNWANTED_FOLDERS.isdisjoint(parts):
        return None
    for depth, part in enumerate(parts[:-1], start=1):
        if part in _UNWANTED_FOLDERS:
            return "/".join(parts[:depth])
    return None


def reason_by_folder(folder: str) -> str:
    """Say why everything in a folder of ``unwanted_folder`` is left out."""
    name = folder.rpartition("/")[2]
    if name in VENDORED_FOLDERS:
        return f"vendored ({name})"
    return "vibe-tui's own files" if name == ".vibe-tui" else f"cache ({name})"


def reason_by_content(path: str, content: bytes) -> str | None:
    """Tell why a file's bytes keep it out of the map; None if it may be in.

    Args:
        path: Project-relative; its suffix says whether the file can be minified.
        content: The file from its start; 8 KB tell binary and generated, minified needs it all.
    """
    if b"\0" in content[:HEAD_BYTES]:
        return "binary"
    if _GENERATED.search(content, 0, _GENERATED_WITHIN_BYTES):
        return "generated"
    if (
        len(content) >= _MINIFIED_LEAST_BYTES
        and splitext(path.lower())[1] in _MINIFIABLE
        and len(content) > _MINIFIED_LINE_BYTES * (content.count(b"\n") + 1)
    ):
        return "minified"
    return None
