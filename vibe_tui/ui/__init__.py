"""The Textual face: shows the engine's events and asks; it decides nothing."""

import os

# Textual reads this when it is imported. At its own 60 a key can wait two ticks for its turn while
# an answer streams (p95 45 ms instead of 24, for the same CPU: benchmarks/responsiveness.py).
os.environ.setdefault("TEXTUAL_FPS", "120")
