"""JavaScript and TypeScript, JSX included, by tree-sitter."""
