"""What a model may answer, read while it streams."""
