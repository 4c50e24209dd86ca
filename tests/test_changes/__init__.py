"""Proofs of the changes room."""
