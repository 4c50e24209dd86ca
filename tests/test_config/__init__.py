"""Proofs of config/."""
