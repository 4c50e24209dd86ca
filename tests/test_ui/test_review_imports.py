"""Opening the app does not pay for Review's lexers: a fresh interpreter shows what is loaded."""

import subprocess
import sys


def test_pygments_is_not_loaded_before_a_hunk_is_seen() -> None:
    code = (
        "import sys, vibe_tui.ui.widgets.review_pane;"
        "print([m for m in ('pygments.lexers', 'markdown_it', 'tree_sitter') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
