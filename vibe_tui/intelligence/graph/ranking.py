"""Which files matter most, for now: those that many others import, and that offer much.

The rank is ``4 × importers + public names``; ties go to shallower paths, then to the alphabet.
Importers are counted by module names alone. The dependency graph will take this over.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from posixpath import normpath, splitext
from typing import Final

from vibe_tui.intelligence.languages import module_path_of
from vibe_tui.intelligence.model import FileNode

_IMPORTER_WEIGHT: Final = 4
_MOST_NAMES: Final = 30
"""Names beyond this add nothing: a file of a thousand constants is not the most important one."""


def rank_files(modules: Mapping[str, FileNode]) -> list[str]:
    """Order paths, the most important first.

    Args:
        modules: Path to node.
    """
    importers = _count_importers(modules)

    def key(path: str) -> tuple[int, int, str]:
        weight = _IMPORTER_WEIGHT * importers[path] + _public_names(modules[path])
        return -weight, path.count("/"), path

    return sorted(modules, key=key)


def internal_modules(modules: Mapping[str, FileNode]) -> dict[str, str]:
    """Name every file by its module path (see ``languages.module_path_of``)."""
    return {module_path_of(path): path for path in modules}


def _count_importers(modules: Mapping[str, FileNode]) -> Counter[str]:
    by_module = internal_modules(modules)
    folders: dict[str, list[str]] = {}
    for path, node in modules.items():
        if node.language == "go":
            folders.setdefault(str(PurePosixPath(path).parent), []).append(path)
    importers: Counter[str] = Counter()
    for path, node in modules.items():
        if node.language == "go":
            targets = {f for name in node.imports for f in _go_package(name, folders)}
        else:
            targets = {by_module[name] for name in _innermost(_candidates(node), by_module)}
        importers.update(targets - {path})
    return importers


def _candidates(node: FileNode) -> Iterator[str]:
    """Module paths that a file's imports may mean."""
    if node.language == "python":
        package = module_path_of(node.path).split(".")
        if not node.path.endswith("__init__.py"):
            package = package[:-1]
        for name in (*node.imports, *node.imported_names):
            yield _absolute(name, package)
        return
    folder = str(PurePosixPath(node.path).parent)
    for name in node.imports:
        if name.startswith("."):
            target = normpath(f"{folder}/{name}")
            yield from (target, splitext(target)[0], f"{target}/index")


def _innermost(names: Iterable[str], known: Mapping[str, str]) -> set[str]:
    """Keep the names of files; where one import means a package and a module in it, the module."""
    found = {name for name in names if name in known}
    return found - {name.rpartition(".")[0] for name in found}


def _absolute(name: str, package: list[str]) -> str:
    level = len(name) - len(name.lstrip("."))
    if not level:
        return name
    kept = package[: len(package) - level + 1] if level <= len(package) else []
    return ".".join((*kept, *filter(None, (name[level:],))))


def _go_package(name: str, folders: Mapping[str, list[str]]) -> list[str]:
    """The files of the folder that is the longest tail of an import path."""
    parts = name.split("/")
    for start in range(len(parts)):
        found = folders.get("/".join(parts[start:]))
        if found is not None:
            return found
    return []


def _public_names(node: FileNode) -> int:
    names = [function.name for function in node.functions]
    for owner in node.classes:
        names.append(owner.name)
        names.extend(method.name for method in owner.methods)
    return min(sum(not name.startswith(("_", "#")) for name in names), _MOST_NAMES)
