"""From a model's edits to a file's new bytes: found, matched, drafted."""
