"""Proofs of the room that knows the code."""
