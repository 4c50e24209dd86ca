"""The analyzers by the names and the place that the plan gave them."""

from vibe_tui.intelligence.analyzers.go.analyzer import GoASTAnalyzer
from vibe_tui.intelligence.analyzers.javascript.analyzer import JavaScriptASTAnalyzer
from vibe_tui.intelligence.analyzers.python.analyzer import PythonASTAnalyzer

__all__ = ["GoASTAnalyzer", "JavaScriptASTAnalyzer", "PythonASTAnalyzer"]
