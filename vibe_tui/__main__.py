"""``python -m vibe_tui`` is the same program as ``vibe-tui``."""

import sys

from vibe_tui.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
