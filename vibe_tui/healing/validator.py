"""``CodeValidator``: one method a strategy, each in a worker thread or a process of its own."""

import asyncio
import time
from pathlib import Path

from vibe_tui.healing.model import ValidationResult, ValidationStrategy
from vibe_tui.healing.validators import lint, syntax
from vibe_tui.monitoring.spans import span


class CodeValidator:
    """Runs checks on code.

    Args:
        root: The project; linters take their settings from it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    async def validate_syntax(self, code: str, language: str) -> ValidationResult:
        """Check whether a text parses.

        Args:
            code: The whole text of a file.
            language: ``python``, ``javascript``, ``typescript``, ``tsx``, ``go``, ``json``,
                ``toml``; any other is skipped with that reason.
        """
        return await asyncio.to_thread(self._syntax, "", code, language)

    async def validate_file_syntax(self, path: str, content: bytes) -> ValidationResult:
        """Check bytes that are, or would become, the project's file ``path``."""
        language = syntax.language_of(path)
        try:
            code = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            if language != "python":
                reason = "the text is not UTF-8"
                return ValidationResult(path, ValidationStrategy.SYNTAX, None, skipped=reason)
            return await asyncio.to_thread(self._syntax, path, content, language)
        return await asyncio.to_thread(self._syntax, path, code, language)

    async def validate_linting(self, file_path: str) -> ValidationResult:
        """Lint one file of the project with ruff (Python); other languages are skipped."""
        return await lint.lint_file(self.root, file_path)

    def _syntax(self, path: str, code: str | bytes, language: str) -> ValidationResult:
        check = syntax.check_for(language)
        if check is None:
            reason = f"no syntax check for {language or 'this kind of file'}"
            return ValidationResult(path, ValidationStrategy.SYNTAX, None, skipped=reason)
        started = time.perf_counter()
        with span("check.syntax", path=path):
            errors = check.run(code)
        return ValidationResult(
            path,
            ValidationStrategy.SYNTAX,
            not errors,
            errors,
            execution_time=time.perf_counter() - started,
            tool=check.tool,
            command=check.command,
        )
