"""Which analyzer reads which file."""

from vibe_tui.intelligence.analyzers.go.analyzer import GoASTAnalyzer
from vibe_tui.intelligence.analyzers.javascript.analyzer import JavaScriptASTAnalyzer
from vibe_tui.intelligence.analyzers.python.analyzer import PythonASTAnalyzer
from vibe_tui.intelligence.analyzers.source import FileAnalyzer, count_lines
from vibe_tui.intelligence.languages import language_of
from vibe_tui.intelligence.model import FileNode


class AnalyzerRegistry:
    """The analyzers of all analysed languages.

    Args:
        python: Reads Python.
        javascript: Reads JavaScript and TypeScript.
        go: Reads Go.
    """

    def __init__(
        self,
        python: PythonASTAnalyzer | None = None,
        javascript: JavaScriptASTAnalyzer | None = None,
        go: GoASTAnalyzer | None = None,
    ) -> None:
        javascript = javascript or JavaScriptASTAnalyzer()
        self._by_language: dict[str, FileAnalyzer] = {
            "python": python or PythonASTAnalyzer(),
            "javascript": javascript,
            "typescript": javascript,
            "go": go or GoASTAnalyzer(),
        }

    def analyze(self, path: str, content: bytes) -> FileNode:
        """Analyse a file's content; of a language without an analyzer the lines are counted.

        Args:
            path: Project-relative, with ``/``.
            content: The whole file.
        """
        language = language_of(path)
        analyzer = self._by_language.get(language)
        if analyzer is None:
            return FileNode(path, language, count_lines(content))
        return analyzer.analyze_text(path, content)
