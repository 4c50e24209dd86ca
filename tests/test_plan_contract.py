"""The plan's names stay: every class, field, default and parameter it promises, in one table.

Richer types and further fields are fine, missing names are not. Each issue adds its rooms' rows.
"""

import dataclasses
import enum
import inspect
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest


@dataclass(frozen=True)
class Row:
    """What a dotted name must offer."""

    name: str
    fields: tuple[str, ...] = ()
    """Fields of a record, or members of an enumeration as ``NAME=value``."""
    parameters: tuple[str, ...] = ()
    """Leading parameters as ``name`` or ``name=default``, ``self`` apart."""
    is_async: bool = False


MAP = "vibe_tui.intelligence"

TABLE = (
    Row(
        f"{MAP}.model.FunctionSignature",
        fields=(
            "name", "module_path", "file_path", "line_start", "line_end", "parameters",
            "return_type", "docstring", "complexity",
        ),
    ),
    Row(
        f"{MAP}.model.FileNode",
        fields=(
            "path", "language", "lines_of_code", "functions", "classes", "imports",
            "dependencies", "type_hints_coverage",
        ),
    ),
    Row(f"{MAP}.model.ClassSignature", fields=("name", "bases", "methods", "docstring")),
    Row(
        f"{MAP}.model.RepositoryMap",
        fields=(
            "root_path", "total_files", "total_lines", "languages", "modules",
            "dependency_graph", "entry_points", "test_files", "generated_at",
        ),
    ),
    Row(
        f"{MAP}.ast_analyzer.PythonASTAnalyzer.analyze_file",
        parameters=("file_path",),
        is_async=True,
    ),
    Row(f"{MAP}.ast_analyzer.PythonASTAnalyzer.extract_functions", parameters=("tree",)),
    Row(f"{MAP}.ast_analyzer.PythonASTAnalyzer.extract_classes", parameters=("tree",)),
    Row(f"{MAP}.ast_analyzer.PythonASTAnalyzer.calculate_complexity", parameters=("node",)),
    Row(
        f"{MAP}.ast_analyzer.JavaScriptASTAnalyzer.analyze_file",
        parameters=("file_path",),
        is_async=True,
    ),
    Row(f"{MAP}.ast_analyzer.GoASTAnalyzer.analyze_file", parameters=("file_path",), is_async=True),
    Row(f"{MAP}.repo_mapper.RepositoryMapper", parameters=("root_path",)),
    Row(f"{MAP}.repo_mapper.RepositoryMapper.scan_repository", is_async=True),
    Row(f"{MAP}.repo_mapper.RepositoryMapper.compress_representation", parameters=("repo_map",)),
    Row(
        f"{MAP}.repo_mapper.RepositoryMapper.update_on_file_change",
        parameters=("file_path",),
        is_async=True,
    ),
    Row(
        "vibe_tui.healing.model.ValidationStrategy",
        fields=(
            "SYNTAX=syntax", "TYPE_CHECK=typecheck", "LINT=lint", "TESTS=tests", "BUILD=build",
            "CUSTOM=custom",
        ),
    ),
    Row(
        "vibe_tui.healing.model.ValidationResult",
        fields=("is_valid", "errors", "warnings", "strategy", "execution_time"),
    ),
    Row(
        "vibe_tui.healing.validator.CodeValidator.validate_syntax",
        parameters=("code", "language"),
        is_async=True,
    ),
    Row(
        "vibe_tui.healing.validator.CodeValidator.validate_linting",
        parameters=("file_path",),
        is_async=True,
    ),
    Row(
        "vibe_tui.analytics.model.ModelTier",
        fields=("CHEAP=cheap", "STANDARD=standard", "EXPENSIVE=expensive"),
    ),
    Row(
        "vibe_tui.analytics.token_counter.TokenCounter.count_tokens",
        parameters=("text", "model"),
        is_async=True,
    ),
    Row("vibe_tui.llm.client.ApiClient.send_request", parameters=("messages",), is_async=True),
    Row("vibe_tui.llm.client.ApiClient.stream_request", parameters=("messages",)),
    Row("vibe_tui.llm.client.ApiClient.validate_connection", is_async=True),
    Row("vibe_tui.llm.model.Reply", fields=("content",)),
)  # fmt: skip


def resolve(name: str) -> Any:  # noqa: ANN401 - any class or function
    """Import the longest module of a dotted name and walk the rest."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: Any = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            found = getattr(found, attribute)
        return found
    raise ModuleNotFoundError(name)


def members_of(found: Any) -> set[str]:  # noqa: ANN401 - any class
    if isinstance(found, type) and issubclass(found, enum.Enum):
        return {f"{member.name}={member.value}" for member in found}
    return {field.name for field in dataclasses.fields(found)}


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name.removeprefix("vibe_tui."))
def test_the_plan_is_kept(row: Row) -> None:
    found = resolve(row.name)
    if row.fields:
        assert set(row.fields) <= members_of(found)
    if row.parameters:
        signature = inspect.signature(found)
        shown = [
            p.name if p.default is p.empty else f"{p.name}={p.default}"
            for p in signature.parameters.values()
            if p.name != "self"
        ]
        names = [text.partition("=")[0] for text in shown]
        wanted = list(row.parameters)
        assert [n.partition("=")[0] for n in wanted] == names[: len(wanted)]
        assert all(text in shown for text in wanted if "=" in text)
    if row.is_async:
        assert inspect.iscoroutinefunction(found)
