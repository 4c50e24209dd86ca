"""The analyzers by the names and the place that the plan gave them."""

from vibe_tui.intelligence.analyzers.go import GoASTAnalyzer
from vibe_tui.intelligence.analyzers.javascript import JavaScriptASTAnalyzer
from vibe_tui.intelligence.analyzers.python import PythonASTAnalyzer

__all__ = ["GoASTAnalyzer", "JavaScriptASTAnalyzer", "PythonASTAnalyzer"]
