"""What a file's bytes hold, line by line: text, differences, merges."""
