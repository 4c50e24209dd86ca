"""What depends on what: imports to files, names to symbols, and what follows from it."""
