"""What the code is: the values of the repository map. Paths are project-relative with ``/``."""

from dataclasses import dataclass, field
from enum import StrEnum


class ClassKind(StrEnum):
    """What a named type is in its language."""

    CLASS = "class"
    INTERFACE = "interface"
    STRUCT = "struct"
    ENUM = "enum"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class FunctionSignature:
    """A function or method. Lines are 1-based and inclusive."""

    name: str
    module_path: str
    """The dotted module (Python) or the file path without its suffix."""
    file_path: str
    line_start: int
    line_end: int
    parameters: tuple[str, ...] = ()
    """As written: ``price: float = 0``."""
    return_type: str | None = None
    docstring: str | None = None
    complexity: int = 1
    """Cyclomatic complexity (McCabe): 1 + decisions."""
    is_async: bool = False
    decorators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassSignature:
    """A class, interface, struct, enum or type alias. Lines are 1-based and inclusive."""

    name: str
    kind: ClassKind
    bases: tuple[str, ...]
    methods: tuple[FunctionSignature, ...]
    attributes: tuple[str, ...]
    line_start: int
    line_end: int
    docstring: str | None = None


@dataclass(frozen=True, slots=True)
class FileNode:
    """What the map knows of one file."""

    path: str
    language: str
    lines_of_code: int
    """All lines of the file, blank ones included."""
    functions: tuple[FunctionSignature, ...] = ()
    """Functions at module level; methods are in their class."""
    classes: tuple[ClassSignature, ...] = ()
    imports: tuple[str, ...] = ()
    """Modules as the file names them, each once: ``os.path``, ``..models``, ``./store``."""
    imported_names: tuple[str, ...] = ()
    """Python: what is taken out of a module, which may be a module itself: ``os.path.join``."""
    dependencies: frozenset[str] = frozenset()
    """Files of the project that this file imports."""
    type_hints_coverage: float = 0.0
    """Share of parameters (``self``/``cls`` apart) and returns that carry a type, 0-100."""
    parse_error: str | None = None

    @property
    def max_complexity(self) -> int:
        """The largest complexity of any function or method; 0 without any."""
        methods = (method for owner in self.classes for method in owner.methods)
        return max((f.complexity for f in (*self.functions, *methods)), default=0)


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A tracked file that the map leaves out, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScanTimings:
    """Seconds spent in each part of a scan; ``graph_s`` is None until the graph is built."""

    discover_s: float
    parse_s: float
    total_s: float
    graph_s: float | None = None


@dataclass(frozen=True, slots=True)
class RepositoryMap:
    """The structure of a project. Fields that are None belong to features still to come."""

    root_path: str
    total_files: int
    total_lines: int
    languages: dict[str, int]
    """Language to number of files."""
    modules: dict[str, FileNode]
    dependency_graph: dict[str, frozenset[str]] | None
    entry_points: tuple[str, ...] | None
    test_files: tuple[str, ...] | None
    generated_at: str
    skipped: tuple[SkippedFile, ...] = ()
    timings: ScanTimings = field(default_factory=lambda: ScanTimings(0.0, 0.0, 0.0))
