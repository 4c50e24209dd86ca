"""vibe-tui: a terminal coding assistant with one engine and several faces."""

__version__ = "0.1.0"
