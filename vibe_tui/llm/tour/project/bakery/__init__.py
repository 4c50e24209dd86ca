"""A small bakery: prices and orders. The sample project of vibe-tui's tour."""
