"""Is it right: checks of code, each with what it ran and what it found."""
