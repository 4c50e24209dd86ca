"""Python: by its own parser, and by tree-sitter where that refuses a file."""
