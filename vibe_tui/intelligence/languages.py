"""Which language a file is in, by its name, and which languages are analysed."""

from posixpath import splitext
from typing import Final

TEXT: Final = "text"
"""The language of a text file whose name says nothing."""

ANALYSED: Final = frozenset({"python", "javascript", "typescript", "go"})
"""Languages with an analyzer; files in others are named and their lines counted."""

_BY_SUFFIX: Final = {
    ".py": "python", ".pyi": "python", ".pyw": "python",
    ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript", ".jsx": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "typescript",
    ".go": "go",
    ".c": "c", ".h": "c", ".cc": "c++", ".cpp": "c++", ".cxx": "c++", ".hpp": "c++", ".hh": "c++",
    ".cs": "c#", ".java": "java", ".kt": "kotlin", ".kts": "kotlin", ".scala": "scala",
    ".rs": "rust", ".rb": "ruby", ".php": "php", ".swift": "swift", ".m": "objective-c",
    ".lua": "lua", ".pl": "perl", ".pm": "perl", ".r": "r", ".jl": "julia", ".dart": "dart",
    ".ex": "elixir", ".exs": "elixir", ".erl": "erlang", ".hs": "haskell", ".ml": "ocaml",
    ".clj": "clojure", ".zig": "zig", ".nim": "nim", ".pyx": "cython", ".scm": "scheme",
    ".sh": "shell", ".bash": "shell", ".zsh": "shell", ".fish": "shell", ".ps1": "powershell",
    ".sql": "sql", ".graphql": "graphql", ".proto": "protobuf", ".thrift": "thrift",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".vue": "vue", ".svelte": "svelte",
    ".css": "css", ".scss": "scss", ".sass": "sass", ".less": "less", ".tcss": "css",
    ".json": "json", ".jsonc": "json", ".json5": "json", ".jsonl": "json", ".ipynb": "notebook",
    ".yaml": "yaml", ".yml": "yaml", ".toml": "toml", ".ini": "ini", ".cfg": "ini",
    ".xml": "xml", ".xsd": "xml", ".svg": "xml", ".tf": "terraform", ".nix": "nix",
    ".md": "markdown", ".markdown": "markdown", ".mdx": "markdown", ".rst": "restructuredtext",
    ".tex": "tex", ".txt": TEXT, ".csv": TEXT, ".tsv": TEXT, ".log": TEXT,
    ".cmake": "cmake", ".gradle": "groovy", ".groovy": "groovy", ".mk": "make",
}  # fmt: skip

_BY_NAME: Final = {
    "dockerfile": "docker",
    "containerfile": "docker",
    "makefile": "make",
    "gnumakefile": "make",
    "cmakelists.txt": "cmake",
    "gemfile": "ruby",
    "rakefile": "ruby",
    "jenkinsfile": "groovy",
    "go.mod": "go.mod",
    "sconstruct": "python",
    "sconscript": "python",
}


def language_of(path: str) -> str:
    """Name the language of a file, ``text`` when its name says nothing.

    Args:
        path: Any path with ``/``; only its last part counts.
    """
    name = path.rpartition("/")[2].lower()
    known = _BY_NAME.get(name) or _BY_SUFFIX.get(splitext(name)[1])
    return known or TEXT


def grammar_of(path: str) -> str | None:
    """Name the grammar that reads a file; None for a language without an analyzer.

    TypeScript has two, since ``<T>x`` is a cast in ``.ts`` and an element in ``.tsx``; the
    JavaScript grammar reads JSX too.

    Returns:
        ``python``, ``javascript``, ``typescript``, ``tsx``, ``go`` or None.
    """
    language = language_of(path)
    if language not in ANALYSED:
        return None
    return "tsx" if path.lower().endswith(".tsx") else language


def module_path_of(path: str) -> str:
    """Name the module a file is: dotted for Python, else the path without its suffix.

    A Python package's ``__init__.py`` is the package itself; a leading ``src`` folder is a
    layout, not a package.
    """
    stem = splitext(path)[0]
    if language_of(path) != "python":
        return stem
    parts = [part for part in stem.split("/") if part not in ("", ".")]
    if len(parts) > 1 and parts[0] == "src":
        parts = parts[1:]
    if len(parts) > 1 and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)
