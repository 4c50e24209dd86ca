"""Hunks under a person's hands: read, divided, edited, settled."""
