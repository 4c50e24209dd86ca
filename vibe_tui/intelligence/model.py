"""What the code is: the values of the repository map. Paths are project-relative with ``/``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class ClassKind(StrEnum):
    """What a named type is in its language."""

    CLASS = "class"
    INTERFACE = "interface"
    STRUCT = "struct"
    ENUM = "enum"
    TYPE = "type"


class ImportKind(StrEnum):
    """How a file imports something."""

    STATIC = "static"
    CONDITIONAL = "conditional"
    """Under ``if`` or ``try``, or inside a function."""
    TYPING = "typing"
    """For types alone: under ``TYPE_CHECKING``, or ``import type``."""
    DYNAMIC = "dynamic"
    """At run time with a literal name: ``importlib.import_module("x")``, ``import("./x")``."""
    REEXPORT = "reexport"
    """``export … from "./x"``."""


@dataclass(frozen=True, slots=True)
class Import:
    """One thing that a file imports."""

    module: str
    """As the file names it: ``os.path``, ``..models``, ``./store``, ``example.com/shop/cart``."""
    name: str | None = None
    """What is taken out of the module; ``*`` all of it; None the module itself."""
    alias: str | None = None
    """What it is called here, when that differs; ``.`` and ``_`` as in Go."""
    line: int = 1
    kind: ImportKind = ImportKind.STATIC


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
    type_parameters: tuple[str, ...] = ()
    """Generics as written: ``T``, ``K extends string``."""
    is_nested: bool = False
    """Whether it stands inside another function; its name is then ``outer.inner``."""


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
    decorators: tuple[str, ...] = ()
    type_parameters: tuple[str, ...] = ()


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
    dependencies: frozenset[str] = frozenset()
    """Files of the project that this file imports."""
    type_hints_coverage: float = 0.0
    """Share of parameters (``self``/``cls`` apart) and returns that carry a type, 0-100."""
    type_hint_places: int = 0
    """How many parameters and returns that share is of."""
    parse_error: str | None = None
    """The first thing that does not parse; the rest of the node is then what was whole."""
    imported: tuple[Import, ...] = ()
    """Every import, in the order of the source."""
    constants: tuple[str, ...] = ()
    """Names that the file's top level assigns, as written: ``LIMIT``, ``LIMIT: Final[int]``."""
    exports: tuple[str, ...] | None = None
    """What the file offers by name (``__all__``, ``export``); None where the language's own rule
    holds: a leading underscore in Python, a capital in Go. ``default`` is JavaScript's own."""
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Names that each symbol refers to, dotted as written up to three parts, each once in the
    order of the source: ``{"Router.register": ("self.views", "DuplicateViewError")}``; the key
    ``""`` is the top level of the file. Keywords, literals and a symbol's own locals and
    parameters are left out."""
    docstring: str | None = None
    """What the file says of itself at its top."""
    package: str | None = None
    """The package that the file itself declares, as in Go and Java."""
    is_runnable: bool = False
    """Whether the file itself starts a program: ``if __name__ == "__main__"``, Go's ``main``."""
    is_sketch: bool = False
    """Whether only a first pass over the bytes was made: names and lines, nothing more."""

    @property
    def imported_names(self) -> tuple[str, ...]:
        """What is taken out of modules, dotted; it may be a module itself: ``os.path.join``."""
        taken = (row for row in self.imported if row.name is not None)
        dotted = (f"{r.module}{'' if r.module.endswith('.') else '.'}{r.name}" for r in taken)
        return tuple(dict.fromkeys(dotted))

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
class CacheUse:
    """How many files of a scan the stored map answered for, and how many had to be read."""

    hits: int = 0
    misses: int = 0


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """Where a program or a package starts."""

    path: str
    kind: str
    """``main`` (runs as a script or ``__main__.py``), ``script`` (``[project.scripts]``), ``bin``,
    ``package`` (``main``/``exports`` of package.json), ``npm`` (a script that runs a file)."""
    name: str
    """The command or the package; for ``main`` the module."""


@dataclass(frozen=True, slots=True)
class Unused:
    """A file or a symbol that nothing in the project refers to."""

    path: str
    symbol: str | None
    """None when the whole file is meant."""
    confidence: float
    """0-1: 1 would be certain, which no static analysis is."""
    reason: str


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A file that is both complex and often changed."""

    path: str
    complexity: int
    """The sum over its functions."""
    churn: int
    """Commits that touched it within the history looked at."""
    score: float
    """0-1, relative to the project's hottest file."""


@dataclass(frozen=True, slots=True)
class ContextItem:
    """A piece of the project that a model is shown: whole symbols, whole lines."""

    path: str
    symbol: str | None
    """None for a file's head or for lines outside of symbols."""
    line_start: int
    line_end: int
    tokens: int
    """What it adds to the text, its heading included."""
    reason: str
    """``target``, ``import``, ``importer``, ``reference``, ``test``, ``pattern``, ``history``,
    ``similar``, ``pinned``; with what it refers to: ``reference: Router.register``."""
    score: float
    """Larger is more relevant; comparable within one context only."""


@dataclass(frozen=True, slots=True)
class ContextChoice:
    """What a model would be shown for one task."""

    target: str
    operation: str
    token_budget: int
    tokens: int
    items: tuple[ContextItem, ...]
    text: str


@dataclass(frozen=True, slots=True)
class RepositoryMap:
    """The structure of a project. Fields that are None are not known yet."""

    root_path: str
    total_files: int
    total_lines: int
    languages: dict[str, int]
    """Language to number of files."""
    modules: Mapping[str, FileNode]
    dependency_graph: Mapping[str, frozenset[str]] | None
    """File to the files of the project that it imports; every file has its entry."""
    entry_points: tuple[EntryPoint, ...] | None
    test_files: tuple[str, ...] | None
    generated_at: str
    skipped: tuple[SkippedFile, ...] = ()
    timings: ScanTimings = field(default_factory=lambda: ScanTimings(0.0, 0.0, 0.0))
    cycles: tuple[tuple[str, ...], ...] | None = None
    """Files that import each other in a circle, each circle's files sorted, largest first."""
    unused: tuple[Unused, ...] | None = None
    """Most certain first."""
    cache: CacheUse | None = None
    is_sketch: bool = False
    """Whether this is the first, quick map: its nodes are sketches."""
