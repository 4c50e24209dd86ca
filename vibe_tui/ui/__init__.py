"""The Textual face: shows the engine's events and asks; it decides nothing."""
