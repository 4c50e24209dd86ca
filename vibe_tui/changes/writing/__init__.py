"""The only door to the project's files: planned, journalled, written, taken back."""
