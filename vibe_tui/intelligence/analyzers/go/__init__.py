"""Go by tree-sitter."""
