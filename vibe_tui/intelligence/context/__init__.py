"""What a model sees: the compressed map, and the context for one task."""
