"""Which packages from outside a project uses, told by the names of its imports."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from vibe_tui.intelligence.languages import module_path_of
from vibe_tui.intelligence.model import FileNode

_NODE_BUILTINS: Final = frozenset(
    """
    assert async_hooks buffer child_process cluster console constants crypto dgram
    diagnostics_channel dns domain events fs http http2 https inspector module net os path
    perf_hooks process punycode querystring readline repl stream string_decoder sys test timers
    tls trace_events tty url util v8 vm wasi worker_threads zlib
    """.split()  # noqa: SIM905 - a table reads better than fifty quoted words
)
_GO_REPOSITORY_PARTS: Final = 3
"""``github.com/owner/name``: what is deeper is a package of the same repository."""


def external_packages(modules: Mapping[str, FileNode]) -> list[str]:
    """List the packages that files import and the project does not hold, most used first.

    Standard libraries do not count. Go's own module is the import prefix that most often leads
    to a folder of the project.

    Args:
        modules: Path to node.
    """
    python_names = _python_names(modules)
    go_module = _go_module(modules)
    used: Counter[str] = Counter()
    for node in modules.values():
        if node.language == "python":
            found = set(_from_python(node, python_names))
        elif node.language == "go":
            found = set(_from_go(node, go_module))
        else:
            found = set(_from_javascript(node))
        used.update(found)
    return sorted(used, key=lambda name: (-used[name], name))


def _python_names(modules: Mapping[str, FileNode]) -> set[str]:
    """The names by which the project's own Python files can be imported."""
    names: set[str] = set()
    for path, node in modules.items():
        if node.language == "python":
            parts = module_path_of(path).split(".")
            names.update((parts[0], parts[-1]))
    return names


def _from_python(node: FileNode, own: set[str]) -> Iterator[str]:
    for name in node.imports:
        top = name.partition(".")[0]
        if top and top not in own and top not in sys.stdlib_module_names:
            yield top


def _from_javascript(node: FileNode) -> Iterator[str]:
    for name in node.imports:
        scope, _, rest = name.partition("/")
        package = f"{scope}/{rest.partition('/')[0]}" if scope.startswith("@") else scope
        is_alias = scope in ("@", "~", "") or scope.startswith((".", "#"))
        if not is_alias and ":" not in name and package not in _NODE_BUILTINS:
            yield package


def _from_go(node: FileNode, own_module: str) -> Iterator[str]:
    for name in node.imports:
        is_own = own_module and (name == own_module or name.startswith(f"{own_module}/"))
        if "." in name.partition("/")[0] and not is_own:
            yield "/".join(name.split("/")[:_GO_REPOSITORY_PARTS])


def _go_module(modules: Mapping[str, FileNode]) -> str:
    folders = {path.rpartition("/")[0] for path, node in modules.items() if node.language == "go"}
    prefixes: Counter[str] = Counter()
    for node in modules.values():
        if node.language == "go":
            for name in node.imports:
                parts = name.split("/")
                for start in range(1, len(parts)):
                    if "." in parts[0] and "/".join(parts[start:]) in folders:
                        prefixes["/".join(parts[:start])] += 1
                        break
    return min(prefixes, key=lambda prefix: (-prefixes[prefix], prefix), default="")
